/**
 * The transitions of a head, each as one conditional write. Pure: from what is wanted and known to expressions.
 *
 * - C1 A commit is conditional on this run's claim and the version that it claimed.
 * - C2 What `decideClaim` refuses is in the condition of a claim: `openClaim` from the request alone, `exactClaim` by naming
 *   the head that was read and decided upon.
 * - C9 A deleted head accepts nothing but its removal.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { ClaimRequest, ThreadStatus } from '../checkpointer.ts';
import { absent, type Condition, Expression, type Write } from './expression.ts';
import { encodeId, encodePending, type Life, type StoredHead, type StoredRequest } from './head.ts';
import { ATTRIBUTE as A, FORMAT, TABLE_KEYS } from './keys.ts';
import { type Packed, packedAttribute } from './pack.ts';

const KEPT_BY_TOMBSTONE: ReadonlySet<string> = new Set([A.format, A.incarnation, A.born, A.deleted]);

/** What a commit writes to the head. */
export interface NextHead extends Life {
  readonly runId: string;
  readonly version: number;
  readonly checkpointId: string;
  readonly previousId: string | undefined;
  readonly status: ThreadStatus;
  readonly pending: readonly string[];
  readonly graph: string | undefined;
  readonly updatedAt: string;
  /** The checkpoint itself, when it fits. */
  readonly data: Packed | undefined;
  /** The run goes on: its claim stays, and from now on asks for this. */
  readonly goesOn?: { readonly expiresAt: number; readonly request: Packed };
}

/** A free claim without having read anything: everything that could refuse it is in the condition. */
export function openClaim(want: ClaimRequest, request: StoredRequest | undefined): Write {
  const claim = new Expression();
  setClaim(claim, want, request);
  const head = [
    absent(A.deleted),
    claim.equal(A.format, number(FORMAT)),
    unexpired(claim, want.now),
    // Free, or expired with nothing to continue.
    `(${absent(A.claimRun)} OR (${A.claimExpires} <= ${claim.value(number(want.now))} AND ${absent(A.request)} AND ${absent(A.requestRun)}))`,
  ];
  if (want.graph !== undefined) head.push(`(${absent(A.graph)} OR ${claim.equal(A.graph, text(want.graph))})`);
  if (want.newest !== undefined) head.push(claim.equal(A.checkpoint, text(want.newest)));
  if (want.answers === 'single') head.push(`size(${A.pending}) = ${claim.value(number(1))}`);
  else for (const id of want.answers ?? []) head.push(`contains(${A.pending}, ${claim.value(encodeId(id))})`);
  if (want.refusePending) head.push(absent(A.pending), absent(A.pendingCount));
  if (!want.create) return claim.when(...head, `${A.version} > ${claim.value(number(0))}`).write();
  setBirth(claim, want);
  return claim.when(`(${absent(TABLE_KEYS.partition)} OR (${head.join(' AND ')}))`).write();
}

/** A claim on exactly the head that was read, or on the absence of one. Keeps the recorded request on a take-over. */
export function exactClaim(
  head: StoredHead | undefined,
  want: ClaimRequest,
  request: StoredRequest | 'recorded' | undefined,
): Write {
  const claim = new Expression();
  setClaim(claim, want, request);
  if (!head) {
    setBirth(claim, want);
    return claim.when(absent(TABLE_KEYS.partition)).write();
  }
  return claim
    .when(
      ...sameLife(claim, head),
      absent(A.deleted),
      claim.equal(A.version, number(head.version)),
      claim.equal(A.claimRun, head.claim && text(head.claim.runId)),
    )
    .write();
}

/** @param base the version claimed, or undefined for the first write of a thread whose name nobody knows. */
export function commit(next: NextHead, base: number | undefined): Write {
  const write = new Expression();
  const { ids, count } = encodePending(next.pending);
  const { goesOn } = next;
  if (base === undefined) {
    write.set(A.format, number(FORMAT)).set(A.incarnation, text(next.incarnation)).set(A.born, number(next.born));
    write.when(absent(TABLE_KEYS.partition));
  } else {
    write.when(write.equal(A.claimRun, text(next.runId)), write.equal(A.version, number(base)));
  }
  return write
    .set(A.version, number(next.version))
    .set(A.checkpoint, text(next.checkpointId))
    .set(A.previous, optional(next.previousId))
    .set(A.writer, text(next.runId))
    .set(A.status, text(next.status))
    .set(A.updatedAt, text(next.updatedAt))
    .set(A.pending, ids)
    .set(A.pendingCount, count)
    .set(A.graph, optional(next.graph))
    .set(A.data, next.data === undefined ? undefined : packedAttribute(next.data))
    .set(A.claimRun, goesOn && text(next.runId))
    .set(A.claimExpires, goesOn && number(goesOn.expiresAt))
    .set(A.request, goesOn && packedAttribute(goesOn.request))
    .set(A.requestRun, undefined)
    .write();
}

/** Ends a claim and leaves the thread as it was found: its graph too, which the claim may have named. */
export function release(runId: string, graph: string | undefined): Write {
  const write = new Expression();
  for (const name of [A.claimRun, A.claimExpires, A.request, A.requestRun]) write.set(name, undefined);
  return write
    .set(A.graph, optional(graph))
    .when(write.equal(A.claimRun, text(runId)))
    .write();
}

/** Removes a head that a claim created and nothing was committed to. */
export function unborn(runId: string): Condition {
  const removal = new Expression();
  return removal.when(removal.equal(A.claimRun, text(runId)), removal.equal(A.version, number(0))).condition();
}

/** Lets a claim expire at once, what it recorded included: for a take-over that could not load the thread. */
export function lapse(runId: string): Write {
  const write = new Expression();
  return write
    .set(A.claimExpires, number(0))
    .when(write.equal(A.claimRun, text(runId)))
    .write();
}

/** The beginning of a deletion: from here on there is no thread, and no run can commit. */
export function tombstone(life: Life): Write {
  const write = new Expression().set(A.deleted, { BOOL: true });
  for (const name of Object.values(A)) if (!KEPT_BY_TOMBSTONE.has(name)) write.set(name, undefined);
  return write.when(...sameLife(write, life)).write();
}

/** The end of a deletion. */
export function burial(life: Life): Condition {
  const removal = new Expression();
  return removal.when(`attribute_exists(${A.deleted})`, ...sameLife(removal, life)).condition();
}

function setClaim(claim: Expression, want: ClaimRequest, request: StoredRequest | 'recorded' | undefined): void {
  claim.set(A.claimRun, text(want.runId)).set(A.claimExpires, number(want.expiresAt));
  if (request === 'recorded') return;
  claim.set(A.request, request && 'packed' in request ? packedAttribute(request.packed) : undefined);
  claim.set(A.requestRun, request && 'keptBy' in request ? text(request.keptBy) : undefined);
}

function setBirth(claim: Expression, want: ClaimRequest): void {
  claim.setOnce(A.format, number(FORMAT)).setOnce(A.incarnation, text(want.runId)).setOnce(A.born, number(want.now));
  claim.setOnce(A.version, number(0));
  if (want.graph !== undefined) claim.setOnce(A.graph, text(want.graph));
}

function sameLife(expression: Expression, life: Life): string[] {
  return [expression.equal(A.incarnation, text(life.incarnation)), expression.equal(A.born, number(life.born))];
}

function unexpired(expression: Expression, now: number): string {
  const ttl = expression.name(TABLE_KEYS.timeToLive);
  return `(${absent(ttl)} OR ${ttl} > ${expression.value(number(Math.floor(now / 1000)))})`;
}

function text(value: string): AttributeValue {
  return { S: value };
}

function number(value: number): AttributeValue {
  return { N: String(value) };
}

function optional(value: string | undefined): AttributeValue | undefined {
  return value === undefined ? undefined : text(value);
}
