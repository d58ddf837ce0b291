/** What the loop tells its listener, beside what it can say in one line. */
import {
  type Checkpoint,
  type CheckpointSource,
  type Frame,
  pendingQuestions,
  type Planned,
  questionsOf,
  type TaskRecord,
  taskPath,
} from '../checkpoint/checkpoint.ts';
import { START } from '../constants.ts';
import { DEFAULT_RECURSION_LIMIT } from '../config.ts';
import type { TaskContext } from './context.ts';
import type { CheckpointShown, Listener, Namespace } from './events.ts';
import { type Identity, readState, type Task, taskId } from './plan.ts';
import { INTEGRATION, metadataOf } from './runtime.ts';
import type { Scope } from './scope.ts';
import { taskSnapshots } from './snapshot.ts';

/** A superstep begins: what needs not run again, then the tasks. */
export function tellPlan(listen: Listener, scope: Scope, frame: Frame, tasks: readonly Task[]): void {
  const visible = tasks.filter(({ node }) => node.name !== START);
  for (const task of visible) {
    const { result } = task.record;
    if (result) listen.update?.({ scope, frame, task, result, cached: true });
  }
  for (const task of visible) listen.task?.({ scope, frame, task });
}

/** Whose tasks, and what they are told under. */
interface Place {
  readonly identity: Identity;
  readonly ns: Namespace;
}

/** Tells the questions of a run that has stopped and is saved: of each task, those of its nested graphs first, each under its namespace. */
export function tellInterrupts(listen: Listener, frame: Frame, { identity, ns }: Place): void {
  const step = frame.step + 1;
  let asked = false;
  for (const planned of frame.next) {
    const record = frame.tasks.get(taskPath(planned));
    const questions = record ? questionsOf(record) : [];
    if (!record || questions.length === 0) continue;
    asked = true;
    const id = taskId(identity, frame, taskPath(planned));
    tellInside(listen, record, planned, id, ns);
    const interrupts = questions.map(({ id: question, value }) => ({ id: question, value }));
    listen.interrupt?.({ ns, step, interrupts, task: { id, name: planned.node } });
  }
  if (!asked) listen.interrupt?.({ ns, step, interrupts: [] });
}

function tellInside({ inside }: Listener, { calls }: TaskRecord, { node }: Planned, id: string, ns: Namespace): void {
  for (const [call, nested] of calls ?? []) {
    if (pendingQuestions(nested).length > 0) tellInterrupts(inside, nested, placeOf(node, id, call, ns));
  }
}

/** @param call the how-manieth graph that the task runs inside */
export function placeOf(node: string, task: string, call: string, around: Namespace): Place {
  const name = `${node}:${task}`;
  return {
    identity: { threadId: task, incarnation: call },
    ns: call === '0' ? [...around, name] : [...around, name, call],
  };
}

/** @param source absent: the run goes on from the very checkpoint that it found */
export type TellCheckpoint = (frame: Frame, version: number, source?: CheckpointSource) => void;

/**
 * Shows the checkpoints of one graph run as they are planned. Those that durability `exit` does not save have no id.
 * @param base the checkpoint that the run goes on from
 * @param around the task that the graph runs inside
 */
export function checkpointTeller(
  { listen, check, config, ns, graph, identity }: Scope,
  idOf: (version: number) => string,
  base: Checkpoint | undefined,
  around?: TaskContext,
): TellCheckpoint | undefined {
  if (!listen?.checkpoint || !check) return undefined;
  const { tags = [], runName, recursionLimit = DEFAULT_RECURSION_LIMIT, durability } = config;
  const thread_id = config.configurable?.thread_id;
  const checkpoint_ns = ns.join('|');
  const parents: Record<string, string> = around ? { '': around.scope.checkpointId(around.frame.planned) } : {};
  const configOf = (checkpoint_id: string | undefined): object => ({
    configurable: { ...config.configurable, ...(around && { checkpoint_map: parents }), checkpoint_ns, checkpoint_id },
    metadata: { ...INTEGRATION, ...config.metadata, thread_id, ...(around && metadataOf(around)) },
    recursion_limit: recursionLimit,
    ...(runName !== undefined && { run_name: runName }),
    tags,
  });
  let last = base?.id;
  return (frame, version, source) => {
    const found = source === undefined ? base : undefined;
    const id = found?.id ?? (durability === 'exit' ? undefined : idOf(version));
    const before = found
      ? found.parentId && { configurable: { thread_id, checkpoint_ns, checkpoint_id: found.parentId } }
      : id !== undefined && last !== undefined && configOf(last);
    last = id;
    const checkpoint: CheckpointShown = {
      config: configOf(id),
      values: readState(graph, frame.channels),
      metadata: { source: source ?? found?.source ?? 'loop', step: frame.step, parents },
      next: frame.next.map(({ node }) => node),
      tasks: taskSnapshots(identity, frame),
      ...(before && { parentConfig: before }),
    };
    listen.checkpoint?.({ ns, checkpoint });
  };
}
