/** Who answered, and when: kept with the first checkpoint that an answer leads to, where the history shows it. Pure. */
import { type Answered, type Checkpoint, type Frame, pendingIds } from '../checkpoint/checkpoint.ts';
import type { RunRequest } from '../checkpoint/checkpointer.ts';

/** What a request answers, when it says who does. @param at ISO 8601 */
export function answeredBy(request: RunRequest, base: Checkpoint | undefined, at: () => string): readonly Answered[] {
  if (request.kind !== 'command' || !request.command.answerer || !base) return [];
  const { answers, answerer } = request.command;
  const ids = answers ? Object.keys(answers) : pendingIds(base.frame);
  return ids.map((id) => ({ id, ...answerer, at: at() }));
}

/**
 * For the next checkpoint of a run. A superstep that is saved several times, for several answers, keeps them all.
 * @param given to the run
 * @param before the checkpoint before
 */
export function answeredIn(
  frame: Frame,
  runId: string,
  given: readonly Answered[],
  before: Checkpoint | undefined,
): Checkpoint['answered'] {
  const kept = before?.frame.planned === frame.planned ? before.answered : undefined;
  if (given.length === 0 || before?.runId === runId) return kept;
  const open = new Set(pendingIds(frame)); // of a refusal
  const taken = [...(kept ?? []), ...given.filter(({ id }) => !open.has(id))];
  return taken.length > 0 ? taken : undefined;
}
