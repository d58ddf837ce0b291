/**
 * Taking a claim.
 *
 * - C2 One conditional write that also loads. Only when its condition fails is the head read: `decideClaim` says why, or what to claim
 *   instead, and then exactly the head that was read is claimed.
 * - C3 An expired claim is taken over with what it recorded, on the condition that it is still there.
 * - C4 A head that already has this run's claim is our own success: a try before the one that failed.
 * - C9 What is left of a deleted thread is cleared away first.
 */
import { HoldpointError } from '../../errors.ts';
import { type ClaimRequest, decideClaim, sameRequestBy } from '../checkpointer.ts';
import { readLivingHead } from './deletion.ts';
import { decodeHead, pendingFits, type StoredHead, type StoredRequest } from './head.ts';
import type { Item } from './item.ts';
import { ATTRIBUTE, HEAD_KEY } from './keys.ts';
import { type Partition, placeOf } from './partition.ts';
import { describeHead, withHead } from './reading.ts';
import { encodeRequest, packRequest } from './requests.ts';
import { exactClaim, openClaim, release } from './claiming.ts';

export interface Taken {
  /** As it is with our claim on it. */
  readonly head: StoredHead;
  readonly tookOver: string | undefined;
  /** What this run itself was asked, encoded. */
  readonly asked: string | undefined;
}

/** Every round after the first has lost a race against another run. */
const ROUNDS = 6;

/** @throws HoldpointError what `decideClaim` refuses, `unstorable_state`, `store_unavailable`, `corrupt_item` */
export async function takeClaim(partition: Partition, want: ClaimRequest): Promise<Taken> {
  const { table, pk } = partition;
  const text = want.request && encodeRequest(partition, want.request);
  const request = text === undefined ? undefined : storedRequest(want.runId, text);
  if (!Array.isArray(want.answers) || pendingFits(want.answers)) {
    const item = await table.updateAndGet(pk, HEAD_KEY, openClaim(want, request, placeOf(partition, want.now)));
    if (item) return { head: await decodeClaimed(partition, item, want), tookOver: undefined, asked: text };
  }
  let tookOver: string | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const attempt =
      (await withHead(partition, (head) => decide(partition, head, want), readLivingHead)) ??
      (await decide(partition, undefined, want));
    if (!('mine' in attempt)) tookOver = attempt.tookOver;
    const head = 'mine' in attempt ? attempt.mine : await claimExactly(partition, attempt, want, request);
    if (head) return { head, tookOver, asked: tookOver === undefined ? text : undefined };
  }
  throw new HoldpointError(
    'thread_busy',
    `Thread "${partition.threadId}" is busy: it changed ${ROUNDS} times while run ${want.runId} asked for it. Try again.`,
    { threadId: partition.threadId, runId: want.runId, retryAfterMs: 100 },
  );
}

interface Attempt {
  readonly head: StoredHead | undefined;
  readonly tookOver: string | undefined;
}

async function decide(
  partition: Partition,
  head: StoredHead | undefined,
  want: ClaimRequest,
): Promise<Attempt | { readonly mine: StoredHead }> {
  if (head?.claim?.runId === want.runId) return { mine: head };
  const known = head && (await describeHead(partition, head));
  const same = sameRequestBy((request) => partition.codec.encode(request, 'Request'));
  return { head, tookOver: decideClaim(partition.threadId, known, want, same)?.runId };
}

async function claimExactly(
  partition: Partition,
  { head, tookOver }: Attempt,
  want: ClaimRequest,
  request: StoredRequest | undefined,
): Promise<StoredHead | undefined> {
  const recorded = tookOver === undefined ? request : 'recorded';
  const write = exactClaim(head, want, recorded, placeOf(partition, want.now));
  const item = await partition.table.updateAndGet(partition.pk, HEAD_KEY, write);
  return item && decodeHead(item);
}

function storedRequest(runId: string, text: string): StoredRequest {
  const packed = packRequest(text);
  return packed === undefined ? { keptBy: runId } : { packed };
}

/** A head that nobody had read before it was claimed: when it turns out to be corrupt, the claim is undone. */
async function decodeClaimed({ table, pk }: Partition, item: Item, { runId }: ClaimRequest): Promise<StoredHead> {
  try {
    return decodeHead(item);
  } catch (error) {
    await table.update(pk, HEAD_KEY, release(runId, item[ATTRIBUTE.graph]?.S, undefined));
    throw error;
  }
}
