/**
 * What a run was called with. A thread keeps what it was started with; what a later run was called with is kept until that has come to its end:
 * who answers its question, or goes on with it, brings only what is to be otherwise. Pure.
 */
import type { Checkpoint, Origin } from '../checkpoint/checkpoint.ts';
import type { RunRequest } from '../checkpoint/checkpointer.ts';

export function calledWith(
  request: RunRequest,
  base: Checkpoint | undefined,
): { readonly origin: Origin; readonly called: Checkpoint['called'] } {
  const given: Origin = request.kind === 'continue' ? {} : (request.origin ?? {});
  if (!base) return { origin: given, called: undefined };
  const before = request.kind === 'input' ? {} : (base.called ?? {});
  const { graph: _, ...own } = given;
  const configurable = { ...before.configurable, ...own.configurable };
  const called = { ...before, ...own, ...(Object.keys(configurable).length > 0 && { configurable }) };
  return { origin: base.origin, called: Object.keys(called).length > 0 ? called : undefined };
}
