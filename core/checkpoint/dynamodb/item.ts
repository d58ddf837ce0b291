/**
 * Reading items: an attribute has the type that it must have, or the item is corrupt. Nothing is guessed and nothing is skipped:
 * an item that cannot be read is an error that names its key, never a step back to an older state.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { HoldpointError } from '../../errors.ts';
import { ATTRIBUTE, FORMAT, TABLE_KEYS } from './keys.ts';
import type { Base } from './layout.ts';
import type { Packed } from './pack.ts';

export type Item = Record<string, AttributeValue>;

export function sortKey(item: Item): string {
  return item[TABLE_KEYS.sort]?.S ?? '';
}

/** Expired items are not there, even while the table still has them (C10). */
export function isExpired(item: Item, now: number): boolean {
  const ttl = item[TABLE_KEYS.timeToLive]?.N;
  return ttl !== undefined && Number(ttl) * 1000 <= now;
}

/** A thread that is over is not there either, while its items still are: their time to live is later. */
export function isOver(item: Item, now: number): boolean {
  const over = item[ATTRIBUTE.over]?.N;
  return over !== undefined && Number(over) * 1000 <= now;
}

/** @throws HoldpointError `corrupt_item` */
export function checkFormat(item: Item): void {
  const format = readNumber(item, ATTRIBUTE.format);
  if (format > FORMAT) {
    throw corruptItem(
      item,
      `it has format ${format}, and this version of Holdpoint reads up to ${FORMAT}. Deploy the version that wrote it, or a newer one`,
    );
  }
}

export function readText(item: Item, name: string): string {
  return readOptionalText(item, name) ?? missing(item, name);
}

export function readOptionalText(item: Item, name: string): string | undefined {
  const attribute = item[name];
  if (attribute === undefined) return undefined;
  return attribute.S ?? mistyped(item, name, 'S');
}

export function readNumber(item: Item, name: string): number {
  return readOptionalNumber(item, name) ?? missing(item, name);
}

export function readOptionalNumber(item: Item, name: string): number | undefined {
  const attribute = item[name];
  if (attribute === undefined) return undefined;
  const value = Number(attribute.N ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : mistyped(item, name, 'N (a whole number)');
}

export function readFlag(item: Item, name: string): boolean {
  return item[name]?.BOOL === true;
}

export function readPacked(item: Item, name: string): Packed {
  return readOptionalPacked(item, name) ?? missing(item, name);
}

export function readOptionalPacked(item: Item, name: string): Packed | undefined {
  const attribute = item[name];
  if (attribute === undefined) return undefined;
  return attribute.S ?? attribute.B ?? mistyped(item, name, 'S or B');
}

/** What the item's data is stored against. */
export function readBase(item: Item): Base | undefined {
  const part = readOptionalText(item, ATTRIBUTE.part);
  if (part === undefined) return undefined;
  return { part, since: readText(item, ATTRIBUTE.since), held: readNumber(item, ATTRIBUTE.held) };
}

export function corruptItem(item: Item, what: string, cause?: unknown): HoldpointError {
  return corruptKey(item[TABLE_KEYS.partition]?.S ?? '', sortKey(item), what, cause);
}

export function corruptKey(pk: string, sk: string, what: string, cause?: unknown): HoldpointError {
  return new HoldpointError(
    'corrupt_item',
    `The item with pk "${pk}", sk "${sk}" cannot be used: ${what}. Nothing was changed.`,
    { pk, sk, what },
    cause,
  );
}

function missing(item: Item, name: string): never {
  throw corruptItem(item, `attribute "${name}" is missing`);
}

function mistyped(item: Item, name: string, type: string): never {
  throw corruptItem(item, `attribute "${name}" is not of type ${type}`);
}
