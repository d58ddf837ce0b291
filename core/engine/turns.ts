/**
 * In which order the ends of tasks side by side are told: LangGraph's, also among functions that need no time. Who reads chunks in order sees the same.
 *
 * - O1 Whoever ends first comes first; of those that end while it is told, whoever was planned first.
 * - O2 What a function promises comes after what another returns at once, and what takes more reading comes later.
 */
import { isCommand } from '../command.ts';

/** How many steps of other promises these take in LangGraph: telling one end, deciding where a conditional edge leads; of a graph inside: its begin, each plan, the whole. */
const TELLING = 3;
const ROUTING = 23;
const NESTING = 100;
export const BEGINNING = 30;
export const PLANNING = 3;

interface Turn {
  readonly place: number;
  readonly go: () => void;
}

export class Turns {
  /** Whoever is next is the last. */
  readonly #waiting: Turn[] = [];
  #sorted = true;
  #busy = false;

  /** @param place in the plan @returns when it is this task's turn: O1 */
  take(place: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ place, go });
      this.#sorted = this.#waiting.length === 1;
      if (!this.#busy) void this.#letGo();
    });
  }

  async #letGo(): Promise<void> {
    this.#busy = true;
    for (let next = this.#next(); next; next = this.#next()) {
      next.go();
      await breath(TELLING);
    }
    this.#busy = false;
  }

  #next(): Turn | undefined {
    if (!this.#sorted) this.#waiting.sort((a, b) => b.place - a.place);
    this.#sorted = true;
    return this.#waiting.pop();
  }
}

/** O2 Of what a node returned. */
export function adopted(returned: unknown): unknown {
  return returned instanceof Promise ? new Promise((resolve) => resolve(returned)) : returned;
}

/** O2 Of a graph inside that has ended. */
export function nesting(): Promise<void> {
  return breath(NESTING);
}

/** O2 Of what a node returned in the end. */
export function reading(output: unknown, routes: boolean): Promise<void> {
  const routing = routes ? ROUTING : 0;
  if (output === null || output === undefined) return breath(routing);
  if (Array.isArray(output)) return breath(routing + 4);
  return breath(routing + (isCommand(output) && output.goto.length > 0 ? 2 : 1));
}

/** Lets other promises take so many steps. */
export async function breath(steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) await Promise.resolve();
}
