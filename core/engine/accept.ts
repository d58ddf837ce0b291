/**
 * What a request makes of a thread's newest frame: the frame that the run begins with. Pure.
 *
 * - A1 An answer is bound to the question it was given to: same task, same slot. Tasks keep their ids.
 * - A2 New input discards what was planned, and starts at the graph's entry on top of the state.
 * - A3 A frame whose planned nodes are gone is refused, and nothing of it is lost.
 */
import {
  type Answer,
  type CheckpointSource,
  type Frame,
  pendingQuestions,
  type Planned,
  recordOf,
  type Sent,
  type Target,
  taskPath,
} from '../checkpoint/checkpoint.ts';
import type { CommandData, RunRequest } from '../checkpoint/checkpointer.ts';
import { END } from '../constants.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { readUpdate } from './output.ts';
import { finishedTasks, knownNode, nodeGone, planNext, planTargets } from './plan.ts';
import { reduceWrites } from './state.ts';
import { retrace } from './wrote.ts';

export interface Accepted {
  readonly frame: Frame;
  /** Undefined when the run goes on with the very checkpoint that it found. */
  readonly source: CheckpointSource | undefined;
  /** The answers in the frame that a replay may still refuse: it is not to be saved before they are taken, or its tasks have run. */
  readonly fresh?: Set<Answer>;
}

/** Before the first checkpoint of a thread. */
export const blankFrame: Frame = {
  step: -2,
  planned: 0,
  channels: new Map(),
  next: [],
  joins: new Map(),
  ran: [],
  tasks: new Map(),
};

/**
 * @param version the checkpoint version that the new frame gets if it begins a checkpoint
 * @param forked the base is an old checkpoint: the run begins a branch there
 * @throws GraphChanged, InvalidUpdateError
 */
export function accept(graph: GraphSpec, base: Frame, request: RunRequest, version: number, forked: boolean): Accepted {
  if (request.kind === 'input') {
    if (!graph.nodes.get(graph.entry)?.interpret) readUpdate(graph.channels, request.input, 'Input');
    return { frame: startFrame(graph, base, request.input, version), source: 'input' };
  }
  refuseUnknownNodes(graph, base);
  const { answers, resume } = request.kind === 'command' ? request.command : {};
  const answering = answers !== undefined || resume !== undefined;
  const frame = forked ? forkFrame(base, answering, version) : base;
  const source = forked ? 'fork' : undefined;
  if (request.kind === 'continue') return { frame, source };
  if (!answering) {
    return { frame: commandFrame(graph, frame, request.command, version), source: 'input' };
  }
  const asked = pendingQuestions(frame);
  const given = new Map(answers ? Object.entries(answers) : asked.slice(0, 1).map(({ id }) => [id, resume?.[0]]));
  const fresh = new Set<Answer>();
  const answered = answer(frame, given, request.command.update !== undefined, fresh);
  return { frame: withCommand(graph, answered, request.command, version), source, fresh };
}

function startFrame(graph: GraphSpec, base: Frame, input: unknown, version: number): Frame {
  return {
    ...blankFrame,
    step: base.step + 1,
    planned: version,
    channels: base.channels,
    next: [{ node: graph.entry, input }],
    // What is discarded counts as having run: an update of this very checkpoint speaks for it.
    ran: base.next.length > 0 ? [...new Set(base.next.map(({ node }) => node))] : base.ran,
    ...(base.kept && { kept: base.kept }),
  };
}

/** The same state, to be run anew: only an answer keeps what its task had said before, and goes on in the same superstep. */
function forkFrame(base: Frame, answering: boolean, version: number): Frame {
  if (answering) return { ...base, planned: version };
  return { ...base, step: base.step + 1, planned: version, tasks: new Map() };
}

/** An update or a goto without an answer begins a checkpoint: tasks that wait ask again, finished ones stay finished. */
function commandFrame(graph: GraphSpec, base: Frame, command: CommandData, version: number): Frame {
  const frame = { ...base, step: base.step + 1, planned: version, tasks: finishedTasks(base) };
  return withCommand(graph, frame, command, version);
}

function withCommand(graph: GraphSpec, frame: Frame, command: CommandData, version: number): Frame {
  const writes = readUpdate(graph.channels, command.update, 'Command', true);
  const channels = reduceWrites(graph, frame.channels, writes, version);
  return {
    ...frame,
    channels,
    wrote: retrace(frame, channels),
    ...(command.goto && planGoto(graph, frame, command.goto)),
  };
}

function planGoto(
  graph: GraphSpec,
  { next, deferred }: Frame,
  goto: NonNullable<CommandData['goto']>,
): Pick<Frame, 'next' | 'deferred'> {
  const targets = goto.filter((target) => target !== END);
  for (const target of targets) knownNode(graph, typeof target === 'string' ? target : target.node, 'Command goto');
  return planNext(graph, targets, deferred, [], (now) => addTasks(next, now));
}

/** What is planned already stays as it is, and a node is not planned twice. */
function addTasks(next: readonly Planned[], targets: readonly Target[]): readonly Planned[] {
  const planned = new Map(next.map((one) => [taskPath(one), one]));
  const before = next.map((one) => (one.index === undefined ? one.node : (one as Sent)));
  return planTargets([...before, ...targets]).map((one) => planned.get(taskPath(one)) ?? one);
}

/** Moves answered questions to the answers of their tasks. */
function answer(frame: Frame, given: ReadonlyMap<string, unknown>, unchecked: boolean, fresh: Set<Answer>): Frame {
  const tasks = new Map(frame.tasks);
  for (const [path, record] of frame.tasks) {
    const answers = record.answers.map((one): Answer => (unchecked ? { ...one, unchecked } : one));
    const calls = new Map(record.calls);
    for (const question of record.questions) {
      if ('call' in question || !given.has(question.id)) continue;
      const { id, slot, value, stale } = question;
      const any = unchecked || stale ? { unchecked: true as const } : {};
      const one: Answer = { slot, question: value, answer: given.get(id), ...any };
      answers.push(one);
      fresh.add(one);
    }
    for (const [call, nested] of calls) calls.set(call, answer(nested, given, unchecked, fresh));
    tasks.set(path, {
      ...record,
      questions: record.questions.filter(({ id }) => !given.has(id)),
      answers,
      ...(record.calls && { calls }),
    });
  }
  return { ...frame, tasks };
}

function refuseUnknownNodes(graph: GraphSpec, frame: Frame): void {
  for (const planned of frame.next) {
    if (!recordOf(frame, planned)?.result && !graph.nodes.has(planned.node)) throw nodeGone(graph, planned.node);
  }
  for (const node of frame.deferred ?? []) {
    if (!graph.nodes.has(node)) throw nodeGone(graph, node);
  }
}
