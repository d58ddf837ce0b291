/** The programs whose speed is compared: see program.ts. */
import { configOf, type Durability, expectValue, type Program, saverName } from './program.ts';
import { customChunks, fanOut, subgraphs } from './shapes.ts';

const STEPS = 100;

export const programs: readonly Program[] = [
  loop(STEPS, undefined),
  line(undefined),
  loop(STEPS, 'async'),
  loop(STEPS, 'exit'),
  loop(10 * STEPS, 'async'),
  interruptCycle('async'),
  interruptCycle('exit'),
  fanOut(undefined),
  fanOut('async'),
  subgraphs(undefined),
  subgraphs('async'),
  customChunks({ yields: false }),
  customChunks({ yields: true }),
];

/** One node that goes to itself: a conditional edge on every superstep. */
function loop(steps: number, durability: Durability | undefined): Program {
  return {
    name: `loop of ${steps.toLocaleString('en')} steps, ${saverName(durability)}`,
    unit: 'superstep',
    units: steps,
    prepare({ Annotation, StateGraph, START, END, MemorySaver }) {
      const graph = new StateGraph(Annotation.Root({ n: Annotation<number> }))
        .addNode('step', ({ n }) => ({ n: n + 1 }))
        .addEdge(START, 'step')
        .addConditionalEdges('step', ({ n }) => (n < steps ? 'step' : END), ['step', END])
        .compile(durability ? { checkpointer: new MemorySaver() } : {});
      return async () => {
        const { n } = await graph.invoke({ n: 0 }, configOf(durability, 2 * steps));
        expectValue(n, steps);
      };
    },
  };
}

/** Nodes one after the other, by static edges. */
function line(durability: Durability | undefined): Program {
  return {
    name: `line of ${STEPS} nodes, ${saverName(durability)}`,
    unit: 'superstep',
    units: STEPS,
    prepare({ Annotation, StateGraph, START, END, MemorySaver }) {
      const state = Annotation.Root({ n: Annotation<number> });
      const builder = new StateGraph<typeof state, { n: number }, { n?: number }, string>(state);
      const names = Array.from({ length: STEPS }, (_, i) => `node${i}`);
      for (const name of names) builder.addNode(name, ({ n }) => ({ n: n + 1 }));
      const stops = [START, ...names, END];
      for (const [i, stop] of stops.slice(0, -1).entries()) builder.addEdge(stop, stops[i + 1]!);
      const graph = builder.compile(durability ? { checkpointer: new MemorySaver() } : {});
      return async () => {
        const { n } = await graph.invoke({ n: 0 }, configOf(durability));
        expectValue(n, STEPS);
      };
    },
  };
}

/** Three nodes; the second asks. Start, stop at the question, answer, run to the end: two invokes on a thread of its own. */
function interruptCycle(durability: Durability): Program {
  return {
    name: `interrupt cycle, ${saverName(durability)}`,
    unit: 'cycle',
    units: 1,
    prepare({ Annotation, StateGraph, START, END, MemorySaver, Command, interrupt }) {
      const graph = new StateGraph(Annotation.Root({ order: Annotation<string>, answer: Annotation<string> }))
        .addNode('before', () => ({ order: 'A-1001' }))
        .addNode('ask', ({ order }) => ({ answer: interrupt<string, string>(`Refund ${order}?`) }))
        .addNode('after', ({ answer }) => ({ answer: `${answer}!` }))
        .addEdge(START, 'before')
        .addEdge('before', 'ask')
        .addEdge('ask', 'after')
        .addEdge('after', END)
        .compile({ checkpointer: new MemorySaver() });
      return async () => {
        const config = configOf(durability);
        const asked = await graph.invoke({ order: '' }, config);
        expectValue(asked.__interrupt__?.[0]?.value, 'Refund A-1001?');
        const { answer } = await graph.invoke(new Command({ resume: 'yes' }), config);
        expectValue(answer, 'yes!');
      };
    },
  };
}
