/**
 * Deleting a thread (C9): a tombstone on the head, then the children, then the head. Anyone who finds a tombstone may finish the work,
 * at the same time as others: every step is bound to the one life of the thread that is being deleted.
 */
import { decodeHead, decodeLife, isDeleted, type Life, lifeKey, type StoredHead } from './head.ts';
import { type Item, sortKey } from './item.ts';
import { childPrefix, HEAD_KEY, lastOf, TABLE_KEYS } from './keys.ts';
import { isGone, type Partition, readHead } from './partition.ts';
import { burial, tombstone } from './moving.ts';

/** @returns false when there was no thread */
export async function deleteThread(partition: Partition): Promise<boolean> {
  const head = await partition.table.get(partition.pk, HEAD_KEY);
  if (!head) return false;
  const there = !isGone(head, partition.clock());
  await bury(partition, head);
  return there;
}

/** The head as it is. What is left of a deleted thread is cleared away first. */
export async function readLivingHead(partition: Partition): Promise<StoredHead | undefined> {
  const item = await partition.table.get(partition.pk, HEAD_KEY);
  if (!item) return undefined;
  if (!isGone(item, partition.clock())) return decodeHead(item);
  await bury(partition, item);
  return undefined;
}

/** Deletes the thread that this head is of. When the head is gone or another's by then, somebody else has deleted it. */
async function bury(partition: Partition, head: Item): Promise<void> {
  const { table, pk } = partition;
  const life = decodeLife(head);
  if (!isDeleted(head) && !(await table.update(pk, HEAD_KEY, tombstone(life)))) return;
  await removeChildren(partition, life);
  await table.remove(pk, HEAD_KEY, burial(life));
}

/** For a run that finds its claim gone: when its thread was deleted, what it has written since is removed as well. */
export async function leaveNothing(partition: Partition, life: Life): Promise<void> {
  const head = await readHead(partition);
  if (!head || lifeKey(head) !== lifeKey(life)) await removeChildren(partition, life);
}

/** Also for a run that finds its thread deleted, and may have written after the deletion had passed. */
export async function removeChildren({ table, pk }: Partition, life: Life): Promise<void> {
  const prefix = childPrefix(lifeKey(life));
  const keys: string[] = [];
  for await (const item of table.query(pk, { from: prefix, to: lastOf(prefix), only: [TABLE_KEYS.sort] })) {
    keys.push(sortKey(item));
  }
  await table.removeAll(pk, keys);
}
