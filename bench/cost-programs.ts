/**
 * The programs whose cost is compared. Each is written once, against the names that Holdpoint and LangGraph.js share, and is handed the library
 * and the checkpointer to use. Each checks its own result.
 */
import type { Annotation, BaseCheckpointSaver, Command, END, interrupt, START, StateGraph } from '@langchain/langgraph';

/** LangGraph.js, or Holdpoint in its place. */
export interface CostLibrary {
  readonly StateGraph: typeof StateGraph;
  readonly Annotation: typeof Annotation;
  readonly Command: typeof Command;
  readonly START: typeof START;
  readonly END: typeof END;
  readonly interrupt: typeof interrupt;
}

/** What one run costs, measured by whoever provides it. */
export type Measure<Cost> = (run: () => Promise<void>) => Promise<Cost>;

export type Durability = 'async' | 'exit';

/** Three nodes, the second of which asks; the state comes with the input. One invoke and one resume. */
export async function cycle<Cost>(
  { StateGraph, Annotation, Command, START, END, interrupt }: CostLibrary,
  checkpointer: BaseCheckpointSaver,
  note: string,
  durability: Durability,
  measure: Measure<Cost>,
): Promise<Cost> {
  const graph = new StateGraph(Annotation.Root({ note: Annotation<string>, answer: Annotation<string> }))
    .addNode('before', () => ({}))
    .addNode('ask', () => ({ answer: interrupt<string, string>('Approve?') }))
    .addNode('after', ({ answer }) => ({ answer: `${answer}!` }))
    .addEdge(START, 'before')
    .addEdge('before', 'ask')
    .addEdge('ask', 'after')
    .addEdge('after', END)
    .compile({ checkpointer });
  const config = { configurable: { thread_id: crypto.randomUUID() }, durability };
  return measure(async () => {
    await graph.invoke({ note }, config);
    const { answer } = await graph.invoke(new Command({ resume: 'yes' }), config);
    if (answer !== 'yes!') throw new Error(`The cycle ended with ${answer}.`);
  });
}

/** One turn after another on one thread, each of which adds a text to a list: its cost, turn by turn, until one fails. */
export async function grow<Cost>(
  { StateGraph, Annotation, START, END }: CostLibrary,
  checkpointer: BaseCheckpointSaver,
  turns: readonly string[],
  durability: Durability,
  measure: Measure<Cost>,
): Promise<{ readonly costs: readonly Cost[]; readonly failed?: string }> {
  const messages = Annotation<string[]>({ reducer: (all, more) => [...all, ...more], default: () => [] });
  const graph = new StateGraph(Annotation.Root({ messages, count: Annotation<number> }))
    .addNode('tally', ({ messages: all }) => ({ count: all.length }))
    .addEdge(START, 'tally')
    .addEdge('tally', END)
    .compile({ checkpointer });
  const config = { configurable: { thread_id: crypto.randomUUID() }, durability };
  const costs: Cost[] = [];
  for (const [i, turn] of turns.entries()) {
    try {
      const cost = await measure(async () => {
        const { count } = await graph.invoke({ messages: [turn] }, config);
        if (count !== i + 1) throw new Error(`Turn ${i + 1} counted ${count}.`);
      });
      costs.push(cost);
    } catch (error) {
      return { costs, failed: (error as Error).message };
    }
  }
  return { costs };
}
