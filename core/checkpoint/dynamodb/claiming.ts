/**
 * Claiming a head and giving it back, each as one conditional write. Pure: from what is wanted and known to expressions.
 *
 * - C2 What `decideClaim` refuses is in the condition of a claim: `openClaim` from the request alone, `exactClaim` by naming
 *   the head that was read and decided upon.
 * - C10 A thread on which a run is does not age.
 * - C15 A claim changes the attributes of the claim only, and that one: a thread is where lists find it from the claim that creates it.
 */
import type { ClaimRequest } from '../checkpointer.ts';
import { absent, type Condition, Expression, number, optional, sameLife, text, type Write } from './expression.ts';
import { encodeId, type StoredHead, type StoredRequest } from './head.ts';
import { ATTRIBUTE as A, FORMAT, TABLE_KEYS } from './keys.ts';
import type { Place } from './moving.ts';
import { packedAttribute } from './pack.ts';

/** A free claim without having read anything: everything that could refuse it is in the condition, in which AND binds closer than OR. */
export function openClaim(want: ClaimRequest, request: StoredRequest | undefined, place: Place): Write {
  const claim = new Expression();
  setClaim(claim, want, request);
  const head = [
    absent(A.deleted),
    claim.equal(A.format, number(FORMAT)),
    unexpired(claim, claim.name(TABLE_KEYS.timeToLive), want.now),
    unexpired(claim, A.over, want.now),
    // Free, or expired with nothing to continue.
    `(${absent(A.claimRun)} OR ${A.claimExpires} <= ${claim.value(number(want.now))} AND ${absent(A.request)} AND ${absent(A.requestRun)})`,
  ];
  if (want.graph !== undefined) head.push(`(${absent(A.graph)} OR ${claim.equal(A.graph, text(want.graph))})`);
  if (want.newest !== undefined) head.push(claim.equal(A.checkpoint, text(want.newest)));
  if (want.answers === 'single') head.push(`size(${A.pending}) = ${claim.value(number(1))}`);
  else for (const id of want.answers ?? []) head.push(`contains(${A.pending}, ${claim.value(encodeId(id))})`);
  if (want.refusePending) head.push(absent(A.pending), absent(A.pendingCount));
  if (!want.create) return claim.when(...head, `${A.version} > ${claim.value(number(0))}`).write();
  setBirth(claim, want, place);
  return claim.when(`${absent(TABLE_KEYS.partition)} OR ${head.join(' AND ')}`).write();
}

/** A claim on exactly the head that was read, or on the absence of one. Keeps the recorded request on a take-over. */
export function exactClaim(
  head: StoredHead | undefined,
  want: ClaimRequest,
  request: StoredRequest | 'recorded' | undefined,
  place: Place,
): Write {
  const claim = new Expression();
  setClaim(claim, want, request);
  if (request === 'recorded' && head?.claim) claim.setOnce(A.claimFirst, text(head.claim.runId));
  if (!head) {
    setBirth(claim, want, place);
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

/** Ends a claim and leaves the thread as it was found: its graph too, which the claim may have named. @param over when it will be */
export function release(runId: string, graph: string | undefined, over: number | undefined): Write {
  const write = new Expression();
  for (const name of [A.claimRun, A.claimFirst, A.claimExpires, A.request, A.requestRun]) write.set(name, undefined);
  return write
    .set(A.graph, optional(graph))
    .set(A.over, over === undefined ? undefined : number(over))
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

function setClaim(claim: Expression, want: ClaimRequest, request: StoredRequest | 'recorded' | undefined): void {
  claim.set(A.claimRun, text(want.runId)).set(A.claimExpires, number(want.expiresAt)).set(A.over, undefined);
  if (request === 'recorded') return;
  claim.set(A.request, request && 'packed' in request ? packedAttribute(request.packed) : undefined);
  claim
    .set(A.requestRun, request && 'keptBy' in request ? text(request.keptBy) : undefined)
    .set(A.claimFirst, undefined);
}

function setBirth(claim: Expression, want: ClaimRequest, { shard, created }: Place): void {
  claim.setOnce(A.format, number(FORMAT)).setOnce(A.incarnation, text(want.runId)).setOnce(A.born, number(want.now));
  claim.setOnce(A.version, number(0)).setOnce(A.shard, text(shard)).setOnce(A.created, text(created));
  if (want.graph !== undefined) claim.setOnce(A.graph, text(want.graph));
}

function unexpired(expression: Expression, name: string, now: number): string {
  return `(${absent(name)} OR ${name} > ${expression.value(number(Math.floor(now / 1000)))})`;
}
