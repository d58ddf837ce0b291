/**
 * The one loop that awaits: plan a superstep, run its tasks side by side, apply their writes, tell the boundary, again.
 *
 * - L1 A finished task's result is kept, whatever its siblings do, and the task does not run again. Nodes that fail at once are all told.
 * - L2 A failure wins over an interrupt, and the interrupt stays pending; an interrupt wins over a Command for the graph around. Nobody is asked
 *   while what finished siblings wrote cannot be applied.
 * - L3 The loop returns only when every task that it started has ended, or has been stopped (X2).
 */
import { type Frame, nextNodes, pendingQuestions, type TaskRecord } from '../checkpoint/checkpoint.ts';
import { recursionLimitOf } from '../config.ts';
import { START } from '../constants.ts';
import { GraphRecursionError, type HoldpointError } from '../errors.ts';
import { type Cancel, limited } from './cancel.ts';
import { Keeping } from './keeping.ts';
import { inLanes } from './lanes.ts';
import { applyWrites, asDeclared, planStep, type Task, writeChannels } from './plan.ts';
import { readState } from './state.ts';
import type { Scope } from './scope.ts';
import { describe, runTask, type TaskEnd } from './task.ts';
import { type TellCheckpoint, tellPlan, toldTask } from './tell.ts';

export type LoopEnd = { readonly frame: Frame } & (
  | { readonly end: 'done' | 'interrupted' | 'drained' }
  | { readonly end: 'breakpoint'; readonly at?: 'before' | 'after' }
  | { readonly end: 'failed'; readonly error: unknown }
  | { readonly end: 'refused'; readonly error: HoldpointError }
);

/**
 * @param goingOn the run goes on from a stop: a breakpoint at which it stands does not stop it again
 */
export async function runLoop(
  scope: Scope,
  start: Frame,
  goingOn: boolean,
  tellCheckpoint?: TellCheckpoint,
): Promise<LoopEnd> {
  const { graph, config, lastStep } = scope;
  const before = config.interruptBefore ?? graph.breakpoints.before;
  const after = config.interruptAfter ?? graph.breakpoints.after;
  let frame = asDeclared(graph, start);
  let passing = goingOn;
  while (true) {
    if (frame.step + 1 > lastStep)
      return { end: 'failed', frame, error: new GraphRecursionError(recursionLimitOf(config)) };
    if (frame.next.length === 0) return { end: 'done', frame };
    const { cause } = scope.cancel;
    if (cause) return { end: 'failed', frame, error: cause.error };
    if (scope.draining()) return { end: 'drained', frame };
    if (before.length > 0 && !passing && stopsAt(before, nextNodes(frame)))
      return { end: 'breakpoint', at: 'before', frame };
    passing = false;
    const ended = await runStep(scope, frame);
    if (ended.end !== 'done') return ended;
    try {
      frame = applyWrites(graph, ended.frame, frame.planned + 1, scope.live !== undefined);
    } catch (error) {
      return { end: 'failed', frame: ended.frame, error };
    }
    tellValues(scope, ended.frame, frame.channels);
    if (stopsAt(after, frame.ran)) return { end: 'breakpoint', at: 'after', frame };
    tellCheckpoint?.(frame, 'loop');
    const saved = scope.boundary(frame);
    if (saved) await saved;
  }
}

/** Ends `done` when every task of the superstep has a result. */
async function runStep(scope: Scope, frame: Frame): Promise<LoopEnd> {
  let tasks: Task[];
  try {
    tasks = planStep(scope.graph, frame, scope.identity);
  } catch (error) {
    return { end: 'failed', frame, error };
  }
  const { listen } = scope;
  if (listen) tellPlan(listen, scope, frame, tasks);
  const { maxConcurrency = Infinity, stepTimeout = scope.graph.stepTimeout } = scope.config;
  const { cancel, end: endLimit } = limited(scope.cancel, { timeout: stepTimeout }, scope.sleep);
  const failures: unknown[] = [];
  const records = scope.live?.begin(frame) ?? new Map<string, TaskRecord>();
  const keeping = scope.keep && tasks.length > 1 ? new Keeping(scope, tasks.length) : undefined;
  const tell = (end: TaskEnd): void => {
    const { task } = end;
    if (end.end === 'finished' && listen?.update && !task.record.result && task.node.name !== START) {
      const { result, cached = false, left = false } = end;
      listen.update({ scope, frame, task: toldTask(scope, frame, task, result.by), result, cached, left });
    }
    const fails = end.end === 'failed' && (end.byItself || failures.length === 0);
    if (end.end === 'left' || fails) listen?.failure?.({ scope, frame, task, error: describe(end.error) });
    if (fails && failures.push(end.error) === 1) {
      void breath().then(() => cancel.abort(new DOMException('This operation was aborted', 'AbortError')));
    }
  };
  const run = async (task: Task): Promise<TaskEnd> => {
    const end = await endOf(scope, frame, task, cancel);
    tell(end);
    const counts = keeping ? await keeping.ended(end) : end;
    if (counts !== end) tell(counts);
    if ('record' in counts) records.set(task.path, counts.record);
    return counts;
  };
  let ends: readonly TaskEnd[];
  if (tasks.length === 1) ends = [await run(tasks[0]!)];
  else if (tasks.length <= maxConcurrency) ends = await Promise.all(tasks.map(run));
  else ends = await runSome(tasks, maxConcurrency, () => failures.length > 0 || cancel.cause !== undefined, run);
  endLimit();
  if (ends.length < tasks.length && failures.length === 0) failures.push(cancel.cause!.error); // told to stop between two tasks
  // A task that did not begin stays as it was found.
  const all = ends.length < tasks.length ? new Map([...frame.tasks, ...records]) : records;
  return settle(scope, { ...frame, tasks: all }, ends, failures);
}

/** So that nodes that fail at once fail by themselves: none of them is told of the other before. */
async function breath(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await Promise.resolve();
}

/** What is cancelled starts no more (X1). */
async function runSome(
  tasks: readonly Task[],
  atOnce: number,
  over: () => boolean,
  run: (task: Task) => Promise<TaskEnd>,
): Promise<TaskEnd[]> {
  const ends: TaskEnd[] = [];
  await inLanes(tasks, atOnce, async (task, i) => {
    if (!over()) ends[i] = await run(task);
  });
  return ends.filter(Boolean);
}

function endOf(scope: Scope, frame: Frame, task: Task, cancel: Cancel): Promise<TaskEnd> | TaskEnd {
  const { record } = task;
  if (record.result) return { end: 'finished', task, record, result: record.result };
  return runTask(scope, frame, task, cancel);
}

function settle(scope: Scope, frame: Frame, ends: readonly TaskEnd[], failures: readonly unknown[]): LoopEnd {
  const after = { frame };
  const refused = ends.find((ended) => ended.end === 'refused');
  if (refused) return { end: 'refused', ...after, error: refused.error };
  if (failures.length > 0) return { end: 'failed', ...after, error: errorOf(failures, frame.step + 1) };
  const stopped = stopOf(frame, ends);
  if (!stopped) {
    const left = ends.findLast((ended) => ended.end === 'left');
    return left ? { end: 'failed', ...after, error: left.error } : { end: 'done', ...after };
  }
  try {
    const channels = writeChannels(scope.graph, frame, frame.planned);
    if (!scope.nested) tellValues(scope, frame, channels);
  } catch (error) {
    return { end: 'failed', ...after, error };
  }
  return { end: stopped, ...after };
}

function errorOf(failures: readonly unknown[], step: number): unknown {
  if (failures.length === 1) return failures[0];
  const message = `Multiple errors occurred during superstep ${step}. See the "errors" field of this exception for more details.`;
  return new AggregateError(failures, message);
}

function stopOf(frame: Frame, ends: readonly TaskEnd[]): 'interrupted' | 'breakpoint' | 'drained' | undefined {
  if (ends.some(({ end }) => end === 'interrupted')) {
    return pendingQuestions(frame).length > 0 ? 'interrupted' : 'breakpoint';
  }
  return ends.some(({ end }) => end === 'drained') ? 'drained' : undefined;
}

/** Whether what stopped there may have been a breakpoint. A run that was cut off may have been about to stop, unless the superstep had begun. */
export function standsAtStop({ tookOver }: Scope, { tasks }: Frame): boolean {
  return !tookOver || tasks.size > 0;
}

function stopsAt(names: readonly string[] | '*', nodes: readonly string[]): boolean {
  return nodes.some((node) => node !== START && (names === '*' || names.includes(node)));
}

/** What the tasks of a frame made of the state, if they wrote anything. */
function tellValues({ listen, graph, toldAs }: Scope, after: Frame, channels: Frame['channels']): void {
  if (!listen?.values || ![...after.tasks.values()].some(({ result }) => result && result.writes.length > 0)) return;
  listen.values({ ns: toldAs(), values: readState(graph, channels), after });
}
