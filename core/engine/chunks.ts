/**
 * Chunks on their way from a run to whoever reads them.
 *
 * - T3 A reader that leaves early drains the run: it stops at the next superstep boundary, saved, and nothing is left running.
 * - T4 Chunks wait in a queue until they are asked for; the run does not wait for its reader.
 */

export type Next<Chunk> = IteratorResult<Chunk, undefined>;

/** Pushes its chunks, and asks whether to stop. */
type Source<Chunk> = (push: (chunk: Chunk) => void, draining: () => boolean) => Promise<unknown>;

interface Link<Chunk> {
  readonly value: Chunk;
  next: Link<Chunk> | undefined;
}

const DONE = { done: true, value: undefined } as const;

export class Chunks<Chunk> implements AsyncIterableIterator<Chunk, undefined> {
  /** Of the queue. */
  #first: Link<Chunk> | undefined;
  #last: Link<Chunk> | undefined;
  /** Of those who wait for a chunk. */
  readonly #readers: ((next: Next<Chunk> | Promise<Next<Chunk>>) => void)[] = [];
  readonly #ended: Promise<void>;
  /** Several have waited at once. */
  #sideBySide = false;
  #left = false;
  #over = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(source: Source<Chunk>) {
    const running = source(
      (chunk) => this.#push(chunk),
      () => this.#left,
    );
    this.#ended = running.then(
      () => this.#end(),
      (error: unknown) => this.#end({ error }),
    );
  }

  /** LangChain calls it as a method of what it iterates, and not of the iterator. */
  readonly next = (): Promise<Next<Chunk>> => {
    const first = this.#first;
    if (first) {
      this.#first = first.next;
      return Promise.resolve({ done: false, value: first.value });
    }
    if (this.#over) return this.#finish();
    return new Promise((resolve) => {
      if (this.#readers.push(resolve) > 1) this.#sideBySide = true;
    });
  };

  /** T3 */
  async return(): Promise<Next<Chunk>> {
    this.#left = true;
    this.#first = undefined;
    await this.#ended;
    return this.#finish();
  }

  /** T3 @throws the error */
  async throw(error: unknown): Promise<Next<Chunk>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** What the run threw is told once. */
  async #finish(): Promise<Next<Chunk>> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
    return DONE;
  }

  #push(value: Chunk): void {
    if (this.#left || this.#over) return;
    if (this.#readers.length > 0) {
      const next = { done: false, value } as const;
      // A promise arrives some microtasks later. A run that goes on meanwhile has the next chunk ready then: to wait for each one costs more.
      // Readers side by side would get that one first.
      this.#readers.shift()!(this.#sideBySide ? next : Promise.resolve(next));
      return;
    }
    const link = { value, next: undefined };
    if (this.#first) this.#last!.next = link;
    else this.#first = link;
    this.#last = link;
  }

  #end(failure?: { readonly error: unknown }): void {
    this.#over = true;
    this.#failure = failure;
    for (const read of this.#readers.splice(0)) read(this.#finish());
  }
}
