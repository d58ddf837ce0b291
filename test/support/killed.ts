/** A process that the test kills when it has kept so much of what its tasks said (C12). */
import type { Checkpointer } from '../../core/index.ts';
import { settled } from './clock.ts';
import { Died, withClaims } from './engine.ts';

/** More than any of these runs needs to come to its next stop. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await settled();
}

/** From its end on no call of it reaches the store. */
export class Process {
  readonly store: Checkpointer;
  readonly #waiting: { readonly count: number; readonly reached: () => void }[] = [];
  #dead = false;
  kept = 0;

  constructor(on: Checkpointer) {
    this.store = withClaims(on, (claim) => ({
      commit: async (checkpoint, status) => {
        this.#alive();
        await claim.commit(checkpoint, status);
        this.#alive();
      },
      keep: async (kept) => {
        this.#alive();
        const counts = await claim.keep(kept);
        this.kept += 1;
        for (const { count, reached } of this.#waiting) if (this.kept >= count) reached();
        return counts;
      },
      release: async () => {
        this.#alive();
        await claim.release();
      },
    }));
  }

  /** When it has kept so many, and what went on from that has come to a stop. */
  async hasKept(count: number): Promise<void> {
    await new Promise<void>((reached) => {
      this.#waiting.push({ count, reached });
      if (this.kept >= count) reached();
    });
    await turns();
  }

  kill(): void {
    this.#dead = true;
  }

  #alive(): void {
    if (this.#dead) throw new Died();
  }
}
