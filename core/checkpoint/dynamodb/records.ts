/**
 * Checkpoints that were the newest once, as items of their own. Written once, never changed.
 *
 * - C1, C4, C13 A record is a copy of what a head held, written before the head moved on: whatever has one was committed, and each names
 *   the commit before it.
 */
import { isHoldpointError } from '../../errors.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { ThreadStatus } from '../checkpointer.ts';
import { decodeJoined } from '../serialize.ts';
import { readDelta, whole } from './delta.ts';
import {
  checkFormat,
  corruptItem,
  isExpired,
  type Item,
  readBase,
  readOptionalText,
  readPacked,
  sortKey,
} from './item.ts';
import { ATTRIBUTE as A, checkpointKey, checkpointPrefix, FORMAT, TABLE_KEYS } from './keys.ts';
import type { Base, KnownBase } from './layout.ts';
import { type Packed, packedAttribute, unpackText } from './pack.ts';
import { chainOf, chainText, type FoundPart, readParts } from './parts.ts';
import { childKey, type Partition } from './partition.ts';
import { replay } from './replay.ts';
import { historyExpires } from './retention.ts';

export interface CheckpointRecord {
  readonly id: string;
  readonly runId: string;
  readonly status: ThreadStatus | undefined;
  readonly previousId: string | undefined;
  readonly data: Packed;
  /** What `data` is stored against. */
  readonly base: Base | undefined;
}

/** A checkpoint as it was found, in a record or in a head. */
export interface FoundCheckpoint {
  /** Where it was found, for errors. */
  readonly item: Item;
  readonly data: Packed;
  readonly base: Base | undefined;
}

export interface FoundRecord extends FoundCheckpoint {
  readonly id: string;
  /** It has an end, and so may what it is stored against. */
  readonly ages: boolean;
  readonly previousId: string | undefined;
}

/** Keeps a checkpoint before the head moves on; from then on it ages (C10). */
export async function archive(partition: Partition, inc: string, record: CheckpointRecord): Promise<void> {
  const { id, runId, status, previousId, data, base } = record;
  const expires = historyExpires(partition.retention, Math.floor(partition.clock() / 1000));
  await partition.table.put({
    ...childKey(partition, checkpointKey(inc, id)),
    [A.format]: { N: String(FORMAT) },
    [A.writer]: { S: runId },
    ...(status && { [A.status]: { S: status } }),
    ...(previousId !== undefined && { [A.previous]: { S: previousId } }),
    ...(expires !== undefined && { [TABLE_KEYS.timeToLive]: { N: String(expires) } }),
    [A.data]: packedAttribute(data),
    ...(base && {
      [A.part]: { S: base.part },
      [A.since]: { S: base.since },
      [A.held]: { N: String(base.held) },
    }),
  });
}

export async function readRecord(partition: Partition, inc: string, id: string): Promise<FoundRecord | undefined> {
  const item = await partition.table.get(partition.pk, checkpointKey(inc, id));
  return item && !isExpired(item, partition.clock()) ? foundRecord(inc, item) : undefined;
}

/** The records along the chain of commits, newest first, from `id` (inclusive). Ends where the history ends or has expired. */
export async function* history(
  partition: Partition,
  inc: string,
  id: string | undefined,
  pageSize: number,
): AsyncGenerator<FoundRecord> {
  if (id === undefined) return;
  const range = { from: checkpointPrefix(inc), to: checkpointKey(inc, id), descending: true, pageSize };
  let wanted: string | undefined = id;
  for await (const item of partition.table.query(partition.pk, range)) {
    if (isExpired(item, partition.clock())) continue;
    if (sortKey(item) < checkpointKey(inc, wanted)) return;
    if (sortKey(item) !== checkpointKey(inc, wanted)) continue;
    const record = foundRecord(inc, item);
    yield record;
    wanted = record.previousId;
    if (wanted === undefined) return;
  }
}

/** The records after `id`, oldest first, up to `last` (inclusive). */
export async function* recordsAfter(
  partition: Partition,
  inc: string,
  id: string,
  last: string | undefined,
  pageSize: number,
): AsyncGenerator<FoundRecord> {
  if (last === undefined || last <= id) return;
  const range = { from: checkpointKey(inc, id), to: checkpointKey(inc, last), pageSize };
  for await (const item of partition.table.query(partition.pk, range)) {
    const record = isExpired(item, partition.clock()) ? undefined : foundRecord(inc, item);
    if (record && record.id !== id) yield record;
  }
}

/** Reads checkpoints of one life of a thread, and each chain of parts once. */
export class CheckpointReader {
  readonly #partition: Partition;
  readonly #inc: string;
  readonly #parts = new Map<string, FoundPart>();
  /** Up to which part each chain has been read, by its first. */
  readonly #readTo = new Map<string, string>();
  #last: KnownBase | undefined;

  /** @param parts that have been read already */
  constructor(partition: Partition, inc: string, parts: readonly FoundPart[] = []) {
    this.#partition = partition;
    this.#inc = inc;
    for (const part of parts) this.#parts.set(part.id, part);
    const [first, last] = [parts[0], parts.at(-1)];
    if (first && last) this.#readTo.set(first.id, last.id);
  }

  /** @throws HoldpointError `corrupt_item` */
  async read(found: FoundCheckpoint): Promise<Checkpoint> {
    const base = found.base && (await this.base(found.base));
    try {
      return decodeJoined(textOf(found.data, base), this.#partition.codec);
    } catch (error) {
      throw corruptItem(found.item, `its checkpoint cannot be decoded (${(error as Error).message})`, error);
    }
  }

  /** Undefined when it was about to expire, and something of it has. @throws HoldpointError `corrupt_item` */
  async readRecord(record: FoundRecord): Promise<Checkpoint | undefined> {
    try {
      return await this.read(record);
    } catch (error) {
      if (record.ages && isHoldpointError(error) && error.code === 'corrupt_item') return undefined;
      throw error;
    }
  }

  async base(base: Base): Promise<KnownBase> {
    const { part, since } = base;
    if (this.#last?.part === part && this.#last.since === since) return this.#last;
    if ((this.#readTo.get(since) ?? '') < part) {
      for (const one of await readParts(this.#partition, this.#inc, since, part)) this.#parts.set(one.id, one);
      this.#readTo.set(since, part);
    }
    return (this.#last = chainText(this.chain(base), base));
  }

  /** The parts of a base that has been read, oldest first. */
  chain(base: Base): FoundPart[] {
    return chainOf(this.#partition, this.#inc, this.#parts, base);
  }
}

function textOf(data: Packed, base: KnownBase | undefined): string {
  const text = unpackText(data);
  return base ? replay([whole(base.text), readDelta(text)]) : text;
}

function foundRecord(inc: string, item: Item): FoundRecord {
  checkFormat(item);
  return {
    id: sortKey(item).slice(checkpointPrefix(inc).length),
    previousId: readOptionalText(item, A.previous),
    ages: item[TABLE_KEYS.timeToLive] !== undefined,
    item: { [TABLE_KEYS.partition]: item[TABLE_KEYS.partition]!, [TABLE_KEYS.sort]: item[TABLE_KEYS.sort]! },
    data: readPacked(item, A.data),
    base: readBase(item),
  };
}
