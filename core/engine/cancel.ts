/** What tells running tasks to stop. Real AbortSignals are made only for those who ask for one. */
export class Cancel {
  readonly #around: Cancel | AbortSignal | undefined;
  #cause: { readonly error: unknown } | undefined;
  #controller: AbortController | undefined;

  /** @param around what cancels this one too */
  constructor(around?: Cancel | AbortSignal) {
    this.#around = around;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#cause) this.#controller.abort(this.#cause.error);
    }
    const { signal } = this.#controller;
    const around = this.#around instanceof Cancel ? this.#around.signal : this.#around;
    return around ? AbortSignal.any([around, signal]) : signal;
  }

  abort(error: unknown): void {
    this.#cause ??= { error };
    this.#controller?.abort(error);
  }
}
