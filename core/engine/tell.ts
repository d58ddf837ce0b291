/** What the loop tells its listener, beside what it can say in one line. */
import {
  askedIn,
  type Checkpoint,
  type CheckpointSource,
  type Frame,
  pendingQuestions,
  questionsOf,
  taskPath,
} from '../checkpoint/checkpoint.ts';
import { START } from '../constants.ts';
import { recursionLimitOf, threadConfig } from '../config.ts';
import type { TaskContext } from './context.ts';
import type { CheckpointShown, Listener, Namespace } from './events.ts';
import { identityOf, isTaskCall, namespaceOf, namespacesTo, nestedPlace, type Place } from './namespace.ts';
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

/**
 * Tells the questions of a run that has stopped and is saved: those of nested graphs first, each under its namespace.
 * @param isCall of a `task()`: what it asks, the graph that called it asks
 */
export function tellInterrupts(
  listen: Listener,
  frame: Frame,
  identity: Identity,
  ns: Namespace = [],
  isCall = false,
): void {
  const step = frame.step + 1;
  const nodes = new Map(frame.next.map((planned) => [taskPath(planned), planned.node]));
  const asked = [...frame.tasks].flatMap(([path, record]) => {
    const questions = questionsOf(record);
    if (questions.length === 0) return [];
    const name = nodes.get(path)!;
    return { task: { id: taskId(identity, frame, path), name }, calls: record.calls ?? [], questions };
  });
  for (const { task, calls } of asked) {
    for (const [call, nested] of calls) {
      if (pendingQuestions(nested).length === 0) continue;
      const inside = [...ns, ...namespaceOf(task.name, task.id, call)];
      const isTask = isTaskCall(call);
      tellInterrupts(isTask ? listen : listen.inside, nested, identityOf(task, call), inside, isTask);
    }
  }
  if (isCall) return;
  for (const { task, questions } of asked) listen.interrupt?.({ ns, step, interrupts: askedIn(questions), task });
  if (asked.length === 0) listen.interrupt?.({ ns, step, interrupts: [] });
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
  const { tags = [], runName, durability } = config;
  const thread_id = config.configurable?.thread_id;
  const checkpoint_ns = ns().join('|');
  const outside = around ? namespacesTo(checkpoint_ns).slice(0, -1) : [];
  const parents = Object.fromEntries(outside.map((name) => [name, around!.scope.checkpointId(around!.frame.planned)]));
  const configOf = (checkpoint_id: string | undefined): object => ({
    configurable: { ...config.configurable, ...(around && { checkpoint_map: parents }), checkpoint_ns, checkpoint_id },
    metadata: { ...INTEGRATION, ...config.metadata, ...namesIn(config), ...(around && metadataOf(around)) },
    recursion_limit: recursionLimitOf(config),
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
      metadata: { source: source ?? found?.source ?? frame.source ?? 'loop', step: frame.step, parents },
      next: frame.next.map(({ node }) => node),
      tasks: taskSnapshots(place(frame), (planned) =>
        threadConfig(thread_id!, undefined, nestedPlace(place(frame), planned).ns),
      ),
      ...(before && { parentConfig: before }),
    };
    listen.checkpoint?.({ ns: ns(), checkpoint });
  };
}
