/**
 * The key layout: every kind of item in the table, its keys, attributes and size. No other file spells a key or an attribute.
 *
 *   pk                     sk                          what
 *   <tenant>#<thread id>   head                        the thread's head: the truth (C1), at most 4 KB (C11)
 *                          c#<inc>#p#<part id>         a part: text that checkpoints are stored against (storage.md)
 *                          c#<inc>#p#<part id>#<nnn>   piece nnn (001 …) of a part too large for one item
 *                          c#<inc>#t#<run>#<id>        what a task said before its superstep was committed (C12)
 *                          c#<inc>#v#<checkpoint id>   a superseded checkpoint
 *                          k#<hash>                    an idempotency key (C5)
 *
 * `<inc>` names one life of the thread (C9): nine base-36 digits of its creation time, then ten hex digits of the hash of the run
 * that created it. Tenants have no `#`, so the first one in `pk` is the separator. Checkpoint ids have a fixed length and sort by version.
 * A part's id is that of the checkpoint that it was written for, or, when it holds what a run was asked, an id that sorts behind all
 * that the claimed version and before all that a later version wrote. `<run>` of a kept task are 16 hex digits of the hash of the run that
 * held the claim first, and `<id>` is that of the task.
 *
 * Every item has `f`, the format version, and may have `ttl` (seconds): once that has passed, the item is not there (C10).
 * Attributes of a head; a small thread with one question is about 0.8 KB, claim included, so each of its writes is one unit:
 *
 *   i   S  incarnation: the id of the run that created the thread    k   S  id of the newest checkpoint
 *   b   N  born: ms since 1970                                       p   S  id of the checkpoint committed before it
 *   u   S  time of the newest checkpoint, ISO 8601                   w   S  the run that committed it
 *   v   N  version of the newest checkpoint, 0 before the first      d   S|B  that checkpoint: its text, or what is new in it
 *   s   S  status                                                    l   S  the part that `d` is stored against
 *   g   S  graph                                                     ls  S  the first part that `l` leads back to
 *                                                                    lh  N  how much text those parts hold, in characters
 *   q   L  ids of the pending questions in order, 32 hex digits as 16 bytes; absent when nothing is pending
 *   qn  N  how many are pending, instead of `q`, when the ids do not fit
 *   r   S  the claim: the run that holds it                          e   N  when it expires, ms since 1970
 *   a   S|B  what that run was asked                                 ar  S  instead of `a`: the run whose part has it
 *   rf  S  the run that held the claim first, once another has taken it over
 *   x   BOOL the thread is being deleted; only i and b are left      o   N  when the thread is over (C10), in seconds since 1970; `ttl` is later
 *   t   S  `<tenant>#<shard>`, the partition of both indexes         c   S  its place in the index `threads`
 *                                                                    y   S  its place in the index `waiting`, while it waits (C15)
 *
 * The indexes hold keys only, and of heads only. A place is nine base-36 digits of a time (the thread's creation; since when it waits), then 16 hex
 * digits of the hash of the thread's id. `t` and `c` are there from the first write of the head, and stay; `y` comes and goes with commits.
 * So a thread costs one index write, and each time that it waits two, of one unit each.
 *
 * Attributes of a child: `w` S the run that wrote it (C4); `d` S|B its text, or its piece of one. A superseded checkpoint keeps `s`, `p`, `l`,
 * `ls` and `lh` of its head. A part has `l` S the part that it is stored against, and `n` N its number of pieces behind the first. Text (S) is as it
 * is; bytes (B) are the same, raw-deflated. A key has `i` S the `<inc>`, `w` S the run that it is tied to, `v` N the version which that claimed, and
 * `h` S the hash of the request's body. It is not removed with its thread: its `ttl` is a day, and it holds nothing but hashes.
 */
import { type HoldpointError, invalidArgument, quote } from '../../errors.ts';
import { hash128 } from '../../hash.ts';
import { checkpointId } from '../checkpoint.ts';

/** The key attributes of the table. The CDK construct and the checkpointer read them here. */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk', timeToLive: 'ttl' } as const;

export interface Index {
  readonly name: string;
  /** The attributes that are its keys, both text. */
  readonly partition: string;
  readonly sort: string;
}

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
  claimFirst: 'rf',
  request: 'a',
  requestRun: 'ar',
  deleted: 'x',
  part: 'l',
  since: 'ls',
  held: 'lh',
  pieces: 'n',
  over: 'o',
  body: 'h',
  shard: 't',
  created: 'c',
  waiting: 'y',
} as const;

/** The indexes of the table, read by lists only (C6). */
export const TABLE_INDEXES = {
  threads: { name: 'threads', partition: ATTRIBUTE.shard, sort: ATTRIBUTE.created },
  waiting: { name: 'waiting', partition: ATTRIBUTE.shard, sort: ATTRIBUTE.waiting },
} as const satisfies Record<string, Index>;

/** Over how many partitions of an index a tenant's threads are spread. May grow: a thread moves with its next commit. Must not shrink. */
const SHARDS = 4;

/** Bytes, and for names characters. Together they keep a head under 4 KB (C11). */
export const LIMIT = {
  tenant: 64,
  threadId: 256,
  /** ASCII only. */
  runId: 128,
  /** ASCII only. */
  graph: 128,
  inlineCheckpoint: 1024,
  /** Of a checkpoint that is stored against a part: over this, a new part is cheaper than heads of more than 1 KB. */
  inlineDelta: 640,
  inlineRequest: 512,
  pendingIds: 680,
  /** Of data in one item: 400 KB less its keys and attributes. */
  itemData: 390 * 1024,
  /** Of one part: what three digits can number. */
  pieces: 999,
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

export function threadIdOf(pk: string): string {
  return pk.slice(pk.indexOf('#') + 1);
}

/** The partition of the indexes that a thread is in. */
export function shardKey(pk: string): string {
  const shard = Number.parseInt(hash128(threadIdOf(pk)).slice(-4), 16) % SHARDS;
  return `${pk.slice(0, pk.indexOf('#'))}#${shard}`;
}

/** Every partition of the indexes that a tenant's threads are in. */
export function shardKeys(tenant: string): string[] {
  return Array.from({ length: SHARDS }, (_, shard) => `${tenant}#${shard}`);
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

export function checkpointPrefix(inc: string): string {
  return `c#${inc}#v#`;
}

export function checkpointKey(inc: string, checkpointId: string): string {
  return checkpointPrefix(inc) + checkpointId;
}

/** What the keys of all checkpoints of later versions are greater than. */
export function recordsBehind(inc: string, version: number): string {
  return checkpointKey(inc, checkpointId(version + 1, '').slice(0, VERSION));
}

export function idempotencyKey(hash: string): string {
  return `k#${hash}`;
}

export function keptPrefix(inc: string): string {
  return `c#${inc}#t#`;
}

/** What is kept under one claim, and by those who take it over. @param first the run that held it first */
export function keptKey(inc: string, first: string, id: string): string {
  return `${keptPrefix(inc)}${hash128(first).slice(0, 16)}#${id}`;
}

export function partPrefix(inc: string): string {
  return `c#${inc}#p#`;
}

/** A part, or a piece of one. */
export function partKey(inc: string, partId: string, piece = 0): string {
  const key = partPrefix(inc) + partId;
  return piece === 0 ? key : `${key}#${String(piece).padStart(3, '0')}`;
}

/** The part that holds what a run was asked when it claimed this version. */
export function requestPartId(version: number, runId: string): string {
  const id = checkpointId(version, runId);
  return `${id.slice(0, VERSION)}r${id.slice(VERSION + 1)}`;
}

/** What all parts behind those of a version are greater than. */
export function partsBehind(version: number): string {
  return `${checkpointId(version, '').slice(0, VERSION)}r`;
}

/** How long the version is at the beginning of a checkpoint id. */
const VERSION = 13;

/** The last key that begins with `prefix`, for a range that ends there. */
export function lastOf(prefix: string): string {
  return `${prefix}~`;
}

function invalid(what: string, value: unknown, why: string): HoldpointError {
  return invalidArgument(`${what} ${quote(value)} ${why}.`, { what, value });
}
