/**
 * Server-sent events as a response body.
 *
 * - E1 Pulled: an event becomes bytes when the reader asks for it. A slow reader leaves references in the queue, to a state that the
 *   run holds anyway, and never a buffer of text.
 * - E2 While the run is silent and somebody waits, a comment is sent every `heartbeatMs`.
 * - E3 A reader that goes away stops the stream, not the run.
 */
import type { After } from './options.ts';
import { wireText } from './wire.ts';

export interface EventStreamOptions {
  readonly heartbeatMs: number;
  readonly after: After;
}

const HEARTBEAT = ': heartbeat\n\n';

const encoder = new TextEncoder();

export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: EventStreamOptions;
  readonly #queue: (() => string)[] = [];
  #wake: (() => void) | undefined;
  #over = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.body = new ReadableStream<Uint8Array>(
      { pull: (controller) => this.#pull(controller), cancel: () => this.#leave() },
      { highWaterMark: 0 },
    );
  }

  send(event: string, data: unknown): void {
    if (this.#over) return;
    const text = (): string => `event: ${event}\ndata: ${wireText(data)}\n\n`;
    if (!this.#wake) {
      this.#queue.push(text);
      return;
    }
    const now = text(); // somebody waits: nothing may change it on the way
    this.#queue.push(() => now);
    this.#wake();
  }

  /** No more events. What is queued is still read. */
  end(): void {
    this.#over = true;
    this.#wake?.();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#queue.length === 0 && !this.#over) await this.#next();
    const text = this.#queue.shift();
    if (text) controller.enqueue(encoder.encode(text()));
    else if (this.#over) controller.close();
    else controller.enqueue(encoder.encode(HEARTBEAT));
  }

  /** Until there is an event, the end, or the time for a heartbeat. */
  async #next(): Promise<void> {
    const { after, heartbeatMs } = this.#options;
    await new Promise<void>((resolve) => {
      const cancel = after(heartbeatMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    this.#wake = undefined;
  }

  #leave(): void {
    this.#queue.length = 0;
    this.end();
  }
}
