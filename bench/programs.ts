/**
 * The programs whose speed is compared. Each is written once, against the names that Holdpoint and LangGraph.js share, and is handed the
 * library to use: the same program with a changed import. Each checks its own result, so that an engine cannot be fast by not running it.
 */
import type { RunnableConfig } from '../core/index.ts';
import type { Library } from './compile.ts';

export type Durability = 'exit' | 'async';

export interface Program {
  readonly name: string;
  /** What one unit is, and how many of them one call of the prepared function runs. */
  readonly unit: string;
  readonly units: number;
  /** Builds graph and saver, and returns what is timed. */
  prepare(library: Library): () => Promise<void>;
}

const STEPS = 100;
const LIMIT = { recursionLimit: 2 * STEPS };

export const programs: readonly Program[] = [
  loop(undefined),
  line(undefined),
  loop('async'),
  loop('exit'),
  interruptCycle('async'),
  interruptCycle('exit'),
];

/** One node that goes to itself: a conditional edge on every superstep. */
function loop(durability: Durability | undefined): Program {
  return {
    name: `loop of ${STEPS} steps, ${saverName(durability)}`,
    unit: 'superstep',
    units: STEPS,
    prepare({ Annotation, StateGraph, START, END, MemorySaver }) {
      const graph = new StateGraph(Annotation.Root({ n: Annotation<number> }))
        .addNode('step', ({ n }) => ({ n: n + 1 }))
        .addEdge(START, 'step')
        .addConditionalEdges('step', ({ n }) => (n < STEPS ? 'step' : END), ['step', END])
        .compile(durability ? { checkpointer: new MemorySaver() } : {});
      return async () => {
        const { n } = await graph.invoke({ n: 0 }, configOf(durability));
        expectValue(n, STEPS);
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

function configOf(durability: Durability | undefined): RunnableConfig {
  return durability ? { ...LIMIT, durability, configurable: { thread_id: crypto.randomUUID() } } : LIMIT;
}

function saverName(durability: Durability | undefined): string {
  return durability ? `MemorySaver, ${durability}` : 'no saver';
}

function expectValue(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`The program returned ${String(actual)} instead of ${String(expected)}.`);
}
