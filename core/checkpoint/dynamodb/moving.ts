/**
 * Moving a head on and taking it away, each as one conditional write. Pure: from what is wanted and known to expressions.
 *
 * - C1 A commit is conditional on this run's claim and the version that it claimed.
 * - C15 A commit puts the head where lists find it. One on the way of a run leaves it where the run found it.
 * - C9 A deletion is bound to one life of a thread, and a head that is being deleted accepts nothing but its removal.
 */
import type { ThreadStatus } from '../checkpointer.ts';
import { absent, type Condition, Expression, number, optional, sameLife, text, type Write } from './expression.ts';
import { encodePending, type Life } from './head.ts';
import { ATTRIBUTE as A, FORMAT, TABLE_KEYS } from './keys.ts';
import type { Base } from './layout.ts';
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
  /** Where lists find the thread. */
  readonly place: Place;
  /** The checkpoint itself. */
  readonly data: Packed;
  /** What that is stored against. */
  readonly base: Base | undefined;
  /** From when on the thread is not seen, and its items may be removed. Seconds since 1970. */
  readonly over: number | undefined;
  readonly expires: number | undefined;
  /** The run goes on: its claim stays, and from now on asks for this. */
  readonly goesOn?: { readonly expiresAt: number; readonly request: Packed };
}

/** As texts that sort, see keys.ts. */
export interface Place {
  readonly shard: string;
  readonly created: string;
  /** Among those that wait. `still`: it has waited before, and keeps that place. */
  readonly waiting?: { readonly since: string; readonly still: boolean };
}

/** @param base the version claimed, or undefined for the first write of a thread whose name nobody knows. */
export function commit(next: NextHead, base: number | undefined): Write {
  const write = new Expression();
  const { ids, count } = encodePending(next.pending);
  const { goesOn, place } = next;
  if (base === undefined) {
    write.set(A.format, number(FORMAT)).set(A.incarnation, text(next.incarnation)).set(A.born, number(next.born));
    write.when(absent(TABLE_KEYS.partition));
  } else {
    write.when(write.equal(A.claimRun, text(next.runId)), write.equal(A.version, number(base)));
  }
  write.set(A.shard, text(place.shard)).set(A.created, text(place.created));
  if (!goesOn) setWaiting(write, place);
  write
    .set(A.version, number(next.version))
    .set(A.checkpoint, text(next.checkpointId))
    .set(A.previous, optional(next.previousId))
    .set(A.writer, text(next.runId))
    .set(A.status, text(next.status))
    .set(A.updatedAt, text(next.updatedAt))
    .set(A.pending, ids)
    .set(A.pendingCount, count)
    .set(A.graph, optional(next.graph))
    .set(A.data, packedAttribute(next.data))
    .set(A.part, optional(next.base?.part))
    .set(A.since, optional(next.base?.since))
    .set(A.held, next.base && number(next.base.held))
    .set(A.over, next.over === undefined ? undefined : number(next.over))
    .set(write.name(TABLE_KEYS.timeToLive), next.expires === undefined ? undefined : number(next.expires))
    .set(A.claimRun, goesOn && text(next.runId))
    .set(A.claimExpires, goesOn && number(goesOn.expiresAt))
    .set(A.request, goesOn && packedAttribute(goesOn.request))
    .set(A.requestRun, undefined);
  if (!goesOn) write.set(A.claimFirst, undefined);
  return write.write();
}

function setWaiting(write: Expression, { waiting }: Place): void {
  if (waiting?.still) write.setOnce(A.waiting, text(waiting.since));
  else write.set(A.waiting, waiting && text(waiting.since));
}

/** The beginning of a deletion: from here on there is no thread, and no run can commit. */
export function tombstone(life: Life): Write {
  const write = new Expression().set(A.deleted, { BOOL: true });
  for (const name of Object.values(A)) if (!KEPT_BY_TOMBSTONE.has(name)) write.set(name, undefined);
  write.set(write.name(TABLE_KEYS.timeToLive), undefined);
  return write.when(...sameLife(write, life)).write();
}

/** The end of a deletion. */
export function burial(life: Life): Condition {
  const removal = new Expression();
  return removal.when(`attribute_exists(${A.deleted})`, ...sameLife(removal, life)).condition();
}
