/**
 * Lists of a tenant's threads. An index names them, in its order; their heads say what they are.
 *
 * - C6 Only which threads a page has is the index's word, which may be a moment old. One that it names and that is gone is left out.
 * - C9 The partitions that are read are those of one tenant.
 * - C15 The index is spread over shards, which are read side by side and merged.
 */
import { cutPage, type ListQuery, type ThreadPage } from '../listing.ts';
import type { ThreadSummary } from '../summary.ts';
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
  return { threads: waiting ? threads.filter(({ waitingSince }) => waitingSince !== undefined) : threads, ...more };
}

async function readSummaries(partitions: readonly Partition[]): Promise<ThreadSummary[]> {
  const found = new Map<string, ThreadSummary>(); // the index may name one twice while it moves there
  for (let at = 0; at < partitions.length; at += AT_ONCE) {
    const read = partitions
      .slice(at, at + AT_ONCE)
      .map((partition) => withHead(partition, (head) => summariseHead(partition, head)));
    for (const thread of await allOf(read)) if (thread) found.set(thread.threadId, thread);
  }
  return [...found.values()];
}
