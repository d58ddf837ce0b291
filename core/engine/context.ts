/**
 * What a running task knows of itself, carried to `interrupt()` by AsyncLocalStorage, so that runs side by side never mix.
 *
 * - Q1 The k-th question without a key takes slot `k`; the k-th question with one key takes that key's slot k. Counters start anew with every attempt.
 * - Q2 An answer is used only in the slot of the question that it was given to; without a key only when the same question is asked there.
 * - Q3 A question's id derives from its task and slot, so a question that is asked again keeps its id.
 * - Q4 The k-th graph that a task runs inside itself goes on from the frame in which its k-th graph stood.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Answer,
  type Frame,
  type NestedQuestion,
  pendingQuestions,
  type Question,
  type TaskRecord,
} from '../checkpoint/checkpoint.ts';
import type { LangGraphRunnableConfig } from '../config.ts';
import { GraphInterrupt, GraphValueError, InterruptMismatch } from '../errors.ts';
import { hash128 } from '../hash.ts';
import { sameValue } from '../same.ts';
import type { Cancel } from './cancel.ts';
import type { Namespace } from './events.ts';
import { inLangChain } from './langchain.ts';
import { namespaceOf, type Task } from './plan.ts';
import type { Scope } from './scope.ts';

export class TaskContext {
  readonly scope: Scope;
  readonly task: Task;
  /** As the node got it: nested runs inherit it. */
  config!: LangGraphRunnableConfig;
  readonly cancel: Cancel;
  /** The frame that the task runs in. */
  readonly frame: Frame;
  /** 1 at first. */
  readonly attempt = 1;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly #answers: Map<string, Answer>;
  readonly #asked = new Map<string, Question>();
  readonly #asks = new Map<string | undefined, number>();
  readonly #calls: Map<string, Frame>;
  readonly #kept = new Map<string, Frame>();
  readonly #open: Promise<unknown>[] = [];
  #called = 0;
  #mismatch: InterruptMismatch | undefined;

  constructor(scope: Scope, frame: Frame, task: Task, cancel: Cancel) {
    this.scope = scope;
    this.frame = frame;
    this.task = task;
    this.cancel = cancel;
    this.startedAt = scope.now();
    this.#answers = new Map(task.record.answers.map((answer) => [answer.slot, answer]));
    this.#calls = new Map(task.record.calls);
  }

  /** Of graphs that the task runs inside: the tasks around them, this one last. */
  get namespace(): Namespace {
    return namespaceOf(this.scope.ns, this.task);
  }

  /** Set when a replay asked something else than was answered, even if the node caught the error. */
  get mismatch(): InterruptMismatch | undefined {
    return this.#mismatch;
  }

  /** The answer, or a GraphInterrupt that stops the node. */
  ask(value: unknown, key: string | undefined): unknown {
    const { task, scope } = this;
    if (!scope.check) throw new GraphValueError('missing_checkpointer', noCheckpointer(task.node.name));
    const nth = this.#asks.get(key) ?? 0;
    this.#asks.set(key, nth + 1);
    const slot = key === undefined ? `${nth}` : `${key}#${nth}`;
    const given = this.#answers.get(slot);
    if (given) return this.#replay(given, value, key);
    scope.check(value, `Node "${task.node.name}", interrupt ${slot}`);
    const question: Question = { id: hash128(`${task.id}|${slot}`), value, slot };
    this.#asked.set(question.id, question);
    throw new GraphInterrupt([{ id: question.id, value }]);
  }

  /** The next graph that the task runs inside: the name of the call, and where it stood. */
  openCall(): { readonly call: string; readonly frame: Frame | undefined } {
    const call = `${this.#called++}`;
    return { call, frame: this.#calls.get(call) };
  }

  /** Remembers a nested run, so that the task does not end before it. */
  watch<Result>(run: Promise<Result>): Promise<Result> {
    this.#open.push(run);
    return run;
  }

  /** When every nested run has ended, however: a node may have stopped at one while another goes on. */
  async callsEnded(): Promise<void> {
    while (this.#open.length > 0) await Promise.allSettled(this.#open.splice(0));
  }

  /** Where a nested graph stands now. */
  keepCall(call: string, frame: Frame): void {
    this.#calls.set(call, frame);
  }

  /** The frame that a nested graph with a state of its own had at its last end. */
  keptFrame(name: string): Frame | undefined {
    return this.#kept.get(name) ?? this.frame.kept?.get(name);
  }

  keepFrame(name: string, frame: Frame): void {
    this.#kept.set(name, frame);
  }

  /** A nested replay asked something else than was answered. */
  refuse(mismatch: InterruptMismatch): void {
    this.#mismatch = mismatch;
  }

  /** The record of a task that did not finish: what it has been told, and where its nested graphs stand. */
  unfinished(interrupt?: GraphInterrupt): TaskRecord {
    return {
      answers: [...this.#answers.values()],
      questions: interrupt?.interrupts.flatMap(({ id }) => this.#pending(id) ?? []) ?? [],
      ...(this.#calls.size > 0 && { calls: this.#calls }),
    };
  }

  finished(result: NonNullable<TaskRecord['result']>): TaskRecord {
    const kept = this.#kept.size > 0 ? { kept: this.#kept } : {};
    return { answers: [...this.#answers.values()], questions: [], result, ...kept };
  }

  #pending(id: string): Question | NestedQuestion | undefined {
    const own = this.#asked.get(id);
    if (own) return own;
    for (const [call, frame] of this.#calls) {
      if (pendingQuestions(frame).some((question) => question.id === id)) return { id, call };
    }
    return undefined;
  }

  #replay(given: Answer, value: unknown, key: string | undefined): unknown {
    if (given.unchecked) {
      const { slot, answer } = given;
      this.#answers.set(slot, { slot, question: value, answer });
    } else if (key === undefined && this.scope.graph.checkQuestions && !sameValue(given.question, value)) {
      this.#mismatch = new InterruptMismatch(this.task.node.name, given.slot, given.question, value);
      throw this.#mismatch;
    }
    return given.answer;
  }
}

const storage = new AsyncLocalStorage<TaskContext>();

export function inTask<Result>(context: TaskContext, run: () => Result): Result {
  const { config, scope } = context;
  return storage.run(context, scope.shared.callbacks ? () => inLangChain(config, run) : run);
}

/** The task that the caller runs in, however deep. */
export function currentTask(): TaskContext | undefined {
  return storage.getStore();
}

/** @throws GraphValueError `outside_graph` */
export function requireTask(what: string): TaskContext {
  const context = storage.getStore();
  if (context) return context;
  throw new GraphValueError('outside_graph', `Called ${what} outside the context of a graph.`);
}

function noCheckpointer(node: string): string {
  return `No checkpointer set: node "${node}" called interrupt(), which needs one to wait. Compile with { checkpointer }.`;
}
