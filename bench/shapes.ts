/** Programs of other shapes than a loop: wide, deep and talkative. Written as those in programs.ts are. */
import type { Library } from './compile.ts';
import { configOf, type Durability, expectValue, type Program, saverName } from './program.ts';

const WIDTH = 100;
const DEPTH = 10;
const CHUNKS = 10_000;

/** One router sends this many tasks; a reducer gathers what they return. */
export function fanOut(durability: Durability | undefined): Program {
  return {
    name: `fan-out of ${WIDTH} Sends, ${saverName(durability)}`,
    unit: 'task',
    units: WIDTH,
    prepare({ Annotation, StateGraph, START, END, MemorySaver, Send }) {
      const State = Annotation.Root({
        total: Annotation<number, number>({ reducer: (a, b) => a + b, default: () => 0 }),
      });
      const graph = new StateGraph(State)
        .addNode('work', (state) => ({ total: (state as unknown as { n: number }).n }))
        .addConditionalEdges(START, () => Array.from({ length: WIDTH }, (_, n) => new Send('work', { n })), ['work'])
        .addEdge('work', END)
        .compile(durability ? { checkpointer: new MemorySaver() } : {});
      return async () => {
        const { total } = await graph.invoke({ total: 0 }, configOf(durability));
        expectValue(total, (WIDTH * (WIDTH - 1)) / 2);
      };
    },
  };
}

/** A graph whose node is a graph whose node is a graph … */
export function subgraphs(durability: Durability | undefined): Program {
  return {
    name: `${DEPTH} subgraphs, one in the other, ${saverName(durability)}`,
    unit: 'run',
    units: 1,
    prepare({ Annotation, StateGraph, START, END, MemorySaver }) {
      const State = Annotation.Root({ n: Annotation<number> });
      const saver = durability ? { checkpointer: new MemorySaver() } : {};
      const around = (node: (state: { n: number }) => Promise<{ n: number }>, options = {}) => {
        const graph = new StateGraph(State)
          .addNode('inner', node)
          .addEdge(START, 'inner')
          .addEdge('inner', END)
          .compile(options);
        return graph as unknown as typeof node & typeof graph;
      };
      let graph = around(({ n }) => Promise.resolve({ n: n + 1 }));
      for (let depth = 1; depth < DEPTH; depth++) graph = around(graph);
      graph = around(graph, saver);
      return async () => {
        const { n } = await graph.invoke({ n: 0 }, configOf(durability));
        expectValue(n, 1);
      };
    },
  };
}

/** One node writes, the caller reads. */
export function customChunks({ yields }: { readonly yields: boolean }): Program {
  return {
    name: `stream of ${CHUNKS.toLocaleString('en')} custom chunks, ${yields ? 'node awaits after each' : 'node writes all at once'}`,
    unit: 'chunk',
    units: CHUNKS,
    prepare({ Annotation, StateGraph, START, END }: Library) {
      const graph = new StateGraph(Annotation.Root({ n: Annotation<number> }))
        .addNode('talk', async (_, { writer }) => {
          for (let i = 0; i < CHUNKS; i++) {
            writer?.({ i });
            if (yields) await Promise.resolve();
          }
          return { n: CHUNKS };
        })
        .addEdge(START, 'talk')
        .addEdge('talk', END)
        .compile();
      return async () => {
        let read = 0;
        for await (const chunk of await graph.stream({ n: 0 }, { streamMode: 'custom' })) {
          expectValue((chunk as { i: number }).i, read);
          read += 1;
        }
        expectValue(read, CHUNKS);
      };
    },
  };
}
