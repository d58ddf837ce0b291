/**
 * Requests that bring a key (C5): the same key again gets the first outcome, and never a second run. Pure.
 *
 * - Y1 A key is tied to its run while that run holds the claim, before any node runs. A take-over ties the recorded request's key to
 *   itself. So whoever holds the claim finds out whether its key was used, whoever died in between.
 * - Y2 No outcome is copied: it is the last checkpoint that the tied run committed. A run that committed nothing leaves its key unused.
 */
import type { HoldpointError } from '../errors.ts';
import { versionOf } from './checkpoint.ts';
import type { ActiveClaim, ThreadStatus } from './checkpointer.ts';
import { inProgress, keyReused, outcomeGone } from './refusals.ts';

/** A request's key and its body, both as hashes. */
export interface Idempotency {
  readonly key: string;
  readonly body: string;
}

/** What a key is tied to: the run, and the version that it claimed. */
export interface KeyUse {
  readonly runId: string;
  readonly body: string;
  readonly version: number;
}

export interface Commit {
  readonly id: string;
  readonly runId: string;
  readonly previousId: string | undefined;
  readonly status: ThreadStatus;
}

/** How long a key is kept at least, after its run must have ended. */
export const KEY_LIFE_MS = 24 * 60 * 60 * 1000;

/**
 * What the request came to that had this key.
 * @param claim on the thread, but the asking run's own
 * @param commits the thread's commits after the version that the tied run claimed, in order, as far as they are its own and one further
 * @returns undefined: the key has no outcome and nobody works on one, so the request may claim
 * @throws HoldpointError the refusal
 */
export function decideKey(
  threadId: string,
  asked: Idempotency,
  use: KeyUse,
  claim: ActiveClaim | undefined,
  commits: readonly Commit[],
  now: number,
): Commit | undefined {
  if (claim && (claim.runId === use.runId || claim.request?.idempotency?.key === asked.key)) {
    if (claim.expiresAt > now) throw keyBusy(threadId, asked, use, claim, now);
    return undefined;
  }
  const [first] = commits;
  if (!first) return undefined;
  if ((versionOf(first.previousId ?? '') ?? 0) !== use.version) throw outcomeGone(threadId, use.runId);
  if (first.runId !== use.runId) return undefined;
  if (use.body !== asked.body) throw keyReused(threadId, use);
  return commits.findLast(({ runId }) => runId === use.runId);
}

/** A claim of this key's run is on the thread. */
export function keyBusy(
  threadId: string,
  asked: Idempotency,
  use: Pick<KeyUse, 'body'>,
  claim: ActiveClaim,
  now: number,
): HoldpointError {
  return use.body === asked.body ? inProgress(threadId, claim, now) : keyReused(threadId, claim);
}
