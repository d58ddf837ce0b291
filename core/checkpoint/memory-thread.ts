/** A thread as MemorySaver holds it, and what can be told from that alone. */
import { isoTime } from '../clock.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { ActiveClaim, ClaimRequest, Head, Kept, ThreadStatus } from './checkpointer.ts';
import { type Idempotency, KEY_LIFE_MS, type KeyUse } from './idempotency.ts';
import { type ListQuery, placeAt, type Placed } from './listing.ts';
import { isLeftWaiting, summarise, type ThreadSummary, waitsOn } from './summary.ts';

export interface StoredCheckpoint {
  /** M1 */
  readonly checkpoint: Checkpoint;
  readonly status: ThreadStatus;
  readonly previousId: string | undefined;
}

export interface StoredClaim extends Omit<ActiveClaim, 'request'> {
  readonly request: string | undefined;
  /** The run has saved something: whoever takes over continues. */
  continued: boolean;
  /** The ids of the questions that were pending when it was taken. */
  readonly pending: readonly string[];
  /** What tasks said before their superstep was committed (C12), by id (M1): shared by all who take over one from the other. */
  readonly kept: Map<string, Kept>;
}

export interface StoredThread {
  readonly incarnation: string;
  head: Omit<Head, 'claim'>;
  claim: StoredClaim | undefined;
  /** When the last run that ended left it waiting. */
  waitingSince: number | undefined;
  readonly checkpoints: Map<string, StoredCheckpoint>;
  readonly keys: Map<string, KeyUse & { readonly expires: number }>;
}

export function tie(
  { keys, head }: StoredThread,
  { key, body }: Idempotency,
  { runId, expiresAt }: ClaimRequest,
): void {
  keys.set(key, { runId, body, version: head.version, expires: expiresAt + KEY_LIFE_MS });
}

export function newThread({ runId, graph, now }: ClaimRequest): StoredThread {
  const at = isoTime(now);
  return {
    incarnation: runId,
    head: {
      version: 0,
      checkpointId: undefined,
      status: undefined,
      pending: [],
      graph,
      createdAt: at,
      updatedAt: at,
    },
    claim: undefined,
    waitingSince: undefined,
    checkpoints: new Map(),
    keys: new Map(),
  };
}

/** After a run has ended. @param before the questions that were pending when it began */
export function waitingSince(
  { head, waitingSince: since }: StoredThread,
  before: readonly string[],
): number | undefined {
  if (!isLeftWaiting(head.status, head.pending)) return undefined;
  return since !== undefined && waitsOn(head.pending, before) ? since : Date.parse(head.updatedAt);
}

/** Where threads stand in a list. */
export function placesOf(threads: ReadonlyMap<string, StoredThread>, { waiting }: ListQuery): Placed[] {
  return [...threads].flatMap(([threadId, thread]) => {
    const time = waiting ? thread.waitingSince : Date.parse(thread.head.createdAt);
    return time === undefined ? [] : [{ threadId, place: placeAt(time, threadId) }];
  });
}

export function summaryOf(
  threadId: string,
  { head, claim, waitingSince: since }: StoredThread,
  now: number,
): ThreadSummary | undefined {
  const held = claim && { ...claim, recorded: claim.request !== undefined };
  return summarise(threadId, { ...head, claim: held, waitingSince: since }, now);
}
