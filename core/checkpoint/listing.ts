/**
 * Lists of a store's threads: where each thread stands in them, and how they are read page by page. Pure, and the same for every store.
 *
 * - C15 A place never moves, but that among those that wait: there it is when a thread began to.
 */
import { invalidArgument, quote } from '../errors.ts';
import { hash128 } from '../hash.ts';
import type { ThreadSummary, UnreadableThread } from './summary.ts';

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
  readonly threads: readonly (ThreadSummary | UnreadableThread)[];
  /** Where the next page begins. Absent on the last one. */
  readonly cursor?: string;
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
    throw invalidArgument(`"limit" must be a whole number from 1 to 100, not ${quote(limit)}.`, { limit });
  }
  if (cursor === undefined) return { waiting, limit, after: undefined };
  if (typeof cursor !== 'string' || !/^[tw][0-9a-z]{9}[0-9a-f]{16}$/.test(cursor) || cursor[0] !== kind(waiting)) {
    throw invalidArgument(
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
