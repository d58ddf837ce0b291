/**
 * What a running task knows of itself, carried to `interrupt()` by AsyncLocalStorage, so that runs side by side never mix.
 *
 * - Q1 The k-th question without a key takes slot `k`; the k-th question with one key takes that key's slot k. Counters start anew with every attempt.
 * - Q2 An answer is used only in the slot of the question that it was given to; without a key only when the same question is asked there.
 * - Q3 A question's id derives from its task and slot, so a question that is asked again keeps its id.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Answer, Question } from '../checkpoint/checkpoint.ts';
import { GraphInterrupt, GraphValueError, HoldpointError, InterruptMismatch } from '../errors.ts';
import { hash128 } from '../hash.ts';
import { sameValue } from '../same.ts';

export interface TaskContextOptions {
  readonly task: { readonly id: string };
  readonly node: string;
  readonly answers: readonly Answer[];
  readonly checkQuestions: boolean;
  /** Refuses a question that cannot be stored. Undefined when the graph has no checkpointer. */
  readonly check: ((value: unknown, where: string) => void) | undefined;
}

export class TaskContext {
  readonly #options: TaskContextOptions;
  readonly #answers: Map<string, Answer>;
  readonly #asked = new Map<string, Question>();
  readonly #counters = new Map<string | undefined, number>();
  #mismatch: InterruptMismatch | undefined;

  constructor(options: TaskContextOptions) {
    this.#options = options;
    this.#answers = new Map(options.answers.map((answer) => [answer.slot, answer]));
  }

  /** Set when a replay asked something else than was answered, even if the node caught the error. */
  get mismatch(): InterruptMismatch | undefined {
    return this.#mismatch;
  }

  /** The answers as they are to be kept: an unchecked one with the question that this replay asked. */
  get answers(): readonly Answer[] {
    return [...this.#answers.values()];
  }

  /** The answer, or a GraphInterrupt that stops the node. */
  ask(value: unknown, key: string | undefined): unknown {
    const { node, task, check } = this.#options;
    if (!check) throw new GraphValueError('missing_checkpointer', noCheckpointer(node));
    const nth = this.#counters.get(key) ?? 0;
    this.#counters.set(key, nth + 1);
    const slot = key === undefined ? `${nth}` : `${key}#${nth}`;
    const given = this.#answers.get(slot);
    if (given) return this.#replay(given, value, key);
    check(value, `Node "${node}", interrupt ${slot}`);
    const question: Question = { id: hash128(`${task.id}|${slot}`), value, slot };
    this.#asked.set(question.id, question);
    throw new GraphInterrupt([{ id: question.id, value }]);
  }

  /** The pending questions that an interrupt names. */
  questionsOf(interrupt: GraphInterrupt): Question[] {
    return interrupt.interrupts.flatMap(({ id }) => this.#asked.get(id) ?? []);
  }

  #replay(given: Answer, value: unknown, key: string | undefined): unknown {
    if (given.unchecked) {
      const { slot, answer } = given;
      this.#answers.set(slot, { slot, question: value, answer });
    } else if (key === undefined && this.#options.checkQuestions && !sameValue(given.question, value)) {
      this.#mismatch = new InterruptMismatch(this.#options.node, given.slot, given.question, value);
      throw this.#mismatch;
    }
    return given.answer;
  }
}

const storage = new AsyncLocalStorage<TaskContext>();

export function inTask<Result>(context: TaskContext, run: () => Result): Result {
  return storage.run(context, run);
}

export interface InterruptOptions {
  /**
   * Matches the answer by this name instead of by the order of the calls, so that calls may be added, removed or reordered
   * while a thread waits. The k-th call with one key gets the k-th answer given for it.
   */
  readonly key?: string;
}

/**
 * Stops the node with a question, and returns the answer when the thread is resumed with one. The node runs again from its
 * start then, so what stands before this call runs again too.
 *
 * @param value the question: anything that storage can hold
 * @throws GraphInterrupt to stop the node: let it pass
 * @throws HoldpointError `outside_graph`, `missing_checkpointer`, `unstorable_state`, `interrupt_mismatch`, `invalid_argument`
 * @example
 * const decision = interrupt({ question: 'Refund 250 EUR?', order: state.order });
 */
// eslint-disable-next-line typescript/no-explicit-any -- the answer's type is the caller's to say, as in LangGraph
export function interrupt<Value = unknown, Answer = any>(value: Value, options: InterruptOptions = {}): Answer {
  const { key } = options;
  if (key !== undefined && (typeof key !== 'string' || key === '' || key.length > 256)) {
    throw new HoldpointError('invalid_argument', 'interrupt(): a key is a string of 1 to 256 characters.');
  }
  const context = storage.getStore();
  if (!context) {
    throw new GraphValueError('outside_graph', 'Called interrupt() outside the context of a graph.');
  }
  return context.ask(value, key) as Answer;
}

function noCheckpointer(node: string): string {
  return `No checkpointer set: node "${node}" called interrupt(), which needs one to wait. Compile with { checkpointer }.`;
}
