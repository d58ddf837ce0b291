/** `interrupt()`: how a node stops for a person. And how a caller sees that it did. */
import type { Interrupt } from './checkpoint/checkpoint.ts';
import { INTERRUPT } from './constants.ts';
import { requireTask } from './engine/current.ts';
import { invalidArgument } from './errors.ts';
import type { ResponseSchema } from './response.ts';

/** How a question is matched with its answer, and what an answer must be. */
export interface InterruptOptions {
  /**
   * Matches the answer by this name instead of by the order of the calls, so that calls may be added, removed or reordered
   * while a thread waits. The k-th call with one key gets the k-th answer given for it.
   */
  readonly key?: string;
  /** What an answer must match: any Standard Schema (Zod …). One that does not is refused, and the question stays pending. */
  readonly responseSchema?: ResponseSchema;
}

/**
 * Stops the node with a question, and returns the answer when the thread is resumed with one. The node runs again from its
 * start then, so what stands before this call runs again too.
 *
 * @param value the question: anything that storage can hold
 * @throws GraphInterrupt to stop the node: let it pass
 * @throws HoldpointError `outside_graph`, `missing_checkpointer`, `unstorable_state`, `interrupt_mismatch`, `invalid_answer`, `invalid_argument`
 * @example
 * const decision = interrupt({ question: 'Refund 250 EUR?', order: state.order });
 */
// oxlint-disable-next-line typescript/no-explicit-any -- the answer's type is the caller's to say, as in LangGraph
export function interrupt<Value = unknown, Answer = any>(
  value: Value,
  options: InterruptOptions = {},
): NoInfer<Answer> {
  const { key } = options;
  if (key !== undefined && (typeof key !== 'string' || key === '' || key.length > 256)) {
    throw invalidArgument('interrupt(): a key is a string of 1 to 256 characters.');
  }
  return requireTask('interrupt()').ask(value, options) as NoInfer<Answer>;
}

/**
 * Whether a result or a stream chunk carries pending questions.
 * @example
 * const result = await graph.invoke(input, config);
 * if (isInterrupted<string>(result)) console.log(result[INTERRUPT][0].value);
 */
export function isInterrupted<Value = unknown>(values: unknown): values is { [INTERRUPT]: Interrupt<Value>[] } {
  return Array.isArray((values as Partial<Record<string, unknown>> | null | undefined)?.[INTERRUPT]);
}
