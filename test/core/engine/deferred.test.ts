/** G3: deferred nodes. The same programs on LangGraph.js 1.7.3. */
import { describe, expect, it } from 'vitest';
import * as holdpoint from '../../../core/index.ts';
import { dyingRuns, Log, memory, thread } from '../../support/engine.ts';
import { type Library, same } from '../../support/libraries.ts';

function logOf({ Annotation }: Library) {
  return Annotation.Root({
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
}

const says = (text: string) => () => ({ log: [text] });

/** The log after each superstep. */
async function steps(
  graph: { stream(input: never, config: object): Promise<AsyncIterable<unknown>> },
  input: unknown = {},
) {
  const told: unknown[] = [];
  const stream = await graph.stream(input as never, { ...thread(), streamMode: 'values' });
  for await (const chunk of stream)
    told.push(JSON.parse(JSON.stringify(chunk, (key, value: unknown) => (key === 'id' ? 'id' : value))));
  return told;
}

describe('G3: defer', () => {
  it('all deferred nodes run together once nothing else is left, and what follows them after', async () => {
    const told = await same((library) => {
      const graph = new library.StateGraph(logOf(library))
        .addNode('a', says('a'))
        .addNode('b', says('b'))
        .addNode('c', says('c'))
        .addNode('d', says('d'), { defer: true })
        .addNode('e', says('e'), { defer: true })
        .addNode('f', says('f'))
        .addEdge(library.START, 'a')
        .addEdge('a', 'b')
        .addEdge('a', 'd')
        .addEdge('b', 'c')
        .addEdge('c', 'd')
        .addEdge('b', 'e')
        .addEdge('d', 'f')
        .compile();
      return steps(graph);
    });
    expect(told).toEqual([
      { log: ['a'] },
      { log: ['a', 'b'] },
      { log: ['a', 'b', 'c'] },
      { log: ['a', 'b', 'c', 'd', 'e'] },
      { log: ['a', 'b', 'c', 'd', 'e', 'f'] },
    ]);
  });

  it('behind a join, behind START, and in a loop', async () => {
    const told = await same(async (library) => {
      const { StateGraph, START, END } = library;
      const join = new StateGraph(logOf(library))
        .addNode('a', says('a'))
        .addNode('b', says('b'))
        .addNode('c', says('c'))
        .addNode('d', says('d'), { defer: true })
        .addEdge(START, 'a')
        .addEdge(START, 'b')
        .addEdge(['a', 'b'], 'd')
        .addEdge('b', 'c')
        .compile();
      const entry = new StateGraph(logOf(library))
        .addNode('d', says('d'), { defer: true })
        .addNode('a', says('a'))
        .addEdge(START, 'd')
        .addEdge(START, 'a')
        .compile();
      let rounds = 0;
      const loop = new StateGraph(logOf(library))
        .addNode('a', says('a'))
        .addNode('d', says('d'), { defer: true })
        .addEdge(START, 'a')
        .addEdge('a', 'd')
        .addConditionalEdges('d', () => (rounds++ === 0 ? 'a' : END))
        .compile();
      return [(await join.invoke({})).log, (await entry.invoke({})).log, (await loop.invoke({})).log];
    });
    expect(told).toEqual([
      ['a', 'b', 'c', 'd'],
      ['a', 'd'],
      ['a', 'd', 'a', 'd'],
    ]);
  });

  it('a Send to a deferred node does not wait; a goto does', async () => {
    const told = await same((library) => {
      const { StateGraph, START, Command, Send } = library;
      const graph = new StateGraph(logOf(library))
        .addNode('a', () => new Command({ goto: [new Send('d', { log: ['sent'] }), 'd'] }), { ends: ['d'] })
        .addNode('c', says('c'))
        .addNode('d', ({ log }) => ({ log: [`d after ${log.length}`] }), { defer: true })
        .addEdge(START, 'a')
        .addEdge('a', 'c')
        .compile();
      return steps(graph);
    });
    expect(told).toEqual([{ log: ['c', 'd after 1'] }, { log: ['c', 'd after 1', 'd after 2'] }]);
  });

  it('does not run while another node waits for an answer', async () => {
    const told = await same(async (library) => {
      const { StateGraph, START, Command, MemorySaver } = library;
      const graph = new StateGraph(logOf(library))
        .addNode('a', says('a'))
        .addNode('ask', () => ({ log: [library.interrupt<string, string>('ok?')] }))
        .addNode('d', says('d'), { defer: true })
        .addEdge(START, 'a')
        .addEdge('a', 'ask')
        .addEdge('a', 'd')
        .compile({ checkpointer: new MemorySaver() });
      const asked = await steps(graph);
      const { next } = await graph.getState(thread());
      return { asked, next, answered: await steps(graph, new Command({ resume: 'yes' })) };
    });
    expect(told).toMatchObject({
      next: ['ask'],
      answered: [{ log: ['a'] }, { log: ['a', 'yes'] }, { log: ['a', 'yes', 'd'] }],
    });
  });

  it.each(['as the node that waits', 'clearing what is planned'])('after updateState, %s', async (how) => {
    const told = await same(async (library) => {
      const { StateGraph, START, END, MemorySaver } = library;
      const graph = new StateGraph(logOf(library))
        .addNode('a', says('a'))
        .addNode('ask', () => ({ log: [library.interrupt<string, string>('ok?')] }))
        .addNode('d', says('d'), { defer: true })
        .addEdge(START, 'a')
        .addEdge('a', 'ask')
        .addEdge('a', 'd')
        .compile({ checkpointer: new MemorySaver() });
      await graph.invoke({}, thread());
      if (how.startsWith('as')) await graph.updateState(thread(), { log: ['u'] }, 'ask');
      else await graph.updateState(thread(), null, END);
      const { next } = await graph.getState(thread());
      return { next, result: (await graph.invoke(null, thread())).log };
    });
    expect(told).toEqual({ next: ['d'], result: how.startsWith('as') ? ['a', 'u', 'd'] : ['a', 'd'] });
  });
});

it('G3: a process that dies after each superstep forgets no deferred node', async () => {
  const { StateGraph, START } = holdpoint;
  const { result, deaths } = await dyingRuns(
    (checkpointer, now) =>
      new StateGraph(Log)
        .addNode('a', () => ({ log: 'a' }))
        .addNode('b', () => ({ log: 'b' }))
        .addNode('d', () => ({ log: 'd' }), { defer: true })
        .addEdge(START, 'a')
        .addEdge('a', 'b')
        .addEdge('a', 'd')
        .compile({ checkpointer, now }),
    memory(),
    {},
  );
  expect(result).toEqual({ log: ['a', 'b', 'd'] });
  expect(deaths).toBeGreaterThan(2);
});

const nextAfterUpdate = (asNode: 'b' | 'late') => async (library: Library) => {
  const graph = new library.StateGraph(logOf(library))
    .addNode('a', says('a'))
    .addNode('late', says('late'), { defer: true })
    .addNode('b', says('b'))
    .addEdge(library.START, 'a')
    .addEdge('a', 'late')
    .addEdge('late', 'b')
    .compile({ checkpointer: new library.MemorySaver(), interruptBefore: ['late'] });
  await graph.invoke({}, thread());
  await graph.updateState(thread(), { log: [`as ${asNode}`] }, asNode);
  return (await graph.getState(thread())).next;
};

it('G3, H4: a deferred node that is about to run waits still after an update; one that speaks for it skips it', async () => {
  expect(await same(nextAfterUpdate('b'))).toEqual(['late']);
  expect(await nextAfterUpdate('late')(holdpoint)).toEqual(['b']);
});

it('G3: a goto as input to a deferred node runs it, and a deployment that lost a deferred node is refused', async () => {
  const { StateGraph, START, Command } = holdpoint;
  const store = memory();
  const base = () =>
    new StateGraph(Log)
      .addNode('a', () => ({ log: 'a' }))
      .addNode('ask', () => ({ log: String(holdpoint.interrupt('ok?')) }))
      .addEdge(START, 'a')
      .addEdge('a', 'ask');
  const full = () =>
    base()
      .addNode('d', () => ({ log: 'd' }), { defer: true })
      .addEdge('a', 'd')
      .compile({ checkpointer: store });
  expect(await full().invoke(new Command({ goto: 'd' }), thread('other'))).toEqual({ log: ['d'] });
  await full().invoke({}, thread());
  await expect(
    base()
      .compile({ checkpointer: store })
      .invoke(new Command({ resume: 'yes' }), thread()),
  ).rejects.toMatchObject({
    code: 'graph_changed',
  });
  expect(await full().invoke(new Command({ resume: 'yes' }), thread())).toEqual({ log: ['a', 'yes', 'd'] });
});
