/**
 * From a claim that was taken to a claim that can be worked with: what was asked is recorded, and the newest checkpoint is loaded, at once.
 * When that fails the claim is given back: a run that never began must not hold a thread, nor lose what an earlier run accepted (C3).
 */
import { isHoldpointError } from '../../errors.ts';
import type { Claim, ClaimRequest, RunRequest } from '../checkpointer.ts';
import { claimLost } from '../refusals.ts';
import { allOf } from './all.ts';
import { Archive } from './archive.ts';
import { DynamoDBClaim } from './claim.ts';
import { lapse, release, unborn } from './claiming.ts';
import { lifeKey, type StoredHead } from './head.ts';
import { type EarlyParts, remember } from './hints.ts';
import { corruptKey, readOptionalNumber, sortKey } from './item.ts';
import { leaveNothing } from './deletion.ts';
import { HEAD_KEY, partKey, partsBehind, requestPartId, TABLE_KEYS } from './keys.ts';
import { chainOf, type FoundPart, packRequestPart, partItems, readParts, requestText } from './parts.ts';
import type { Partition } from './partition.ts';
import { firstRun, nothingKept, readKept } from './keeping.ts';
import { newestOf } from './reading.ts';
import { archive, CheckpointReader, type CheckpointRecord } from './records.ts';
import { readRequest, requestIn } from './requests.ts';
import { ageing, restingOf } from './retention.ts';
import type { ClaimedRequest } from './shelf.ts';
import type { Taken } from './taking.ts';

/** The claim on a thread that nobody else can know: nothing is read or written yet (C2). */
export function freshClaim(partition: Partition, want: ClaimRequest): Claim {
  return new DynamoDBClaim(partition, {
    incarnation: want.runId,
    born: want.now,
    runId: want.runId,
    expiresAt: want.expiresAt,
    request: want.request,
    tookOver: undefined,
    first: want.runId,
    found: nothingKept,
    checkpoint: undefined,
    status: undefined,
    version: undefined,
    archive: undefined,
    over: undefined,
    contents: { base: undefined, chain: [], expires: undefined, request: undefined, strays: [] },
  });
}

/** @throws HoldpointError `corrupt_item`, `store_unavailable` */
export async function openClaimed(
  partition: Partition,
  want: ClaimRequest,
  taken: Taken,
  early: Promise<EarlyParts | undefined>,
): Promise<Claim> {
  const { head, tookOver, asked } = taken;
  const inc = lifeKey(head);
  const superseded = inlineRecord(head);
  const over = overAgain(partition, head);
  const kept = superseded && new Archive(() => archive(partition, inc, superseded));
  const own = asked !== undefined && isLarge(head) ? ownRequest(partition, head, want.runId, asked) : undefined;
  try {
    let parts: readonly FoundPart[] = [];
    let found = nothingKept;
    const first = head.claim ? firstRun(head.claim) : want.runId;
    const readSaid = async (): Promise<void> => {
      if (tookOver !== undefined) found = await readKept(partition, inc, first);
    };
    const read = async (): Promise<void> => {
      if (!head.base && tookOver === undefined) return;
      const read = await early;
      parts =
        read && leadsThrough(partition, read, taken) ? read.parts : await readParts(partition, inc, firstPart(head));
    };
    await allOf([own?.write(), read(), readSaid()]);
    const reader = new CheckpointReader(partition, inc, parts);
    const newest = newestOf(head);
    const base = head.base && (await reader.base(head.base));
    const links = head.base ? reader.chain(head.base) : [];
    remember(partition, base && { inc, since: base.since });
    const { part, request } = own
      ? { part: own.part, request: partition.codec.decode(own.part.text) as RunRequest }
      : await openRequest(partition, head, parts);
    return new DynamoDBClaim(partition, {
      incarnation: head.incarnation,
      born: head.born,
      runId: want.runId,
      expiresAt: want.expiresAt,
      request,
      tookOver,
      first,
      found,
      checkpoint: newest && (await reader.read(newest)),
      status: head.status,
      version: head.version,
      archive: kept,
      over,
      contents: {
        base,
        chain: links.flatMap(({ items }) => items),
        expires: readOptionalNumber(head.item, TABLE_KEYS.timeToLive),
        request: part,
        strays: straysAmong(parts, links, part),
      },
    });
  } catch (error) {
    await kept?.idle();
    const gone = !(await giveBack(partition, want.runId, taken, over, own?.part.items.map(sortKey) ?? []));
    // What a claimed head names is there for as long as the claim is.
    if (gone && isHoldpointError(error) && error.code === 'corrupt_item') {
      throw claimLost(partition.threadId, want.runId);
    }
    throw error;
  }
}

function isLarge({ claim }: StoredHead): boolean {
  return claim?.request !== undefined && 'keptBy' in claim.request;
}

/** A large request of our own: written behind the newest part, and not read back. */
function ownRequest(
  partition: Partition,
  head: StoredHead,
  runId: string,
  text: string,
): { readonly part: ClaimedRequest; write(): Promise<void> } {
  const id = requestPartId(head.version, runId);
  const data = packRequestPart(text);
  const items = partItems(partition, lifeKey(head), { id, runId, over: head.base?.part, data });
  return { part: { id, text, items }, write: () => partition.table.putAll(items) };
}

/** What was recorded, by this run when it is small, or by the one that it takes over. */
async function openRequest(
  partition: Partition,
  head: StoredHead,
  parts: readonly FoundPart[],
): Promise<{ readonly part: ClaimedRequest | undefined; readonly request: RunRequest | undefined }> {
  const stored = head.claim?.request;
  if (!stored || 'packed' in stored) return { part: undefined, request: await readRequest(partition, head) };
  const id = requestPartId(head.version, stored.keptBy);
  const part = parts.find((one) => one.id === id);
  const request = part && requestIn(partition, part);
  if (!part || !request) {
    throw corruptKey(
      partition.pk,
      partKey(lifeKey(head), id),
      'the head names it as what a run was asked, and it is not there',
    );
  }
  return { part: { id, text: requestText(part), items: part.items }, request };
}

/** Whether what was read before the claim is what the claimed head is stored against. A take-over also wants what came after. */
function leadsThrough(partition: Partition, { inc, since, parts }: EarlyParts, { head, tookOver }: Taken): boolean {
  if (!head.base || tookOver !== undefined || inc !== lifeKey(head) || since !== head.base.since) return false;
  try {
    return chainOf(partition, inc, new Map(parts.map((part) => [part.id, part])), head.base).length > 0;
  } catch {
    return false; // it has grown since
  }
}

/** Where the parts of a thread begin that matter to the next run. */
function firstPart(head: StoredHead): string {
  return head.base?.since ?? partsBehind(head.version);
}

/** What runs wrote that died or lost their claim: neither in the chain nor what the claim refers to. Only a claim's holder may tell. */
function straysAmong(
  parts: readonly FoundPart[],
  chain: readonly FoundPart[],
  request: ClaimedRequest | undefined,
): string[] {
  const kept = new Set([request?.id, ...chain.map(({ id }) => id)]);
  return parts.filter(({ id }) => !kept.has(id)).flatMap(({ items }) => items.map(sortKey));
}

/** When a thread that was over is, should the claim be given back. */
function overAgain({ retention, clock }: Partition, { status, pending }: StoredHead): number | undefined {
  const resting = restingOf(status, typeof pending === 'number' || pending.length > 0);
  return ageing(retention, resting, Math.floor(clock() / 1000)).over;
}

function inlineRecord({
  checkpointId,
  writer,
  status,
  previousId,
  data,
  base,
}: StoredHead): CheckpointRecord | undefined {
  if (checkpointId === undefined || data === undefined) return undefined;
  return { id: checkpointId, runId: writer ?? '', status, previousId, data, base };
}

/**
 * A take-over lapses, so that what was recorded can be taken over again; our own claim is undone.
 * @returns false when the claim was gone already
 */
async function giveBack(
  partition: Partition,
  runId: string,
  { head, tookOver }: Taken,
  over: number | undefined,
  written: readonly string[],
): Promise<boolean> {
  const { table, pk } = partition;
  try {
    const given =
      tookOver !== undefined
        ? await table.update(pk, HEAD_KEY, lapse(runId))
        : head.version === 0
          ? await table.remove(pk, HEAD_KEY, unborn(runId))
          : await table.update(pk, HEAD_KEY, release(runId, head.graph, over));
    await (given ? table.removeAll(pk, written) : leaveNothing(partition, head));
    return given;
  } catch {
    return true; // The error that led here says more; the claim expires by itself.
  }
}
