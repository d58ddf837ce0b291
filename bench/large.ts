/**
 * What a superstep costs in a thread that holds 1 MB which the step does not touch, against the same thread with 1 KB in that place, and with nothing;
 * each library is compared with itself. The cost of a step is that of a long run less that of a run of one step, so what a run pays once (loading the thread) is apart.
 */
import * as langgraph from '@langchain/langgraph';
import { compiledCore, type Library } from './compile.ts';
import { configOf, type Durability, expectValue } from './program.ts';
import { ratioOf, sampleOf } from './stats.ts';
import { round, type Row, spread, table, verdict } from './table.ts';

const AIM = 1.2;
/** A run of ours is too short for one to be timed alone; LangGraph.js keeps 1 MB more for every step. */
const SIDES = { ours: { rounds: 31, steps: 1000, repeats: 3 }, theirs: { rounds: 5, steps: 100, repeats: 1 } };
const entries = (length: number) =>
  Array.from({ length }, (_, id) => ({ id, text: `${id} `.padEnd(985, 'lorem ipsum ') }));
const LARGE = entries(1000);
const inputs = { empty: {}, small: { large: entries(1) }, large: { large: LARGE } };
type Kind = keyof typeof inputs;
const kinds = Object.keys(inputs) as Kind[];

const peer = langgraph as unknown as Library;

/** Round by round. */
interface Times {
  /** Microseconds. */
  readonly step: number[];
  readonly run: number[];
}

export async function large(): Promise<string> {
  const ours = await compiledCore();
  const rows: Row[] = [];
  for (const durability of ['sync', 'async', 'exit'] as const) {
    const [mine, theirs] = [await measure(ours, durability, 'ours'), await measure(peer, durability, 'theirs')];
    const ratio = ratioOf(mine.large.step, mine.small.step);
    rows.push([
      durability,
      spread(ratio),
      verdict(ratio.median <= AIM),
      spread(ratioOf(theirs.large.step, theirs.small.step)),
      spread(ratioOf(mine.large.step, mine.empty.step)),
      spread(sampleOf(mine.large.step)),
      spread(sampleOf(theirs.large.step)),
      [mine, theirs].map(({ large: { run } }) => round(sampleOf(run).median / 1000)).join(' / '),
    ]);
  }
  const header = [
    'durability',
    'Holdpoint: 1 MB ÷ 1 KB',
    `aim ≤ ${AIM}`,
    'LangGraph.js: 1 MB ÷ 1 KB',
    'Holdpoint: 1 MB ÷ none',
  ];
  const absolute = [
    'Holdpoint, µs per step with 1 MB',
    'LangGraph.js, µs per step with 1 MB',
    'once per run, ms (ours / theirs)',
  ];
  return [
    table([...header, ...absolute], rows),
    '',
    `A loop of one node, \`MemorySaver\`, ${round(JSON.stringify(LARGE).length / 1e6)} MB of JSON in another channel. Medians of ${SIDES.ours.rounds} and ` +
      `${SIDES.theirs.rounds} rounds (10th to 90th percentile in brackets; ratios are taken round by round).`,
  ].join('\n');
}

const none = (): Times => ({ step: [], run: [] });

async function measure(
  library: Library,
  durability: Durability,
  side: keyof typeof SIDES,
): Promise<Readonly<Record<Kind, Times>>> {
  const times = { empty: none(), small: none(), large: none() };
  const { rounds, steps, repeats } = SIDES[side];
  for (let at = -1; at < rounds; at++) {
    for (const kind of at % 2 === 0 ? kinds : kinds.toReversed()) {
      const invoke = await prepare(library, durability, kind);
      const short = await timeOf(invoke, 1, repeats);
      const long = await timeOf(invoke, 1 + steps, repeats);
      if (at < 0) continue;
      times[kind].step.push((long - short) / steps);
      times[kind].run.push(short);
    }
  }
  return times;
}

/** A thread with that beside its counter, and what runs so many steps of it. */
async function prepare(
  { Annotation, StateGraph, START, END, MemorySaver }: Library,
  durability: Durability,
  kind: Kind,
): Promise<(steps: number) => Promise<void>> {
  const State = Annotation.Root({ n: Annotation<number>, limit: Annotation<number>, large: Annotation<unknown> });
  const graph = new StateGraph(State)
    .addNode('step', ({ n }) => ({ n: n + 1 }))
    .addEdge(START, 'step')
    .addConditionalEdges('step', ({ n, limit }) => (n < limit ? 'step' : END), ['step', END])
    .compile({ checkpointer: new MemorySaver() });
  const config = configOf(durability, 2000);
  const invoke = async (input: object, steps: number): Promise<void> => {
    const { n } = await graph.invoke({ n: 0, limit: steps, ...input }, config);
    expectValue(n, steps);
  };
  await invoke(inputs[kind], 1);
  return (steps) => invoke({}, steps);
}

/** Microseconds. */
async function timeOf(invoke: (steps: number) => Promise<void>, steps: number, repeats: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) await invoke(steps);
  return ((performance.now() - start) * 1000) / repeats;
}
