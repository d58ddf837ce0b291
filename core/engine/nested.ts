/**
 * A graph that runs inside a task of another one: as a node, or called from one. It has no thread of its own: it stands in its
 * task's record (C14), so root and nested graphs are saved together, and a question of a nested graph is a question of the root.
 */
import { askedIn, checkpointIds, type Frame, pendingQuestions } from '../checkpoint/checkpoint.ts';
import { recursionLimitOf, type RunnableConfig } from '../config.ts';
import { GraphChanged } from '../errors.ts';
import { GraphDrained, GraphInterrupt } from '../signals.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { accept, blankFrame } from './accept.ts';
import { runIdWithin } from './callbacks.ts';
import { limited } from './cancel.ts';
import { Chain } from './chain.ts';
import type { TaskContext } from './context.ts';
import { inner, type Listener, type Namespace } from './events.ts';
import { keepAround, withSaid } from './kept.ts';
import { Live } from './live.ts';
import { runLoop, standsAtStop } from './loop.ts';
import { identityOf, isTaskCall } from './namespace.ts';
import { parseContext, parseRequest } from './parse.ts';
import { readState } from './state.ts';
import { readRequest } from './request.ts';
import { listenTo, nestedConfig, sharedConfig } from './runtime.ts';
import type { Scope } from './scope.ts';
import { checkpointTeller } from './tell.ts';
import { storedFrame } from './transient.ts';

/**
 * @param keepsState the graph's state outlives the task: the node's next run goes on from it
 * @param own who reads the stream of this very call
 * @throws what a node threw; GraphInterrupt, GraphDrained and ParentCommand on their way to the graph around
 */
export async function runNested(
  parent: TaskContext,
  graph: GraphSpec,
  input: unknown,
  given: RunnableConfig,
  keepsState: boolean,
  own?: Listener,
): Promise<unknown> {
  const opened = parent.openCall();
  const config = listenTo(nestedConfig(parent, given), own);
  const run = (called: RunnableConfig): Promise<unknown> =>
    runOpened(parent, graph, input, called, keepsState, opened, own);
  if (!config.callbacks) return run(config);
  const chain = await Chain.ofGraph(graph.name, input, config, (handlers) => runIdWithin(handlers, opened.call));
  return chain.around(async () => {
    if (opened.frame) {
      const checkpointId = parent.scope.checkpointId(parent.frame.planned);
      await chain.tell('handleResume', { status: 'pending', checkpointId, checkpointNs: parent.namespace });
    }
    return run({ ...config, callbacks: chain.callbacks });
  });
}

async function runOpened(
  parent: TaskContext,
  graph: GraphSpec,
  input: unknown,
  given: RunnableConfig,
  keepsState: boolean,
  { call, frame: found }: ReturnType<TaskContext['openCall']>,
  own: Listener | undefined,
): Promise<unknown> {
  const { scope, task } = parent;
  const name = call === '0' ? task.node.name : `${task.node.name}|${call}`;
  const base = (keepsState && parent.keptFrame(name)) || blankFrame;
  let request = readRequest(input);
  let config = given;
  if (graph.input || graph.contextSchema) {
    config = await parseContext(graph, config);
    if (!found) request = await parseRequest(graph, request);
  }
  const begun = found ?? accept(graph, base, request, base.planned + 1, false).frame;
  const ns = (): Namespace => (call === '0' ? parent.namespace : [...parent.namespace, call]);
  const listen = inner(own, parent.listen);
  if (found) listen?.values?.({ ns: ns(), values: readState(graph, found.channels) });
  const lastStep = (found ?? base).step + recursionLimitOf(config) + 2;
  const stored = (frame: Frame): Frame => storedFrame(graph, frame);
  const begins = { graph, config, lastStep, ns, listen, toldAs: ns };
  const end = await runCall(parent, call, begun, found !== undefined && standsAtStop(scope, found), begins, stored);
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
  given: Pick<Scope, 'graph' | 'config' | 'lastStep' | 'ns' | 'listen' | 'toldAs'>,
  stored: (frame: Frame) => Frame = (frame) => frame,
): Promise<Frame> {
  const { scope, task } = parent;
  const { config, listen, ns } = given;
  const { signal, timeout } = config === scope.config ? {} : config;
  // A signal costs more than the rest of a small graph, so the task's own is made only to be compared with another.
  const own = signal && signal !== parent.config.signal ? signal : undefined;
  const { cancel, end: endLimit } = limited(parent.cancel, { timeout, signal: own }, scope.sleep);
  const live = scope.live && new Live();
  const saves = live && !isTaskCall(call); // a task() has one superstep, and is kept when that ends (D5)
  let saved = true;
  const identity = identityOf(task, call);
  const keep = scope.keep && keepAround(scope.keep, task, call);
  const inside: Scope = {
    nested: true,
    identity,
    shared: sharedConfig(given.graph, config, (chunk) => listen?.custom?.({ ns: ns(), chunk })),
    cancel,
    check: scope.check,
    cache: given.graph.cache ?? scope.cache,
    boundary: (frame) => {
      parent.touch?.();
      if (!saves) return parent.keepCall(call, stored(frame));
      const saving = parent.progress(call, stored(frame));
      saved = saving !== undefined;
      return saving;
    },
    live,
    within: live && ((context) => (live.tell(context) ? parent.progress(call, stored(live.frame)) : undefined)),
    keep: keep && ((kept) => (saved ? keep(kept) : Promise.resolve(kept.record))),
    tookOver: scope.tookOver,
    fresh: scope.fresh,
    checkpointId: () => scope.checkpointId(parent.frame.planned),
    now: scope.now,
    sleep: scope.sleep,
    draining: scope.draining,
    ...given, // last: much cheaper than first
  };
  const tellCheckpoint =
    listen?.checkpoint && checkpointTeller(inside, checkpointIds(`${task.id}|${call}`), undefined, parent);
  tellCheckpoint?.(begun, goingOn ? undefined : 'input');
  const stands = withSaid(task.record.inside?.get(call), begun, identity);
  const end = await runLoop(inside, stands, goingOn, tellCheckpoint);
  endLimit();
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
      if (end.error instanceof GraphChanged) parent.refuse(end.error);
      throw end.error;
    case 'refused':
      parent.refuse(end.error);
      throw end.error;
  }
}
