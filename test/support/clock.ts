/** A clock that the test moves: sleepers wake in the order of their times, and what they start settles before the next wakes. */
export class ManualClock {
  #now = 0;
  #sleepers: { at: number; wake: () => void }[] = [];

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((wake) => {
      this.#sleepers.push({ at: this.#now + ms, wake });
      signal.addEventListener('abort', () => wake());
    });

  /** What is slept for now, in milliseconds from now. */
  get waits(): number[] {
    return this.#sleepers.map(({ at }) => at - this.#now);
  }

  async advance(ms: number): Promise<void> {
    await settled();
    const end = this.#now + ms;
    while (true) {
      const next = this.#sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await settled();
    }
    this.#now = end;
  }
}

/** When everything that needs no time has happened. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
