/**
 * A thread as its head and what the head names. Two reads are not one: when something that a head names is missing, the head is read
 * again, and only a head that still names it is corrupt.
 */
import { isHoldpointError } from '../../errors.ts';
import { type Checkpoint, pendingQuestions, versionOf } from '../checkpoint.ts';
import type { Head } from '../checkpointer.ts';
import { summarise, type ThreadSummary } from '../summary.ts';
import { lifeKey, type StoredHead } from './head.ts';
import { type Partition, readHead } from './partition.ts';
import { CheckpointReader, type FoundCheckpoint, readRecord, recordsAfter } from './records.ts';
import { isRecorded, readRequest } from './requests.ts';

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
export async function readNewest(reader: CheckpointReader, head: StoredHead): Promise<Checkpoint | undefined> {
  const found = newestOf(head);
  return found && reader.read(found);
}

/** A checkpoint by its id, if it was ever the newest (C13). */
export async function readNamed(partition: Partition, head: StoredHead, id: string): Promise<Checkpoint | undefined> {
  const version = versionOf(id);
  if (version === undefined || version > head.version) return undefined;
  const inc = lifeKey(head);
  const record = await readRecord(partition, inc, id);
  return record && new CheckpointReader(partition, inc).readRecord(record);
}

/** What was committed after that checkpoint, oldest first. */
export async function* readAfter(
  reader: CheckpointReader,
  partition: Partition,
  head: StoredHead,
  id: string,
  pageSize: number,
): AsyncGenerator<Checkpoint, undefined> {
  for await (const record of recordsAfter(partition, lifeKey(head), id, head.previousId, pageSize)) {
    const checkpoint = await reader.readRecord(record);
    if (checkpoint) yield checkpoint;
  }
  const newest = id !== head.checkpointId && versionOf(id) !== undefined && (await readNewest(reader, head));
  if (newest) yield newest;
}

/** Whether a checkpoint was ever the thread's newest (C4). */
export async function wasCommitted(partition: Partition, head: StoredHead, id: string): Promise<boolean> {
  if (head.checkpointId === id || head.previousId === id) return true;
  return (await readRecord(partition, lifeKey(head), id)) !== undefined;
}

/** What a head holds of the newest checkpoint. */
export function newestOf({ data, base, item }: StoredHead): FoundCheckpoint | undefined {
  return data === undefined ? undefined : { data, base, item };
}

/** @param newest the newest checkpoint, if it has been read. */
export async function describeHead(partition: Partition, head: StoredHead, newest?: Checkpoint): Promise<Head> {
  const { claim } = head;
  return {
    ...(await describeThread(partition, head, newest)),
    claim: claim && {
      runId: claim.runId,
      expiresAt: claim.expiresAt,
      request: await readRequest(partition, head),
    },
  };
}

/** A thread as lists show it. What its run was asked is not decoded: whoever lists threads need not know what is in them. */
export async function summariseHead(partition: Partition, head: StoredHead): Promise<ThreadSummary | undefined> {
  const { claim, waitingSince } = head;
  const now = partition.clock();
  const thread = await describeThread(partition, head);
  const listed = {
    ...thread,
    claim: claim && { ...claim, recorded: claim.expiresAt > now || (await isRecorded(partition, head)) },
    waitingSince,
  };
  return summarise(partition.threadId, listed, now);
}

async function describeThread(
  partition: Partition,
  head: StoredHead,
  newest?: Checkpoint,
): Promise<Omit<Head, 'claim'>> {
  const { version, checkpointId, status, graph } = head;
  const createdAt = new Date(head.born).toISOString();
  return {
    version,
    checkpointId,
    status,
    pending: typeof head.pending === 'number' ? await readPending(partition, head, newest) : head.pending,
    graph,
    createdAt,
    updatedAt: head.updatedAt ?? createdAt,
  };
}

async function readPending(partition: Partition, head: StoredHead, newest: Checkpoint | undefined): Promise<string[]> {
  const checkpoint = newest ?? (await readNewest(new CheckpointReader(partition, lifeKey(head)), head));
  return checkpoint ? pendingQuestions(checkpoint.frame).map(({ id }) => id) : [];
}

function sameHead(a: StoredHead, b: StoredHead): boolean {
  return lifeKey(a) === lifeKey(b) && a.version === b.version && a.claim?.runId === b.claim?.runId;
}
