/** One thread's items, and what is needed to read and write them: handed to every function that does. */
import type { Codec } from '../codec.ts';
import { placeAt } from '../listing.ts';
import { type StoredHead, decodeHead, isDeleted } from './head.ts';
import { isExpired, isOver, type Item } from './item.ts';
import { HEAD_KEY, shardKey, TABLE_KEYS } from './keys.ts';
import type { Place } from './moving.ts';
import type { Retention } from './retention.ts';
import type { Table } from './table.ts';

export interface Partition {
  readonly table: Table;
  readonly pk: string;
  readonly threadId: string;
  readonly codec: Codec;
  readonly retention: Retention;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** The head as it is, or undefined for a thread that is not there, or no longer there. */
export async function readHead(partition: Partition): Promise<StoredHead | undefined> {
  const item = await partition.table.get(partition.pk, HEAD_KEY);
  return item && !isGone(item, partition.clock()) ? decodeHead(item) : undefined;
}

/** A head that is being deleted, is over or has expired: nobody's thread any more. */
export function isGone(item: Item, now: number): boolean {
  return isDeleted(item) || isExpired(item, now) || isOver(item, now);
}

/** Where lists find a thread that was born then. */
export function placeOf({ pk, threadId }: Partition, born: number): Place {
  return { shard: shardKey(pk), created: placeAt(born, threadId) };
}

export function childKey({ pk }: Partition, sk: string): Item {
  return { [TABLE_KEYS.partition]: { S: pk }, [TABLE_KEYS.sort]: { S: sk } };
}
