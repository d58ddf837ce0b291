/** Programs: in which order what happens side by side is told. */
import { Annotation, interrupt, INTERRUPT, isInterrupted, MemorySaver, START, StateGraph } from '@langchain/langgraph';
import { collect, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  v: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function questionsAsTheyAreAsked(log: Log) {
  const asks = (question: string, turns: number) => async () => {
    for (let turn = 0; turn < turns; turn++) await later(1);
    return { log: [interrupt<string, string>(question)] };
  };
  const graph = new StateGraph(State)
    .addNode('late', asks('late?', 8))
    .addNode('now', asks('now?', 0))
    .addNode('soon', asks('soon?', 3))
    .addEdge(START, 'late')
    .addEdge(START, 'now')
    .addEdge(START, 'soon')
    .compile({ checkpointer: new MemorySaver() });
  const asked = await graph.invoke({}, thread());
  log(isInterrupted<string>(asked) && asked[INTERRUPT].map(({ value }) => value));
  log((await graph.getState(thread())).tasks.map(({ name }) => name));
  log(await collect(graph.stream({}, { ...thread('2'), streamMode: ['updates', 'values', 'tasks'] })));
}

export async function questionsInsideComeFirst(log: Log) {
  const asks = (name: string) =>
    new StateGraph(State)
      .addNode(name, () => ({ log: [interrupt<string, string>(`${name}?`)] }))
      .addEdge(START, name)
      .compile();
  const middle = new StateGraph(State)
    .addNode('low', asks('lower'))
    .addNode('here', () => ({ log: [interrupt<string, string>('here?')] }))
    .addEdge(START, 'low')
    .addEdge(START, 'here')
    .compile();
  const graph = new StateGraph(State)
    .addNode('middle', middle)
    .addNode('top', () => ({ log: [interrupt<string, string>('top?')] }))
    .addEdge(START, 'middle')
    .addEdge(START, 'top')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({}, thread()));
  const { tasks } = await graph.getState(thread());
  log(tasks.map(({ name, interrupts }) => [name, interrupts]));
  const both = new StateGraph(State)
    .addNode('p', asks('p1'))
    .addNode('q', asks('q1'))
    .addEdge(START, 'p')
    .addEdge(START, 'q')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(both.stream({}, { ...thread(), subgraphs: true })));
}
