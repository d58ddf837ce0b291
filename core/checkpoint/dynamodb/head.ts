/**
 * The head item as data, and back.
 *
 * - C11 What a head holds is bounded: ids that do not fit are counted, a checkpoint that does not fit is stored against a part.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { ThreadStatus } from '../checkpointer.ts';
import { timeOf } from '../listing.ts';
import {
  checkFormat,
  corruptItem,
  type Item,
  readBase,
  readFlag,
  readNumber,
  readOptionalNumber,
  readOptionalPacked,
  readOptionalText,
  readText,
} from './item.ts';
import { ATTRIBUTE, incarnationKey, LIMIT } from './keys.ts';
import type { Base } from './layout.ts';
import type { Packed } from './pack.ts';

/** One life of a thread: who created it, and when. Never changes, and is all that is left while it is being deleted. */
export interface Life {
  readonly incarnation: string;
  readonly born: number;
}

/** What a run was asked: here, or in a part of the run that was asked first. */
export type StoredRequest = { readonly packed: Packed } | { readonly keptBy: string };

export interface StoredClaim {
  readonly runId: string;
  readonly expiresAt: number;
  readonly request: StoredRequest | undefined;
  /** The run that held it first, once another has taken it over. */
  readonly first: string | undefined;
}

export interface StoredHead extends Life {
  readonly item: Item;
  readonly version: number;
  readonly checkpointId: string | undefined;
  readonly previousId: string | undefined;
  readonly writer: string | undefined;
  readonly status: ThreadStatus | undefined;
  /** The ids, or how many there are when they did not fit. */
  readonly pending: readonly string[] | number;
  readonly graph: string | undefined;
  readonly updatedAt: string | undefined;
  /** The newest checkpoint. */
  readonly data: Packed | undefined;
  /** What that is stored against. */
  readonly base: Base | undefined;
  readonly claim: StoredClaim | undefined;
  /** When the last run that ended left it waiting, ms since 1970. */
  readonly waitingSince: number | undefined;
}

const STATUSES: ReadonlySet<string> = new Set<ThreadStatus>(['done', 'interrupted', 'paused', 'error']);

/** What even a head that is being deleted says. @throws HoldpointError `corrupt_item` */
export function decodeLife(item: Item): Life {
  checkFormat(item);
  return { incarnation: readText(item, ATTRIBUTE.incarnation), born: readNumber(item, ATTRIBUTE.born) };
}

export function isDeleted(item: Item): boolean {
  return readFlag(item, ATTRIBUTE.deleted);
}

/** @throws HoldpointError `corrupt_item` */
export function decodeHead(item: Item): StoredHead {
  const status = readOptionalText(item, ATTRIBUTE.status);
  if (status !== undefined && !STATUSES.has(status)) throw corruptItem(item, `its status is "${status}"`);
  const head = {
    ...decodeLife(item),
    item,
    version: readNumber(item, ATTRIBUTE.version),
    checkpointId: readOptionalText(item, ATTRIBUTE.checkpoint),
    previousId: readOptionalText(item, ATTRIBUTE.previous),
    writer: readOptionalText(item, ATTRIBUTE.writer),
    status: status as ThreadStatus | undefined,
    pending: decodePending(item),
    graph: readOptionalText(item, ATTRIBUTE.graph),
    updatedAt: readOptionalText(item, ATTRIBUTE.updatedAt),
    data: readOptionalPacked(item, ATTRIBUTE.data),
    base: readBase(item),
    claim: decodeClaim(item),
    waitingSince: decodeWaiting(item),
  };
  if (head.version > 0 !== (head.checkpointId !== undefined)) {
    throw corruptItem(
      item,
      `version ${head.version} and checkpoint ${head.checkpointId ?? 'none'} contradict each other`,
    );
  }
  if (head.version > 0 && head.data === undefined) throw corruptItem(item, `attribute "${ATTRIBUTE.data}" is missing`);
  return head;
}

/** Whose life this is, as its children's keys say it. */
export function lifeKey({ born, incarnation }: Life): string {
  return incarnationKey(born, incarnation);
}

/** The attributes for the ids of the pending questions: all of them, or their number. */
export function encodePending(ids: readonly string[]): { ids?: AttributeValue; count?: AttributeValue } {
  if (ids.length === 0) return {};
  const list = ids.map(encodeId);
  const size = list.reduce((sum, { B, S }) => sum + 1 + (B?.length ?? Buffer.byteLength(S ?? '')), 0);
  return size <= LIMIT.pendingIds ? { ids: { L: list } } : { count: { N: String(ids.length) } };
}

/** Whether this many ids may be asked for in one condition. */
export function pendingFits(ids: readonly string[]): boolean {
  return ids.length <= LIMIT.pendingIds / 17;
}

export function encodeId(id: string): AttributeValue {
  return /^[0-9a-f]{32}$/.test(id) ? { B: Buffer.from(id, 'hex') } : { S: id };
}

function decodePending(item: Item): readonly string[] | number {
  const list = item[ATTRIBUTE.pending];
  if (list === undefined) return readOptionalNumber(item, ATTRIBUTE.pendingCount) ?? [];
  if (!list.L) throw corruptItem(item, `attribute "${ATTRIBUTE.pending}" is not of type L`);
  return list.L.map(({ B, S }) => (B ? Buffer.from(B).toString('hex') : (S ?? '')));
}

function decodeWaiting(item: Item): number | undefined {
  const place = readOptionalText(item, ATTRIBUTE.waiting);
  if (place === undefined) return undefined;
  const time = timeOf(place);
  if (Number.isNaN(time)) throw corruptItem(item, `attribute "${ATTRIBUTE.waiting}" is no place in a list`);
  return time;
}

function decodeClaim(item: Item): StoredClaim | undefined {
  const runId = readOptionalText(item, ATTRIBUTE.claimRun);
  if (runId === undefined) return undefined;
  const packed = readOptionalPacked(item, ATTRIBUTE.request);
  const keptBy = readOptionalText(item, ATTRIBUTE.requestRun);
  const request = packed !== undefined ? { packed } : keptBy !== undefined ? { keptBy } : undefined;
  return {
    runId,
    expiresAt: readNumber(item, ATTRIBUTE.claimExpires),
    request,
    first: readOptionalText(item, ATTRIBUTE.claimFirst),
  };
}
