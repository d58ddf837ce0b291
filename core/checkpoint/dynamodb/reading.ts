/**
 * A thread as its head and what the head names. Two reads are not one: when something that a head names is missing, the head is read
 * again, and only a head that still names it is corrupt.
 */
import { isHoldpointError } from '../../errors.ts';
import { type Checkpoint, pendingQuestions, versionOf } from '../checkpoint.ts';
import type { Head } from '../checkpointer.ts';
import { lifeKey, type StoredHead } from './head.ts';
import { corruptKey } from './item.ts';
import { checkpointKey, HEAD_KEY } from './keys.ts';
import { type Partition, readHead } from './partition.ts';
import { isCommitted, readRecord, unpackCheckpoint } from './records.ts';
import { readRequest } from './requests.ts';

const TRIES = 3;

/** What `read` makes of the head, read again when the head has changed meanwhile. @throws HoldpointError `corrupt_item` */
export async function withHead<T>(
  partition: Partition,
  read: (head: StoredHead) => Promise<T>,
  look: (partition: Partition) => Promise<StoredHead | undefined> = readHead,
): Promise<T | undefined> {
  let head = await look(partition);
  for (let tries = 1; head; tries++) {
    try {
      return await read(head);
    } catch (error) {
      if (tries === TRIES || !isHoldpointError(error) || error.code !== 'corrupt_item') throw error;
      const now = await look(partition);
      if (now && sameHead(now, head)) throw error;
      head = now;
    }
  }
  return undefined;
}

/** The newest checkpoint. @throws HoldpointError `corrupt_item` */
export async function readNewest(partition: Partition, head: StoredHead): Promise<Checkpoint | undefined> {
  const { checkpointId: id, data, item } = head;
  if (id === undefined) return undefined;
  if (data !== undefined) return unpackCheckpoint(partition, data, item);
  const record = await readRecord(partition, lifeKey(head), id);
  if (record) return unpackCheckpoint(partition, record.data, record.item);
  const missing = checkpointKey(lifeKey(head), id);
  throw corruptKey(
    partition.pk,
    missing,
    `the head (sk "${HEAD_KEY}") names it as the newest checkpoint, and it is not there`,
  );
}

/** A checkpoint by its id, if it was ever the newest (C13). */
export async function readNamed(partition: Partition, head: StoredHead, id: string): Promise<Checkpoint | undefined> {
  const version = versionOf(id);
  if (version === undefined || version > head.version) return undefined;
  const inc = lifeKey(head);
  const record = await readRecord(partition, inc, id);
  if (!record || (record.ahead && !(await isCommitted(partition, inc, head, id)))) return undefined;
  return unpackCheckpoint(partition, record.data, record.item);
}

/** @param newest the newest checkpoint, if it has been read. */
export async function describeHead(partition: Partition, head: StoredHead, newest?: Checkpoint): Promise<Head> {
  const { version, checkpointId, status, graph, claim } = head;
  const createdAt = new Date(head.born).toISOString();
  return {
    version,
    checkpointId,
    status,
    pending: typeof head.pending === 'number' ? await readPending(partition, head, newest) : head.pending,
    graph,
    claim: claim && {
      runId: claim.runId,
      expiresAt: claim.expiresAt,
      request: await readRequest(partition, head, claim.request),
    },
    createdAt,
    updatedAt: head.updatedAt ?? createdAt,
  };
}

async function readPending(partition: Partition, head: StoredHead, newest: Checkpoint | undefined): Promise<string[]> {
  const checkpoint = newest ?? (await readNewest(partition, head));
  return checkpoint ? pendingQuestions(checkpoint.frame).map(({ id }) => id) : [];
}

function sameHead(a: StoredHead, b: StoredHead): boolean {
  return lifeKey(a) === lifeKey(b) && a.version === b.version && a.claim?.runId === b.claim?.runId;
}
