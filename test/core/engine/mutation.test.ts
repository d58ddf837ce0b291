/** S8: a node that changes a value in place, instead of returning it. As in LangGraph it is kept, whatever the durability. */
import { expect, it } from 'vitest';
import {
  Annotation,
  Command,
  type Durability,
  interrupt,
  MemorySaver,
  START,
  StateGraph,
} from '../../../core/index.ts';
import { thread } from '../../support/engine.ts';

const push = (item: string) => (state: { list: string[] }) => {
  state.list.push(item);
  return {};
};

it.each<Durability>(['exit', 'sync', 'async'])('is kept over a question, with durability %s', async (durability) => {
  const graph = new StateGraph(Annotation.Root({ list: Annotation<string[]> }))
    .addNode('a', push('a'))
    .addNode('b', push('b'))
    .addNode('ask', () => void interrupt('ok?'))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('b', 'ask')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ list: ['in'] }, { ...thread(), durability });
  expect(await graph.invoke(new Command({ resume: 'yes' }), { ...thread(), durability })).toEqual({
    list: ['in', 'a', 'b'],
  });
});
