/**
 * The key layout: every kind of item in the table, its keys, attributes and size. No other file spells a key or an attribute.
 *
 *   pk                     sk                               what
 *   <tenant>#<thread id>   head                             the thread's head: the truth (C1), at most 4 KB (C11)
 *                          c#<inc>#r#<run id>               what a run was asked, when that does not fit the head
 *                          c#<inc>#v#<checkpoint id>        a checkpoint: superseded, or too large for the head
 *                          c#<inc>#v#<checkpoint id>#<nnn>  part nnn (001 …) of a checkpoint too large for one item
 *
 * `<inc>` names one life of the thread (C9): nine base-36 digits of its creation time, then ten hex digits of the hash of the run
 * that created it. A run id is not sortable; this is, so that one descending Query of `c#` begins with the newest checkpoint's parts
 * and then its record, without knowing the incarnation. Later kinds of child item take a letter before `v` for the same reason.
 * Tenants have no `#`, so the first one in `pk` is the separator. Checkpoint ids have a fixed length and sort by version.
 *
 * Every item has `f`, the format version, and may have `ttl` (seconds): once that has passed, the item is not there (C10).
 * Attributes of a head; a small thread with one question is about 0.8 KB, claim included, so each of its writes is one unit:
 *
 *   i   S  incarnation: the id of the run that created the thread    k   S  id of the newest checkpoint
 *   b   N  born: ms since 1970                                       p   S  id of the checkpoint committed before it
 *   u   S  time of the newest checkpoint, ISO 8601                   w   S  the run that committed it
 *   v   N  version of the newest checkpoint, 0 before the first      d   S|B  that checkpoint, while it is at most 1 KB
 *   s   S  status                                                    g   S  graph
 *   q   L  ids of the pending questions in order, 32 hex digits as 16 bytes; absent when nothing is pending
 *   qn  N  how many are pending, instead of `q`, when the ids do not fit
 *   r   S  the claim: the run that holds it                          e   N  when it expires, ms since 1970
 *   a   S|B  what that run was asked                                 ar  S  instead of `a`: the run whose `r#` item has it
 *   x   BOOL the thread is being deleted; only i and b are left
 *
 * Attributes of a child: `w` S the run that wrote it (C4); `d` S|B its text, or its part of one. A checkpoint also has
 * `p` S the checkpoint committed before it (C13); `n` N its number of parts; `o` BOOL it was written before a head pointed to it, so
 * it may be an orphan. Text (S) is JSON; bytes (B) are the same, raw-deflated.
 */
import { HoldpointError, quote } from '../../errors.ts';
import { hash128 } from '../../hash.ts';

/** The key attributes of the table. The CDK construct and the checkpointer read them here. */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk', timeToLive: 'ttl' } as const;

/** Written on every item. A reader refuses a newer one. */
export const FORMAT = 1;

/** Attribute names, short because a head is billed by the KB. */
export const ATTRIBUTE = {
  format: 'f',
  incarnation: 'i',
  born: 'b',
  updatedAt: 'u',
  version: 'v',
  status: 's',
  pending: 'q',
  pendingCount: 'qn',
  graph: 'g',
  checkpoint: 'k',
  previous: 'p',
  writer: 'w',
  data: 'd',
  claimRun: 'r',
  claimExpires: 'e',
  request: 'a',
  requestRun: 'ar',
  deleted: 'x',
  parts: 'n',
  ahead: 'o',
} as const;

/** Bytes, and for names characters. Together they keep a head under 4 KB (C11). */
export const LIMIT = {
  tenant: 64,
  threadId: 256,
  /** ASCII only. */
  runId: 128,
  /** ASCII only. */
  graph: 128,
  inlineCheckpoint: 1024,
  inlineRequest: 512,
  pendingIds: 680,
  /** Of data in one item: 400 KB less its keys and attributes. */
  itemData: 390 * 1024,
} as const;

export const HEAD_KEY = 'head';

/** @throws HoldpointError `invalid_argument` */
export function partitionKey(tenant: string, threadId: string): string {
  checkTenant(tenant);
  checkName('Thread id', threadId, LIMIT.threadId);
  return `${tenant}#${threadId}`;
}

/** @throws HoldpointError `invalid_argument` */
export function checkTenant(tenant: string): void {
  checkName('Tenant', tenant, LIMIT.tenant);
  if (tenant.includes('#')) throw invalid('Tenant', tenant, 'must not contain "#"');
}

/** @throws HoldpointError `invalid_argument` */
export function checkRun(runId: string, graph: string | undefined): void {
  checkAscii('Run id', runId, LIMIT.runId);
  if (graph !== undefined) checkAscii('Graph', graph, LIMIT.graph);
}

function checkAscii(what: string, name: string, longest: number): void {
  checkName(what, name, longest);
  if (!/^[ -~]*$/.test(name)) throw invalid(what, name, 'contains a character that is not ASCII');
}

/** What becomes part of a key: not empty, short, no control characters, no half surrogate pairs. */
function checkName(what: string, name: string, longest: number): void {
  if (typeof name !== 'string' || name === '') throw invalid(what, name, 'must be a text that is not empty');
  if (name.length > longest) throw invalid(what, name, `is longer than ${longest} characters`);
  if (/\p{Cc}|\p{Cs}/u.test(name))
    throw invalid(what, name, 'contains a control character or half of a surrogate pair');
}

/** One life of a thread, as it stands in the keys of its children. */
export function incarnationKey(born: number, incarnation: string): string {
  return born.toString(36).padStart(9, '0') + hash128(incarnation).slice(0, 10);
}

export function childPrefix(inc: string): string {
  return `c#${inc}#`;
}

export function requestKey(inc: string, runId: string): string {
  return `c#${inc}#r#${runId}`;
}

export function checkpointPrefix(inc: string): string {
  return `c#${inc}#v#`;
}

export function checkpointKey(inc: string, checkpointId: string): string {
  return checkpointPrefix(inc) + checkpointId;
}

export function partKey(inc: string, checkpointId: string, part: number): string {
  return `${checkpointKey(inc, checkpointId)}#${String(part).padStart(3, '0')}`;
}

/** The last key that begins with `prefix`, for a range that ends there. */
export function lastOf(prefix: string): string {
  return `${prefix}~`;
}

function invalid(what: string, value: unknown, why: string): HoldpointError {
  return new HoldpointError('invalid_argument', `${what} ${quote(value)} ${why}.`, { what, value });
}
