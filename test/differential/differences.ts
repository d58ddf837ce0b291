/**
 * Where Holdpoint differs from LangGraph.js 1.7.3 on purpose: the whole list. A call that one of these covers is refused by Holdpoint with this
 * error and leaves the thread untouched; LangGraph is not asked.
 */
import { type Call, type Case, nested } from './description.ts';
import { isDeepStrictEqual } from 'node:util';
import { UNDEFINED } from './normalise.ts';
import type { Observation } from './session.ts';

/** What a thread is like before a call. */
export interface Standing {
  readonly exists: boolean;
  readonly pending: number;
  /** A superstep has finished in part. */
  readonly begun: boolean;
  /** Some of its questions have been answered. */
  readonly partly: boolean;
  /** Questions that an updateState has hidden (H4). A bare answer still finds one; `many` may be several, or gone. */
  readonly hidden: 'none' | 'one' | 'many';
  readonly nodes: readonly string[];
  readonly sends: boolean;
  readonly joins: boolean;
  /** A Command, an update came before. */
  readonly commanded: boolean;
  readonly updated: boolean;
  /** Decision 6: bare answers are given by id. */
  readonly leaks: boolean;
  readonly nests: boolean;
  /** Some nodes are deferred. */
  readonly defers: boolean;
  /** In its history. */
  readonly checkpoints: number;
  /** Places in its history: inputs that a null forked. */
  readonly forkedInputs: readonly number[];
  /** An answer came before, and a graph two deep has breakpoints. */
  readonly deepBreakpoints: boolean;
  /** Nodes that wait behind joins, or until nothing else is planned. */
  readonly behind: readonly string[];
}

export interface Refusal {
  /** Where it is decided. */
  readonly by: string;
  readonly error: unknown;
  applies(call: Call, standing: Standing): boolean;
}

export const refusals: readonly Refusal[] = [
  {
    by: 'decisions 5 and 7: an id that is not pending',
    error: { refused: 'interrupt_not_pending' },
    applies: ({ ask }, { exists }) => ask.do === 'wrong' && exists,
  },
  {
    by: 'decision 3: one answer, several questions',
    error: { refused: 'ambiguous_answer' },
    applies: ({ ask }, { pending }) => ask.do === 'answer' && pending > 1,
  },
  {
    by: 'I22, B2: an answer, no question',
    error: { refused: 'nothing_to_resume' },
    applies: ({ ask }, { exists, pending, hidden }) =>
      exists && pending === 0 && hidden === 'none' && (ask.do === 'answer' || ask.do === 'answers'),
  },
  {
    by: 'I22: a thread that does not exist has nothing to answer or continue',
    error: { refused: 'unknown_thread' },
    applies: ({ ask }, { exists }) => !exists && ['answer', 'answers', 'wrong', 'continue'].includes(ask.do),
  },
  {
    by: 'H4: an update that names no node while some have finished and others wait; LangGraph drops those that wait',
    error: { refused: 'update' },
    applies: ({ ask, at }, { begun, sends }) =>
      ask.do === 'update' && ask.asNode === undefined && at === undefined && begun && !sends,
  },
  {
    by: 'K4: a goto to an unknown node',
    error: { name: 'InvalidUpdateError' },
    applies: ({ ask }, { nodes }) => ask.do === 'command' && ask.goto.some((name) => !nodes.includes(name)),
  },
];

/**
 * Calls that are not compared, nor what comes after them.
 * - L1, K1 A Command that comes while some have finished and others wait: it lets the finished ones run again in LangGraph.
 * - K1 A Command that goes to a node whose join is complete: that join never leads anywhere again in LangGraph.
 * - G3 A Command where nodes are deferred: a goto to one does nothing in LangGraph.
 * - H7, K3 A Command at a checkpoint of the past: two new checkpoints in LangGraph, a fork and an input; one here.
 * - H4 An update that names no node after one that named another; one that speaks for a node behind a join, or a deferred one, which is skipped here only;
 *   one that speaks for a source of a join that is complete, which counts for the next time here, and not at all in LangGraph.
 * - K1 A branch off a checkpoint of the past after a Command: its update may be shown there too in LangGraph.
 * - H4 An update that names no node after a Command: LangGraph takes the node that the Command went to, of all that ran last.
 * - H4 An update that names no node, of an input that a null has forked: LangGraph does not know whom it speaks for.
 * - B2 A null or an answer where a graph two deep has breakpoints, after an answer: LangGraph never passes them.
 * - H7 A null input at the newest checkpoint begins nested graphs anew in LangGraph; here it goes on.
 * - A2 New input where joins or deferred nodes are: sources of the run before count for the joins of the new one in LangGraph, and what it deferred
 *   runs in the new one.
 * - py#6956 An update while a task that was answered asks again: it is one that ran last in LangGraph. Where the update names a node, only joins tell.
 * - Decision 6: A bare answer to a question that an update has hidden, where it would answer the next one too in LangGraph.
 * - H4 Answers to several questions that an update has hidden, or to one of a nested graph: it is asked anew first. An update that names no node speaks for START after Sends in LangGraph.
 */
export function isLeftOut({ ask, at }: Call, standing: Standing): boolean {
  const {
    begun,
    partly,
    exists,
    joins,
    hidden,
    sends,
    commanded,
    updated,
    behind,
    nests,
    defers,
    leaks,
    checkpoints,
    forkedInputs,
    deepBreakpoints,
  } = standing;
  if (at !== undefined && (commanded || (nests && at % checkpoints === 0))) return true;
  if (deepBreakpoints && ['continue', 'answer', 'answers'].includes(ask.do)) return true;
  switch (ask.do) {
    case 'command':
      return begun || at !== undefined || defers || ask.goto.some((name) => behind.includes(name));
    case 'update':
      if (ask.asNode !== undefined) return behind.length > 0 || (partly && joins);
      return partly || sends || updated || commanded || (at !== undefined && forkedInputs.includes(at % checkpoints));
    case 'answer':
      return hidden === 'many' || (hidden === 'one' && leaks);
    case 'answers':
      return hidden !== 'none';
    case 'input':
      return exists && (joins || defers);
    case 'continue':
    case 'wrong':
      return false;
  }
}

/**
 * After which a thread is no longer compared: of this call only the error, or less.
 * - L2 Writes of finished siblings that collide: LangGraph cannot read the thread any more.
 * - L3 A failure beside others: LangGraph aborts those that have not ended, Holdpoint waits for them and keeps what they wrote.
 * - L3 A failure in a nested graph, or beside one: as above, unseen.
 */
export function endOf({ outcome, state }: Observation, nests: boolean): 'collision' | 'aborted' | 'lost' | undefined {
  const { error } = outcome as { error?: { name?: unknown; lc_error_code?: unknown } };
  if ('unreadable' in (state as object) || error?.lc_error_code === 'INVALID_CONCURRENT_GRAPH_UPDATE')
    return 'collision';
  const { tasks } = state as { tasks: readonly { error?: unknown }[] };
  if (tasks.some((task) => task.error === 'AbortError')) return 'aborted';
  return error && nests ? 'lost' : undefined;
}

/** L2: nobody is asked while what finished siblings wrote cannot be applied, not even inside a nested graph. */
export function drops({ outcome }: Observation): 'collision' | undefined {
  const { error } = outcome as { error?: { lc_error_code?: unknown } };
  return error?.lc_error_code === 'INVALID_CONCURRENT_GRAPH_UPDATE' ? 'collision' : undefined;
}

export interface Situation {
  readonly nests: boolean;
  /** Some nodes are tried again: what runs beside them ends before or after, as time goes. */
  readonly retries: boolean;
  /** In either library. */
  readonly edgeAsks: boolean;
  readonly end: ReturnType<typeof endOf>;
}

/** An observation with what may differ taken out, on both sides. */
export function accepted(
  { outcome, ran, state, history }: Observation,
  { nests, retries, edgeAsks, end }: Situation,
): unknown {
  const { error } = outcome as { error?: unknown };
  // Which comes first, the failure or the question, is a matter of time then.
  if (end && end !== 'lost' && (nests || edgeAsks)) return undefined;
  switch (end) {
    case 'aborted':
    case 'collision':
      return { error };
    case 'lost':
      return { error, values: (state as { values: unknown }).values };
    case undefined:
      return {
        outcome: edgeAsks ? undefined : chunksOf(outcome, nests, retries),
        ran: nests || retries ? ran.toSorted() : ran,
        state: withUnfinished(state, error !== undefined, nests),
        history: history.map((one, i) => withUnfinished(one, i === 0 && error !== undefined, nests)),
      };
  }
}

/** S1: a run to its end that wrote nothing results in undefined in LangGraph, here in the state. */
export function withResult(theirs: Observation): Observation {
  const { result } = theirs.outcome as { result?: unknown };
  const { values } = theirs.state as { values?: unknown };
  return result === UNDEFINED ? { ...theirs, outcome: { result: values } } : theirs;
}

interface ShownTask {
  readonly name: string;
  readonly interrupts: readonly { readonly value: unknown }[];
  readonly error?: unknown;
  readonly result?: unknown;
}

/**
 * py#6956: after an answer, a task that asks its next question, fails, or stops at a breakpoint of a graph in it, is missing in LangGraph's `next`.
 * A task that failed once shows its error there for ever.
 */
function withUnfinished(state: unknown, failed: boolean, nests: boolean): unknown {
  const { next = [], tasks = [], ...rest } = state as { next?: readonly string[]; tasks?: readonly ShownTask[] };
  const shown = tasks.map((task) => (failed && task.interrupts.length === 0 ? task : { ...task, error: undefined }));
  const unfinished = shown.filter(
    ({ interrupts, error, result }) => interrupts.length > 0 || error !== undefined || (nests && result === undefined),
  );
  return { ...rest, tasks: shown, next: [...new Set([...unfinished.map(({ name }) => name), ...next])].sort() };
}

/** I18: while an edge asks, LangGraph's results and chunks hold what its node wrote, though its state does not. */
export function edgeAsks({ state }: Observation): boolean {
  const { tasks = [] } = state as { tasks?: readonly ShownTask[] };
  return tasks.some(({ interrupts }) => interrupts.some(({ value }) => String(value).endsWith(': go?')));
}

/**
 * T2: LangGraph tells a question when it is asked, perhaps before what siblings wrote: here it comes when it is saved and can be answered. P3: a
 * task that fails, or leaves for the parent, after an answer is told there as if it had written nothing. Namespaces run side by side. The checkpoint at the
 * recursion limit is told here only. A task that failed once shows its error there for ever.
 */
function chunksOf(outcome: unknown, nests: boolean, retries: boolean): unknown {
  const { chunks, ...rest } = outcome as { chunks?: readonly unknown[] };
  if (!chunks) return outcome;
  const last = 'error' in rest ? chunks.findLastIndex((chunk) => !('next' in payloadOf(chunk))) + 1 : chunks.length;
  const told = chunks
    .slice(0, last)
    .filter((chunk) => !isQuestion(chunk) && !(('error' in rest || nests) && isEmpty(chunk)));
  const spaces = new Map<string, unknown[]>();
  for (const chunk of told) {
    const space = nests && Array.isArray(chunk) ? JSON.stringify(chunk[0]) : '';
    const { tasks } = payloadOf(chunk) as { readonly tasks?: readonly ShownTask[] };
    const shown = tasks ? { ...payloadOf(chunk), tasks: tasks.map((task) => ({ ...task, error: undefined })) } : chunk;
    spaces.set(space, [...(spaces.get(space) ?? []), shown]);
  }
  // Tasks of nested graphs have no names here, so those of one node share a space.
  const inOrder = ([space, all]: [string, unknown[]]): unknown => [
    space,
    retries || space.includes('#?') ? texts(all).sort() : all,
  ];
  return {
    ...rest,
    told: [...spaces].sort(([a], [b]) => (a < b ? -1 : 1)).map(inOrder),
    // T2: LangGraph tells questions as they are asked, before the failure of a sibling too.
    questions: 'error' in rest ? [] : texts(chunks.filter(isQuestion)).sort(),
  };
}

/** Of what is told in any order: ids are numbered as they come, so they say nothing here. */
function texts(told: readonly unknown[]): string[] {
  return told.map((one) => JSON.stringify(one, withSortedKeys).replaceAll(/#\d+/g, '#'));
}

function withSortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Decision 6: a bare answer in LangGraph answers the next question too, when it was one of a nested graph, when the run goes on with null or by id, or
 * when a task that had failed asks. It is answered by id then.
 */
export function leaksAnswers({ graph, calls }: Case): boolean {
  const fails = JSON.stringify(graph).includes('"fail"');
  return nested(graph) || fails || calls.some(({ ask }) => ask.do === 'continue' || ask.do === 'answers');
}

/** Without namespace and mode, and what mode debug puts round it. */
function payloadOf(chunk: unknown): Readonly<Record<string, unknown>> {
  const told = Object([chunk].flat().at(-1)) as Readonly<Record<string, unknown>>;
  return (told['payload'] ?? told) as Readonly<Record<string, unknown>>;
}

function isQuestion(chunk: unknown): boolean {
  const { interrupts = [], result, __interrupt__ } = payloadOf(chunk);
  return __interrupt__ !== undefined || (result !== undefined && (interrupts as readonly unknown[]).length > 0);
}

function isEmpty(chunk: unknown): boolean {
  return Object.values(payloadOf(chunk)).some((update) => isDeepStrictEqual(update, {}));
}
