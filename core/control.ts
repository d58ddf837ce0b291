/** `RunControl`: asks a run, from inside or outside, to stop at its next superstep boundary. */

export class RunControl {
  #reason: string | undefined;

  /** The run stops before its next superstep, saved; `invoke(null)` goes on. */
  requestDrain(reason = 'shutdown'): void {
    this.#reason = reason;
  }

  get drainRequested(): boolean {
    return this.#reason !== undefined;
  }

  get drainReason(): string | undefined {
    return this.#reason;
  }
}
