/** An application over a store in memory, a clock that stands still, and the calls of a client. */
import { MemorySaver } from '../../core/index.ts';
import { type AppOptions, createApp, type Invocation, type LogEntry } from '../../functions/app.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON of the body, or undefined. */
  // eslint-disable-next-line typescript/no-explicit-any -- a test reads what it expects
  readonly body: any;
}

export interface SentEvent {
  readonly event: string;
  // eslint-disable-next-line typescript/no-explicit-any -- a test reads what it expects
  readonly data: any;
}

export type Send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;

/** A client's calls, over anything that takes a Request. */
export function client(fetch: (request: Request) => Promise<Response>, base = 'http://localhost'): Send {
  return async (method, path, body, headers = {}) => {
    const sent = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const init: RequestInit = { method, headers, ...(sent !== null && { body: sent }) };
    const response = await fetch(new Request(`${base}${path}`, init));
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };
}

export const START_TIME = Date.parse('2026-11-22T12:00:00.000Z');

export interface Service {
  readonly app: ReturnType<typeof createApp>;
  readonly send: Send;
  readonly saver: MemorySaver;
  readonly logs: LogEntry[];
  readonly clock: { now: number };
}

/** @param invocation what each call of `send` is told by its platform */
export function service(
  options: Omit<AppOptions, 'checkpointer'> & Partial<Pick<AppOptions, 'checkpointer'>>,
  invocation: Invocation = {},
): Service {
  const saver = new MemorySaver();
  const logs: LogEntry[] = [];
  const clock = { now: START_TIME };
  const app = createApp({
    checkpointer: () => saver,
    now: () => clock.now,
    log: (entry) => logs.push(entry),
    ...options,
  });
  return { app, saver, logs, clock, send: client((request) => app(request, invocation)) };
}

export const SSE = { accept: 'text/event-stream' };

/** Whole events of a text; comments are left out. */
export function eventsOf(text: string): SentEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      return { event: event ?? '', data: JSON.parse(data ?? 'null') };
    });
}

/** Reads a stream block by block, as it comes. */
export class BlockReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #buffer = '';

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** The next event, or the next comment as its text. Undefined at the end. */
  async next(): Promise<SentEvent | string | undefined> {
    let end: number;
    while ((end = this.#buffer.indexOf('\n\n')) === -1) {
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#buffer += this.#decoder.decode(value, { stream: true });
    }
    const block = this.#buffer.slice(0, end + 2);
    this.#buffer = this.#buffer.slice(end + 2);
    return block.startsWith(':') ? block.trim() : eventsOf(block)[0];
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

/** A promise that the test settles. */
export class Gate<Value = void> {
  resolve!: (value: Value) => void;
  reject!: (error: unknown) => void;
  readonly opened = new Promise<Value>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}
