/**
 * Idempotency keys as items (C5), beside the head and gone a day after their run.
 *
 * - Y2 The outcome is read from what the tied run committed: records behind the version that it claimed, and the head.
 * - C9 A key belongs to one life of the thread.
 */
import type { ActiveClaim, Claim, ClaimRequest, ThreadStatus } from '../checkpointer.ts';
import { type Commit, decideKey, type Idempotency, KEY_LIFE_MS, type KeyUse } from '../idempotency.ts';
import { outcomeGone } from '../refusals.ts';
import { spentClaim } from '../spent.ts';
import { absent, Expression, number, text, type Write } from './expression.ts';
import { lifeKey, type StoredHead } from './head.ts';
import { checkFormat, isExpired, readNumber, readOptionalText, readText, sortKey } from './item.ts';
import { ATTRIBUTE as A, checkpointPrefix, FORMAT, idempotencyKey, lastOf, recordsBehind, TABLE_KEYS } from './keys.ts';
import type { Partition } from './partition.ts';
import { readNamed, readNewest, withHead } from './reading.ts';
import { CheckpointReader } from './records.ts';
import { readRequest } from './requests.ts';

/** What the key's run came to, when it was tied to one and that has ended. */
export async function findOutcome(
  partition: Partition,
  want: ClaimRequest,
  key: Idempotency,
): Promise<Claim | undefined> {
  const found = await readUse(partition, key);
  if (!found) return undefined;
  return withHead(partition, async (head) => {
    if (lifeKey(head) !== found.life) return undefined;
    const { runId, expiresAt } = head.claim ?? {};
    const request = await readRequest(partition, head);
    const claim = runId === undefined ? undefined : { runId, expiresAt: expiresAt!, request };
    return outcomeOf(partition, head, want, key, found.use, claim);
  });
}

export async function outcomeOf(
  partition: Partition,
  head: StoredHead,
  want: ClaimRequest,
  key: Idempotency,
  use: KeyUse,
  claim: ActiveClaim | undefined,
): Promise<Claim | undefined> {
  const { threadId } = partition;
  const commits = await commitsBehind(partition, head, use);
  const outcome = decideKey(threadId, key, use, claim, commits, want.now);
  if (!outcome) return undefined;
  const { id, status } = outcome;
  const checkpoint =
    id === head.checkpointId
      ? await readNewest(new CheckpointReader(partition, lifeKey(head)), head)
      : await readNamed(partition, head, id);
  if (!checkpoint) throw outcomeGone(threadId, use.runId);
  return spentClaim(checkpoint, status, threadId, want);
}

/** Those of the tied run, and the one after them. */
async function commitsBehind(partition: Partition, head: StoredHead, { version, runId }: KeyUse): Promise<Commit[]> {
  const inc = lifeKey(head);
  const range = { from: recordsBehind(inc, version), to: lastOf(checkpointPrefix(inc)), pageSize: 2 };
  const commits: Commit[] = [];
  for await (const item of partition.table.query(partition.pk, range)) {
    if (isExpired(item, partition.clock())) continue;
    checkFormat(item);
    const id = sortKey(item).slice(checkpointPrefix(inc).length);
    const writer = readText(item, A.writer);
    const status = readText(item, A.status) as ThreadStatus;
    commits.push({ id, runId: writer, previousId: readOptionalText(item, A.previous), status });
    if (writer !== runId) return commits;
  }
  const { checkpointId: id, writer = '', previousId, status = 'paused' } = head;
  if (id !== undefined && head.version > version && commits.at(-1)?.id !== id) {
    commits.push({ id, runId: writer, previousId, status });
  }
  return commits;
}

/** @param replaced the run whose use of the key counts for nothing */
export function tying(head: StoredHead, want: ClaimRequest, { body }: Idempotency, replaced = want.runId): Write {
  const write = new Expression();
  const life = text(lifeKey(head));
  const ttl = write.name(TABLE_KEYS.timeToLive);
  const free = [
    absent(TABLE_KEYS.partition),
    `${ttl} <= ${write.value(number(Math.floor(want.now / 1000)))}`,
    `${A.incarnation} <> ${write.value(life)}`,
    write.equal(A.writer, text(want.runId)),
    write.equal(A.writer, text(replaced)),
  ];
  return write
    .set(A.format, number(FORMAT))
    .set(A.incarnation, life)
    .set(A.writer, text(want.runId))
    .set(A.version, number(head.version))
    .set(A.body, text(body))
    .set(ttl, number(Math.ceil((want.expiresAt + KEY_LIFE_MS) / 1000)))
    .when(free.join(' OR '))
    .write();
}

export async function readUse(
  { table, pk, clock }: Partition,
  { key }: Idempotency,
): Promise<{ readonly life: string; readonly use: KeyUse } | undefined> {
  const item = await table.get(pk, idempotencyKey(key));
  if (!item || isExpired(item, clock())) return undefined;
  checkFormat(item);
  const use = { runId: readText(item, A.writer), body: readText(item, A.body), version: readNumber(item, A.version) };
  return { life: readText(item, A.incarnation), use };
}
