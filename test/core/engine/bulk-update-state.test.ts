/** H5: supersteps made by hand: copies, inputs, several at once. The same programs run on LangGraph.js 1.7.3. */
import { describe, expect, it } from 'vitest';
import { Command, interrupt, START, StateGraph } from '../../../core/index.ts';
import { asked, collect, Log, memory, rejection, stored, thread } from '../../support/engine.ts';
import { both, type Library, logOf } from '../../support/libraries.ts';

/** a -> ask -> z */
function asking(library: Library) {
  const { StateGraph, START, interrupt, MemorySaver } = library;
  return new StateGraph(logOf(library))
    .addNode('a', () => ({ log: ['a'] }))
    .addNode('ask', ({ value }) => ({ log: [`${interrupt('q')} ${String(value)}`] }))
    .addNode('z', () => ({ log: ['z'] }))
    .addEdge(START, 'a')
    .addEdge('a', 'ask')
    .addEdge('ask', 'z')
    .compile({ checkpointer: new MemorySaver() });
}

const node = (name: string) => () => ({ log: [name] });

/** a -> c, b -> d */
function sideBySide(library: Library) {
  return new library.StateGraph(logOf(library))
    .addNode('a', node('a'))
    .addNode('b', node('b'))
    .addNode('c', node('c'))
    .addNode('d', node('d'))
    .addEdge(library.START, 'a')
    .addEdge(library.START, 'b')
    .addEdge('a', 'c')
    .addEdge('b', 'd')
    .compile({ checkpointer: new library.MemorySaver() });
}

async function historyOf(graph: Pick<ReturnType<typeof asking>, 'getStateHistory'>) {
  const history = await collect(graph.getStateHistory(thread()));
  return history.map(({ values, next, metadata, tasks }) => ({
    values,
    next,
    metadata,
    interrupts: tasks.flatMap(({ interrupts }) => interrupts.map(({ value }) => value)),
  }));
}

describe('what stands for a node', () => {
  it.each([
    ['__copy__', null],
    ['__copy__', [[{ log: ['x'] }, 'ask']]],
    ['__input__', { log: ['new'] }],
  ] as const)('%s with %j, while it waits, when it is done, and at an old checkpoint', async (asNode, values) => {
    const { ours, theirs } = await both(async (library) => {
      const told: unknown[] = [];
      for (const place of ['waits', 'done', 'old']) {
        const graph = asking(library);
        await graph.invoke({ log: ['in'] }, thread());
        const { config } = await graph.getState(thread());
        if (place !== 'waits') await graph.invoke(new library.Command({ resume: 'yes' }), thread());
        await graph.updateState(place === 'old' ? config : thread(), values as never, asNode);
        told.push(await historyOf(graph), await graph.invoke(null, thread()), await historyOf(graph));
      }
      return told;
    });
    expect(JSON.stringify(ours)).toContain(asNode === '__copy__' ? '"source":"fork"' : '"source":"input"');
    expect(ours).toEqual(theirs);
  });

  it('__copy__ is a sibling of what it copies', async () => {
    const graph = asking(await import('../../../core/index.ts'));
    await graph.invoke({}, thread());
    const before = await graph.getState(thread());
    await graph.updateState(thread(), null, '__copy__');
    expect((await graph.getState(thread())).parentConfig).toEqual(before.parentConfig);
  });

  it('__copy__ on a new thread, and __input__ without one, are refused', async () => {
    const graph = asking(await import('../../../core/index.ts'));
    for (const asNode of ['__copy__', '__input__'] as const) {
      expect(await rejection(graph.updateState(thread(), null, asNode))).toMatchObject({ code: 'invalid_update' });
    }
  });
});

describe('bulkUpdateState', () => {
  it('makes one checkpoint for each superstep, and the thread goes on after the last', async () => {
    const { ours, theirs } = await both(async (library) => {
      const graph = asking(library);
      await graph.bulkUpdateState(thread(), [
        { updates: [{ values: { log: ['in'] }, asNode: '__input__' }] },
        { updates: [{ values: { log: ['by hand'] }, asNode: 'a' }] },
      ]);
      return [await historyOf(graph), await graph.invoke(null, thread())];
    });
    expect(ours).toMatchObject([{ length: 2 }, { __interrupt__: [{ value: 'q' }] }]);
    expect(ours).toEqual(theirs);
  });

  it('applies the updates of one superstep together: each fires its edges', async () => {
    const { ours, theirs } = await both(async (library) => {
      const graph = sideBySide(library);
      await graph.bulkUpdateState(thread(), [
        { updates: [{ values: { log: ['in'] }, asNode: '__start__' }] },
        {
          updates: [
            { values: { log: ['B'] }, asNode: 'b' },
            { values: { log: ['A'] }, asNode: 'a' },
          ],
        },
      ]);
      return [await historyOf(graph), await graph.invoke(null, thread())];
    });
    expect(ours).toMatchObject([[{ next: ['c', 'd'] }, {}], { log: ['in', 'B', 'A', 'c', 'd'] }]);
    expect(ours).toEqual(theirs);
  });

  it.each([
    ['no superstep', []],
    ['no update', [{ updates: [] }]],
    ['several, one without a node', [{ updates: [{ values: {} }, { values: {}, asNode: 'a' }] }]],
    [
      'several that clear',
      [
        {
          updates: [
            { values: null, asNode: '__end__' },
            { values: {}, asNode: 'a' },
          ],
        },
      ],
    ],
    [
      'a second superstep that is refused',
      [{ updates: [{ values: {}, asNode: 'a' }] }, { updates: [{ values: {}, asNode: 'gone' }] }],
    ],
  ])('%s: refused, nothing is written', async (_, supersteps) => {
    const store = memory();
    const graph = new StateGraph(Log)
      .addNode('a', () => ({ log: String(interrupt('q')) }))
      .addEdge(START, 'a')
      .compile({ checkpointer: store });
    await graph.invoke({}, thread());
    const before = await stored(store);
    expect(await rejection(graph.bulkUpdateState(thread(), supersteps))).toMatchObject({
      name: expect.stringMatching('Error') as string,
    });
    expect(await stored(store)).toEqual(before);
  });
});

describe('H4: an answer after an update that the waiting node is to see', () => {
  it('a bare one goes to the question that it asks now; nothing is pending by id', async () => {
    const { ours, theirs } = await both(async (library) => {
      const graph = asking(library);
      await graph.invoke({}, thread());
      await graph.updateState(thread(), { value: 5 });
      const { tasks } = await graph.getState(thread());
      const result = await graph.invoke(new library.Command({ resume: 'yes' }), thread());
      return { asked: tasks[0]!.interrupts, result };
    });
    expect(ours).toEqual({ asked: [], result: { log: ['a', 'yes 5', 'z'], value: 5 } });
    expect(ours).toEqual(theirs);
  });

  it('the same at an old checkpoint that was answered: the fork is resumed with another answer', async () => {
    const { ours, theirs } = await both(async (library) => {
      const graph = asking(library);
      await graph.invoke({}, thread());
      const { config } = await graph.getState(thread());
      await graph.invoke(new library.Command({ resume: 'yes' }), thread());
      const fork = await graph.updateState(config, { value: 5 });
      return graph.invoke(new library.Command({ resume: 'no' }), fork);
    });
    expect(ours).toEqual({ log: ['a', 'no 5', 'z'], value: 5 });
    expect(ours).toEqual(theirs);
  });

  it('of two questions it goes to the first', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', ({ value }) => ({ log: [`${interrupt('one')}`, `${interrupt(`two of ${String(value)}`)}`] }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: memory() });
    await graph.invoke({}, thread());
    await graph.invoke(new Command({ resume: 1 }), thread());
    await graph.updateState(thread(), { value: 5 });
    const [second] = asked(await graph.invoke(new Command({ resume: 'first' }), thread()));
    expect(second!.value).toBe('two of 5');
    expect(await graph.invoke(new Command({ resume: 'second' }), thread())).toMatchObject({ log: ['first', 'second'] });
  });
});
