/**
 * `task()`: a function whose result is kept with the thread. However often the node or entrypoint that calls it runs again, a
 * finished call returns what it returned.
 */
import { emptyRecord, type Frame } from '../checkpoint/checkpoint.ts';
import { END } from '../constants.ts';
import { blankFrame } from '../engine/accept.ts';
import type { TaskContext } from '../engine/context.ts';
import { requireTask } from '../engine/current.ts';
import type { Listener } from '../engine/events.ts';
import { identityOf } from '../engine/namespace.ts';
import { runCall } from '../engine/nested.ts';
import { Task, taskId } from '../engine/plan.ts';
import type { Check } from '../engine/scope.ts';
import { describe } from '../engine/task.ts';
import { isGraphBubbleUp } from '../signals.ts';
import type { GraphSpec } from '../graph/spec.ts';
import type { CachePolicy } from '../policies/cache.ts';
import type { RetryPolicy } from '../policies/retry.ts';
import type { TimeoutPolicy } from '../policies/timeout-policy.ts';
import { functionGraph, type NoGenerator, valueOf } from './function-graph.ts';

export interface TaskOptions {
  /** Finished calls are told apart by this name, and by their order among the calls of the same name. */
  readonly name: string;
  /** Run it again when it throws. */
  readonly retry?: RetryPolicy;
  /** How long an attempt may take: milliseconds, or a policy. */
  readonly timeout?: number | TimeoutPolicy;
  /** Keep what it returns in the `cache` of the entrypoint or graph, and use it again for the same arguments. */
  readonly cachePolicy?: CachePolicy | boolean;
}

/** Where a failed call keeps its error, for a node that caught it. */
const ERROR = '__error__';

/** In the superstep of the task around. */
function begunIn({ frame }: TaskContext): Frame {
  return { ...blankFrame, step: frame.step };
}

/**
 * @throws HoldpointError `invalid_argument` for a generator; the result throws `outside_graph` when it is called outside of a node
 * @example
 * const charge = task('charge', async (order: Order) => payments.charge(order)); // once, also when the node runs again
 */
export function task<Args extends unknown[], Output>(
  optionsOrName: TaskOptions | string,
  fn: NoGenerator<Args, Output>,
): (...args: Args) => Promise<Awaited<Output>> {
  const options: TaskOptions = typeof optionsOrName === 'string' ? { name: optionsOrName } : optionsOrName;
  const { name, retry: retryPolicy, timeout, cachePolicy } = options;
  const graph = functionGraph({ name, retryPolicy, timeout, cachePolicy }, 'task', fn, (args) => fn(...(args as Args)));
  return async (...args) => {
    const parent = requireTask(`task "${name}"`);
    return parent.watch(runTaskCall(parent, graph, args)) as Promise<never>;
  };
}

async function runTaskCall(parent: TaskContext, graph: GraphSpec, args: readonly unknown[]): Promise<unknown> {
  const { scope } = parent;
  const { call, frame } = parent.openCall(graph.name);
  if (frame?.next.length === 0) return replay(parent, call, frame, graph, args);
  const stands = frame ?? begunIn(parent);
  const given = {
    graph: scope.shared.store ? { ...graph, store: scope.shared.store } : graph,
    config: scope.config,
    lastStep: Number.POSITIVE_INFINITY,
    ns: () => parent.namespace,
    listen: parent.listen && listenAround(parent.listen),
    toldAs: scope.toldAs,
  };
  let end: Frame;
  try {
    end = await runCall(parent, call, withInput(stands, graph.name, args), true, given, withoutInput);
  } catch (error) {
    if (!isGraphBubbleUp(error)) parent.keepFailure(call, failedFrame(stands, error, scope.check));
    throw error;
  }
  const id = taskId(identityOf(parent.task, call), stands, graph.name);
  const counts = await keepEnd(parent, id, call, end);
  return valueOf(counts.channels);
}

/** At once (D5). When another run was first, what its call returned counts. */
async function keepEnd(parent: TaskContext, id: string, call: string, end: Frame): Promise<Frame> {
  const { scope, task } = parent;
  if (!scope.keep || parent.over) return end;
  const record = { ...emptyRecord, calls: new Map([[call, end]]) };
  const first = await scope.keep({ id, taskId: task.id, record });
  const counts = first.calls!.get(call)!;
  if (first !== record) parent.keepCall(call, counts);
  return counts;
}

/** Told as a call that begins, and has its result already. @throws the error that the call ended with */
function replay(parent: TaskContext, call: string, frame: Frame, graph: GraphSpec, input: unknown): unknown {
  const failed = frame.channels.get(ERROR);
  if (failed) throw failed.value;
  const value = valueOf(frame.channels);
  const { scope, task, listen, namespace } = parent;
  if (!listen) return value;
  const begun = begunIn(parent);
  const planned = { node: graph.name, input };
  const told = {
    scope: { ...scope, ns: () => namespace },
    frame: begun,
    task: new Task(graph, graph.nodes.get(graph.name)!, planned, begun, identityOf(task, call)),
  };
  listen.task?.(told);
  listen.update?.({ ...told, result: { writes: [[END, value]], targets: [] }, cached: true, left: false });
  return value;
}

function withInput(frame: Frame, node: string, input: unknown): Frame {
  return { ...frame, next: [{ node, input }] };
}

/** Arguments are not stored: whoever calls again brings them. */
function withoutInput(frame: Frame): Frame {
  return { ...frame, next: frame.next.map(({ node }) => ({ node })) };
}

/** A call that is over: it throws again when it is replayed. */
function failedFrame(frame: Frame, error: unknown, check: Check | undefined): Frame {
  let value = error;
  try {
    check?.(error, 'Error');
  } catch {
    const { name, message } = describe(error);
    value = Object.assign(new Error(message), { name });
  }
  return { ...frame, next: [], tasks: new Map(), channels: new Map([[ERROR, { version: 0, value }]]) };
}

/** A call is a task of the graph around it, whose state it does not change. */
function listenAround(listen: Listener): Listener {
  const { values: _, checkpoint: __, ...rest } = listen;
  return rest;
}
