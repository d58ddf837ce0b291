/**
 * Claims of requests that bring an idempotency key (C5). Without a key none of this costs anything.
 *
 * - Y1 The key is read before the claim, so that a request which was carried out never holds one; and tied under the claim, on the condition
 *   that nobody else has, so that of two at once the second finds the first.
 */
import { HoldpointError, isHoldpointError } from '../../errors.ts';
import type { Claim, ClaimRequest } from '../checkpointer.ts';
import type { Idempotency } from '../idempotency.ts';
import { lifeKey, type StoredHead } from './head.ts';
import { readEarly } from './hints.ts';
import { findOutcome, outcomeOf, readUse, tying } from './idempotency.ts';
import { idempotencyKey } from './keys.ts';
import { openClaimed } from './opening.ts';
import type { Partition } from './partition.ts';
import { takeClaim } from './taking.ts';

/** @throws HoldpointError what `decideClaim` and `decideKey` refuse, `unstorable_state`, `store_unavailable`, `corrupt_item` */
export async function claimThread(partition: Partition, want: ClaimRequest): Promise<Claim> {
  const key = want.request?.idempotency;
  const spent = key && (await findOutcome(partition, want, key));
  if (spent) return spent;
  let opened: Opened;
  try {
    opened = await open(partition, want);
  } catch (error) {
    // Its first try may have been what it is refused for.
    const late = key && isRefusal(error) && (await findOutcome(partition, want, key));
    if (late) return late;
    throw error;
  }
  const { head, claim } = opened;
  const recorded = claim.request?.idempotency;
  if (!key && !recorded) return claim;
  try {
    const spent = await tieAll(partition, head, claim, want);
    if (!spent) return claim;
    await claim.reopen();
    return spent;
  } catch (error) {
    await claim.release().catch(() => undefined); // the error that led here says more
    throw error;
  }
}

interface Opened {
  readonly head: StoredHead;
  readonly claim: Claim;
}

async function open(partition: Partition, want: ClaimRequest): Promise<Opened> {
  const early = readEarly(partition);
  try {
    const taken = await takeClaim(partition, want);
    return { head: taken.head, claim: await openClaimed(partition, want, taken, early) };
  } finally {
    await early; // nothing is left running
  }
}

/** The request's own key, and on a take-over that of the request which was recorded. @returns the outcome, when its own was used already */
async function tieAll(
  partition: Partition,
  head: StoredHead,
  claim: Claim,
  want: ClaimRequest,
): Promise<Claim | undefined> {
  const own = want.request?.idempotency;
  const recorded = claim.request?.idempotency;
  if (recorded && recorded.key !== own?.key && (await tie(partition, head, claim, want, recorded))) {
    await claim.reopen(); // a second try of what was carried out, and cut off before it found that out
    throw changedMeanwhile(partition, want);
  }
  return own && tie(partition, head, claim, want, own);
}

/** Under the claim. @returns the outcome, when the key was used already */
async function tie(
  partition: Partition,
  head: StoredHead,
  claim: Claim,
  want: ClaimRequest,
  key: Idempotency,
): Promise<Claim | undefined> {
  const { table, pk } = partition;
  const write = (replaced: string | undefined): Promise<boolean> =>
    table.update(pk, idempotencyKey(key.key), tying(head, want, key, replaced));
  if (await write(claim.tookOver)) return undefined;
  const found = await readUse(partition, key);
  if (found && found.life === lifeKey(head) && !isHalfDone(claim, key)) {
    const used = await outcomeOf(partition, head, want, key, found.use, undefined);
    if (used) return used;
  }
  if (!(await write(found?.use.runId))) throw changedMeanwhile(partition, want);
  return undefined;
}

/** What was taken over has saved something, but not its outcome. */
function isHalfDone({ request, tookOver }: Claim, { key }: Idempotency): boolean {
  return (
    tookOver !== undefined &&
    request?.kind === 'continue' &&
    request.of !== undefined &&
    request.idempotency?.key === key
  );
}

function isRefusal(error: unknown): boolean {
  return isHoldpointError(error) && error.code !== 'store_unavailable';
}

function changedMeanwhile({ threadId }: Partition, { runId }: ClaimRequest): HoldpointError {
  return new HoldpointError(
    'thread_busy',
    `Thread "${threadId}" is busy: it changed while run ${runId} asked for it. Try again.`,
    { threadId, runId, retryAfterMs: 100 },
  );
}
