/**
 * In which order the ends of tasks side by side are told: LangGraph's, also among functions that need no time. Who reads chunks in order sees the same.
 *
 * - O1 Whoever ends first comes first; of those that end while it is told, whoever was planned first.
 * - O2 What a function promises comes after what another returns at once, and what takes more reading comes later.
 */
import { isCommand } from '../command.ts';
import type { NodeSpec } from '../graph/spec.ts';

/** How many steps of other promises these take in LangGraph: telling one end, edges, a conditional edge; of a graph inside: its begin, each plan, the whole. */
const TELLING = 3;
const LEADING = 11;
const ROUTING = 23;
const NESTING = 40;
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
  #left: number;

  constructor(tasks: number) {
    this.#left = tasks;
  }

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
      const all = this.#left === this.#waiting.length + 1;
      this.#left -= 1;
      next.go();
      if (!all) await breath(TELLING);
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

/** O2 Of what a node returned in the end, before its conditional edges are decided. */
export function reading(output: unknown, { edges, joins, branches }: NodeSpec): Promise<void> {
  const leading = edges.length + joins.length > 0 ? LEADING : 0;
  return breath(kindOf(output) + leading + branches.length * ROUTING);
}

function kindOf(output: unknown): number {
  if (output === null || output === undefined) return 0;
  if (Array.isArray(output)) return 4;
  return isCommand(output) && output.goto.length > 0 ? 2 : 1;
}

/** Lets other promises take so many steps. */
export async function breath(steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) await Promise.resolve();
}
