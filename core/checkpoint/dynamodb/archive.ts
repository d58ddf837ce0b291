/**
 * The superseded checkpoint on its way from the head to an item of its own. Started early, so that it costs no time, and awaited before
 * the head moves on: nothing is left running, and no failure goes unseen.
 */
export class Archive {
  readonly #put: () => Promise<void>;
  #running: Promise<{ readonly failure: unknown } | undefined> | undefined;

  constructor(put: () => Promise<void>) {
    this.#put = put;
    this.#running = this.#start();
  }

  /** Resolves when the item is there. After a failure the next call tries again. */
  async done(): Promise<void> {
    this.#running ??= this.#start();
    const outcome = await this.#running;
    if (!outcome) return;
    this.#running = undefined;
    throw outcome.failure;
  }

  /** Resolves when nothing is running any more, however it went. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #start(): Promise<{ readonly failure: unknown } | undefined> {
    try {
      await this.#put();
      return undefined;
    } catch (failure) {
      return { failure };
    }
  }
}
