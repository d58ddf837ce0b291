/**
 * What tells running tasks to stop. Real AbortSignals are made only for those who ask for one.
 *
 * - X1 What is cancelled starts nothing new: no node, no superstep of a graph inside it.
 * - X2 Who ignores a failing sibling is waited for. A `stop` (the caller's signal, a time-out) waits for nobody.
 */
import type { Clock } from '../clock.ts';

export class Cancel {
  readonly #around: Cancel | undefined;
  /** Ends tasks whether or not they listen. */
  readonly stop: AbortSignal | undefined;
  #cause: { readonly error: unknown } | undefined;
  #controller: AbortController | undefined;
  #signal: AbortSignal | undefined;

  /** @param around what cancels this one too */
  constructor(around?: Cancel, stop: AbortSignal | undefined = around?.stop) {
    this.#around = around;
    this.stop = stop;
  }

  get signal(): AbortSignal {
    if (!this.#signal) {
      this.#controller = new AbortController();
      if (this.#cause) this.#controller.abort(this.#cause.error);
      this.#signal = anySignal(this.stop, this.#around?.signal, this.#controller.signal)!;
    }
    return this.#signal;
  }

  /** Why, once it is cancelled. */
  get cause(): { readonly error: unknown } | undefined {
    return this.#cause ?? (this.stop?.aborted ? { error: this.stop.reason } : this.#around?.cause);
  }

  abort(error: unknown): void {
    this.#cause ??= { error };
    this.#controller?.abort(error);
  }

  /** What the work gives, or the reason of the `stop` as soon as there is one. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { stop } = this;
    if (!stop) return work;
    let stopped!: () => void;
    const end = new Promise<never>((_, reject) => {
      stopped = () => reject(stop.reason as Error);
    });
    stop.addEventListener('abort', stopped);
    if (stop.aborted) stopped();
    try {
      return await Promise.race([work, end]);
    } finally {
      stop.removeEventListener('abort', stopped);
    }
  }
}

/** What ends on a signal or after a time, beside what is around. */
export function limited(
  around: Cancel | undefined,
  { signal, timeout }: { readonly signal?: AbortSignal | undefined; readonly timeout?: number | undefined },
  sleep: Clock['sleep'],
): { readonly cancel: Cancel; readonly end: () => void } {
  if (!signal && timeout === undefined) return { cancel: new Cancel(around), end: () => undefined };
  const done = new AbortController();
  const late = new AbortController();
  if (timeout !== undefined) {
    void sleep(timeout, done.signal).then(() => {
      if (!done.signal.aborted)
        late.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    });
  }
  const cancel = new Cancel(around, anySignal(around?.stop, signal, timeout === undefined ? undefined : late.signal));
  return { cancel, end: () => done.abort() };
}

/** One signal for several. */
export function anySignal(...given: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const signals = [...new Set(given)].filter((signal) => signal !== undefined);
  return signals.length > 1 ? AbortSignal.any(signals) : signals[0];
}
