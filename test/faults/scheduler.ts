/**
 * Processes whose storage calls are let through one at a time: in one order after the other, until there is no other.
 *
 * - A process goes on by itself between its calls, so the order of the calls is all that can differ from run to run.
 * - Orders are found by depth first search: each is run from the start, and the last choice that has an alternative takes it in the next one.
 * - Of orders that differ only in neighbouring calls of two processes that cannot notice each other, one is run: the one in which the
 *   earlier process's call comes first. The first call of a process is never moved, so that what was on its way at the same time stays so.
 *   Likewise of two calls that one process has on their way together, the one that it sent first.
 */
import { settled } from '../support/clock.ts';
import type { Client } from './database.ts';
import { commute, type Footprint, footprintOf } from './footprint.ts';

interface Call {
  readonly process: number;
  /** The first call of a process is 0. */
  readonly sent: number;
  readonly footprint: Footprint;
  /** Resolves when the call has been answered. */
  pass(): Promise<void>;
}

/** When an operation was on its way: from its first call to behind its last, counted over the calls of all processes. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

type Send = (command: unknown) => Promise<unknown>;

/** More turns of the event loop than any process takes from call to call. */
const PATIENCE = 1000;

export class Schedule {
  /** Which of the calls that waited was let through, and how many there were: choice by choice. */
  readonly choices: { readonly taken: number; readonly of: number }[] = [];
  readonly #path: readonly number[];
  readonly #waiting: Call[] = [];
  /** The process of every call that was let through. */
  readonly order: number[] = [];
  /** Another schedule stands for this one: the rest of it is left. */
  redundant = false;
  #last: Call | undefined;

  constructor(path: readonly number[]) {
    this.#path = path;
  }

  /** The client of one process. */
  client(client: Client, process: number): Client {
    const send = client.send.bind(client) as Send;
    let calls = 0;
    const wait = (command: unknown): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const pass = (): Promise<void> => send(command).then(resolve, reject);
        this.#waiting.push({ process, sent: calls++, footprint: footprintOf(command), pass });
      });
    return { send: wait as Client['send'] };
  }

  /** Runs the operations side by side, one for each process. @returns their results, and when they were on their way; nothing when redundant */
  async run<T>(
    operations: readonly (() => Promise<T>)[],
  ): Promise<{ readonly result: T; readonly span: Span }[] | undefined> {
    let running = operations.length;
    const ends = operations.map(async (operate) => {
      const result = await operate();
      running -= 1;
      return { result, to: this.order.length };
    });
    for (let idle = 0; ;) {
      await settled();
      await settled();
      if (this.#waiting.length > 0) {
        idle = 0;
        const call = this.#choose();
        if (!call) return undefined;
        await call.pass();
      } else if (running === 0) break;
      else if (++idle === PATIENCE) throw new Error('No process asks for anything, and not all have ended.');
    }
    const ended = await Promise.all(ends);
    return ended.map(({ result, to }, process) => ({ result, span: { from: this.order.indexOf(process), to } }));
  }

  #choose(): Call | undefined {
    const waiting = this.#waiting.toSorted((a, b) => a.process - b.process);
    const calls = waiting.filter((call) => !this.#last || !isBehind(call, this.#last));
    this.redundant = calls.length === 0;
    if (this.redundant) return undefined;
    const taken = this.#path[this.choices.length] ?? 0;
    const call = calls[taken];
    if (!call) throw new Error('A run from the start did not come to the same choice.');
    this.choices.push({ taken, of: calls.length });
    this.#waiting.splice(this.#waiting.indexOf(call), 1);
    this.order.push(call.process);
    this.#last = call;
    return call;
  }
}

/** With it nothing is collapsed: several times as many schedules, to show that what is left out adds nothing. */
const ALL = process.env['ALL_ORDERS'] !== undefined;

/** Whether a call stands behind one that it is to come before. */
function isBehind(call: Call, last: Call): boolean {
  if (ALL || call.sent === 0 || last.sent === 0 || !commute(call.footprint, last.footprint)) return false;
  if (call.process !== last.process) return call.process < last.process;
  return call.sent < last.sent;
}

/** Runs every schedule once. @returns how many there are */
export async function everySchedule(run: (schedule: Schedule) => Promise<void>): Promise<number> {
  let path: number[] | undefined = [];
  let count = 0;
  while (path) {
    const schedule = new Schedule(path);
    await run(schedule);
    if (!schedule.redundant) count += 1;
    const last = schedule.choices.findLastIndex(({ taken, of }) => taken + 1 < of);
    path =
      last === -1
        ? undefined
        : schedule.choices.slice(0, last + 1).map(({ taken }, i) => (i === last ? taken + 1 : taken));
  }
  return count;
}
