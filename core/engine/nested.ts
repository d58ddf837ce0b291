/**
 * A graph that runs inside a task of another one: as a node, or called from one. It has no thread of its own: it stands in its
 * task's record (C14), so root and nested graphs are saved together, and a question of a nested graph is a question of the root.
 */
import { checkpointIds, pendingQuestions } from '../checkpoint/checkpoint.ts';
import { DEFAULT_RECURSION_LIMIT, type RunnableConfig } from '../config.ts';
import { GraphDrained, GraphInterrupt } from '../errors.ts';
import type { GraphSpec, State } from '../graph/spec.ts';
import { accept, blankFrame } from './accept.ts';
import { Cancel } from './cancel.ts';
import type { TaskContext } from './context.ts';
import { inner, type Listener } from './events.ts';
import { runLoop } from './loop.ts';
import { readState } from './plan.ts';
import { readRequest } from './request.ts';
import { listenTo, nestedConfig, sharedConfig } from './runtime.ts';
import { checkpointTeller, placeOf } from './tell.ts';

/**
 * @param keepsState the graph's state outlives the task: the node's next run goes on from it
 * @param own who reads the stream of this very call
 * @throws what a node threw; GraphInterrupt, GraphDrained and ParentCommand on their way to the graph around
 */
export async function runNested(
  parent: TaskContext,
  graph: GraphSpec,
  input: unknown,
  config: RunnableConfig,
  keepsState: boolean,
  own?: Listener,
): Promise<State> {
  const { scope, task } = parent;
  const { call, frame: found } = parent.openCall();
  const { identity, ns } = placeOf(task.node.name, task.id, call, scope.ns);
  const name = call === '0' ? task.node.name : `${task.node.name}|${call}`;
  const base = (keepsState && parent.keptFrame(name)) || blankFrame;
  const begun = found ?? accept(graph, base, readRequest(input), base.planned + 1, false).frame;
  const recursionLimit = config.recursionLimit ?? DEFAULT_RECURSION_LIMIT;
  const merged = listenTo(nestedConfig(parent, config), own);
  const listen = inner(own, scope.listen);
  const begins = {
    graph,
    nested: true,
    identity,
    config: merged,
    shared: sharedConfig(merged, (chunk) => listen?.custom?.({ ns, chunk })),
    ns,
    cancel: new Cancel(parent.cancel),
    recursionLimit,
    lastStep: (found ?? base).step + recursionLimit + 2,
    check: scope.check,
    listen,
    boundary: () => undefined,
    checkpointId: scope.checkpointId,
    now: scope.now,
    draining: () => scope.draining(),
  };
  const tellCheckpoint = listen && checkpointTeller(begins, checkpointIds(`${task.id}|${call}`), undefined, parent);
  if (found) listen?.values?.({ ns, values: readState(graph, found.channels) });
  tellCheckpoint?.(begun, begun.planned, found ? 'loop' : 'input');
  const end = await runLoop({ ...begins, tellCheckpoint }, begun, begun.planned, found !== undefined);
  parent.keepCall(call, end.frame);
  switch (end.end) {
    case 'done':
      if (keepsState) parent.keepFrame(name, end.frame);
      return readState(graph, end.frame.channels);
    case 'interrupted':
    case 'breakpoint':
      throw new GraphInterrupt(pendingQuestions(end.frame).map(({ id, value }) => ({ id, value })));
    case 'drained':
      throw new GraphDrained('nested graph');
    case 'failed':
      throw end.error;
    case 'refused':
      parent.refuse(end.error);
      throw end.error;
  }
}
