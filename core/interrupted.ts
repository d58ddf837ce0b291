/** Telling a result that waits for a person from one that is done. */
import type { Interrupt } from './checkpoint/checkpoint.ts';
import { INTERRUPT } from './constants.ts';

/**
 * Whether a result or a stream chunk carries pending questions.
 * @example
 * const result = await graph.invoke(input, config);
 * if (isInterrupted<string>(result)) console.log(result[INTERRUPT][0].value);
 */
export function isInterrupted<Value = unknown>(values: unknown): values is { [INTERRUPT]: Interrupt<Value>[] } {
  return typeof values === 'object' && values !== null && Array.isArray((values as Record<string, unknown>)[INTERRUPT]);
}
