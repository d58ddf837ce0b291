/** Runs one task: the node, then its conditional edges. Whatever happens, it ends in a record. */
import type { Frame, TaskRecord, TaskResult } from '../checkpoint/checkpoint.ts';
import { isForParent, ParentCommand } from '../command.ts';
import { INTERRUPT } from '../constants.ts';
import { type HoldpointError, InvalidUpdateError, isGraphDrained, isGraphInterrupt } from '../errors.ts';
import { isInterrupted } from '../interrupt.ts';
import { NodeCache } from '../policies/cache.ts';
import type { Cancel } from './cancel.ts';
import { inChain, inRouterChain } from './chain.ts';
import { inTask, TaskContext } from './context.ts';
import { readDestinations, readOutput } from './output.ts';
import { parseWrites } from '../schema/parse.ts';
import { type Task } from './plan.ts';
import { lendState, reduceWrites } from './state.ts';
import { nodeConfig } from './runtime.ts';
import type { Scope } from './scope.ts';
import { storedInput } from './transient.ts';

export type TaskEnd =
  | {
      readonly end: 'finished';
      readonly task: Task;
      readonly record: TaskRecord;
      readonly result: TaskResult;
      readonly cached?: true;
    }
  /** Stopped for questions, or drained inside: to be run again. */
  | { readonly end: 'interrupted' | 'drained'; readonly task: Task; readonly record: TaskRecord }
  /** Ends its graph with a Command for the one around. */
  | { readonly end: 'left'; readonly task: Task; readonly record: TaskRecord; readonly error: ParentCommand }
  | { readonly end: 'failed'; readonly task: Task; readonly record: TaskRecord; readonly error: unknown }
  /** The replay asked something else than was answered: the answer is not taken. */
  | { readonly end: 'refused'; readonly task: Task; readonly error: HoldpointError };

export async function runTask(scope: Scope, frame: Frame, task: Task, cancel: Cancel): Promise<TaskEnd> {
  const context = new TaskContext(scope, frame, task, cancel);
  context.config = nodeConfig(context);
  const cache = cacheOf(scope, task);
  try {
    const found = cache && (await cache.recall());
    if (found) return { end: 'finished', task, result: found, record: context.finished(found), cached: true };
    const run = (returned?: (output: unknown) => void): Promise<TaskResult> =>
      inTask(context, () => runNode(context, returned));
    const work = scope.shared.callbacks ? inChain(context, run) : run();
    const result = await (cancel.stop ? cancel.race(work) : work);
    if (context.refusal) return { end: 'refused', task, error: context.refusal };
    checkResult(scope, result, task.node.name);
    if (cache && result.by === undefined) await cache.remember(result);
    return { end: 'finished', task, result, record: context.finished(result) };
  } catch (error) {
    if (cancel.stop?.aborted) {
      await context.latest.callsEnded();
      context.latest.close();
    }
    if (context.refusal) return { end: 'refused', task, error: context.refusal };
    if (isGraphInterrupt(error)) return { end: 'interrupted', task, record: context.unfinished(error) };
    if (isGraphDrained(error)) return { end: 'drained', task, record: context.unfinished() };
    if (error instanceof ParentCommand) return { end: 'left', task, error, record: context.unfinished() };
    return { end: 'failed', task, error, record: { error: describe(error), ...context.unfinished() } };
  }
}

function cacheOf({ cache, graph }: Scope, { node, input }: Task): NodeCache | undefined {
  return cache && node.cachePolicy && new NodeCache(cache, graph.name, node.name, node.cachePolicy, input);
}

async function runNode(context: TaskContext, returned?: (output: unknown) => void): Promise<TaskResult> {
  const output = await callNode(context);
  returned?.(output);
  if (context.refusal) throw context.refusal;
  leaveForParent(context.scope, context.task, output);
  const { latest } = context;
  return await (latest === context ? route(context, output) : inTask(latest, () => route(latest, output)));
}

/** Ends when all that the node called has ended. A Command that a nested graph sends to its parent arrives here as if the node had returned it. */
async function callNode(context: TaskContext): Promise<unknown> {
  const { node, input, planned } = context.task;
  const { timed = () => node } = node;
  try {
    const output = await (planned.timeout ? timed(planned.timeout) : node).run(input, context.config);
    if (isInterrupted(output)) context.stopFor(output[INTERRUPT]);
    return output;
  } catch (error) {
    if (error instanceof ParentCommand) return error.command;
    throw error;
  } finally {
    const calls = context.callsEnded();
    if (calls) await calls;
  }
}

async function route(context: TaskContext, output: unknown): Promise<TaskResult> {
  const { scope, frame, task, config, handler, pushed } = context;
  const { graph } = scope;
  const { node } = task;
  const who = `Node "${handler?.by ?? node.name}"`;
  let result = node.interpret?.(output) ?? readOutput(graph, output, who);
  if (pushed) result = { ...result, writes: [...pushed.filter(([key]) => graph.channels.has(key)), ...result.writes] };
  // The input was parsed when it came.
  if (graph.parses && node.name !== graph.entry) {
    result = { ...result, writes: await parseWrites(graph.channels, result.writes, who) };
  }
  if (handler) return { ...result, by: handler.by };
  if (node.branches.length === 0) return result;
  const targets = [...result.targets];
  const channels = reduceWrites(graph, frame.channels, result.writes, frame.planned);
  for (const [i, branch] of node.branches.entries()) {
    const state = lendState(graph, channels);
    const decide = (): unknown => branch.decide(state, config);
    const decided = await (config.callbacks && !branch.isRunnable
      ? inRouterChain(context, i, state, decide)
      : decide());
    targets.push(...readDestinations(graph, branch, decided, `Conditional edge from "${node.name}"`));
  }
  return { writes: result.writes, targets };
}

/** A Command for the graph around ends this one, on its way there. */
function leaveForParent({ nested }: Scope, task: Task, output: unknown): void {
  const command: unknown = Array.isArray(output) ? output.find(isForParent) : output;
  if (!isForParent(command)) return;
  if (nested) throw new ParentCommand(command);
  throw new InvalidUpdateError(`Node "${task.node.name}": There is no parent graph for its Command.PARENT.`);
}

function checkResult({ graph, check }: Scope, result: TaskResult, node: string): void {
  if (!check) return;
  for (const [channel, value] of result.writes) {
    if (!graph.transient?.has(channel)) check(value, `Node "${node}", channel "${channel}"`);
  }
  for (const target of result.targets) {
    if (typeof target !== 'string') check(storedInput(graph, target.input), `Node "${node}", Send to "${target.node}"`);
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
