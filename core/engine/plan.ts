/**
 * The scheduler: pure functions over frames. No awaits, nothing mutated.
 *
 * - S1 The tasks of a superstep begin with the Sends, as they were sent, then nodes by name; those of a loaded frame as they were declared.
 * - S2 Writes apply in a fixed order, whatever finished first: nodes by name, then Sends as they were sent.
 * - S3 A node that several edges lead to runs once; a Send is a task of its own each time.
 * - S4 A join's target runs in the superstep after the last of its sources, once, and the join begins anew.
 * - S6 A deferred node waits until nothing else is planned. Then all that wait run.
 */
import {
  emptyRecord,
  type Frame,
  type Planned,
  recordOf,
  type Stored,
  type Target,
  type TaskRecord,
  type TaskResult,
  taskPath,
} from '../checkpoint/checkpoint.ts';
import { START } from '../constants.ts';
import { GraphChanged, InvalidUpdateError } from '../errors.ts';
import type { GraphSpec, Join, NodeSpec } from '../graph/spec.ts';
import { hash128 } from '../hash.ts';
import { lendState, reduceWrites } from './state.ts';
import { wroteOf } from './wrote.ts';

export type TaskPath =
  | readonly [kind: '__pregel_pull', node: string]
  | readonly [kind: '__pregel_push', index: number, call: false];

/** What a task's id derives from, beside its place in the frame (K3). */
export interface Identity {
  readonly threadId: string;
  readonly incarnation: string;
}

export class Task {
  readonly node: NodeSpec;
  readonly planned: Planned;
  readonly path: string;
  readonly record: TaskRecord;
  readonly input: unknown;
  readonly #derive: () => string;
  #id: string | undefined;

  constructor(graph: GraphSpec, node: NodeSpec, planned: Planned, frame: Frame, identity: Identity) {
    this.node = node;
    this.planned = planned;
    this.path = taskPath(planned);
    this.record = frame.tasks.get(this.path) ?? emptyRecord;
    this.input = 'input' in planned ? planned.input : lendState(graph, frame.channels, node.reads);
    this.#derive = () => taskId(identity, frame, this.path);
  }

  /** 32 hex digits. */
  get id(): string {
    return (this.#id ??= this.#derive());
  }
}

/** 32 hex digits, the same on every replay, retry and take-over (K3). */
export function taskId({ threadId, incarnation }: Identity, { planned, step }: Frame, path: string): string {
  return hash128(`${threadId}|${incarnation}|${planned}|${step}|${path}`);
}

/** A task's place as LangGraph tells it. */
export function pathOf({ node, index }: Planned): TaskPath {
  return index === undefined ? ['__pregel_pull', node] : ['__pregel_push', index, false];
}

/** What made a task run, as LangGraph tells it. */
export function triggersOf({ node, index, join, ...planned }: Planned): readonly string[] {
  if (index !== undefined) return ['__pregel_push'];
  if (join !== undefined) return [`join:${join}:${node}`];
  return ['input' in planned ? START : `branch:to:${node}`];
}

/** The tasks of the next superstep. @throws GraphChanged when a planned node is gone */
export function planStep(graph: GraphSpec, frame: Frame, identity: Identity): Task[] {
  return frame.next.map((planned) => {
    const node = graph.nodes.get(planned.node) ?? (resultOf(frame, planned) && gone(planned.node));
    if (!node) throw nodeGone(graph, planned.node);
    return new Task(graph, node, planned, frame, identity);
  });
}

export function nodeGone(graph: GraphSpec, node: string): GraphChanged {
  const nodes = nodeNames(graph);
  return new GraphChanged(
    `The thread waits at node "${node}", which this graph does not have. Nodes: ${nodes.join(', ')}. ` +
      `The thread is untouched: deploy a graph with a node "${node}" again, or move it on with updateState.`,
    { node, nodes },
  );
}

/** Stands in for a node that had finished before a new version of the graph dropped it. It does not run again. */
function gone(name: string): NodeSpec {
  return { name, run: () => undefined, edges: [], branches: [], joins: [] };
}

const noTasks: Frame['tasks'] = new Map();

/**
 * The frame after a superstep in which every task has a result.
 * @param version the checkpoint version of the new frame
 * @param told what the tasks wrote is kept for histories
 * @throws InvalidUpdateError when a channel cannot take its updates
 */
export function applyWrites(graph: GraphSpec, frame: Frame, version: number, told = false): Frame {
  const targets: Target[] = [];
  const finished: NodeSpec[] = [];
  const ran = new Set<string>();
  for (const planned of inWriteOrder(frame.next)) {
    const node = graph.nodes.get(planned.node);
    const result = resultOf(frame, planned);
    if (node) ran.add(node.name);
    if (node && result?.by === undefined) {
      finished.push(node);
      targets.push(...node.edges);
    }
    if (result) targets.push(...result.targets);
  }
  const joins = passJoins(frame.joins, finished);
  const channels = writeChannels(graph, frame, version);
  return {
    step: frame.step + 1,
    planned: version,
    channels,
    joins: joins.waiting,
    ran: [...ran],
    tasks: noTasks,
    wrote: told ? wroteOf(frame, channels) : undefined,
    ...planNext(graph, targets, frame.deferred, joins.reached),
    ...keepFrames(frame),
  };
}

/** The frames that nested graphs keep between runs, with what the finished tasks hand on. */
function keepFrames(frame: Frame): Pick<Frame, 'kept'> {
  let { kept } = frame;
  for (const record of frame.tasks.values()) if (record.kept) kept = new Map([...(kept ?? []), ...record.kept]);
  return kept ? { kept } : {};
}

/** The channels with the writes of the finished tasks of the current superstep: what a reader of a waiting thread sees. */
export function writeChannels(graph: GraphSpec, frame: Frame, version: number): ReadonlyMap<string, Stored> {
  const writes: TaskResult['writes'][number][] = [];
  for (const planned of inWriteOrder(frame.next)) writes.push(...(resultOf(frame, planned)?.writes ?? []));
  return reduceWrites(graph, frame.channels, writes, version);
}

/** As `writeChannels`, for readers: they see the state without the unfinished superstep when its writes cannot be applied. */
export function visibleChannels(graph: GraphSpec, frame: Frame, version: number): ReadonlyMap<string, Stored> {
  try {
    return writeChannels(graph, frame, version);
  } catch {
    return frame.channels;
  }
}

/** The records of the tasks that need not run again. */
export function finishedTasks(frame: Frame): ReadonlyMap<string, TaskRecord> {
  return new Map([...frame.tasks].filter(([, { result }]) => result));
}

/** The joins after the finished tasks of an unfinished superstep, and the targets that they have reached. */
export function settleJoins(graph: GraphSpec, frame: Frame): { waiting: Frame['joins']; reached: readonly string[] } {
  const finished = frame.next.filter((planned) => {
    const result = resultOf(frame, planned);
    return result && result.by === undefined;
  });
  const { waiting, reached } = passJoins(
    frame.joins,
    finished.flatMap(({ node }) => graph.nodes.get(node) ?? []),
  );
  return { waiting, reached: reached.map(({ target }) => target) };
}

/** S6 @param plan plans those that need not wait */
export function planNext(
  graph: GraphSpec,
  targets: readonly Target[],
  waiting: readonly string[] = [],
  joins: readonly Join[] = [],
  plan = (now: readonly Target[], reached: readonly Join[]): readonly Planned[] => planTargets(now, reached),
): Pick<Frame, 'next' | 'deferred'> {
  if (!graph.defers) return { next: plan(targets, joins) };
  const late = new Set(waiting);
  const isNow = (target: Target): boolean => {
    const waits = typeof target === 'string' && graph.nodes.get(target)?.defer;
    if (waits) late.add(target);
    return !waits;
  };
  const next = plan(
    targets.filter(isNow),
    joins.filter(({ target }) => isNow(target)),
  );
  if (late.size === 0) return { next };
  return next.length > 0 ? { next, deferred: [...late] } : { next: planTargets([...late]) };
}

/** Targets as the tasks of one superstep: S1, S3. */
export function planTargets(targets: readonly Target[], joins: readonly Join[] = []): Planned[] {
  const nodes = new Map<string, Planned>();
  const sends: Planned[] = [];
  for (const target of targets) {
    if (typeof target === 'string') nodes.set(target, { node: target });
    else sends.push({ ...target, index: sends.length });
  }
  for (const { target, sources } of joins) {
    if (!nodes.has(target)) nodes.set(target, { node: target, join: sources.join('+') });
  }
  return [...sends, ...byName([...nodes.values()])];
}

/** As a run finds them that goes on, and a reader: nodes as they were declared. */
export function asDeclared(graph: GraphSpec, frame: Frame): Frame {
  if (frame.next.length < 2) return frame;
  const order = [...graph.nodes.keys()];
  const place = ({ node, index }: Planned): number => (index === undefined ? order.indexOf(node) : -1);
  return { ...frame, next: [...frame.next].sort((a, b) => place(a) - place(b)) };
}

function byName(nodes: Planned[]): readonly Planned[] {
  return nodes.length < 2 ? nodes : nodes.sort((a, b) => byCodeUnit(a.node, b.node));
}

/** S2 */
function inWriteOrder(next: readonly Planned[]): readonly Planned[] {
  if (next.length < 2) return next;
  const sends = next.filter(({ index }) => index !== undefined);
  const nodes = next.filter(({ index }) => index === undefined);
  return [...byName(nodes), ...sends];
}

function nodeNames(graph: GraphSpec): string[] {
  return [...graph.nodes.keys()].filter((name) => name !== START);
}

/** A target's node, checked. @throws InvalidUpdateError */
export function knownNode(graph: GraphSpec, name: string, who: string): string {
  if (graph.nodes.has(name) && name !== START) return name;
  const nodes = nodeNames(graph);
  throw new InvalidUpdateError(`${who} -> "${name}": Node "${name}" does not exist. Nodes: ${nodes.join(', ')}.`, {
    node: name,
    nodes,
  });
}

function resultOf(frame: Frame, planned: Planned): TaskResult | undefined {
  return recordOf(frame, planned)?.result;
}

function passJoins(
  waiting: Frame['joins'],
  finished: readonly NodeSpec[],
): { readonly waiting: Frame['joins']; readonly reached: readonly Join[] } {
  if (!finished.some(({ joins }) => joins.length > 0)) return { waiting, reached: [] };
  const touched = new Map<string, Join>();
  for (const node of finished) for (const join of node.joins) touched.set(join.id, join);
  const names = new Set(finished.map(({ name }) => name));
  const next = new Map(waiting);
  const reached: Join[] = [];
  for (const [id, join] of touched) {
    const before = waiting.get(id) ?? [];
    const arrived = join.sources.filter((source) => names.has(source) || before.includes(source));
    if (arrived.length === join.sources.length) {
      next.delete(id);
      reached.push(join);
    } else {
      next.set(id, arrived);
    }
  }
  return { waiting: next, reached };
}

export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
