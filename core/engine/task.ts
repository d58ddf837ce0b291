/** Runs one task. Whatever happens, it ends in a record. */
import type { Frame, TaskRecord, TaskResult } from '../checkpoint/checkpoint.ts';
import { ParentCommand } from '../command.ts';
import { type HoldpointError } from '../errors.ts';
import { isGraphDrained, isGraphInterrupt } from '../signals.ts';
import { NodeCache } from '../policies/cache.ts';
import { once } from './attempt.ts';
import type { Cancel } from './cancel.ts';
import { inChain } from './chain.ts';
import { TaskContext } from './context.ts';
import { inTask } from './current.ts';
import type { Task } from './plan.ts';
import { nodeConfig } from './runtime.ts';
import type { Scope } from './scope.ts';

export type TaskEnd =
  | {
      readonly end: 'finished';
      readonly task: Task;
      readonly record: TaskRecord;
      readonly result: TaskResult;
      readonly cached?: true;
      /** By a graph that the node ran, on its way out. */
      readonly left?: true;
    }
  /** Stopped for questions, or drained inside: to be run again. */
  | { readonly end: 'interrupted' | 'drained'; readonly task: Task; readonly record: TaskRecord }
  /** Ends its graph with a Command for the one around. */
  | { readonly end: 'left'; readonly task: Task; readonly record: TaskRecord; readonly error: ParentCommand }
  | {
      readonly end: 'failed';
      readonly task: Task;
      readonly record: TaskRecord;
      readonly error: unknown;
      /** Before anything told it to stop. */
      readonly byItself: boolean;
    }
  /** The replay asked something else than was answered: the answer is not taken. */
  | { readonly end: 'refused'; readonly task: Task; readonly error: HoldpointError };

export async function runTask(scope: Scope, frame: Frame, task: Task, cancel: Cancel): Promise<TaskEnd> {
  const context = new TaskContext(scope, frame, task, cancel);
  context.config = nodeConfig(context);
  const cache = cacheOf(scope, task);
  try {
    const found = cache && (await cache.recall());
    if (found) return { end: 'finished', task, result: found, record: context.finished(found), cached: true };
    const run = (): Promise<TaskResult> => inTask(context, () => runNode(context));
    const work = scope.shared.callbacks ? inChain(context, run) : run();
    const result = await (cancel.stop ? cancel.race(work) : work);
    if (context.refusal) return { end: 'refused', task, error: context.refusal };
    checkResult(scope, result, task.node.name);
    if (cache && result.by === undefined) await cache.remember(result);
    const { left } = context.latest;
    return { end: 'finished', task, result, record: context.finished(result), ...(left && { left: true }) };
  } catch (error) {
    if (cancel.stop?.aborted) {
      await context.latest.callsEnded();
      context.latest.close();
    }
    if (context.refusal) return { end: 'refused', task, error: context.refusal };
    if (isGraphInterrupt(error)) return { end: 'interrupted', task, record: context.unfinished(error) };
    if (isGraphDrained(error)) return { end: 'drained', task, record: context.unfinished() };
    if (error instanceof ParentCommand) return { end: 'left', task, error, record: context.unfinished() };
    const byItself = cancel.cause === undefined;
    const stopped = frame.next.length === 1 && scope.cancel.stop?.aborted; // a node that its caller stopped has not failed
    const told = !stopped && { error: describe(error) };
    return { end: 'failed', task, error, byItself, record: { ...told, ...context.unfinished() } };
  }
}

function cacheOf({ cache, graph }: Scope, { node, input }: Task): NodeCache | undefined {
  return cache && node.cachePolicy && new NodeCache(cache, graph.name, node.name, node.cachePolicy, input);
}

/** As often as the node's policies allow. */
function runNode(context: TaskContext): Promise<TaskResult> {
  const { node, planned } = context.task;
  const attempt = planned.timeout ? node.timed?.(planned.timeout) : node.attempt;
  return (attempt ?? once)(context);
}

function checkResult({ graph, check }: Scope, result: TaskResult, node: string): void {
  if (!check) return;
  for (const [channel, value] of result.writes) {
    if (!graph.transient?.has(channel)) check(value, `Node "${node}", channel "${channel}"`);
  }
  for (const target of result.targets) {
    if (typeof target === 'string') continue;
    const { input } = target;
    check(graph.transient ? graph.transient.input(input) : input, `Node "${node}", Send to "${target.node}"`);
  }
}

/** Of whatever a node threw: it may be anything, even something that cannot be read. */
export function describe(error: unknown): { readonly name: string; readonly message: string } {
  try {
    if (error instanceof Error && [error.name, error.message].every((text: unknown) => typeof text === 'string')) {
      return { name: error.name, message: error.message };
    }
    return { name: 'Error', message: String(error) };
  } catch {
    return { name: 'Error', message: 'an error that cannot be read' };
  }
}
