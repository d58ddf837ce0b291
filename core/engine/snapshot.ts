/** Checkpoints as a caller sees them: `getState` and `getStateHistory`. */
import {
  type Checkpoint,
  type Frame,
  type Interrupt,
  nextNodes,
  type Planned,
  questionsOf,
  type TaskRecord,
  taskPath,
} from '../checkpoint/checkpoint.ts';
import { type Checkpointer, unknownCheckpoint } from '../checkpoint/checkpointer.ts';
import type { ThreadConfig } from '../config.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { type Identity, pathOf, readState, taskId, type TaskPath, visibleChannels } from './plan.ts';

export interface TaskSnapshot {
  readonly id: string;
  readonly name: string;
  readonly path: TaskPath;
  /** The task's pending questions. */
  readonly interrupts: readonly Interrupt[];
  readonly error?: { readonly name: string; readonly message: string };
  /** The writes of a task that has finished while the superstep has not. */
  readonly result?: Readonly<Record<string, unknown>>;
}

export interface StateSnapshot<State = Record<string, unknown>> {
  readonly values: State;
  /** The nodes that run next. Empty when the thread is done. */
  readonly next: readonly string[];
  readonly tasks: readonly TaskSnapshot[];
  readonly metadata?: {
    readonly source: Checkpoint['source'];
    readonly step: number;
    readonly parents: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
  /** Names this checkpoint. */
  readonly config: ThreadConfig;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly parentConfig?: ThreadConfig;
}

/** @param live show what finished tasks of an unfinished superstep wrote: yes for the newest checkpoint, no for one asked for by id */
export function snapshotOf(graph: GraphSpec, threadId: string, checkpoint: Checkpoint, live = true): StateSnapshot {
  const { frame, parentId } = checkpoint;
  const channels = live ? visibleChannels(graph, frame, checkpoint.version) : frame.channels;
  const identity = { threadId, incarnation: checkpoint.incarnation };
  return {
    values: readState(graph, channels),
    next: live ? nextNodes(frame) : frame.next.map(({ node }) => node),
    tasks: taskSnapshots(identity, frame),
    metadata: {
      ...checkpoint.metadata,
      source: checkpoint.source,
      step: frame.step,
      parents: {},
      thread_id: threadId,
      run_id: checkpoint.runId,
    },
    config: threadConfig(threadId, checkpoint.id),
    createdAt: checkpoint.createdAt,
    ...(parentId !== undefined && { parentConfig: threadConfig(threadId, parentId) }),
  };
}

/** A thread that does not exist yet. */
export function emptySnapshot(threadId: string): StateSnapshot {
  return { values: {}, next: [], tasks: [], config: threadConfig(threadId) };
}

export interface HistoryOptions {
  /** At most so many. @default all */
  readonly limit?: number | undefined;
  /** Begin after this checkpoint id (exclusive). */
  readonly before?: string | undefined;
}

/**
 * One checkpoint for each superstep, newest first: a superstep that stopped for several answers is shown as it is after the last.
 * @throws HoldpointError `unknown_checkpoint` when the thread has none of the id `before`
 */
export async function* historyOf(
  checkpointer: Checkpointer,
  threadId: string,
  { limit = Number.POSITIVE_INFINITY, before }: HistoryOptions = {},
): AsyncGenerator<Checkpoint> {
  let left = limit;
  let shown: number | undefined;
  const page = Number.isFinite(limit) ? { limit } : {};
  if (left <= 0) return;
  if (before !== undefined) {
    const loaded = await checkpointer.load(threadId, before);
    if (!loaded) return;
    if (!loaded.checkpoint) throw unknownCheckpoint(threadId, before);
    shown = loaded.checkpoint.frame.planned;
  }
  for await (const checkpoint of checkpointer.list(threadId, { ...(before !== undefined && { before }), ...page })) {
    if (checkpoint.frame.planned === shown) continue;
    shown = checkpoint.frame.planned;
    yield checkpoint;
    if (--left === 0) return;
  }
}

export function threadConfig(threadId: string, checkpointId?: string): ThreadConfig {
  return {
    configurable: {
      thread_id: threadId,
      checkpoint_ns: '',
      ...(checkpointId !== undefined && { checkpoint_id: checkpointId }),
    },
  };
}

export function taskSnapshots(identity: Identity, frame: Frame): TaskSnapshot[] {
  return frame.next.map((planned) => {
    const path = taskPath(planned);
    return taskSnapshot(taskId(identity, frame, path), planned, frame.tasks.get(path));
  });
}

function taskSnapshot(id: string, planned: Planned, record: TaskRecord | undefined): TaskSnapshot {
  const { result, error } = record ?? {};
  return {
    id,
    name: planned.node,
    path: pathOf(planned),
    interrupts: (record ? questionsOf(record) : []).map(({ id: question, value }) => ({ id: question, value })),
    ...(error && { error }),
    ...(result && { result: Object.fromEntries(result.writes) }),
  };
}
