/** `invoke(null)` where nothing waits to be run: no checkpoint. The same programs run on LangGraph.js 1.7.3. */
import * as langgraph from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import * as holdpoint from '../../../core/index.ts';
import { collect, thread } from '../../support/engine.ts';

type Library = typeof holdpoint;
const libraries: [string, Library][] = [
  ['holdpoint', holdpoint],
  ['langgraph', langgraph as unknown as Library],
];

function line({ Annotation, MemorySaver, START, StateGraph }: Library, checkpointer = new MemorySaver()) {
  const State = Annotation.Root({
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  return new StateGraph(State)
    .addNode('a', () => ({ log: ['a'] }))
    .addNode('b', () => ({ log: ['b'] }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer });
}

describe.each(libraries)('%s', (_name, library) => {
  it('a done thread: the state, no checkpoint, and the id that was held names the newest still', async () => {
    const graph = line(library);
    await graph.invoke({}, thread());
    const { config } = await graph.getState(thread());
    const before = await collect(graph.getStateHistory(thread()));
    expect(await graph.invoke(null, thread())).toEqual({ log: ['a', 'b'] });
    expect((await graph.getState(thread())).config).toEqual(config);
    expect(await graph.invoke(null, config)).toEqual({ log: ['a', 'b'] });
    expect(await collect(graph.getStateHistory(thread()))).toEqual(before);
  });
});

it('the claim is given back: the next run begins at once', async () => {
  const store = new holdpoint.MemorySaver();
  const graph = line(holdpoint, store);
  await graph.invoke({}, thread());
  await graph.invoke(null, thread());
  expect(await store.load('thread-1')).toMatchObject({ head: { status: 'done', claim: undefined } });
  expect(await graph.invoke({}, thread())).toEqual({ log: ['a', 'b', 'a', 'b'] });
});

it('a thread that stopped behind its last node is done then, and is no longer listed as waiting', async () => {
  const store = new holdpoint.MemorySaver();
  const graph = line(holdpoint, store);
  await graph.invoke({}, { ...thread(), interruptAfter: ['b'] });
  expect((await store.listThreads({ waiting: true })).threads).toMatchObject([{ status: 'paused' }]);
  expect(await graph.invoke(null, thread())).toEqual({ log: ['a', 'b'] });
  expect((await store.listThreads({ waiting: true })).threads).toEqual([]);
});
