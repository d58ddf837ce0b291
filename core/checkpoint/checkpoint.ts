/**
 * What a thread is between two runs, as plain immutable data. Everything that a run needs is in here.
 *
 * A checkpoint holds one frame: the state after a superstep, the tasks planned for the next one, and what those tasks have
 * said so far. Frames nest: a subgraph that waits inside a task keeps its own frame in that task's record (C14).
 *
 * Invariants:
 * - K1 The engine changes nothing that is reachable from a checkpoint. A channel that a superstep did not write keeps its very `Stored` object.
 * - K2 `version` counts the checkpoints of a thread, saved or not; `id` names version and run, and sorts by version.
 * - K3 A task's id derives from incarnation, `planned`, step and path, so it is the same on every replay, retry and take-over.
 */
import type { ErrorCode } from '../errors.ts';
import { hash128 } from '../hash.ts';
import type { TimeoutPolicy } from '../policies/timeout-policy.ts';

/** A channel's value, and the checkpoint version that last wrote it. */
export interface Stored {
  readonly version: number;
  readonly value: unknown;
}

/** A question that a task asked. `id` is 32 hex digits and names this one question. */
export interface Interrupt<Value = unknown> {
  readonly id: string;
  readonly value: Value;
  /** JSON Schema of an answer, when the question has a `responseSchema`. */
  readonly response_schema?: Readonly<Record<string, unknown>>;
}

/** A pending question and its place in its task: `0`, `1` … for calls without a key, `key#0`, `key#1` … for calls with one. */
export interface Question extends Interrupt {
  readonly slot: string;
  /** Asked before an update that may change it, and to be asked anew: the answer that it gets goes to whatever is asked there then. */
  readonly stale?: true;
}

/** A pending question of a graph that runs inside the task: it stands in that call's frame. */
export interface NestedQuestion {
  readonly id: string;
  readonly call: string;
}

/** An accepted answer, with the question that it was given to. */
export interface Answer {
  readonly slot: string;
  readonly question: unknown;
  readonly answer: unknown;
  /** The resume carried an update, which may change the question: the next replay records what it asks instead of comparing. */
  readonly unchecked?: true;
}

/** One planned execution of a node. `index` and `input` are those of a Send, or of the run's input at START. */
export interface Planned {
  readonly node: string;
  /** The sources of the join that alone leads here, joined by `+`. */
  readonly join?: string;
  readonly index?: number;
  readonly input?: unknown;
  /** Of a Send, instead of its node's. */
  readonly timeout?: TimeoutPolicy;
}

/** Where a task's routing leads: a node by name, or a node with an input of its own. */
export type Target = string | Sent;
export type Sent = Required<Pick<Planned, 'node' | 'input'>> & Pick<Planned, 'timeout'>;

/** What a finished task says: its writes in order, and where it wants to go beyond its static edges. */
export interface TaskResult {
  readonly writes: readonly (readonly [channel: string, value: unknown])[];
  readonly targets: readonly Target[];
  /** The error handler that spoke for the node. The node's edges do not fire. */
  readonly by?: string;
}

/**
 * What the tasks of a superstep wrote, for histories: they show it there, and it is kept with the checkpoint that came of it. It is stored as it
 * is here.
 */
export type Wrote = readonly [
  planned: number,
  ...tasks: readonly (readonly [path: string, ...traces: readonly Trace[]])[],
];

/** One write. Its channel alone when that holds it, or with a range when it is that part of the list that the channel holds. */
export type Trace =
  | string
  | readonly [channel: string, value: unknown]
  | readonly [channel: string, from: number, to: number];

/** What is known of one planned task. A task without a record has not run yet. */
export interface TaskRecord {
  readonly answers: readonly Answer[];
  readonly questions: readonly (Question | NestedQuestion)[];
  /** Graphs that the task runs inside, by the order of its calls: where each of them stands. */
  readonly calls?: ReadonlyMap<string, Frame>;
  /** What of those a finished task hands on: the frames of graphs that keep their state. */
  readonly kept?: ReadonlyMap<string, Frame>;
  /** What was kept of tasks (C12) in graphs that are not in `calls` yet: by call, then by those tasks' ids. */
  readonly inside?: ReadonlyMap<string, ReadonlyMap<string, TaskRecord>>;
  readonly result?: TaskResult;
  readonly error?: { readonly name: string; readonly message: string };
  /** The node's error handler deals with the error: it runs again, and not the node. */
  readonly handling?: true;
}

export interface Frame {
  /** -1 when the input was accepted, 0 when it was applied, then one more for every superstep. */
  readonly step: number;
  /** The checkpoint version at which `next` was planned. */
  readonly planned: number;
  /** Set channels only. */
  readonly channels: ReadonlyMap<string, Stored>;
  readonly next: readonly Planned[];
  /** The sources that have reached a join so far, by the join's id. */
  readonly joins: ReadonlyMap<string, readonly string[]>;
  /** The nodes whose writes made this frame: whom an update without a name speaks for. */
  readonly ran: readonly string[];
  /** By task path, as they ended. */
  readonly tasks: ReadonlyMap<string, TaskRecord>;
  /** By the superstep before. Kept where supersteps are saved. */
  readonly wrote?: Wrote | undefined;
  /** Nodes that wait until nothing else is planned. */
  readonly deferred?: readonly string[];
  /** The frames of nested graphs that keep their state between runs (`checkpointer: true`), by node. */
  readonly kept?: ReadonlyMap<string, Frame>;
  /** Of a nested frame that an update made. */
  readonly source?: 'update' | 'fork';
}

export type CheckpointSource = 'input' | 'loop' | 'update' | 'fork';

/** What a thread was started with: no later call needs to repeat it. */
export interface Origin {
  readonly graph?: string;
  readonly configurable?: Readonly<Record<string, unknown>>;
  readonly context?: unknown;
}

/** What a run told its caller instead of a state. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  /** Of a HoldpointError. */
  readonly code?: ErrorCode;
  readonly details?: Readonly<Record<string, unknown>>;
  /** The request was refused; what is kept is what siblings had finished. */
  readonly refused?: true;
}

/** Who gives an answer. Neither speaks for the other. */
export interface Answerer {
  /** As the request says. */
  readonly by?: string;
  /** As the platform has found out. */
  readonly verified?: string;
}

/** An answer that was accepted: to which question, when, and from whom. */
export interface Answered extends Answerer {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface Checkpoint {
  readonly id: string;
  readonly version: number;
  /** The run that started the thread: it sets this life of the thread apart from one that was deleted. */
  readonly incarnation: string;
  /** The run that made this checkpoint. */
  readonly runId: string;
  /** State: the checkpoint that this one continues. Absent on the first. */
  readonly parentId?: string | undefined;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly source: CheckpointSource;
  /** Made while its superstep ran, for what nested graphs had done: histories leave it out. */
  readonly progress?: true | undefined;
  /** The `metadata` of the run's config. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
  /** What its run was called with instead, for whoever goes on with it. */
  readonly called?: Omit<Origin, 'graph'> | undefined;
  readonly frame: Frame;
  /** The mark of the graph's channels when it was made (engine/shape.ts). Absent or empty when there is nothing to mark. */
  readonly shape?: string | undefined;
  /** What the run that made this checkpoint was answered, when it is known by whom. */
  readonly answered?: readonly Answered[] | undefined;
  /** Why the run ended with this checkpoint, unless a task's record says so. */
  readonly failure?: Failure | undefined;
}

export const emptyRecord: TaskRecord = { answers: [], questions: [] };

/** A planned task's place in its superstep, unique there. Node names have no `:`. */
export function taskPath(planned: Planned): string {
  return planned.index === undefined ? planned.node : `${planned.node}:${planned.index}`;
}

export function recordOf({ tasks }: Frame, planned: Planned): TaskRecord | undefined {
  return tasks.get(taskPath(planned));
}

/** The name of a version that a run makes: a UUID (version 8) that begins with the version, so ids sort by it. */
export function checkpointId(version: number, runId: string): string {
  return checkpointIds(runId)(version);
}

/** The names of all versions that one run makes. */
export function checkpointIds(runId: string): (version: number) => string {
  const r = hash128(runId);
  const suffix = `8${r.slice(0, 3)}-8${r.slice(3, 6)}-${r.slice(6, 18)}`;
  return (version) => {
    const v = version.toString(16).padStart(12, '0');
    return [v.slice(0, 8), v.slice(8), suffix].join('-'); // one flat text: stores keep many
  };
}

/** The version in a checkpoint id, or undefined when the text is no checkpoint id. */
export function versionOf(id: string): number | undefined {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/.exec(id);
  return match ? Number.parseInt(match[1]! + match[2]!, 16) : undefined;
}

type Asking = Pick<TaskRecord, 'questions'> & { readonly calls?: TaskRecord['calls'] | undefined };

/** Every pending question of a frame, as they were asked, those of nested graphs included. */
export function pendingQuestions({ tasks }: Frame): Question[] {
  const pending: Question[] = [];
  for (const record of tasks.values()) if (record.questions.length > 0) pending.push(...questionsOf(record));
  return pending;
}

export function pendingIds(frame: Frame): string[] {
  return pendingQuestions(frame).map(({ id }) => id);
}

/** A question as callers see it. */
export function interruptOf({ id, value, response_schema }: Question): Interrupt {
  return { id, value, ...(response_schema && { response_schema }) };
}

export function questionsOf({ questions, calls }: Asking): Question[] {
  return questions.flatMap((question): Question[] => {
    if (!('call' in question)) return [question];
    const nested = calls?.get(question.call);
    return nested ? pendingQuestions(nested).filter(({ id }) => id === question.id) : [];
  });
}

/** What is shown of a task: after an update of a graph inside, that graph does not show its question any more, and the task still does. */
export function questionsShown({ questions, calls }: Asking): Interrupt[] {
  return questions.flatMap((question) =>
    'call' in question ? questionsOf({ questions: [question], calls }).map(interruptOf) : askedIn([question]),
  );
}

/** Those of them that were asked in this very state. */
export function askedIn(questions: readonly Question[]): Interrupt[] {
  return questions.filter(({ stale }) => !stale).map(interruptOf);
}

/** Names the question that a task asks in one slot. */
export function questionId(taskId: string, slot: string): string {
  return hash128(`${taskId}|${slot}`);
}

/** The nodes that a frame waits to run; all of its superstep when they have run and their writes could not be applied. */
export function nextNodes(frame: Frame): string[] {
  const waiting = frame.next.filter((planned) => !recordOf(frame, planned)?.result);
  return (waiting.length > 0 ? waiting : frame.next).map(({ node }) => node);
}
