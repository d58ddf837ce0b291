/**
 * How long things are kept (C10). Pure: from options, times and what a commit says to times. All times here are seconds since 1970.
 *
 * - T1 A thread ages when it is over: done or failed, and nothing pending. A thread that waits for somebody never does.
 * - T2 What a head needs has a time to live only while the head has one, and never a shorter one. When a thread that was over begins to wait, what it
 *   is stored against is therefore made anew.
 * - T3 A head and its parts outlive the thread's end by a day at least, so that a run that begins just before it has them to its own end.
 */
import type { ThreadStatus } from '../checkpointer.ts';
import { invalidArgument, quote } from '../../errors.ts';

export interface RetentionOptions {
  /** How long a thread is kept after it is over: done or failed, with nothing pending. @default for ever */
  readonly ttlSeconds?: number;
  /** How long a superseded checkpoint is kept. @default ttlSeconds */
  readonly historyTtlSeconds?: number;
}

export interface Retention {
  readonly thread: number | undefined;
  readonly history: number | undefined;
}

/** What a commit leaves the thread as. */
export type Resting = 'over' | 'waiting' | 'running';

export interface Aging {
  /** What the thread is stored against must not be used any longer. */
  readonly anew: boolean;
  /** From when on the thread is not seen. */
  readonly over?: number;
  /** From when on its head and its parts may be removed. */
  readonly expires?: number;
}

const DAY = 86_400;

/** @throws HoldpointError `invalid_argument` */
export function readRetention({ ttlSeconds, historyTtlSeconds }: RetentionOptions): Retention {
  check('ttlSeconds', ttlSeconds);
  check('historyTtlSeconds', historyTtlSeconds);
  return { thread: ttlSeconds, history: historyTtlSeconds ?? ttlSeconds };
}

/** @param expires when the parts do that the thread is stored against */
export function ageing({ thread, history = 0 }: Retention, resting: Resting, now: number, expires?: number): Aging {
  if (resting === 'running') return { anew: false, ...(expires !== undefined && { expires }) };
  if (resting === 'waiting' || thread === undefined) return { anew: expires !== undefined };
  const kept = Math.max(thread, history);
  const enough = now + kept + DAY;
  const over = now + thread;
  if (expires !== undefined && expires >= enough) return { anew: false, over, expires };
  // Some more, so that a thread in daily use is not made anew every day.
  return { anew: expires !== undefined, over, expires: enough + Math.ceil(kept / 8) };
}

/** What a status says, and whether a question is pending. */
export function restingOf(status: ThreadStatus | 'running' | undefined, pending: boolean): Resting {
  if (status === 'running') return 'running';
  return (status === 'done' || status === 'error') && !pending ? 'over' : 'waiting';
}

/** @returns undefined: never */
export function historyExpires({ history }: Retention, now: number): number | undefined {
  return history === undefined ? undefined : now + history;
}

function check(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return;
  throw invalidArgument(`"${name}" must be a whole number of seconds above 0, not ${quote(value)}.`, { name, value });
}
