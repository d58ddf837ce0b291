/**
 * The stream that a caller reads: an async iterator that is a ReadableStream too, as LangGraph's is. Only who uses it as a ReadableStream pays
 * for one (Chunks).
 */
import { messageShown } from '../messages/shown.ts';
import { Chunks, type Next } from './chunks.ts';
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

/** A running run, read chunk by chunk. Ends when the run has ended, and throws what the run threw. */
export class RunStream<Chunk = unknown> extends ReadableStream<Chunk> implements AsyncIterableIterator<Chunk> {
  readonly #chunks: Chunks<Chunk>;

  constructor(run: StreamedRun, shape: StreamShape) {
    const chunks = new Chunks<Chunk>((push, draining) => {
      const shaped = shaperOf(shape) as (...told: [StreamMode, unknown, Namespace]) => Chunk;
      const running = run(
        listenerOf(shape, (mode, chunk, ns) => push(shaped(mode, chunk, ns))),
        draining,
      );
      if (!shape.sse) return running;
      return running.catch((error: unknown) => {
        const { name, message } = describe(error);
        push(sseBytes('error', { error: name, message }) as Chunk);
      });
    });
    super(
      {
        pull: async (controller) => {
          const { done, value } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: async () => void (await chunks.return()),
      },
      { highWaterMark: 0 },
    );
    this.#chunks = chunks;
  }

  next(): Promise<Next<Chunk>> {
    return this.#chunks.next();
  }

  return(): Promise<Next<Chunk>> {
    return this.#chunks.return();
  }

  throw(error: unknown): Promise<Next<Chunk>> {
    return this.#chunks.throw(error);
  }

  override [Symbol.asyncIterator](): Chunks<Chunk> {
    return this.#chunks;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#chunks[Symbol.asyncDispose]();
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
