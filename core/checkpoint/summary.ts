/**
 * A thread as lists show it, and what it is at a given time. Pure, and the same for every store.
 *
 * - C11 It is a summary: ids of questions, never their values.
 * - C15 It says what the thread is now, whatever its last commit left it as: busy, cut off, waiting or done.
 */
import { isoTime } from '../clock.ts';
import type { HoldpointError } from '../errors.ts';
import type { Head, ThreadStatus } from './checkpointer.ts';

export interface ThreadSummary {
  readonly threadId: string;
  /** `busy` while a run is on the thread, `paused` also when that was cut off. */
  readonly status: ThreadStatus | 'busy';
  readonly graph: string | undefined;
  readonly checkpointId: string | undefined;
  /** The ids of the questions of its newest checkpoint that are not answered there. A `run` may have been given answers to them. */
  readonly pending: readonly string[];
  /** The run that is on the thread, or that was cut off with what it had accepted: a null input continues it. */
  readonly run?: RunSummary;
  /** ISO 8601, UTC, as are all of these: since when it waits for an answer, or to be continued. */
  readonly waitingSince?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A thread that is there and cannot be read: lists show that, and somebody has to look. */
export interface UnreadableThread {
  readonly threadId: string;
  readonly status: 'unreadable';
  /** `corrupt_item`: its message says which item, and what is wrong. */
  readonly error: Pick<HoldpointError, 'code' | 'message' | 'details'>;
}

export interface RunSummary {
  readonly runId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly state: 'running' | 'cut off';
}

/** What lists know of a thread. */
export interface Listed extends Pick<
  Head,
  'version' | 'checkpointId' | 'status' | 'pending' | 'graph' | 'createdAt' | 'updatedAt'
> {
  readonly claim: ListedClaim | undefined;
  /** When the last run that ended left it waiting. */
  readonly waitingSince: number | undefined;
}

export interface ListedClaim {
  readonly runId: string;
  readonly expiresAt: number;
  /** Whether what its run was asked is there, for another run to continue. */
  readonly recorded: boolean;
}

/** Undefined when the first run was cut off before it had accepted anything: there is no thread. */
export function summarise(threadId: string, listed: Listed, now: number): ThreadSummary | undefined {
  const { version, status, claim, waitingSince, ...shown } = listed;
  const run = runNow(claim, now);
  if (version === 0 && !run) return undefined;
  const waits = waitingSince !== undefined && isLeftWaiting(status, shown.pending) && run?.state !== 'running';
  return {
    threadId,
    status: statusNow(status, run),
    graph: shown.graph,
    checkpointId: shown.checkpointId,
    pending: [...shown.pending],
    ...(run && { run }),
    ...(waits && { waitingSince: isoTime(waitingSince) }),
    createdAt: shown.createdAt,
    updatedAt: shown.updatedAt,
  };
}

/** The run behind a claim. One that was cut off before it had accepted anything is none. */
export function runNow(claim: ListedClaim | undefined, now: number): RunSummary | undefined {
  if (!claim) return undefined;
  const { runId, expiresAt, recorded } = claim;
  if (expiresAt > now) return { runId, expiresAt, state: 'running' };
  return recorded ? { runId, expiresAt, state: 'cut off' } : undefined;
}

export function statusNow(status: ThreadStatus | undefined, run: RunSummary | undefined): ThreadStatus | 'busy' {
  if (run?.state === 'running') return 'busy';
  return run ? 'paused' : (status ?? 'paused');
}

/** Whether a run leaves its thread waiting: for an answer, to be continued, or for what failed to be tried again. */
export function isLeftWaiting(status: ThreadStatus | undefined, pending: readonly string[]): boolean {
  return status !== undefined && (status !== 'done' || pending.length > 0);
}

/** Whether one of the questions was pending before the run: the thread waits for it as long as it did. */
export function waitsOn(pending: readonly string[], before: readonly string[]): boolean {
  const then = new Set(before);
  return pending.some((id) => then.has(id));
}
