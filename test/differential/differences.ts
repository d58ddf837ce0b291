/**
 * Where Holdpoint differs from LangGraph.js 1.7.3 on purpose: the whole list. A call that one of these covers is refused by Holdpoint with this
 * code and leaves the thread untouched; LangGraph is not asked.
 */
import type { Call } from './description.ts';
import type { Observation } from './session.ts';

/** What a thread is like before a call. */
export interface Standing {
  readonly exists: boolean;
  readonly pending: number;
}

export interface Refusal {
  /** Where it is decided. */
  readonly by: string;
  readonly code: string;
  applies(call: Call, standing: Standing): boolean;
}

export const refusals: readonly Refusal[] = [
  {
    by: 'decisions 5 and 7: an id that is not pending',
    code: 'interrupt_not_pending',
    applies: ({ ask }, { exists }) => ask.do === 'wrong' && exists,
  },
  {
    by: 'decision 3: one answer, several questions',
    code: 'ambiguous_answer',
    applies: ({ ask }, { pending }) => ask.do === 'answer' && pending > 1,
  },
  {
    by: 'I22, B2: an answer, no question',
    code: 'nothing_to_resume',
    applies: ({ ask }, { exists, pending }) =>
      exists && pending === 0 && (ask.do === 'answer' || ask.do === 'answers'),
  },
  {
    by: 'I22: a thread that does not exist has nothing to answer or continue',
    code: 'unknown_thread',
    applies: ({ ask }, { exists }) => !exists && ['answer', 'answers', 'wrong', 'continue'].includes(ask.do),
  },
];

/** L2: LangGraph cannot read a thread any more on which the writes of finished siblings collide; what comes after is not compared. */
export function brokenThere({ state }: Observation): boolean {
  return 'unreadable' in (state as object);
}
