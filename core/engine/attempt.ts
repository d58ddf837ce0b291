/** An attempt of a task: the node in a context of its own, then what it returned, then where its edges lead. Policies decide how often, and for how long. */
import type { TaskResult } from '../checkpoint/checkpoint.ts';
import { Command, isForParent, isParentCommand, isSend, ParentCommand } from '../command.ts';
import type { LangGraphRunnableConfig } from '../config.ts';
import { InvalidUpdateError } from '../errors.ts';
import type { NodeSpec } from '../graph/spec.ts';
import { parseWrites } from '../schema/parse.ts';
import type { Cancel } from './cancel.ts';
import { inRouterChain } from './chain.ts';
import { type Handling, TaskContext } from './context.ts';
import { readDestinations, readOutput } from './output.ts';
import { nodeConfig } from './runtime.ts';
import { lendState, reduceWrites } from './state.ts';

/** What a node does in a context. Policies take one and give one. */
export type Attempt = (context: TaskContext) => Promise<TaskResult>;

export interface AttemptOptions {
  /** @default that of the attempt before */
  readonly cancel?: Cancel;
  /** @default that of the attempt before: a part of it */
  readonly attempt?: number;
  readonly config?: Partial<LangGraphRunnableConfig>;
  readonly handler?: Handling;
}

export function newAttempt(
  before: TaskContext,
  { cancel = before.cancel, attempt = before.attempt, config, handler }: AttemptOptions,
): TaskContext {
  const { scope, frame, task } = before;
  const context = new TaskContext(scope, frame, task, cancel, before, attempt, handler);
  const { callbacks } = before.config;
  context.config = Object.assign(nodeConfig(context), callbacks && { callbacks }, config);
  return context;
}

/** The node as it is, without policies. */
export const once: Attempt = (context) => runOnce(context, context.task.node.run);

/** @param run the node, or what speaks for it */
export async function runOnce(context: TaskContext, run: NodeSpec['run']): Promise<TaskResult> {
  const output = (context.returned = await call(context, run));
  if (context.refusal) throw context.refusal;
  leaveForParent(context, output);
  const { handler } = context;
  const { graph } = context.scope;
  const { node } = context.task;
  const who = `Node "${handler?.by ?? node.name}"`;
  let result = read(context, output, who);
  // The input was parsed when it came.
  if (graph.parses && node.name !== graph.entry) {
    const parsed = parseWrites(graph.channels, result.writes, who);
    result = { ...result, writes: parsed instanceof Promise ? await parsed : parsed };
  }
  if (handler) return { ...result, by: handler.by };
  return node.branches.length > 0 ? await route(context, result) : result;
}

/** Ends when all that the node called has ended. A Command that a nested graph sends to its parent arrives here as if the node had returned it. */
async function call(context: TaskContext, run: NodeSpec['run']): Promise<unknown> {
  const { node, input } = context.task;
  try {
    const returned = await run(input, context.config);
    return !node.interpret && isRunnable(returned) ? await returned.invoke(input, context.config) : returned;
  } catch (error) {
    if (isParentCommand(error)) return (context.left = error).command;
    throw error;
  } finally {
    const calls = context.callsEnded();
    if (calls) await calls;
  }
}

function read({ scope, task, pushed }: TaskContext, output: unknown, who: string): TaskResult {
  const { graph } = scope;
  const result = task.node.interpret?.(output) ?? readOutput(graph, output, who);
  if (!pushed) return result;
  return { ...result, writes: [...pushed.filter(([key]) => graph.channels.has(key)), ...result.writes] };
}

/** Where its conditional edges lead, too. */
async function route(context: TaskContext, { writes, targets: given }: TaskResult): Promise<TaskResult> {
  const { scope, frame, task, config } = context;
  const { graph } = scope;
  const { node } = task;
  const targets = [...given];
  const channels = reduceWrites(graph, frame.channels, writes, frame.planned);
  for (const [i, branch] of node.branches.entries()) {
    const state = lendState(graph, channels);
    const decide = (): unknown => branch.decide(state, config);
    const told = config.callbacks && !branch.isRunnable;
    const returned = await (told ? inRouterChain(context, i, state, decide) : decide());
    const decided = isRunnable(returned) ? await returned.invoke(state, config) : returned;
    targets.push(...readDestinations(graph, branch, decided, `Conditional edge from "${node.name}"`));
  }
  return { writes, targets };
}

/** As in LangChain, what a function returns is run in its place if it can be: a graph that a node chooses. */
function isRunnable(returned: unknown): returned is { invoke: NodeSpec['run'] } {
  return (returned as { readonly lc_runnable?: unknown } | null | undefined)?.lc_runnable === true;
}

/** The first. Those that only send (a ToolNode has one for each call) are one. */
function handedOver([first, ...others]: readonly Command[]): Command | undefined {
  const commands = first && onlySends(first) ? [first, ...others.filter(onlySends)] : [];
  if (commands.length < 2) return first;
  const update = commands.flatMap((one) => pairsOf(one.update));
  return new Command({ update, goto: commands.flatMap(({ goto }) => goto) });
}

function onlySends({ goto }: Command): boolean {
  return goto.length > 0 && goto.every(isSend);
}

function pairsOf(update: unknown): unknown[] {
  return Array.isArray(update) ? update : Object.entries(Object(update) as object);
}

/** A Command for the graph around ends this one, on its way there. To a graph of one function it is a value. */
function leaveForParent({ scope, task }: TaskContext, output: unknown): void {
  const { node } = task;
  const command = handedOver([output].flat().filter(isForParent));
  if (!command || node.interpret) return;
  if (scope.nested) throw new ParentCommand(command);
  throw new InvalidUpdateError(`Node "${node.name}": There is no parent graph for its Command.PARENT.`);
}
