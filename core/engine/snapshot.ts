/** Checkpoints as a caller sees them: a snapshot of the root graph, or of a graph inside it. Pure. */
import {
  type Checkpoint,
  emptyRecord,
  type Interrupt,
  nextNodes,
  type Planned,
  questionsShown,
  taskPath,
} from '../checkpoint/checkpoint.ts';
import { type ThreadConfig, threadConfig } from '../config.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { nestedPlace, type Place, rootPlace } from './namespace.ts';
import { asDeclared, pathOf, taskId, type TaskPath, visibleChannels } from './plan.ts';
import { readState, returnedIn, writesByChannel } from './state.ts';
import { type Outcome, outcomeOf } from './wrote.ts';

export interface TaskSnapshot {
  readonly id: string;
  readonly name: string;
  readonly path: TaskPath;
  /** The task's pending questions. */
  readonly interrupts: Interrupt[];
  readonly error?: { readonly name: string; readonly message: string };
  /** The writes of a task that has finished. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** Of a task that is a graph: the config that names it, or with `subgraphs: true` its snapshot. */
  readonly state?: ThreadConfig | StateSnapshot;
}

export interface StateSnapshot {
  /** As LangGraph declares them: a config may name a nested graph, whose state is another. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly values: any;
  /** The nodes that run next. Empty when the thread is done. */
  readonly next: string[];
  readonly tasks: TaskSnapshot[];
  readonly metadata?: SnapshotMetadata;
  /** Names this checkpoint. */
  readonly config: ThreadConfig;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly parentConfig?: ThreadConfig;
}

export interface SnapshotMetadata {
  readonly source: Checkpoint['source'];
  readonly step: number;
  /** Of a nested graph: the checkpoints around it, by namespace. */
  readonly parents: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

export interface SnapshotOptions {
  /** Show what finished tasks of an unfinished superstep wrote: yes for the newest checkpoint, no for one asked for by id. @default true */
  readonly live?: boolean;
  /** Snapshots of nested graphs too. @default false */
  readonly subgraphs?: boolean;
  /** What came of the tasks, by their paths, when the superstep is over. */
  readonly outcomes?: ReadonlyMap<string, Outcome> | undefined;
}

export function snapshotOf(
  graph: GraphSpec,
  threadId: string,
  checkpoint: Checkpoint,
  options: SnapshotOptions = {},
): StateSnapshot {
  return snapshotAt(rootPlace(graph, threadId, checkpoint), threadId, checkpoint, options);
}

/** Of a graph in that checkpoint: the root, or a nested one. */
export function snapshotAt(
  place: Place,
  threadId: string,
  checkpoint: Checkpoint,
  options: SnapshotOptions = {},
): StateSnapshot {
  const { graph, ns, around } = place;
  const frame = asDeclared(graph, place.frame);
  const { live = true, subgraphs = false, outcomes } = options;
  const { id, parentId } = checkpoint;
  const channels = live ? visibleChannels(graph, frame, checkpoint.version) : frame.channels;
  const nested = around.length > 0;
  const begins = frame.next.some(({ node }) => node === graph.entry);
  const parents = Object.fromEntries(around.map((name) => [name, id]));
  const stateOf = (planned: Planned): StateSnapshot | ThreadConfig => {
    const inner = nestedPlace(place, planned);
    const config = threadConfig(threadId, undefined, inner.ns);
    if (!subgraphs) return config;
    return inner.frame ? snapshotAt(inner as Place, threadId, checkpoint, { live, subgraphs }) : emptySnapshot(config);
  };
  return {
    values: readState(graph, channels) ?? null,
    next: live ? nextNodes(frame) : frame.next.map(({ node }) => node),
    tasks: taskSnapshots({ ...place, frame }, stateOf, outcomes),
    metadata: {
      ...checkpoint.metadata,
      ...(checkpoint.answered && { answered_by: checkpoint.answered }),
      source: nested ? (frame.source ?? (begins ? 'input' : 'loop')) : checkpoint.source,
      step: frame.step,
      parents,
      thread_id: threadId,
    },
    config: threadConfig(threadId, id, ns, nested ? { ...parents, [ns]: id } : undefined),
    createdAt: checkpoint.createdAt,
    ...(!nested && parentId !== undefined && { parentConfig: threadConfig(threadId, parentId) }),
  };
}

/** @param stateOf what is shown of a task that is a graph */
export function taskSnapshots(
  { graph, frame, identity }: Place,
  stateOf: (planned: Planned) => NonNullable<TaskSnapshot['state']>,
  outcomes?: SnapshotOptions['outcomes'],
): TaskSnapshot[] {
  return frame.next.map((planned) => {
    const path = taskPath(planned);
    const record = frame.tasks.get(path) ?? emptyRecord;
    const { writes, error = record.error } = (!record.result && outcomes?.get(path)) || outcomeOf(record);
    return {
      id: taskId(identity, frame, path),
      name: planned.node,
      path: pathOf(planned),
      interrupts: questionsShown(record),
      ...(error && { error }),
      ...resultOf(writes),
      ...(graph.nodes.get(planned.node)?.graph && { state: stateOf(planned) }),
    };
  });
}

/** What each channel was given. What a function returned is the whole of it. */
function resultOf(writes: Outcome['writes']): Pick<TaskSnapshot, 'result'> {
  const whole = returnedIn(writes);
  if (whole) return whole[1] === undefined ? {} : { result: whole[1] as Record<string, unknown> };
  return writes.length > 0 ? { result: writesByChannel(writes) } : {};
}

/** A thread, or a nested graph, that has not begun. */
export function emptySnapshot(config: ThreadConfig): StateSnapshot {
  return { values: {}, next: [], tasks: [], config };
}
