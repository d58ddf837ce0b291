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
  /** What LangGraph told, by call; nothing where it was not asked. */
  readonly expected: readonly (Observation | undefined)[];
  readonly refused: readonly string[];
}

/** @param told what LangGraph told before, instead of asking it again */
export async function playBoth(
  one: Case,
  ours: Library = holdpoint,
  told?: readonly (Observation | undefined)[],
): Promise<Played> {
  const { graph, calls } = one;
  const nests = nested(graph);
  const mine = new Session(ours, graph);
  const theirs = told
    ? undefined
    : new Session(langgraph, graph, { answersById: leaksAnswers(one), showsAnswered: true });
  const seen: Observation[] = [];
  const expected: (Observation | undefined)[] = [];
  const refused: string[] = [];
  for (const [nth, call] of calls.entries()) {
    const refusal = refusals.find((each) => each.applies(call, standingOf(mine)));
    const before = seen.at(-1);
    const shown = await mine.play(call, nth, refusal !== undefined);
    const asked = refusal ? undefined : theirs ? await theirs.play(call, nth) : told?.[nth];
    expected.push(asked);
    const wanted = asked ?? refusedAs(refusal?.code, before, shown);
    if (refusal) refused.push(refusal.code);
    else seen.push(shown);
    const end = refusal ? undefined : (endOf(wanted, nests) ?? drops(shown));
    if (!same(shown, wanted, { nests, end, edgeAsks: edgeAsks(shown) || edgeAsks(wanted) })) {
      return { difference: { nth, call, holdpoint: shown, langgraph: wanted }, seen, expected, refused };
    }
    if (end) break;
  }
  return { seen, expected, refused };
}

/** The call is refused with this code, and the thread is as it was. */
function refusedAs(code: string | undefined, before: Observation | undefined, shown: Observation): Observation {
  const { state = shown.state, history = [] } = before ?? {};
  return { outcome: { chunks: [], error: { refused: code } }, ran: [], state, history };
}

function same(ours: Observation, theirs: Observation, situation: Situation): boolean {
  if (isDeepStrictEqual(ours, theirs)) return true;
  return isDeepStrictEqual(accepted(ours, situation), accepted(withResult(theirs), situation));
}

function standingOf(session: Session): Standing {
  return { exists: session.history.length > 0, pending: session.pending().length };
}
