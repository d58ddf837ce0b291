/**
 * What tasks said before their superstep is committed: an item each, beside the head.
 *
 * - C12 The first put of a key wins; whoever finds it taken reads what is there, and goes on with that.
 * - C4 A key that this run has taken itself was taken by an earlier try.
 * - P1 The keys of a claim, and of those that take it over one from the other, begin alike, and no others do: what a request that was dropped
 *   made tasks say is never found by another.
 * - P2 What fits no item is not kept. It costs more to write and to read than it is worth: a crash makes its task run again, no more.
 */
import type { TaskRecord } from '../checkpoint.ts';
import type { Kept } from '../checkpointer.ts';
import { decodeKept, encodeKept } from '../serialize.ts';
import { absent, Expression, number, text } from './expression.ts';
import type { StoredClaim } from './head.ts';
import { checkFormat, corruptItem, type Item, readPacked, readText, sortKey } from './item.ts';
import { ATTRIBUTE as A, FORMAT, keptKey, keptPrefix, lastOf, LIMIT, TABLE_KEYS } from './keys.ts';
import { packedAttribute, packedSize, packText, unpackText } from './pack.ts';
import type { Partition } from './partition.ts';

/** What a take-over finds. */
export interface FoundKept {
  readonly kept: readonly Kept[];
  /** All there is, of claims that were dropped too. */
  readonly keys: readonly string[];
}

export const nothingKept: FoundKept = { kept: [], keys: [] };

/** The run that held the claim before any take-over. */
export function firstRun({ first, runId }: StoredClaim): string {
  return first ?? runId;
}

/** @throws HoldpointError `corrupt_item` */
export async function readKept(partition: Partition, inc: string, first: string): Promise<FoundKept> {
  const { table, pk } = partition;
  const prefix = keptPrefix(inc);
  const own = keptKey(inc, first, '');
  const kept: Kept[] = [];
  const keys: string[] = [];
  for await (const item of table.query(pk, { from: prefix, to: lastOf(prefix) })) {
    const key = sortKey(item);
    keys.push(key);
    if (key.startsWith(own)) kept.push(decode(partition, item, key.slice(own.length)));
  }
  return { kept, keys };
}

/** What one claim keeps. */
export class Keeper {
  readonly first: string;
  readonly #partition: Partition;
  readonly #inc: string;
  readonly #runId: string;
  #keys: string[];

  /** @param found keys that a commit is to supersede as well */
  constructor(partition: Partition, inc: string, runId: string, first: string, found: readonly string[]) {
    this.first = first;
    this.#partition = partition;
    this.#inc = inc;
    this.#runId = runId;
    this.#keys = [...found];
  }

  async keep(kept: Kept): Promise<TaskRecord> {
    const { table, pk, codec } = this.#partition;
    const data = packText(encodeKept(kept, codec));
    if (packedSize(data) > LIMIT.itemData) return kept.record;
    const key = keptKey(this.#inc, this.first, kept.id);
    this.#keys.push(key);
    const write = new Expression()
      .set(A.format, number(FORMAT))
      .set(A.writer, text(this.#runId))
      .set(A.data, packedAttribute(data))
      .when(absent(TABLE_KEYS.partition))
      .write();
    if (await table.update(pk, key, write)) return kept.record;
    const item = await table.get(pk, key);
    // Gone: the run that took over has committed it, and we have lost the claim.
    if (!item || readText(item, A.writer) === this.#runId) return kept.record;
    return decode(this.#partition, item, kept.id).record;
  }

  /** What has been kept so far, for a commit that supersedes it. */
  take(): readonly string[] {
    return this.#keys.splice(0);
  }

  /** What was kept and is not needed any more. A failure leaves items that nothing leads to. */
  async remove(keys: readonly string[] = this.take()): Promise<void> {
    const { table, pk } = this.#partition;
    await table.removeAll(pk, keys).catch(() => undefined);
  }
}

function decode({ codec }: Partition, item: Item, id: string): Kept {
  checkFormat(item);
  const data = readPacked(item, A.data);
  try {
    return decodeKept(id, unpackText(data), codec);
  } catch (error) {
    throw corruptItem(item, `what a task said cannot be decoded (${(error as Error).message})`, error);
  }
}
