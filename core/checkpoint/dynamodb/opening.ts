/**
 * From a claim that was taken to a claim that can be worked with: what was asked, and the newest checkpoint, are loaded.
 * When that fails the claim is given back: a run that never began must not hold a thread, nor lose what an earlier run accepted (C3).
 */
import type { Claim, ClaimRequest, RunRequest } from '../checkpointer.ts';
import { DynamoDBClaim } from './claim.ts';
import type { StoredHead } from './head.ts';
import { HEAD_KEY } from './keys.ts';
import type { Partition } from './partition.ts';
import { readNewest } from './reading.ts';
import type { CheckpointRecord } from './records.ts';
import { readRequest } from './requests.ts';
import type { Taken } from './taking.ts';
import { lapse, release, unborn } from './claiming.ts';

/** The claim on a thread that nobody else can know: nothing is read or written yet (C2). */
export function freshClaim(partition: Partition, want: ClaimRequest): Claim {
  return new DynamoDBClaim(partition, {
    incarnation: want.runId,
    born: want.now,
    runId: want.runId,
    expiresAt: want.expiresAt,
    request: want.request,
    tookOver: undefined,
    checkpoint: undefined,
    version: undefined,
    inline: undefined,
    requestKeptBy: undefined,
  });
}

/** @throws HoldpointError `corrupt_item`, `store_unavailable` */
export async function openClaimed(partition: Partition, want: ClaimRequest, taken: Taken): Promise<Claim> {
  const { head, tookOver } = taken;
  const stored = head.claim?.request;
  try {
    const request = await openRequest(partition, want, head);
    const checkpoint = await readNewest(partition, head);
    return new DynamoDBClaim(partition, {
      incarnation: head.incarnation,
      born: head.born,
      runId: want.runId,
      expiresAt: want.expiresAt,
      request,
      tookOver,
      checkpoint,
      version: head.version,
      inline: inlineRecord(head),
      requestKeptBy: stored && 'keptBy' in stored ? stored.keptBy : undefined,
    });
  } catch (error) {
    await giveBack(partition, want.runId, taken);
    throw error;
  }
}

/** What to do, as it was recorded. Our own large request need not be read back. */
async function openRequest(
  partition: Partition,
  want: ClaimRequest,
  head: StoredHead,
): Promise<RunRequest | undefined> {
  const { codec } = partition;
  const stored = head.claim?.request;
  if (want.request && stored && 'keptBy' in stored && stored.keptBy === want.runId) {
    return codec.decode(codec.encode(want.request, 'Request')) as RunRequest;
  }
  return readRequest(partition, head, stored);
}

function inlineRecord({ checkpointId, writer, previousId, data }: StoredHead): CheckpointRecord | undefined {
  if (checkpointId === undefined || data === undefined) return undefined;
  return { id: checkpointId, runId: writer ?? '', previousId, data };
}

/** A take-over lapses, so that what was recorded can be taken over again; our own claim is undone. */
async function giveBack({ table, pk }: Partition, runId: string, { head, tookOver }: Taken): Promise<void> {
  try {
    if (tookOver !== undefined) await table.update(pk, HEAD_KEY, lapse(runId));
    else if (head.version === 0) await table.remove(pk, HEAD_KEY, unborn(runId));
    else await table.update(pk, HEAD_KEY, release(runId, head.graph));
  } catch {
    // The error that led here says more; the claim expires by itself.
  }
}
