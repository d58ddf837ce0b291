/**
 * A graph that runs inside a task of another one: as a node, or called from one. It has no thread of its own: it stands in its
 * task's record (C14), so root and nested graphs are saved together, and a question of a nested graph is a question of the root.
 */
import { askedIn, type Frame, pendingQuestions, taskPath } from '../checkpoint/checkpoint.ts';
import { DEFAULT_RECURSION_LIMIT, type RunnableConfig } from '../config.ts';
import { GraphDrained, GraphInterrupt } from '../errors.ts';
import type { GraphSpec, State } from '../graph/spec.ts';
import { accept, blankFrame } from './accept.ts';
import { Cancel } from './cancel.ts';
import type { TaskContext } from './context.ts';
import type { Emit } from './events.ts';
import { runLoop } from './loop.ts';
import { identityOf, namespaceOf } from './namespace.ts';
import { type Identity, readState, taskId } from './plan.ts';
import { readRequest } from './request.ts';
import { nestedConfig, sharedConfig } from './runtime.ts';

/**
 * @param keepsState the graph's state outlives the task: the node's next run goes on from it
 * @throws what a node threw; GraphInterrupt, GraphDrained and ParentCommand on their way to the graph around
 */
export async function runNested(
  parent: TaskContext,
  graph: GraphSpec,
  input: unknown,
  config: RunnableConfig,
  keepsState: boolean,
  listen?: Emit,
): Promise<State> {
  const { scope, task } = parent;
  const { call, frame: found } = parent.openCall();
  const name = call === '0' ? task.node.name : `${task.node.name}|${call}`;
  const base = (keepsState && parent.keptFrame(name)) || blankFrame;
  const begun = found ?? accept(graph, base, readRequest(input), base.planned + 1, false).frame;
  const recursionLimit = config.recursionLimit ?? DEFAULT_RECURSION_LIMIT;
  const ns = [...scope.ns, ...namespaceOf(task.node.name, task.id, call)];
  const merged = nestedConfig(parent, config);
  const emit = nestedEmit(parent, call, listen);
  if (found) emit?.({ type: 'values', values: readState(graph, found.channels) });
  const end = await runLoop(
    {
      graph,
      nested: true,
      identity: identityOf(task.id, call),
      config: merged,
      shared: sharedConfig(merged, (chunk) => emit?.({ type: 'custom', chunk })),
      ns,
      cancel: new Cancel(parent.cancel),
      recursionLimit,
      lastStep: (found ?? base).step + recursionLimit + 2,
      check: scope.check,
      emit,
      boundary: () => undefined,
      checkpointId: scope.checkpointId,
      now: scope.now,
      draining: () => scope.draining(),
    },
    begun,
    begun.planned,
    found !== undefined,
  );
  parent.keepCall(call, end.frame);
  switch (end.end) {
    case 'done':
      if (keepsState) parent.keepFrame(name, end.frame);
      return readState(graph, end.frame.channels);
    case 'interrupted':
    case 'breakpoint':
      throw new GraphInterrupt(askedIn(pendingQuestions(end.frame)));
    case 'drained':
      throw new GraphDrained('nested graph');
    case 'failed':
      throw end.error;
    case 'refused':
      parent.refuse(end.error);
      throw end.error;
  }
}

/** Events go to whoever streams this graph, and under the task's name to whoever streams the graph around it. */
function nestedEmit({ scope, task }: TaskContext, call: string, listen: Emit | undefined): Emit | undefined {
  const { emit } = scope;
  if (!emit) return listen;
  const namespace = namespaceOf(task.node.name, task.id, call);
  return (event) => {
    listen?.(event);
    emit({ ...event, ns: [...namespace, ...(event.ns ?? [])] });
  };
}

/** Tells the questions of a run that has stopped and is saved: those of nested graphs first, each under its namespace. */
export function tellInterrupts(emit: Emit, frame: Frame, identity: Identity, ns: readonly string[] = []): void {
  for (const planned of frame.next) {
    const path = taskPath(planned);
    const id = taskId(identity, frame, path);
    for (const [call, nested] of frame.tasks.get(path)?.calls ?? []) {
      if (pendingQuestions(nested).length === 0) continue;
      tellInterrupts(emit, nested, identityOf(id, call), [...ns, ...namespaceOf(planned.node, id, call)]);
    }
  }
  const interrupts = askedIn(pendingQuestions(frame));
  emit({ type: 'interrupt', interrupts, ...(ns.length > 0 && { ns }) });
}
