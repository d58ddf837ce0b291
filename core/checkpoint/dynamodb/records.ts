/**
 * Checkpoints as items of their own. Written once, never changed.
 *
 * - C1 A checkpoint that does not fit the head is written ahead of it, and worth nothing until the head points to it.
 * - C4, C13 `isCommitted` tells a commit from an orphan: the head names it, or a record names it as the commit before.
 *   That is enough, because a record only ever names a checkpoint that a head pointed to.
 */
import type { Checkpoint } from '../checkpoint.ts';
import { decodeJoined, encodeCheckpoint, joinTexts } from '../serialize.ts';
import type { StoredHead } from './head.ts';
import {
  checkFormat,
  corruptItem,
  isExpired,
  type Item,
  readFlag,
  readOptionalNumber,
  readOptionalText,
  readPacked,
  sortKey,
} from './item.ts';
import { ATTRIBUTE as A, checkpointKey, checkpointPrefix, FORMAT, lastOf, LIMIT, partKey, TABLE_KEYS } from './keys.ts';
import { joinPacked, type Packed, packedAttribute, packText, splitPacked, unpackText } from './pack.ts';
import { childKey, type Partition } from './partition.ts';

export interface CheckpointRecord {
  readonly id: string;
  readonly runId: string;
  readonly previousId: string | undefined;
  readonly data: Packed;
}

/** A record as it was found. */
export interface FoundRecord {
  readonly id: string;
  readonly previousId: string | undefined;
  /** Written before a head pointed to it. */
  readonly ahead: boolean;
  /** Where it was found, for errors. */
  readonly item: Item;
  readonly data: Packed;
}

/** @throws UnstorableState */
export function packCheckpoint({ codec }: Partition, checkpoint: Checkpoint): Packed {
  return packText(joinTexts(encodeCheckpoint(checkpoint, codec)));
}

/** @param item where the data is. @throws HoldpointError `corrupt_item` */
export function unpackCheckpoint({ codec }: Partition, data: Packed, item: Item): Checkpoint {
  try {
    return decodeJoined(unpackText(data), codec);
  } catch (error) {
    throw corruptItem(item, `its checkpoint cannot be decoded (${(error as Error).message})`, error);
  }
}

/** Writes a checkpoint before the head points to it: in one item, or in as many as it takes. */
export async function writeAhead(partition: Partition, inc: string, record: CheckpointRecord): Promise<void> {
  const [first, ...others] = splitPacked(record.data, LIMIT.itemData);
  const item = recordItem(partition, inc, { ...record, data: first });
  item[A.ahead] = { BOOL: true };
  if (others.length === 0) return partition.table.put(item);
  item[A.parts] = { N: String(others.length) };
  const parts = others.map((data, i) => ({
    ...childKey(partition, partKey(inc, record.id, i + 1)),
    [A.format]: { N: String(FORMAT) },
    [A.writer]: { S: record.runId },
    [A.data]: { B: data },
  }));
  await partition.table.putAll([item, ...parts]);
}

/** Keeps a checkpoint that was inline in the head, before the head moves on. */
export async function archive(partition: Partition, inc: string, record: CheckpointRecord): Promise<void> {
  await partition.table.put(recordItem(partition, inc, record));
}

export async function readRecord(partition: Partition, inc: string, id: string): Promise<FoundRecord | undefined> {
  const from = checkpointKey(inc, id);
  const items: Item[] = [];
  for await (const item of partition.table.query(partition.pk, { from, to: lastOf(from) })) {
    if (!isExpired(item, partition.clock())) items.push(item);
  }
  const [record, ...parts] = items;
  return record && sortKey(record) === from ? assemble(inc, record, parts) : undefined;
}

/** The records along the chain of commits, newest first, from `id` (inclusive). Ends where the history ends or has expired. */
export async function* chain(
  partition: Partition,
  inc: string,
  id: string | undefined,
  pageSize: number,
): AsyncGenerator<FoundRecord> {
  if (id === undefined) return;
  const range = { from: checkpointPrefix(inc), to: lastOf(checkpointKey(inc, id)), descending: true, pageSize };
  let wanted: string | undefined = id;
  let parts: Item[] = [];
  for await (const item of partition.table.query(partition.pk, range)) {
    if (isExpired(item, partition.clock())) continue;
    if (isPart(inc, item)) {
      parts.unshift(item);
      continue;
    }
    if (sortKey(item) < checkpointKey(inc, wanted)) return;
    if (sortKey(item) === checkpointKey(inc, wanted)) {
      const record = assemble(inc, item, parts);
      yield record;
      wanted = record.previousId;
      if (wanted === undefined) return;
    }
    parts = [];
  }
}

/** Whether a checkpoint was ever the thread's newest (C4, C13). */
export async function isCommitted(partition: Partition, inc: string, head: StoredHead, id: string): Promise<boolean> {
  if (head.checkpointId === id || head.previousId === id) return true;
  if (head.checkpointId === undefined) return false;
  const from = checkpointKey(inc, id);
  const to = checkpointKey(inc, head.checkpointId);
  if (from > to) return false;
  for await (const item of partition.table.query(partition.pk, { from, to, only: [A.previous], pageSize: 25 })) {
    if (item[A.previous]?.S === id) return true;
  }
  return false;
}

function recordItem(partition: Partition, inc: string, { id, runId, previousId, data }: CheckpointRecord): Item {
  return {
    ...childKey(partition, checkpointKey(inc, id)),
    [A.format]: { N: String(FORMAT) },
    [A.writer]: { S: runId },
    ...(previousId !== undefined && { [A.previous]: { S: previousId } }),
    [A.data]: packedAttribute(data),
  };
}

function isPart(inc: string, item: Item): boolean {
  return sortKey(item).includes('#', checkpointPrefix(inc).length);
}

function assemble(inc: string, item: Item, parts: readonly Item[]): FoundRecord {
  checkFormat(item);
  const expected = readOptionalNumber(item, A.parts) ?? 0;
  if (parts.length !== expected) throw corruptItem(item, `it has ${parts.length} of its ${expected} parts`);
  const others = parts.map((part) => part[A.data]?.B ?? missingData(part));
  return {
    id: sortKey(item).slice(checkpointPrefix(inc).length),
    previousId: readOptionalText(item, A.previous),
    ahead: readFlag(item, A.ahead),
    item: { [TABLE_KEYS.partition]: item[TABLE_KEYS.partition]!, [TABLE_KEYS.sort]: item[TABLE_KEYS.sort]! },
    data: joinPacked(readPacked(item, A.data), others),
  };
}

function missingData(part: Item): never {
  throw corruptItem(part, `attribute "${A.data}" is not of type B`);
}
