/** The checkpoints of a thread one after the other, newest first: `getStateHistory`, and where a nested graph last stood. */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { Checkpointer, LoadedThread } from '../checkpoint/checkpointer.ts';
import { matching, supersteps } from '../checkpoint/supersteps.ts';
import { threadConfig } from '../config.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { type Place, placeAt, rootPlace } from './namespace.ts';
import { snapshotAt, type SnapshotOptions, type StateSnapshot } from './snapshot.ts';
import { outcomesBefore } from './wrote.ts';

export interface HistoryOptions {
  /** At most so many. @default all */
  readonly limit?: number | undefined;
  /** Begin after this checkpoint id (exclusive). */
  readonly before?: string | undefined;
}

export interface SnapshotsOptions extends HistoryOptions, Omit<SnapshotOptions, 'outcomes'> {
  /** Those whose metadata has all of this. @default all */
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
  /** Of a nested graph. @default that of the root */
  readonly ns?: string | undefined;
}

/** @throws HoldpointError `unknown_checkpoint` when the thread has none of the id `before` */
export async function* snapshotsOf(
  graph: GraphSpec,
  checkpointer: Checkpointer,
  threadId: string,
  options: SnapshotsOptions,
): AsyncGenerator<StateSnapshot> {
  yield* matching(snapshots(graph, checkpointer, threadId, options), options);
}

async function* snapshots(
  graph: GraphSpec,
  checkpointer: Checkpointer,
  threadId: string,
  { limit, before, filter = {}, ns = '', ...options }: SnapshotsOptions,
): AsyncGenerator<StateSnapshot> {
  const find = (checkpoint: Checkpoint): Place | undefined => placeAt(rootPlace(graph, threadId, checkpoint), ns);
  const hint = Object.keys(filter).length > 0 || ns !== '' ? undefined : limit;
  let newer: StateSnapshot | undefined;
  for await (const { checkpoint, place, next } of supersteps(checkpointer, threadId, before, hint, find)) {
    const outcomes = next && outcomesBefore(next.frame);
    const snapshot = snapshotAt(place, threadId, checkpoint, { ...options, outcomes });
    if (ns === '') {
      yield snapshot;
      continue;
    }
    // A nested checkpoint does not know its parent: it is the one before it.
    if (newer) yield { ...newer, parentConfig: threadConfig(threadId, checkpoint.id, ns) };
    newer = snapshot;
  }
  if (newer) yield newer;
}

/** The checkpoint that was loaded: the newest, or the one of the id `at`. Undefined when there is none, or no such graph in it. */
export async function snapshotLoaded(
  graph: GraphSpec,
  checkpointer: Checkpointer,
  threadId: string,
  { head, checkpoint }: LoadedThread,
  { at, ns = '', subgraphs = false }: Pick<SnapshotsOptions, 'ns' | 'subgraphs'> & { readonly at: string | undefined },
): Promise<StateSnapshot | undefined> {
  const find = (one: Checkpoint): Place | undefined => placeAt(rootPlace(graph, threadId, one), ns);
  const place = checkpoint && find(checkpoint);
  if (!place) return undefined;
  const past = at !== undefined && head.checkpointId !== at;
  const outcomes = past ? await outcomesAt(checkpointer, threadId, checkpoint, place.frame.planned, find) : undefined;
  return snapshotAt(place, threadId, checkpoint, { live: at === undefined, subgraphs, outcomes });
}

/** What came of the tasks that were planned at a checkpoint of the past: one of the next checkpoints has it. */
async function outcomesAt(
  checkpointer: Checkpointer,
  threadId: string,
  { id, frame }: Checkpoint,
  planned: number,
  find: (checkpoint: Checkpoint) => Place | undefined,
): Promise<SnapshotOptions['outcomes']> {
  for await (const later of checkpointer.chain(threadId, { after: id, limit: 1 })) {
    const next = find(later)?.frame;
    if (next?.wrote?.[0] === planned) return outcomesBefore(next);
    if (later.frame.planned > frame.planned) return undefined;
  }
  return undefined;
}
