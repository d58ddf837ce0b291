/** What the loop tells its listener, beside what it can say in one line. */
import {
  askedIn,
  type Checkpoint,
  type CheckpointSource,
  type Frame,
  pendingQuestions,
  questionsOf,
  type TaskRecord,
  taskPath,
} from '../checkpoint/checkpoint.ts';
import { START } from '../constants.ts';
import { DEFAULT_RECURSION_LIMIT, threadConfig } from '../config.ts';
import type { TaskContext } from './context.ts';
import type { CheckpointShown, Listener, Namespace } from './events.ts';
import { identityOf, isTaskCall, namespaceOf, nestedPlace, type Place } from './namespace.ts';
import { asDeclared, type Identity, Task, taskId } from './plan.ts';
import { readState } from './state.ts';
import { INTEGRATION, metadataOf, namesIn } from './runtime.ts';
import type { Scope } from './scope.ts';
import { taskSnapshots } from './snapshot.ts';

/** The task as it is told: an error handler that speaks for its node is one of its own. */
export function toldTask({ graph, identity }: Scope, frame: Frame, task: Task, by: string | undefined): Task {
  if (by === undefined) return task;
  const planned = { node: by, index: task.planned.index ?? 0, input: task.input };
  return new Task(graph, { ...task.node, name: by }, planned, frame, identity);
}

/** A superstep begins: what needs not run again, then the tasks. */
export function tellPlan(listen: Listener, scope: Scope, frame: Frame, tasks: readonly Task[]): void {
  const visible = tasks.filter(({ node }) => node.name !== START);
  for (const task of visible) {
    const { result } = task.record;
    if (!result) continue;
    listen.update?.({ scope, frame, task: toldTask(scope, frame, task, result.by), result, cached: true, left: false });
  }
  for (const task of visible) listen.task?.({ scope, frame, task });
}

/** Tells the questions of a run that has stopped and is saved: of each task, those of its nested graphs first, each under its namespace. */
export function tellInterrupts(listen: Listener, frame: Frame, identity: Identity, ns: Namespace = []): void {
  const step = frame.step + 1;
  let asked = false;
  for (const planned of frame.next) {
    const path = taskPath(planned);
    const record = frame.tasks.get(path);
    const questions = record ? questionsOf(record) : [];
    if (!record || questions.length === 0) continue;
    asked = true;
    const id = taskId(identity, frame, path);
    tellNested(listen, record, planned.node, id, ns);
    listen.interrupt?.({ ns, step, interrupts: askedIn(questions), task: { id, name: planned.node } });
  }
  if (!asked) listen.interrupt?.({ ns, step, interrupts: [] });
}

/** What a `task()` asks, the graph that called it asks. */
function tellNested(listen: Listener, { calls }: TaskRecord, node: string, id: string, around: Namespace): void {
  for (const [call, nested] of calls ?? []) {
    if (pendingQuestions(nested).length === 0) continue;
    const [ns, identity] = [[...around, ...namespaceOf(node, id, call)], identityOf({ id }, call)];
    if (!isTaskCall(call)) tellInterrupts(listen.inside, nested, identity, ns);
    else {
      for (const planned of nested.next) {
        const path = taskPath(planned);
        const record = nested.tasks.get(path);
        if (record) tellNested(listen, record, planned.node, taskId(identity, nested, path), ns);
      }
    }
  }
}

/** @param source absent: the run goes on from the very checkpoint that it found */
export type TellCheckpoint = (frame: Frame, source?: CheckpointSource) => void;

/**
 * Shows the checkpoints of one graph run as they are planned. Those that durability `exit` does not save have no id.
 * @param base the checkpoint that the run goes on from
 * @param around the task that the graph runs inside
 */
export function checkpointTeller(
  { listen, check, config, ns, graph, identity }: Scope,
  idOf: (planned: number) => string,
  base: Checkpoint | undefined,
  around?: TaskContext,
): TellCheckpoint | undefined {
  if (!listen?.checkpoint || !check) return undefined;
  const { tags = [], runName, recursionLimit = DEFAULT_RECURSION_LIMIT, durability } = config;
  const thread_id = config.configurable?.thread_id;
  const checkpoint_ns = ns().join('|');
  const parents: Record<string, string> = around ? { '': around.scope.checkpointId(around.frame.planned) } : {};
  const configOf = (checkpoint_id: string | undefined): object => ({
    configurable: { ...config.configurable, ...(around && { checkpoint_map: parents }), checkpoint_ns, checkpoint_id },
    metadata: { ...INTEGRATION, ...config.metadata, ...namesIn(config), ...(around && metadataOf(around)) },
    recursion_limit: recursionLimit,
    ...(runName !== undefined && { run_name: runName }),
    tags,
  });
  const place = (frame: Frame): Place => ({ graph, frame, identity, ns: checkpoint_ns, around: [] });
  let last = base?.id;
  return (planned, source) => {
    const found = source === undefined ? base : undefined;
    const frame = found ? asDeclared(graph, planned) : planned;
    const id = found?.id ?? (durability === 'exit' ? undefined : idOf(frame.planned));
    const before = found
      ? found.parentId && { configurable: { thread_id, checkpoint_ns, checkpoint_id: found.parentId } }
      : id !== undefined && last !== undefined && configOf(last);
    last = id;
    const checkpoint: CheckpointShown = {
      config: configOf(id),
      values: readState(graph, frame.channels),
      metadata: { source: source ?? found?.source ?? 'loop', step: frame.step, parents },
      next: frame.next.map(({ node }) => node),
      tasks: taskSnapshots(place(frame), (planned) =>
        threadConfig(thread_id!, undefined, nestedPlace(place(frame), planned).ns),
      ),
      ...(before && { parentConfig: before }),
    };
    listen.checkpoint?.({ ns: ns(), checkpoint });
  };
}
