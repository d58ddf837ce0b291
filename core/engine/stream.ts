/**
 * Stream modes, and the stream that a caller reads. Each mode is a function from an event to a chunk, or to nothing.
 *
 * - T1 Chunks come in the order in which things happened, while the run goes on.
 * - T2 A chunk with pending questions comes after they are saved, so an answer sent at once finds them.
 * - T3 A reader that leaves early drains the run: it stops at the next superstep boundary, saved, and nothing is left running.
 */
import type { TaskResult } from '../checkpoint/checkpoint.ts';
import { END, INTERRUPT } from '../constants.ts';
import { HoldpointError, quote } from '../errors.ts';
import type { Emit, RunEvent } from './events.ts';

/** In the order in which they tell the same event. */
const modes = {
  custom: (event: RunEvent) => (event.type === 'custom' ? event.chunk : undefined),
  updates: (event: RunEvent) => (event.type === 'update' ? updateChunk(event) : interruptChunk(event)),
  values: (event: RunEvent) => (event.type === 'values' ? event.values : interruptChunk(event)),
} satisfies Record<string, (event: RunEvent) => unknown>;

export type StreamMode = keyof typeof modes;

export const streamModes = Object.keys(modes) as StreamMode[];

/** The event as a chunk of this mode. Undefined: this mode does not tell it. */
export function chunkOf(mode: StreamMode, event: RunEvent): unknown {
  return modes[mode](event);
}

/** @throws HoldpointError `invalid_argument` */
export function readStreamMode(mode: unknown): StreamMode {
  if (typeof mode === 'string' && Object.hasOwn(modes, mode)) return mode as StreamMode;
  throw new HoldpointError('invalid_argument', `No stream mode ${quote(mode)}. Modes: ${streamModes.join(', ')}.`);
}

/** What a run does with an emitter and a question whether to stop. */
export type StreamedRun = (emit: Emit, draining: () => boolean) => Promise<unknown>;

export interface StreamShape {
  readonly modes: readonly StreamMode[];
  /** Each chunk is `[mode, chunk]`. */
  readonly several: boolean;
  /** Nested graphs too: each chunk is `[namespace, chunk]`, or `[namespace, mode, chunk]`. */
  readonly subgraphs: boolean;
}

/** A running run, read chunk by chunk. Ends when the run has ended, and throws what the run threw. */
export class RunStream<Chunk = unknown> implements AsyncIterableIterator<Chunk> {
  readonly #queue: Chunk[] = [];
  readonly #ended: Promise<void>;
  readonly #readers: (() => void)[] = [];
  #left = false;
  #over = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(run: StreamedRun, { modes: wanted, several, subgraphs }: StreamShape) {
    const ordered = streamModes.filter((mode) => wanted.includes(mode));
    const emit: Emit = (event) => {
      if (event.ns && !subgraphs) return;
      for (const mode of ordered) {
        const chunk = chunkOf(mode, event);
        if (chunk === undefined) continue;
        const parts = [...(subgraphs ? [event.ns ?? []] : []), ...(several ? [mode] : []), chunk];
        this.#push((parts.length === 1 ? chunk : parts) as Chunk);
      }
    };
    this.#ended = run(emit, () => this.#left).then(
      () => this.#end(),
      (error: unknown) => this.#end({ error }),
    );
  }

  async next(): Promise<IteratorResult<Chunk, undefined>> {
    while (this.#queue.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#readers.push(resolve);
      });
    }
    if (this.#queue.length > 0) return { done: false, value: this.#queue.shift()! };
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
    return { done: true, value: undefined };
  }

  /** T3 */
  async return(): Promise<IteratorResult<Chunk, undefined>> {
    this.#left = true;
    this.#queue.length = 0;
    await this.#ended;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #push(chunk: Chunk): void {
    if (this.#left || this.#over) return;
    this.#queue.push(chunk);
    this.#wake();
  }

  #end(failure?: { readonly error: unknown }): void {
    this.#over = true;
    this.#failure = failure;
    this.#wake();
  }

  /** All of them look again, in the order in which they asked. */
  #wake(): void {
    for (const reader of this.#readers.splice(0)) reader();
  }
}

function interruptChunk(event: RunEvent): unknown {
  return event.type === 'interrupt' ? { [INTERRUPT]: event.interrupts } : undefined;
}

function updateChunk({ node, writes, cached }: RunEvent & { type: 'update' }): unknown {
  const update = mergeWrites(writes);
  return cached ? { [node]: update, __metadata__: { cached: true } } : { [node]: update };
}

/** One object; a list of objects when a channel was written more than once. */
function mergeWrites(writes: TaskResult['writes']): unknown {
  const whole = writes.find(([channel]) => channel === END); // what an entrypoint or a task returned
  if (whole) return whole[1];
  const updates: Record<string, unknown>[] = [{}];
  for (const [channel, value] of writes) {
    if (Object.hasOwn(updates.at(-1)!, channel)) updates.push({});
    updates.at(-1)![channel] = value;
  }
  return updates.length === 1 ? updates[0] : updates;
}
