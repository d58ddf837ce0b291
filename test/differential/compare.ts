/** Plays a case on both libraries, call by call, and holds every observation of the one against the other's. */
import { isDeepStrictEqual } from 'node:util';
import type { Call, Case } from './description.ts';
import {
  accepted,
  drops,
  edgeAsks,
  endOf,
  leaksAnswers,
  nested,
  refusals,
  type Situation,
  type Standing,
  withResult,
} from './differences.ts';
import { holdpoint, langgraph, type Library } from './library.ts';
import { type Observation, Session } from './session.ts';

export interface Difference {
  readonly nth: number;
  readonly call: Call;
  readonly holdpoint: unknown;
  readonly langgraph: unknown;
}

export interface Played {
  readonly difference?: Difference;
  readonly seen: readonly Observation[];
  readonly refused: readonly string[];
}

export async function playBoth(one: Case, ours: Library = holdpoint): Promise<Played> {
  const { graph, calls } = one;
  const nests = nested(graph);
  const mine = new Session(ours, graph, false);
  const theirs = new Session(langgraph, graph, leaksAnswers(one));
  const seen: Observation[] = [];
  const refused: string[] = [];
  for (const [nth, call] of calls.entries()) {
    const refusal = refusals.find((one) => one.applies(call, standingOf(mine)));
    const before = seen.at(-1);
    const told = await mine.play(call, nth, refusal !== undefined);
    let expected: Observation | undefined;
    if (refusal) {
      refused.push(refusal.code);
      const { state = told.state, history = [] } = before ?? {};
      expected = { outcome: { chunks: [], error: { refused: refusal.code } }, ran: [], state, history };
    } else {
      seen.push(told);
      expected = await theirs.play(call, nth);
    }
    const end = endOf(expected, nests) ?? drops(told);
    if (!same(told, expected, { nests, end, edgeAsks: edgeAsks(told) || edgeAsks(expected) })) {
      return { difference: { nth, call, holdpoint: told, langgraph: expected }, seen, refused };
    }
    if (end) return { seen, refused };
  }
  return { seen, refused };
}

function same(ours: Observation, theirs: Observation, situation: Situation): boolean {
  if (isDeepStrictEqual(ours, theirs)) return true;
  return isDeepStrictEqual(accepted(ours, situation), accepted(withResult(theirs), situation));
}

function standingOf(session: Session): Standing {
  return { exists: session.history.length > 0, pending: session.pending().length };
}
