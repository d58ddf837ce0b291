/**
 * The texts of large values that nobody has looked at since they were made: a save takes them instead of encoding the value again, so that
 * a superstep costs the same however much state it does not touch.
 *
 * - X1 A node may change a value in place, and what is saved is what the value is then. So whoever reads a lent value forgets its text.
 * - X2 Small values are always encoded anew: telling who reads them would cost more.
 * - X3 While a superstep runs nothing is kept anew: a node that has read a value may change it still. Nor before a
 *   superstep with Sends: what they carry may be such a value.
 */
import type { Checkpoint, Stored } from './checkpoint.ts';
import type { Codec } from './codec.ts';

/** In characters. */
const LARGE = 8_192;

type State = Record<string, unknown>;

interface Kept {
  readonly text: string;
  readonly codec: Codec;
  // Made once: it is lent in every superstep.
  lent?: PropertyDescriptor;
  State?: new () => State;
}

const texts = new WeakMap<Stored, Kept>();

export function keepText(stored: Stored, text: string, codec: Codec): void {
  if (text.length >= LARGE) texts.set(stored, { text, codec });
}

/** X3 */
export function keepsTexts({ progress, frame }: Checkpoint): boolean {
  return !progress && !frame.next.some((planned) => 'input' in planned);
}

/** Of a channel. @param keeps for the next save (X3) */
export function textOf(stored: Stored, name: string, codec: Codec, keeps: boolean): string {
  const kept = texts.get(stored);
  if (kept?.codec === codec) return kept.text;
  const text = codec.encode(stored.value, `Channel "${name}"`);
  if (keeps) keepText(stored, text, codec);
  return text;
}

/** A state for user code, to lend these channels in. */
export function newState(channels: ReadonlyMap<string, Stored>): State {
  for (const stored of channels.values()) {
    const kept = keptOf(stored);
    if (kept) return new (kept.State ??= ownKind())();
  }
  return {};
}

/** Puts a value into a state that user code gets (X1). */
export function lend(state: State, name: string, stored: Stored): void {
  const kept = keptOf(stored);
  if (kept) Reflect.defineProperty(state, name, (kept.lent ??= forgetting(stored, name)));
  else state[name] = stored.value;
}

/** Of what can be changed in place. */
function keptOf(stored: Stored): Kept | undefined {
  return typeof stored.value === 'object' ? texts.get(stored) : undefined;
}

/** Makes plain objects. Those of one kind are fast only while each property has the same getter in all of them, so each getter has its own kind. */
function ownKind(): new () => State {
  const Plain = function () {} as unknown as new () => State;
  Plain.prototype = Object.prototype;
  return Plain;
}

function forgetting(stored: Stored, name: string): PropertyDescriptor {
  return {
    get: () => {
      texts.delete(stored);
      return stored.value;
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
    enumerable: true,
    configurable: true,
  };
}
