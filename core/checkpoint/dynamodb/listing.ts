/**
 * Lists of a tenant's threads. An index names them, in its order; their heads say what they are.
 *
 * - C6 Only which threads a page has is the index's word, which may be a moment old. One that it names and that is gone is left out.
 * - C6 A head that cannot be read is shown as that, in its place: it neither hides the other threads nor vanishes.
 * - C9 The partitions that are read are those of one tenant.
 * - C15 The index is spread over shards, which are read side by side and merged.
 */
import { isHoldpointError } from '../../errors.ts';
import { cutPage, type ListQuery, type ThreadPage } from '../listing.ts';
import type { ThreadSummary, UnreadableThread } from '../summary.ts';
import { allOf } from './all.ts';
import { readText } from './item.ts';
import { shardKeys, TABLE_INDEXES, TABLE_KEYS, threadIdOf } from './keys.ts';
import type { Partition } from './partition.ts';
import { summariseHead, withHead } from './reading.ts';
import type { Table } from './table.ts';

/** How many heads are read at once. */
const AT_ONCE = 25;

/** @param open a thread of the tenant */
export async function listThreads(
  table: Table,
  tenant: string,
  query: ListQuery,
  open: (threadId: string) => Partition,
): Promise<ThreadPage> {
  const { waiting, limit, after } = query;
  const index = waiting ? TABLE_INDEXES.waiting : TABLE_INDEXES.threads;
  const shards = await allOf(
    shardKeys(tenant).map((partition) =>
      table.queryIndex({ index, partition, after, descending: !waiting, limit: limit + 1 }),
    ),
  );
  const named = shards.flat().map((keys) => ({
    threadId: threadIdOf(readText(keys, TABLE_KEYS.partition)),
    place: readText(keys, index.sort),
  }));
  const { page, more } = cutPage(query, named);
  const threads = await readSummaries(page.map(({ threadId }) => open(threadId)));
  return { threads: waiting ? threads.filter(isWaiting) : threads, ...more };
}

/** The index says that it waits; where the head cannot, that is all there is. */
function isWaiting(thread: ThreadSummary | UnreadableThread): boolean {
  return thread.status === 'unreadable' || thread.waitingSince !== undefined;
}

async function readSummaries(partitions: readonly Partition[]): Promise<ThreadPage['threads']> {
  const found = new Map<string, ThreadSummary | UnreadableThread>(); // the index may name one twice while it moves there
  for (let at = 0; at < partitions.length; at += AT_ONCE) {
    const read = partitions.slice(at, at + AT_ONCE).map(readSummary);
    for (const thread of await allOf(read)) if (thread) found.set(thread.threadId, thread);
  }
  return [...found.values()];
}

async function readSummary(partition: Partition): Promise<ThreadSummary | UnreadableThread | undefined> {
  try {
    return await withHead(partition, (head) => summariseHead(partition, head));
  } catch (error) {
    if (!isHoldpointError(error) || error.code !== 'corrupt_item') throw error;
    const { code, message, details } = error;
    return { threadId: partition.threadId, status: 'unreadable', error: { code, message, details } };
  }
}
