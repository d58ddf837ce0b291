/**
 * Lists of a store's threads: what an entry says, where it stands, and how a list is read page by page. Pure, and the same for every store.
 *
 * - C11 An entry is a summary: ids of questions, never their values.
 * - C15 A list finds a thread by where its first run and its commits put it, and says what the thread is now: busy, cut off, waiting or done.
 */
import { HoldpointError, quote } from '../errors.ts';
import { hash128 } from '../hash.ts';
import type { Head, ThreadStatus } from './checkpointer.ts';

export interface ListThreadsOptions {
  /** Only threads that wait for somebody, those that wait longest first. @default false: all threads, the newest first */
  readonly waiting?: boolean;
  /** How many threads a page has at most, from 1 to 100. @default 25 */
  readonly limit?: number;
  /** Of the page before, with the same `waiting`. */
  readonly cursor?: string;
}

export interface ThreadPage {
  /** May be fewer than `limit`, while there is a cursor. */
  readonly threads: readonly ThreadSummary[];
  /** Where the next page begins. Absent on the last one. */
  readonly cursor?: string;
}

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
    pending: shown.pending,
    ...(run && { run }),
    ...(waits && { waitingSince: new Date(waitingSince).toISOString() }),
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

/** Where a thread stands in a list: by a time, and among threads of one time by what its id hashes to. Sorts as text. */
export function placeAt(time: number, threadId: string): string {
  return time.toString(36).padStart(TIME, '0') + hash128(threadId).slice(0, 16);
}

export function timeOf(place: string): number {
  return Number.parseInt(place.slice(0, TIME), 36);
}

const TIME = 9;

export interface ListQuery {
  readonly waiting: boolean;
  readonly limit: number;
  /** The place behind which the page begins. */
  readonly after: string | undefined;
}

/** @throws HoldpointError `invalid_argument` */
export function readListOptions({ waiting = false, limit = 25, cursor }: ListThreadsOptions): ListQuery {
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new HoldpointError('invalid_argument', `"limit" must be a whole number from 1 to 100, not ${quote(limit)}.`, {
      limit,
    });
  }
  if (cursor === undefined) return { waiting, limit, after: undefined };
  if (typeof cursor !== 'string' || !/^[tw][0-9a-z]{9}[0-9a-f]{16}$/.test(cursor) || cursor[0] !== kind(waiting)) {
    throw new HoldpointError(
      'invalid_argument',
      `Cursor ${quote(cursor)} is of no such list. Take it from the page before, and ask for the same list.`,
      { cursor, waiting },
    );
  }
  return { waiting, limit, after: cursor.slice(1) };
}

/** A thread and its place in a list. */
export interface Placed {
  readonly threadId: string;
  readonly place: string;
}

/**
 * The page that begins behind the query's place.
 * @param placed at least the first `limit + 1` behind that place, if there are so many
 */
export function cutPage(
  { waiting, limit, after }: ListQuery,
  placed: readonly Placed[],
): { readonly page: readonly Placed[]; readonly more: { readonly cursor?: string } } {
  const ahead = (a: string, b: string): boolean => (waiting ? a < b : a > b);
  const rest = placed.filter(({ place }) => after === undefined || ahead(after, place));
  const page = rest.sort((a, b) => (ahead(a.place, b.place) ? -1 : 1)).slice(0, limit);
  return { page, more: rest.length > limit ? { cursor: kind(waiting) + page.at(-1)!.place } : {} };
}

/** A cursor of one list is no place in the other. */
function kind(waiting: boolean): string {
  return waiting ? 'w' : 't';
}
