/**
 * What a running task knows of itself: how `interrupt()` finds its answer.
 *
 * - Q1 The k-th question without a key takes slot `k`; the k-th question with one key takes that key's slot k. Counters start anew with every attempt.
 * - Q2 An answer is used only in the slot of the question that it was given to; without a key only when the same question is asked there.
 * - Q3 A question's id derives from its task and slot, so a question that is asked again keeps its id.
 * - Q4 The k-th graph that a task runs inside itself goes on from the frame in which its k-th graph stood; so does the k-th task of one name.
 * - Q5 When one of several graphs or tasks side by side stops the task, what the others asked is pending with it.
 * - Q6 A failure of a called task that the node caught is replayed as it was, should the node stop for a question later.
 * - Q7 Attempts share what was answered and what nested graphs did. What an attempt that is over still does is neither seen nor kept.
 */
import {
  type Answer,
  emptyRecord,
  type Frame,
  type Interrupt,
  interruptOf,
  type NestedQuestion,
  pendingIds,
  type Question,
  questionId,
  type TaskRecord,
} from '../checkpoint/checkpoint.ts';
import type { ParentCommand } from '../command.ts';
import type { LangGraphRunnableConfig } from '../config.ts';
import { GraphValueError, HoldpointError, InterruptMismatch } from '../errors.ts';
import { copyOf } from '../maps.ts';
import { GraphInterrupt } from '../signals.ts';
import { describeResponse, readAnswer, type ResponseSchema } from '../response.ts';
import { sameValue } from '../same.ts';
import type { InterruptOptions } from '../interrupt.ts';
import type { Cancel } from './cancel.ts';
import type { Listener, Namespace } from './events.ts';
import { settled } from './kept.ts';
import type { Task } from './plan.ts';
import type { Scope } from './scope.ts';
import { AGAIN, type Counts, nextOf } from './slots.ts';

/** An error handler at work. */
export interface Handling {
  /** The name under which it is told. */
  readonly by: string;
  readonly error: NonNullable<TaskRecord['error']>;
}

export class TaskContext {
  readonly scope: Scope;
  readonly task: Task;
  /** As the node got it: nested runs inherit it. */
  config!: LangGraphRunnableConfig;
  readonly cancel: Cancel;
  /** The frame that the task runs in. */
  readonly frame: Frame;
  /** 1 at first. */
  readonly attempt: number;
  /** Of the first attempt. Milliseconds since 1970. */
  readonly startedAt: number;
  /** Tells the idle time-out, if there is one, that the task makes progress. */
  touch?: () => void;
  /** Set when it runs the node's error handler. */
  readonly handler: Handling | undefined;
  /** What its nested graphs tell. */
  listen: Listener | undefined;
  /** By the node. */
  returned: unknown;
  /** A graph that the node ran ended with it, and the node's Command is what it carries. */
  left?: ParentCommand;
  /** Written before what the node returns. */
  pushed?: [channel: string, value: unknown][];
  // Of all attempts (Q7), kept by the first. Most tasks need none of them.
  #answers: Map<string, Answer> | undefined;
  #asked: Map<string, Question> | undefined;
  #calls: Map<string, Frame> | undefined;
  #kept: Map<string, Frame> | undefined;
  #asks?: Counts;
  #failures?: Map<string, Frame>;
  /** Nested runs that have not ended. */
  #open?: Set<Promise<unknown>>;
  #namespace?: Namespace;
  #opened?: Counts;
  readonly #first: TaskContext;
  #latest: TaskContext = this;
  #over = false;
  #refusal: HoldpointError | undefined;

  /** @param before the attempt that this one follows */
  constructor(
    scope: Scope,
    frame: Frame,
    task: Task,
    cancel: Cancel,
    before?: TaskContext,
    attempt = 1,
    handler = before?.handler,
  ) {
    this.scope = scope;
    this.frame = frame;
    this.task = task;
    this.cancel = cancel;
    this.attempt = attempt;
    this.handler = handler;
    this.listen = scope.listen;
    this.startedAt = before?.startedAt ?? scope.now();
    this.#first = before ? before.#first : this;
    this.#first.#latest = this;
    const { answers, calls } = task.record;
    if (!before && answers.length > 0) this.#answers = new Map(answers.map((answer) => [answer.slot, answer]));
    if (!before && calls) this.#calls = new Map(calls);
  }

  /** The newest attempt. */
  get latest(): TaskContext {
    return this.#latest;
  }

  /** Q7 */
  close(): void {
    this.#over = true;
  }

  get over(): boolean {
    return this.#over;
  }

  /** @throws why the attempt is over */
  refuseOver(): void {
    if (this.#over || this.cancel.stop?.aborted) throw this.cancel.cause?.error ?? new Error('This attempt is over.');
  }

  /** Of graphs that the task runs inside: the tasks around them, this one last. */
  get namespace(): Namespace {
    const { scope, task } = this;
    return (this.#namespace ??= [...scope.ns(), `${task.node.name}:${task.id}`]);
  }

  /** Set when a replay asked something else than was answered, even if the node caught the error. */
  get refusal(): HoldpointError | undefined {
    return this.#first.#refusal;
  }

  /** The answer, or a GraphInterrupt that stops the node. */
  ask(value: unknown, { key, responseSchema }: InterruptOptions): unknown {
    const { task, scope } = this;
    this.refuseOver();
    if (!scope.check) {
      throw new GraphValueError(
        `No checkpointer set: node "${task.node.name}" called interrupt(), which needs one to wait. Compile with { checkpointer }.`,
        'missing_checkpointer',
      );
    }
    const slot = this.#own(nextOf((this.#asks ??= new Map()), key));
    const given = this.#first.#answers?.get(slot);
    if (given) return this.#replay(given, value, key, responseSchema);
    scope.check(value, `Node "${task.node.name}", interrupt ${slot}`);
    const described = responseSchema && describeResponse(responseSchema);
    const question = this.#question(slot, value, described);
    (this.#first.#asked ??= new Map()).set(question.id, question);
    throw new GraphInterrupt([interruptOf(question)]);
  }

  /** The next graph, or the next task of that name, that the task runs inside: the name of the call, and where it stood. */
  openCall(name?: string): { readonly call: string; readonly frame: Frame | undefined } {
    this.refuseOver();
    this.touch?.();
    const call = this.#own(nextOf((this.#opened ??= new Map()), name));
    return { call, frame: this.#first.#calls?.get(call) };
  }

  /** Remembers a nested run, so that the task does not end before it. */
  watch<Result>(run: Promise<Result>): Promise<Result> {
    const open = (this.#open ??= new Set());
    const ended = (): boolean => open.delete(run);
    open.add(run);
    run.then(ended, ended);
    return run;
  }

  /** When every nested run has ended, however: a node may have stopped at one while another goes on. Undefined when all have. */
  callsEnded(): Promise<void> | undefined {
    if (!this.#open?.size) return undefined;
    return Promise.allSettled(this.#open).then(() => this.callsEnded());
  }

  /** A call that has failed: what it is to be replayed as, should the task stop for a question in spite of it. */
  keepFailure(call: string, frame: Frame): void {
    (this.#failures ??= new Map()).set(call, frame);
  }

  /** Where a nested graph stands now. */
  keepCall(call: string, frame: Frame): void {
    if (!this.#over) (this.#first.#calls ??= new Map()).set(call, frame);
  }

  /** Where a nested graph stands while it runs. */
  progress(call: string, frame: Frame): Promise<void> | void {
    this.keepCall(call, frame);
    return this.scope.within?.(this);
  }

  /** The frame that a nested graph with a state of its own had at its last end. */
  keptFrame(name: string): Frame | undefined {
    return this.#first.#kept?.get(name) ?? this.frame.kept?.get(name);
  }

  keepFrame(name: string, frame: Frame): void {
    if (!this.#over) (this.#first.#kept ??= new Map()).set(name, frame);
  }

  /** A nested replay asked something else than was answered. */
  refuse(refusal: HoldpointError): void {
    this.#first.#refusal ??= refusal;
  }

  /** The record of a task that did not finish: what it has been told, and where its nested graphs stand. */
  unfinished(interrupt?: GraphInterrupt): TaskRecord {
    const first = this.#first;
    const { handler } = first.#latest;
    const { inside } = this.task.record;
    if (interrupt) first.#latest.#failures?.forEach((frame, call) => (first.#calls ??= new Map()).set(call, frame));
    const given = this.#given;
    const record: TaskRecord = {
      answers: given.length > 0 ? given.filter(({ slot }) => !slot.startsWith(AGAIN)) : given,
      questions: interrupt ? this.#pending(interrupt) : emptyRecord.questions,
      ...(first.#calls && { calls: copyOf(first.#calls) }), // K1: it goes on
      ...(inside && { inside }),
      ...(handler && { error: handler.error, handling: true }),
    };
    return settled(record, this.task);
  }

  finished(result: NonNullable<TaskRecord['result']>): TaskRecord {
    const kept = this.#first.#kept;
    const handled = result.by !== undefined && this.#first.#latest.handler?.error;
    return {
      answers: this.#given,
      questions: emptyRecord.questions,
      result,
      ...(kept && { kept }),
      ...(handled && { error: handled }),
    };
  }

  /** What a handler asks and calls is apart from what its node did. */
  #own(slot: string): string {
    return this.handler ? `${slot}!` : slot;
  }

  get #given(): readonly Answer[] {
    const answers = this.#first.#answers;
    return answers ? [...answers.values()] : emptyRecord.answers;
  }

  #pending({ interrupts }: GraphInterrupt): (Question | NestedQuestion)[] {
    const nested = this.#nested;
    const own = interrupts
      .filter((given) => !nested.some(({ id }) => id === given.id))
      .map(({ id = '', value }, i) => this.#first.#asked?.get(id) ?? this.#question(`${AGAIN}${i}`, value));
    return own.length > 0 ? own : nested;
  }

  get #nested(): NestedQuestion[] {
    return [...(this.#first.#calls ?? [])].flatMap(([call, frame]) => pendingIds(frame).map((id) => ({ id, call })));
  }

  #question(slot: string, value: unknown, schema?: Interrupt['response_schema']): Question {
    return { id: questionId(this.task.id, slot), value, slot, ...(schema && { response_schema: schema }) };
  }

  #replay(given: Answer, value: unknown, key: string | undefined, schema: ResponseSchema | undefined): unknown {
    if (given.unchecked) {
      const { slot, answer } = given;
      this.#first.#answers!.set(slot, { slot, question: value, answer });
    } else if (key === undefined && this.scope.graph.checkQuestions && !sameValue(given.question, value)) {
      throw (this.#first.#refusal = new InterruptMismatch(this.task.node.name, given.slot, given.question, value));
    }
    try {
      const answer = readAnswer(schema, given.answer, this.task.node.name, given.slot);
      this.scope.fresh?.delete(given);
      return answer;
    } catch (error) {
      if (error instanceof HoldpointError) this.#first.#refusal = error;
      throw error;
    }
  }
}
