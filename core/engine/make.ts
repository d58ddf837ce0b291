/**
 * One superstep made by hand: what nodes would have returned, applied together. Their edges fire; what was planned is dropped, but what
 * finished tasks of an unfinished superstep wrote is kept, and they count for their joins.
 */
import {
  type CheckpointSource,
  emptyRecord,
  type Frame,
  type Planned,
  questionId,
  recordOf,
  type TaskRecord,
  type TaskResult,
  taskPath,
} from '../checkpoint/checkpoint.ts';
import { END, START } from '../constants.ts';
import { InvalidUpdateError } from '../errors.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { blankFrame } from './accept.ts';
import { Cancel } from './cancel.ts';
import { readUpdate } from './output.ts';
import { parseInput } from './parse.ts';
import {
  applyWrites,
  asDeclared,
  finishedTasks,
  type Identity,
  knownNode,
  planNext,
  settleJoins,
  Task,
  taskId,
  visibleChannels,
} from './plan.ts';
import { sharedConfig } from './runtime.ts';
import { atRoot, type Check, type Scope } from './scope.ts';
import { runTask } from './task.ts';

export interface Update {
  readonly values: unknown;
  /** The node that the update speaks for; END clears what is planned. @default the node that ran last */
  readonly asNode?: string | undefined;
  /** Accepted as in LangGraph, and not needed here. */
  readonly taskId?: string | undefined;
}

export interface Made {
  readonly frame: Frame;
  readonly source: Exclude<CheckpointSource, 'loop'>;
  /** What is to be made next. */
  readonly more?: readonly Update[];
}

interface About {
  /** The base is the newest: what its finished tasks wrote counts. */
  readonly live: boolean;
  readonly check: Check;
}

/** Stand for nodes. */
const COPY = '__copy__';
const INPUT = '__input__';

/**
 * @param base undefined on a new thread
 * @param planned the version that the frame is planned at
 */
export async function makeFrame(
  graph: GraphSpec,
  base: Frame | undefined,
  updates: readonly Update[],
  planned: number,
  identity: Identity,
  about: About,
): Promise<Made> {
  const [{ values, asNode }] = updates as [Update];
  const from = base ?? { ...blankFrame, step: -1 };
  const anew = { ...from, step: from.step + 1, planned, tasks: new Map<string, TaskRecord>() };
  const frame = about.live ? { ...anew, channels: visibleChannels(graph, from, planned) } : anew;
  const nothing = values === null || values === undefined;
  const alone = (what: string): void => {
    if (updates.length > 1) throw new InvalidUpdateError(`Cannot apply multiple updates when ${what}.`);
  };
  if (asNode === COPY) {
    alone('copying a checkpoint');
    if (!base) throw new InvalidUpdateError('Cannot copy a non-existent checkpoint.');
    const more = Array.isArray(values)
      ? values.filter(Array.isArray).map(([value, as]) => ({ values: value as unknown, asNode: as as string }))
      : [];
    return { frame: carry(from, anew, identity), source: 'fork', ...(more.length > 0 && { more }) };
  }
  if (asNode === INPUT) {
    alone('updating as input');
    if (nothing) throw new InvalidUpdateError(`Received no input writes for "${INPUT}".`);
    const input = await parseInput(graph, values);
    readUpdate(graph.channels, input, 'Input');
    const next = [{ node: graph.entry, input }, ...from.next.filter(({ node }) => node !== graph.entry)];
    return { frame: carry(from, { ...anew, step: (base ?? blankFrame).step + 1, next }, identity), source: 'input' };
  }
  if (nothing && asNode === END) {
    alone('clearing state');
    const { deferred, ...rest } = frame;
    return { frame: { ...rest, ...planNext(graph, [], deferred), joins: new Map() }, source: 'update' };
  }
  if (nothing && asNode === undefined && updates.length === 1) {
    return { frame: carry(from, { ...anew, tasks: finishedTasks(from) }, identity), source: 'update' };
  }
  return { frame: carry(from, await write(graph, from, frame, updates, identity, about), identity), source: 'update' };
}

async function write(
  graph: GraphSpec,
  from: Frame,
  frame: Frame,
  updates: readonly Update[],
  identity: Identity,
  { live, check }: About,
): Promise<Frame> {
  const names = updates.map(({ asNode }) => {
    if (asNode === START) return graph.entry;
    if (asNode !== undefined) return knownNode(graph, asNode, 'updateState as');
    if (updates.length === 1) return lastNode(from, live) ?? graph.entry;
    throw new InvalidUpdateError('"asNode" is required when applying multiple updates.');
  });
  const next = updates.map(({ values }, i): Planned => {
    const again = names.indexOf(names[i]!) < i;
    return { node: names[i]!, input: values, ...(again && { index: i }) };
  });
  const joins = live ? settleJoins(graph, from) : { waiting: from.joins, reached: [] };
  const deferred = live ? deferredBy(graph, from) : frame.deferred;
  const alone: Frame = { ...frame, step: from.step, next, joins: joins.waiting, ...(deferred && { deferred }) };
  const scope = scopeOf(graph, identity, check);
  const results: TaskResult[] = [];
  for (const planned of next) {
    // The update stands in for what the node would have returned.
    const values = planned.node === graph.entry ? await parseInput(graph, planned.input) : planned.input;
    const spec = { ...graph.nodes.get(planned.node)!, run: () => values };
    const end = await runTask(scope, alone, new Task(graph, spec, planned, alone, identity), scope.cancel);
    if ('error' in end) throw end.error;
    if (end.end !== 'finished') {
      throw new InvalidUpdateError(
        `updateState as "${planned.node}": its conditional edge asked a question, which an update cannot wait for.`,
      );
    }
    results.push(end.result);
  }
  // In the order in which the caller gave them, whatever their names.
  const result = {
    writes: results.flatMap(({ writes }) => writes),
    targets: [...results.flatMap(({ targets }) => targets), ...joins.reached],
  };
  const tasks = new Map([[taskPath(next[0]!), { ...emptyRecord, result }]]);
  return keepWaiting(graph, from, applyWrites(graph, { ...alone, tasks }, frame.planned), names);
}

/** With the deferred nodes that finished siblings lead to: these do not run again. */
function deferredBy(graph: GraphSpec, frame: Frame): Frame['deferred'] {
  if (!graph.defers) return undefined;
  const led = frame.next.flatMap((planned) => {
    const result = recordOf(frame, planned)?.result;
    const edges = result && result.by === undefined ? graph.nodes.get(planned.node)?.edges : [];
    return [...(edges ?? []), ...(result?.targets ?? [])];
  });
  const late = led.filter((target) => typeof target === 'string').filter((name) => graph.nodes.get(name)?.defer);
  return [...new Set([...(frame.deferred ?? []), ...late])];
}

/**
 * What waits behind a join, or until nothing else is planned, waits still: what led there has run, and does not run again for it. But a node that
 * the update speaks for is skipped.
 */
function keepWaiting(graph: GraphSpec, from: Frame, made: Frame, names: readonly string[]): Frame {
  const planned = new Set(made.next.map(taskPath));
  const finished = finishedTasks(from);
  const kept = from.next.filter(
    (one) =>
      (one.join !== undefined || graph.nodes.get(one.node)?.defer) &&
      !names.includes(one.node) &&
      !planned.has(one.node) &&
      !finished.has(one.node),
  );
  return kept.length === 0 ? made : asDeclared(graph, { ...made, next: [...made.next, ...kept] });
}

/** A superstep that has begun to finish is what ran last, else the one before. A checkpoint of the past is taken as it began. */
function lastNode(frame: Frame, live: boolean): string | undefined {
  const begun = live && finishedTasks(frame).size > 0;
  const nodes = begun ? [...new Set(frame.next.map(({ node }) => node))] : frame.ran;
  const [name, ...others] = nodes;
  if (others.length > 0) {
    throw new InvalidUpdateError(
      `Ambiguous update, specify "asNode": ${nodes.join(', ')} ran last. updateState(config, values, asNode) says which one it speaks for.`,
      { nodes },
    );
  }
  return name;
}

/** A node that waited for an answer, and waits to run still, can be answered before it asks again: its first question is pending. */
function carry(from: Frame, frame: Frame, identity: Identity): Frame {
  const tasks = new Map(frame.tasks);
  for (const planned of frame.next) {
    const path = taskPath(planned);
    const { answers, questions, result } = from.tasks.get(path) ?? { answers: [], questions: [] };
    const first = answers[0] ?? questions.find((question) => 'slot' in question);
    if (result || questions.length === 0 || !first) continue;
    const value = 'question' in first ? first.question : first.value;
    const id = questionId(taskId(identity, frame, path), first.slot);
    tasks.set(path, { answers: [], questions: [{ id, value, slot: first.slot, stale: true }] });
  }
  return tasks.size > 0 ? { ...frame, tasks } : frame;
}

function scopeOf(graph: GraphSpec, identity: Identity, check: Check): Scope {
  return {
    graph,
    nested: false,
    identity,
    config: {},
    shared: sharedConfig(graph, {}, () => undefined),
    ns: atRoot,
    cancel: new Cancel(),
    lastStep: 1,
    check,
    toldAs: atRoot,
    boundary: () => undefined,
    tookOver: false,
    checkpointId: () => '',
    now: () => 0,
    sleep: async () => undefined,
    draining: () => false,
  };
}
