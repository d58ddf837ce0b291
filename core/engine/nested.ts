/**
 * A graph that runs inside a task of another one: as a node, or called from one. It has no thread of its own: it stands in its
 * task's record (C14), so root and nested graphs are saved together, and a question of a nested graph is a question of the root.
 */
import { askedIn, type Frame, pendingQuestions, taskPath } from '../checkpoint/checkpoint.ts';
import { DEFAULT_RECURSION_LIMIT, type RunnableConfig } from '../config.ts';
import { GraphDrained, GraphInterrupt } from '../errors.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { accept, blankFrame } from './accept.ts';
import { Cancel, limited } from './cancel.ts';
import type { TaskContext } from './context.ts';
import type { Emit } from './events.ts';
import { runLoop } from './loop.ts';
import { identityOf, isTaskCall, namespaceOf } from './namespace.ts';
import { parseContext, parseRequest } from './parse.ts';
import { type Identity, readState, taskId } from './plan.ts';
import { readRequest } from './request.ts';
import { nestedConfig, sharedConfig } from './runtime.ts';
import type { Scope } from './scope.ts';
import { storedFrame } from './transient.ts';

/**
 * @param keepsState the graph's state outlives the task: the node's next run goes on from it
 * @throws what a node threw; GraphInterrupt, GraphDrained and ParentCommand on their way to the graph around
 */
export async function runNested(
  parent: TaskContext,
  graph: GraphSpec,
  input: unknown,
  given: RunnableConfig,
  keepsState: boolean,
  listen?: Emit,
): Promise<unknown> {
  const { scope, task } = parent;
  const { call, frame: found } = parent.openCall();
  const name = call === '0' ? task.node.name : `${task.node.name}|${call}`;
  const base = (keepsState && parent.keptFrame(name)) || blankFrame;
  let request = readRequest(input);
  let config = nestedConfig(parent, given);
  if (graph.input || graph.contextSchema) {
    config = await parseContext(graph, config);
    if (!found) request = await parseRequest(graph, request);
  }
  const begun = found ?? accept(graph, base, request, base.planned + 1, false).frame;
  const space = namespaceOf(task.node.name, task.id, call);
  const emit = nestedEmit(parent.emit, space, listen);
  if (found) emit?.({ type: 'values', values: readState(graph, found.channels) });
  const recursionLimit = config.recursionLimit ?? DEFAULT_RECURSION_LIMIT;
  const lastStep = (found ?? base).step + recursionLimit + 2;
  const ns = [...scope.ns, ...space];
  const stored = (frame: Frame): Frame => storedFrame(graph, frame);
  const own = { graph, config, recursionLimit, lastStep, ns, emit };
  const end = await runCall(parent, call, begun, found !== undefined, own, stored);
  if (keepsState) parent.keepFrame(name, stored(end));
  return readState(graph, end.channels, graph.output);
}

/**
 * Runs a graph that a task calls from where it stands to its end.
 * @param goingOn it stands at a stop: a breakpoint there does not stop it again
 * @param stored the frame as the task's record keeps it
 * @throws as `runNested`
 */
export async function runCall(
  parent: TaskContext,
  call: string,
  begun: Frame,
  goingOn: boolean,
  given: Pick<Scope, 'graph' | 'config' | 'recursionLimit' | 'lastStep' | 'ns' | 'emit'>,
  stored: (frame: Frame) => Frame = (frame) => frame,
): Promise<Frame> {
  const { scope, task } = parent;
  const { config, emit } = given;
  const { signal, timeout } = config === scope.config ? {} : config;
  const own = { timeout, signal: signal === parent.config.signal ? undefined : signal };
  const limit = limited(parent.cancel, own, scope.sleep);
  const end = await runLoop(
    {
      ...given,
      nested: true,
      identity: identityOf(task.id, call),
      shared: sharedConfig(given.graph, config, (chunk) => emit?.({ type: 'custom', chunk })),
      cancel: limit?.cancel ?? new Cancel(parent.cancel),
      check: scope.check,
      cache: given.graph.cache ?? scope.cache,
      boundary: (frame) => {
        parent.touch?.();
        parent.keepCall(call, stored(frame));
      },
      checkpointId: scope.checkpointId,
      now: scope.now,
      sleep: scope.sleep,
      draining: () => scope.draining(),
    },
    begun,
    begun.planned,
    goingOn,
  );
  limit?.end();
  parent.keepCall(call, stored(end.frame));
  switch (end.end) {
    case 'done':
      return end.frame;
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
function nestedEmit(emit: Emit | undefined, space: readonly string[], listen: Emit | undefined): Emit | undefined {
  if (!emit) return listen;
  return (event) => {
    listen?.(event);
    emit({ ...event, ns: [...space, ...(event.ns ?? [])] });
  };
}

/**
 * Tells the questions of a run that has stopped and is saved: those of nested graphs first, each under its namespace.
 * What a `task()` asks, the graph that called it asks.
 */
export function tellInterrupts(emit: Emit, frame: Frame, identity: Identity, ns: readonly string[] = []): void {
  tellNested(emit, frame, identity, ns);
  const interrupts = askedIn(pendingQuestions(frame));
  emit({ type: 'interrupt', interrupts, ...(ns.length > 0 && { ns }) });
}

function tellNested(emit: Emit, frame: Frame, identity: Identity, ns: readonly string[]): void {
  for (const planned of frame.next) {
    const path = taskPath(planned);
    const id = taskId(identity, frame, path);
    for (const [call, nested] of frame.tasks.get(path)?.calls ?? []) {
      if (pendingQuestions(nested).length === 0) continue;
      const tell = isTaskCall(call) ? tellNested : tellInterrupts;
      tell(emit, nested, identityOf(id, call), [...ns, ...namespaceOf(planned.node, id, call)]);
    }
  }
}
