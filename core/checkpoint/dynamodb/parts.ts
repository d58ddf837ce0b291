/**
 * Parts as items: written once, never changed, each a delta over the part before it.
 *
 * - C1 A part is worth nothing until a head leads to it. What no chain leads to was written by a run that lost its claim or died.
 * - C7 One strong Query reads a chain, whatever it is worth; what does not fit an item lies behind it in pieces.
 */
import { HoldpointError } from '../../errors.ts';
import { appending, readDelta, writeDelta } from './delta.ts';
import {
  corruptItem,
  corruptKey,
  checkFormat,
  isExpired,
  type Item,
  readOptionalNumber,
  readOptionalText,
  readPacked,
  sortKey,
} from './item.ts';
import { ATTRIBUTE as A, FORMAT, lastOf, LIMIT, partKey, partPrefix } from './keys.ts';
import type { Base, KnownBase } from './layout.ts';
import { joinPacked, type Packed, packedAttribute, packedSize, packText, splitPacked, unpackText } from './pack.ts';
import { childKey, type Partition } from './partition.ts';
import { replay } from './replay.ts';

export interface NewPart {
  readonly id: string;
  readonly runId: string;
  /** The part that it is stored against. */
  readonly over: string | undefined;
  readonly data: Packed;
}

/** A part as it was found, whole or not. */
export interface FoundPart {
  readonly id: string;
  readonly over: string | undefined;
  readonly items: readonly Item[];
  /** Undefined when it was not written to its end. */
  readonly data: Packed | undefined;
}

/** @throws HoldpointError `unstorable_state`, before anything is written */
export function partItems(partition: Partition, inc: string, { id, runId, over, data }: NewPart): Item[] {
  const [first, ...others] = splitPacked(data, LIMIT.itemData);
  if (others.length > LIMIT.pieces) throw tooLarge(partition, packedSize(data));
  const item = (piece: number, packed: Packed): Item => ({
    ...childKey(partition, partKey(inc, id, piece)),
    [A.format]: { N: String(FORMAT) },
    [A.writer]: { S: runId },
    [A.data]: packedAttribute(packed),
  });
  const head = item(0, first);
  if (over !== undefined) head[A.part] = { S: over };
  if (others.length > 0) head[A.pieces] = { N: String(others.length) };
  return [head, ...others.map((packed, i) => item(i + 1, packed))];
}

/** What a run was asked, as a part behind the newest one. */
export function packRequestPart(text: string): Packed {
  return packText(writeDelta(appending(text)));
}

/** The parts of a thread from `from` to `to` (part ids), oldest first. */
export async function readParts(partition: Partition, inc: string, from: string, to?: string): Promise<FoundPart[]> {
  const range = { from: partKey(inc, from), to: lastOf(to === undefined ? partPrefix(inc) : partKey(inc, to)) };
  const groups = new Map<string, Item[]>();
  for await (const item of partition.table.query(partition.pk, range)) {
    if (isExpired(item, partition.clock())) continue;
    const [id = ''] = sortKey(item).slice(partPrefix(inc).length).split('#');
    const group = groups.get(id);
    if (group) group.push(item);
    else groups.set(id, [item]);
  }
  return [...groups].map(([id, items]) => foundPart(inc, id, items));
}

function foundPart(inc: string, id: string, items: readonly Item[]): FoundPart {
  const [item, ...others] = items;
  if (!item || sortKey(item) !== partKey(inc, id)) return { id, over: undefined, items, data: undefined };
  checkFormat(item);
  const written = others.length === (readOptionalNumber(item, A.pieces) ?? 0);
  return {
    id,
    over: readOptionalText(item, A.part),
    items,
    data: written ? joinPacked(readPacked(item, A.data), others.map(pieceData)) : undefined,
  };
}

/** The parts that a base leads through, oldest first. @throws HoldpointError `corrupt_item` */
export function chainOf(
  { pk }: Partition,
  inc: string,
  parts: ReadonlyMap<string, FoundPart>,
  base: Base,
): FoundPart[] {
  const chain: FoundPart[] = [];
  for (let id: string | undefined = base.part; ; id = chain[0]!.over) {
    const part = id === undefined ? undefined : parts.get(id);
    if (!part?.data || id! < base.since) {
      const lost = partKey(inc, id ?? base.since);
      throw corruptKey(pk, lost, 'a checkpoint is stored against it, and it is not there, or not whole');
    }
    chain.unshift(part);
    if (part.id === base.since) return chain;
  }
}

/** @throws HoldpointError `corrupt_item` */
export function chainText(chain: readonly FoundPart[], base: Base): KnownBase {
  let last: FoundPart | undefined;
  try {
    const deltas = chain.map((part) => readDelta(unpackText((last = part).data!)));
    return { ...base, text: replay(deltas) };
  } catch (error) {
    throw corruptItem(last!.items[0]!, `its text cannot be read (${(error as Error).message})`, error);
  }
}

/** What a run was asked. @throws Error when that cannot be read */
export function requestText({ data }: FoundPart): string {
  return readDelta(unpackText(data!)).literal;
}

function pieceData(item: Item): Uint8Array {
  const data = item[A.data]?.B;
  if (!data) throw corruptItem(item, `attribute "${A.data}" is not of type B`);
  return data;
}

function tooLarge({ threadId }: Partition, size: number): HoldpointError {
  const limit = LIMIT.itemData * (LIMIT.pieces + 1);
  return new HoldpointError(
    'unstorable_state',
    `Thread "${threadId}": ${size} bytes, compressed, are to be stored at once, and at most ${limit} can be. ` +
      'Store the large part elsewhere and keep a reference to it.',
    { threadId, size, limit },
  );
}
