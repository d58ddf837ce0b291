/**
 * The stream that a caller reads: an async iterator that is a ReadableStream too, as LangGraph's is.
 *
 * - T3 A reader that leaves early drains the run: it stops at the next superstep boundary, saved, and nothing is left running.
 * - T4 Chunks wait in a queue until they are asked for; the run does not wait for its reader. Only who uses the stream as a ReadableStream
 *   pays for one.
 */
import { messageShown } from '../messages/shown.ts';
import type { Listener, Namespace } from './events.ts';
import { listenerOf, type StreamMode, type StreamOptions } from './stream.ts';
import { describe } from './task.ts';

/** What a run does with a listener and a question whether to stop. */
export type StreamedRun = (listen: Listener, draining: () => boolean) => Promise<unknown>;

export interface StreamShape extends StreamOptions {
  /** Each chunk is `[mode, chunk]`, or `[namespace, mode, chunk]`. */
  readonly several: boolean;
  /** Chunks are server-sent events, in bytes. */
  readonly sse: boolean;
}

interface Reader<Chunk> {
  readonly resolve: (result: IteratorResult<Chunk, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const DONE = { done: true, value: undefined } as const;

/** A running run, read chunk by chunk. Ends when the run has ended, and throws what the run threw. */
export class RunStream<Chunk = unknown> extends ReadableStream<Chunk> implements AsyncIterableIterator<Chunk> {
  #queue: Chunk[] = [];
  /** Chunks before this one have been read. */
  #head = 0;
  readonly #readers: Reader<Chunk>[] = [];
  readonly #ended: Promise<void>;
  #left = false;
  #over = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(run: StreamedRun, shape: StreamShape) {
    super(
      {
        pull: async (controller) => {
          const { done, value } = await this.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: async () => void (await this.return()),
      },
      { highWaterMark: 0 },
    );
    const shaped = shaperOf(shape);
    const listen = listenerOf(shape, (mode, chunk, ns) => this.#push(shaped(mode, chunk, ns) as Chunk));
    this.#ended = run(listen, () => this.#left).then(
      () => this.#end(),
      (error: unknown) => {
        if (!shape.sse) return this.#end({ error });
        const { name, message } = describe(error);
        this.#push(sseBytes('error', { error: name, message }) as Chunk);
        this.#end();
      },
    );
  }

  next(): Promise<IteratorResult<Chunk, undefined>> {
    if (this.#head < this.#queue.length) {
      const value = this.#queue[this.#head++]!;
      if (this.#head === this.#queue.length) this.#clear();
      return Promise.resolve({ done: false, value });
    }
    if (this.#over) return this.#last();
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
    });
  }

  /** T3 */
  async return(): Promise<IteratorResult<Chunk, undefined>> {
    this.#left = true;
    this.#clear();
    await this.#ended;
    return this.#last();
  }

  /** T3 @throws the error */
  async throw(error: unknown): Promise<IteratorResult<Chunk, undefined>> {
    await this.return();
    throw error;
  }

  override [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** What the run threw is told once. */
  async #last(): Promise<IteratorResult<Chunk, undefined>> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
    return DONE;
  }

  #push(value: Chunk): void {
    if (this.#left || this.#over) return;
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ done: false, value });
    else this.#queue.push(value);
  }

  #end(failure?: { readonly error: unknown }): void {
    this.#over = true;
    this.#failure = failure;
    for (const { resolve, reject } of this.#readers.splice(0)) void this.#last().then(resolve, reject);
  }

  #clear(): void {
    this.#queue = [];
    this.#head = 0;
  }
}

/** The chunk as this stream gives it. */
function shaperOf({
  sse,
  subgraphs,
  several,
}: StreamShape): (mode: StreamMode, chunk: unknown, ns: Namespace) => unknown {
  if (sse) return (mode, chunk, ns) => sseBytes(subgraphs ? [mode, ...ns].join('|') : mode, chunk);
  if (subgraphs) return (mode, chunk, ns) => (several ? [ns, mode, chunk] : [ns, chunk]);
  return several ? (mode, chunk) => [mode, chunk] : (_, chunk) => chunk;
}

const encoder = new TextEncoder();

function sseBytes(event: string, data: unknown): Uint8Array {
  return encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data, asTold)}\n\n`);
}

function asTold(this: Readonly<Record<string, unknown>>, key: string, json: unknown): unknown {
  return messageShown(this[key]) ?? json;
}
