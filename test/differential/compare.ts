/** Plays a case on both libraries, call by call, and holds every observation of the one against the other's. */
import { isDeepStrictEqual } from 'node:util';
import { breaksAt, type Call, type Case, type GraphDescription, nested, START } from './description.ts';
import {
  accepted,
  drops,
  edgeAsks,
  endOf,
  isLeftOut,
  leaksAnswers,
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
  const leaks = leaksAnswers(one);
  const retries = JSON.stringify(graph).includes('"retries"');
  const mine = new Session(ours, graph);
  const theirs = told ? undefined : new Session(langgraph, graph, { answersById: leaks, showsAnswered: true });
  const seen: Observation[] = [];
  const expected: (Observation | undefined)[] = [];
  const refused: string[] = [];
  let hidden: Standing['hidden'] = 'none';
  let commanded = false;
  let updated = false;
  let answered = false;
  for (const [nth, call] of calls.entries()) {
    const standing = standingOf(graph, mine, seen.at(-1), {
      hidden,
      commanded,
      updated,
      leaks,
      deepBreakpoints: answered && breaksAt(graph, 2),
    });
    const refusal = refusals.find((each) => each.applies(call, standing));
    if (!refusal && isLeftOut(call, standing)) break;
    const before = seen.at(-1);
    const shown = await mine.play(call, nth, refusal !== undefined);
    const asked = refusal ? undefined : theirs ? await theirs.play(call, nth) : told?.[nth];
    expected.push(asked);
    const wanted = asked ?? refusedAs(refusal?.error, before, shown);
    if (refusal) refused.push(refusal.by);
    else seen.push(shown);
    const end = refusal ? undefined : (endOf(wanted, nests) ?? drops(shown));
    if (!same(shown, wanted, { nests, retries, end, edgeAsks: edgeAsks(shown) || edgeAsks(wanted) })) {
      return { difference: { nth, call, holdpoint: shown, langgraph: wanted }, seen, expected, refused };
    }
    if (end) break;
    if (refusal) continue;
    hidden = hides(call, standing, shown, nests);
    commanded ||= call.ask.do === 'command';
    updated ||= call.ask.do === 'update';
    answered ||= call.ask.do === 'answer' || call.ask.do === 'answers';
  }
  return { seen, expected, refused };
}

/** The call is refused with this error, and the thread is as it was. */
function refusedAs(error: unknown, before: Observation | undefined, shown: Observation): Observation {
  const { state = shown.state, history = [] } = before ?? {};
  return { outcome: { chunks: [], error }, ran: [], state, history };
}

function same(ours: Observation, theirs: Observation, situation: Situation): boolean {
  if (isDeepStrictEqual(ours, theirs)) return true;
  return isDeepStrictEqual(accepted(ours, situation), accepted(withResult(theirs), situation));
}

function standingOf(
  graph: GraphDescription,
  session: Session,
  seen: Observation | undefined,
  given: Pick<Standing, 'hidden' | 'commanded' | 'updated' | 'leaks' | 'deepBreakpoints'>,
): Standing {
  const late = graph.nodes.filter(({ defer }) => defer).map(({ name }) => name);
  const waiting = [...graph.joins.map(([, to]) => to), ...late];
  const { next, tasks } = (seen?.state ?? { next: [], tasks: [] }) as Record<'next' | 'tasks', readonly unknown[]>;
  return {
    exists: session.history.length > 0,
    checkpoints: session.history.length,
    forkedInputs: session.history.flatMap(({ metadata, next }, i) =>
      metadata?.source === 'fork' && next.includes(START) ? [i] : [],
    ),
    nests: nested(graph),
    defers: JSON.stringify(graph).includes('"defer"'),
    pending: session.pending().length,
    ...given,
    behind: waiting.filter((name) => next.includes(name)),
    joins: graph.joins.length > 0,
    sends: JSON.stringify(graph).includes('"send"'),
    partly: session.partly,
    begun: next.length < tasks.length,
    nodes: graph.nodes.map(({ name }) => name),
  };
}

function hides({ ask, at }: Call, { pending }: Standing, shown: Observation, nests: boolean): Standing['hidden'] {
  const { next } = shown.state as { readonly next: readonly unknown[] };
  if (ask.do !== 'update' || next.length === 0) return 'none';
  if (at !== undefined) return 'many';
  if (pending === 0) return 'none';
  return pending === 1 && ask.asNode === undefined && !nests ? 'one' : 'many';
}
