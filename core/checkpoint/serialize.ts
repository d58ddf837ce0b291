/**
 * Checkpoints to text and back. The body and each channel are texts of their own, so that a store can tell the channels that a
 * superstep wrote from those that it did not.
 */
import { defined } from '../objects.ts';
import type { Checkpoint, Frame, Stored, TaskRecord } from './checkpoint.ts';
import type { Kept } from './checkpointer.ts';
import type { Codec } from './codec.ts';
import { keepsTexts, textOf } from './texts.ts';

export interface EncodedCheckpoint {
  /** Everything but the channels' values: JSON. */
  readonly body: string;
  readonly channels: ReadonlyMap<string, EncodedChannel>;
}

interface EncodedChannel {
  readonly version: number;
  readonly text: string;
}

/** Property names are short because a checkpoint lives inside the thread's head, which is billed by the KB. */
interface Body {
  readonly i: string;
  readonly v: number;
  readonly n: string;
  readonly r: string;
  readonly p?: string;
  readonly t: string;
  readonly s: Checkpoint['source'];
  readonly w?: 1;
  readonly m?: Checkpoint['metadata'];
  readonly o?: Checkpoint['origin'];
  readonly c?: Checkpoint['called'];
  readonly f: StoredFrame;
  readonly e?: Checkpoint['failure'];
  readonly a?: Checkpoint['answered'];
  readonly h?: string;
}

interface StoredFrame {
  readonly s: number;
  readonly p: number;
  readonly n: Frame['next'];
  readonly w?: Frame['ran'];
  readonly j?: readonly (readonly [string, readonly string[]])[];
  readonly t?: StoredRecords;
  readonly k?: StoredNestedMap;
  readonly o?: Frame['source'];
  readonly d?: Frame['deferred'];
  readonly u?: Frame['wrote'];
}

/** The frame of a nested graph, with its channels in it. */
interface StoredNested extends StoredFrame {
  readonly c: readonly (readonly [name: string, version: number, value: unknown])[];
}

type StoredNestedMap = readonly (readonly [string, StoredNested])[];
type StoredRecords = readonly (readonly [string, StoredRecord])[];

interface StoredRecord {
  readonly c?: StoredNestedMap;
  readonly k?: StoredNestedMap;
  readonly i?: readonly (readonly [string, StoredRecords])[];
  readonly a?: TaskRecord['answers'];
  readonly q?: TaskRecord['questions'];
  readonly r?: TaskRecord['result'];
  readonly e?: TaskRecord['error'];
  readonly h?: TaskRecord['handling'];
}

export function encodeCheckpoint(checkpoint: Checkpoint, codec: Codec): EncodedCheckpoint {
  const channels = new Map<string, EncodedChannel>();
  const keeps = keepsTexts(checkpoint);
  for (const [name, stored] of checkpoint.frame.channels) {
    channels.set(name, { version: stored.version, text: textOf(stored, name, codec, keeps) });
  }
  const body: Body = {
    i: checkpoint.id,
    v: checkpoint.version,
    n: checkpoint.incarnation,
    r: checkpoint.runId,
    t: checkpoint.createdAt,
    s: checkpoint.source,
    f: encodeFrame(checkpoint.frame),
    ...defined({
      p: checkpoint.parentId,
      w: checkpoint.progress && 1,
      m: unlessEmpty(checkpoint.metadata),
      o: unlessEmpty(checkpoint.origin),
      c: checkpoint.called,
      e: checkpoint.failure,
      h: checkpoint.shape || undefined,
      a: checkpoint.answered,
    }),
  };
  return { body: codec.encode(body, 'Checkpoint'), channels };
}

/** One text for stores that keep a checkpoint whole: a JSON array of the body, then name, version and text of each channel. */
export function joinTexts({ body, channels }: EncodedCheckpoint): string {
  const parts = [...channels].map(([name, { version, text }]) => `,${JSON.stringify(name)},${version},${text}`);
  return `[${body}${parts.join('')}]`;
}

/** The inverse of joinTexts, straight to a checkpoint. @throws SyntaxError when the text is not one of its own. */
export function decodeJoined(text: string, codec: Codec): Checkpoint {
  const [body, ...rest] = codec.decode(text) as [Body, ...unknown[]];
  const channels = new Map<string, Stored>();
  for (let i = 0; i < rest.length; i += 3) {
    channels.set(rest[i] as string, { version: rest[i + 1] as number, value: rest[i + 2] });
  }
  return fromBody(body, channels);
}

/** What is kept of a task (C12). */
export function encodeKept({ taskId, record }: Kept, codec: Codec): string {
  return codec.encode([taskId, encodeRecord(record)], `Task ${taskId}`);
}

/** @throws SyntaxError when the text is not one of its own. */
export function decodeKept(id: string, text: string, codec: Codec): Kept {
  const [taskId, record] = codec.decode(text) as [string, StoredRecord];
  return { id, taskId, record: decodeRecord(record) };
}

function fromBody(body: Body, channels: ReadonlyMap<string, Stored>): Checkpoint {
  return {
    id: body.i,
    version: body.v,
    incarnation: body.n,
    runId: body.r,
    createdAt: body.t,
    source: body.s,
    metadata: body.m ?? {},
    origin: body.o ?? {},
    frame: decodeFrame(body.f, channels),
    ...defined({
      parentId: body.p,
      progress: body.w && (true as const),
      called: body.c,
      failure: body.e,
      shape: body.h,
      answered: body.a,
    }),
  };
}

function encodeFrame(frame: Frame): StoredFrame {
  return {
    s: frame.step,
    p: frame.planned,
    n: frame.next,
    ...defined({
      w: unlessEmpty(frame.ran),
      j: unlessEmpty([...frame.joins]),
      t: unlessEmpty(encodeRecords(frame.tasks)),
      k: frame.kept && encodeNested(frame.kept),
      o: frame.source,
      d: frame.deferred,
      u: frame.wrote,
    }),
  };
}

function decodeFrame(stored: StoredFrame, channels: ReadonlyMap<string, Stored>): Frame {
  return {
    step: stored.s,
    planned: stored.p,
    channels,
    next: stored.n,
    ran: stored.w ?? [],
    joins: new Map(stored.j),
    tasks: decodeRecords(stored.t ?? []),
    ...defined({ kept: stored.k && decodeNested(stored.k), source: stored.o, deferred: stored.d, wrote: stored.u }),
  };
}

function encodeNested(frames: ReadonlyMap<string, Frame>): StoredNestedMap {
  return [...frames].map(([name, frame]) => {
    const channels = [...frame.channels].map(([key, { version, value }]) => [key, version, value] as const);
    return [name, { ...encodeFrame(frame), c: channels }];
  });
}

function decodeNested(stored: StoredNestedMap): ReadonlyMap<string, Frame> {
  return new Map(
    stored.map(([name, frame]) => {
      const channels = frame.c.map(([key, version, value]) => [key, { version, value }] as const);
      return [name, decodeFrame(frame, new Map(channels))];
    }),
  );
}

function encodeRecords(records: ReadonlyMap<string, TaskRecord>): StoredRecords {
  return [...records].map(([key, record]) => [key, encodeRecord(record)] as const);
}

function decodeRecords(stored: StoredRecords): ReadonlyMap<string, TaskRecord> {
  return new Map(stored.map(([key, record]) => [key, decodeRecord(record)]));
}

function encodeRecord({ answers, questions, result, error, handling, calls, kept, inside }: TaskRecord): StoredRecord {
  return defined({
    c: calls && encodeNested(calls),
    k: kept && encodeNested(kept),
    i: inside && [...inside].map(([call, said]) => [call, encodeRecords(said)] as const),
    a: unlessEmpty(answers),
    q: unlessEmpty(questions),
    r: result,
    e: error,
    h: handling,
  });
}

function decodeRecord({ a, q, r, e, h, c, k, i }: StoredRecord): TaskRecord {
  return {
    answers: a ?? [],
    questions: q ?? [],
    ...defined({
      result: r,
      error: e,
      handling: h,
      calls: c && decodeNested(c),
      kept: k && decodeNested(k),
      inside: i && new Map(i.map(([call, said]) => [call, decodeRecords(said)])),
    }),
  };
}

function unlessEmpty<Some extends object>(some: Some): Some | undefined {
  return Object.keys(some).length > 0 ? some : undefined;
}
