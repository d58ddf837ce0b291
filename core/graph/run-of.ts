import type { NodeSpec } from './spec.ts';

/** How to call a function, or anything with `invoke`. */
export function runOf(action: unknown): NodeSpec['run'] | undefined {
  if (typeof action === 'function') return action as NodeSpec['run'];
  const runnable = action as { invoke?: NodeSpec['run'] } | undefined;
  return typeof runnable?.invoke === 'function' ? (input, config) => runnable.invoke!(input, config) : undefined;
}
