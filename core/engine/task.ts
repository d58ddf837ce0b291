/** Runs one task: the node, then its conditional edges. Whatever happens, it ends in a record. */
import type { Frame, TaskRecord, TaskResult } from '../checkpoint/checkpoint.ts';
import type { RunnableConfig } from '../config.ts';
import { isGraphInterrupt, type InterruptMismatch } from '../errors.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { inTask, TaskContext } from './context.ts';
import { readDestinations, readOutput } from './output.ts';
import { readState, reduceWrites, type Task } from './plan.ts';

export type TaskEnd =
  | { readonly end: 'finished'; readonly task: Task; readonly record: TaskRecord; readonly result: TaskResult }
  | { readonly end: 'interrupted'; readonly task: Task; readonly record: TaskRecord }
  | { readonly end: 'failed'; readonly task: Task; readonly record: TaskRecord; readonly error: unknown }
  /** The replay asked something else than was answered: the answer is not taken. */
  | { readonly end: 'refused'; readonly task: Task; readonly error: InterruptMismatch };

/** Refuses what cannot be stored: `unstorable_state`. */
export type Check = (value: unknown, where: string) => void;

export async function runTask(
  graph: GraphSpec,
  frame: Frame,
  task: Task,
  config: RunnableConfig,
  check: Check | undefined,
): Promise<TaskEnd> {
  const { record, node } = task;
  const context = new TaskContext({
    task,
    node: node.name,
    answers: record.answers,
    checkQuestions: graph.checkQuestions,
    check,
  });
  try {
    const result = await inTask(context, () => execute(graph, frame, task, config));
    if (context.mismatch) return { end: 'refused', task, error: context.mismatch };
    checkResult(result, node.name, check);
    return { end: 'finished', task, result, record: { answers: context.answers, questions: [], result } };
  } catch (error) {
    if (context.mismatch) return { end: 'refused', task, error: context.mismatch };
    const answers = context.answers;
    if (isGraphInterrupt(error)) {
      return { end: 'interrupted', task, record: { answers, questions: context.questionsOf(error) } };
    }
    return { end: 'failed', task, error, record: { answers, questions: [], error: describe(error) } };
  }
}

async function execute(graph: GraphSpec, frame: Frame, task: Task, config: RunnableConfig): Promise<TaskResult> {
  const { node } = task;
  const result = readOutput(graph, await node.run(task.input, config), `Node "${node.name}"`);
  if (node.branches.length === 0) return result;
  const targets = [...result.targets];
  const channels = reduceWrites(graph, frame.channels, result.writes, frame.planned);
  for (const branch of node.branches) {
    const decided = await branch.decide(readState(graph, channels), config);
    targets.push(...readDestinations(graph, branch, decided, `Conditional edge from "${node.name}"`));
  }
  return { writes: result.writes, targets };
}

function checkResult(result: TaskResult, node: string, check: Check | undefined): void {
  if (!check) return;
  for (const [channel, value] of result.writes) check(value, `Node "${node}", channel "${channel}"`);
  for (const target of result.targets) {
    if (typeof target !== 'string') check(target.input, `Node "${node}", Send to "${target.node}"`);
  }
}

function describe(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) };
}
