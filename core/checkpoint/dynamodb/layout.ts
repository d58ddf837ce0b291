/**
 * What of a checkpoint's text is written, and where. Pure: from the text, and what is in the table, to what is to be written (storage.md).
 *
 * - L1 A text that is small is stored as it is, in the head. Any other is stored against a part: as what is new in it.
 * - L2 When that does not fit the head, it becomes a part, and the head refers to that.
 * - L3 A part is a link in a chain. When a chain holds more than twice as much as is alive, or most of a text is new, the next part
 *   stands for itself: reading a thread costs what its state is worth, and writing it what has changed.
 */
import { copied, type Delta, diff, shifted, whole, writeDelta } from './delta.ts';
import { LIMIT } from './keys.ts';
import { type Packed, packedSize, packText } from './pack.ts';

/** Names a chain of parts, which is a text that others are stored against. */
export interface Base {
  /** The newest part. */
  readonly part: string;
  /** The oldest. */
  readonly since: string;
  /** How many characters the parts hold, alive or not. */
  readonly held: number;
}

export interface KnownBase extends Base {
  readonly text: string;
}

/** The part that holds what the run was asked. Its text stands behind that of the base, if there is one. */
export interface RequestPart {
  readonly id: string;
  readonly text: string;
}

export interface Layout {
  /** For the head. */
  readonly data: Packed;
  /** What `data` is stored against. */
  readonly base: KnownBase | undefined;
  /** To be written before the head. */
  readonly part?: { readonly id: string; readonly over: string | undefined; readonly data: Packed };
  /** The chain has come to lead through the request's part, which is therefore to be kept. */
  readonly keepsRequest: boolean;
}

/** Longer texts hardly ever fit a head, and to try takes time. */
const MAYBE_SMALL = 32 * 1024;
/** What is deflated to tell what the whole text would take. */
const SAMPLE = 64 * 1024;
/** What a chain may hold in vain without being made anew. */
const SLACK = 8 * 1024;

/** @param id of the checkpoint, and of the part that may be written for it */
export function lay(id: string, text: string, known: KnownBase | undefined, request: RequestPart | undefined): Layout {
  const small = text.length <= MAYBE_SMALL && packText(text);
  if (small && packedSize(small) <= LIMIT.inlineCheckpoint)
    return { data: small, base: undefined, keepsRequest: false };

  const { delta, base, keepsRequest } = against(text, known, request);
  const most = 2 * text.length + SLACK;
  if (base && base.held <= most) {
    const written = writeDelta(delta);
    const data = packText(written);
    if (packedSize(data) <= LIMIT.inlineDelta) return { data, base, keepsRequest };
    const held = base.held + written.length;
    if (held <= most && !isWorthLittle(written, packedSize(data), text)) {
      const part = { id, over: base.part, data };
      return { part, data: allOfBase(text), base: { part: id, since: base.since, held, text }, keepsRequest };
    }
  }
  const part = { id, over: undefined, data: packText(writeDelta(whole(text))) };
  return {
    part,
    data: allOfBase(text),
    base: { part: id, since: id, held: text.length, text },
    keepsRequest: false,
  };
}

/** Whether a delta saves less than half of what the whole text takes. What has much structure deflates much better than what changed in it. */
function isWorthLittle(written: string, size: number, text: string): boolean {
  if (2 * written.length > text.length) return true;
  const from = Math.max(0, (text.length - SAMPLE) >> 1);
  const sample = text.slice(from, from + SAMPLE);
  return packedSize(packText(sample)) * (text.length / sample.length) < 2 * size;
}

/** The text against what is there: the base, the request, or both, whichever it takes something from. */
function against(
  text: string,
  known: KnownBase | undefined,
  request: RequestPart | undefined,
): { delta: Delta; base: KnownBase | undefined; keepsRequest: boolean } {
  const before = known?.text ?? '';
  const all = request ? before + request.text : before;
  const delta = diff(all, text);
  const [ofBase, ofRequest] = copied(delta, before.length);
  if (!request || ofRequest === 0) return { delta, base: ofBase > 0 ? known : undefined, keepsRequest: false };
  const { id, text: asked } = request;
  if (ofBase === 0 || !known) {
    const base = { part: id, since: id, held: asked.length, text: asked };
    return { delta: shifted(delta, before.length), base, keepsRequest: true };
  }
  const base = { part: id, since: known.since, held: known.held + asked.length, text: all };
  return { delta, base, keepsRequest: true };
}

/** A text that is all of its base. */
function allOfBase(text: string): Packed {
  return packText(writeDelta({ ops: [0, 0, text.length], literal: '' }));
}
