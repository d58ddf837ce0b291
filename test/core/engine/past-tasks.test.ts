import { describe, expect, it } from 'vitest';
import {
  Annotation,
  Command,
  interrupt,
  MemorySaver,
  Overwrite,
  START,
  StateGraph,
  StateSchema,
  UntrackedValue,
} from '../../../core/index.ts';
import type { Durability } from '../../../core/index.ts';
import * as z from 'zod';
import { collect, Log, thread } from '../../support/engine.ts';

const State = Annotation.Root({
  log: Annotation<string[], string[]>({ reducer: (list, items) => list.concat(items), default: () => [] }),
  value: Annotation<object>,
  sum: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
});

function chain(checkpointer = new MemorySaver()) {
  return new StateGraph(State)
    .addNode('a', () => ({ log: ['a1', 'a2'], value: { by: 'a' }, sum: 2 }))
    .addNode('b', () => ({ log: ['b'], sum: 3 }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer });
}

function results(
  snapshots: readonly { readonly tasks: readonly { readonly name: string; readonly result?: unknown }[] }[],
) {
  return snapshots.map(({ tasks }) => tasks.map(({ name, result }) => [name, result]));
}

const ofChain = [
  [],
  [['b', { log: ['b'], sum: 3 }]],
  [['a', { log: ['a1', 'a2'], value: { by: 'a' }, sum: 2 }]],
  [['__start__', { log: ['in'] }]],
];

describe('H2: the past shows what its tasks wrote', () => {
  it.each<Durability>(['sync', 'async'])(
    'in the history, and in the state of each checkpoint: %s',
    async (durability) => {
      const graph = chain();
      await graph.invoke({ log: ['in'] }, { ...thread(), durability });
      const history = await collect(graph.getStateHistory(thread()));
      expect(results(history)).toEqual(ofChain);
      for (const [i, { config }] of history.entries()) {
        expect(results([await graph.getState(config)])).toEqual([ofChain[i]]);
        expect(results(await collect(graph.getStateHistory(thread(), { before: config })))).toEqual(
          ofChain.slice(i + 1),
        );
      }
    },
  );

  it('what the channels hold is not stored twice; with durability exit nothing is', async () => {
    const store = new MemorySaver();
    const graph = chain(store);
    await graph.invoke({ log: ['in'] }, thread());
    const kept = (await collect(store.chain('thread-1'))).map(({ frame }) => frame.wrote);
    expect(kept).toEqual([
      [3, ['b', ['log', 3, 4], ['sum', 3]]],
      [2, ['a', ['log', 1, 3], 'value', 'sum']],
      [1, ['__start__', ['log', 0, 1]]],
      undefined,
    ]);
    await graph.invoke({}, { ...thread('2'), durability: 'exit' });
    expect((await collect(store.chain('2'))).map(({ frame }) => frame.wrote)).toEqual([undefined]);
  });

  it('a list that ends otherwise than it was written is stored as it was written', async () => {
    const sorted = Annotation.Root({
      list: Annotation<number[], number[]>({
        reducer: (a, b) => [...a, ...b].sort((x, y) => x - y),
        default: () => [],
      }),
    });
    const graph = new StateGraph(sorted)
      .addNode('a', () => ({ list: [3, 1] }))
      .addNode('b', () => ({ list: [1, 3] }))
      .addNode('c', () => ({ list: [] }))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .addEdge('b', 'c')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({ list: [2] }, thread());
    const told = results(await collect(graph.getStateHistory(thread())));
    expect(told).toEqual([
      [],
      [['c', { list: [] }]],
      [['b', { list: [1, 3] }]],
      [['a', { list: [3, 1] }]],
      [['__start__', { list: [2] }]],
    ]);
  });

  it('K1: as it was written, whatever becomes of the value', async () => {
    const last = Annotation.Root({
      box: Annotation<{ n: number }>({ reducer: (_, box) => ({ ...box }), default: () => ({ n: 0 }) }),
    });
    const box = { n: 1 };
    const graph = new StateGraph(last)
      .addNode('a', () => ({ box }))
      .addNode('b', () => {
        box.n = 2;
        return {};
      })
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, { ...thread(), durability: 'sync' });
    box.n = 3;
    expect(results(await collect(graph.getStateHistory(thread())))).toContainEqual([['a', { box: { n: 1 } }]]);
  });

  it('H7: a replay leaves what the first run wrote where it was', async () => {
    let runs = 0;
    const graph = new StateGraph(Log)
      .addNode('a', () => ({ log: `run ${++runs}` }))
      .addEdge(START, 'a')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, thread());
    const before = (await collect(graph.getStateHistory(thread())))[1]!;
    await graph.invoke(null, before.config);
    const tasks = (await collect(graph.getStateHistory(thread()))).map((snapshot) => snapshot.tasks[0]?.result);
    expect(tasks).toEqual([undefined, { log: 'run 2' }, undefined, { log: 'run 1' }, undefined]);
  });

  it('beside what finished before the answer came; with its question', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ log: interrupt<string, string>('q') }))
      .addNode('other', () => ({ log: 'other' }))
      .addEdge(START, 'ask')
      .addEdge(START, 'other')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, thread());
    await graph.invoke(new Command({ resume: 'yes' }), thread());
    const asked = (await collect(graph.getStateHistory(thread())))[1]!;
    expect(results([asked])).toEqual([
      [
        ['ask', { log: 'yes' }],
        ['other', { log: 'other' }],
      ],
    ]);
    expect(asked.tasks[0]!.interrupts).toMatchObject([{ value: 'q' }]);
  });

  it('G4: of a node whose error was handled, the error', async () => {
    const graph = new StateGraph(Log)
      .addNode(
        'bad',
        () => {
          throw new RangeError('boom');
        },
        { errorHandler: () => ({ log: 'handled' }) },
      )
      .addEdge(START, 'bad')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, thread());
    const [, past] = await collect(graph.getStateHistory(thread()));
    expect(past!.tasks).toMatchObject([{ name: 'bad', error: { name: 'RangeError', message: 'boom' } }]);
    expect(results([past!])).toEqual([[['bad', undefined]]]);
  });

  it('whatever an answer changes with it, when the node then asks again', async () => {
    const graph = new StateGraph(State)
      .addNode('a', () => ({ log: ['a1', 'a2'], value: { by: 'a' } }))
      .addNode('b', () => ({ sum: interrupt<string, number>('first') + interrupt<string, number>('second') }))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, thread());
    const update = { log: new Overwrite([]), value: { by: 'caller' } };
    await graph.invoke(new Command({ resume: 1, update }), thread());
    const [now, past] = await collect(graph.getStateHistory(thread()));
    expect(now!.values).toMatchObject({ log: [], value: { by: 'caller' } });
    expect(results([past!])).toEqual([[['a', { log: ['a1', 'a2'], value: { by: 'a' } }]]]);
  });

  it('C14: of nested graphs too', async () => {
    const graph = new StateGraph(State)
      .addNode('sub', chain(undefined))
      .addEdge(START, 'sub')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({ log: ['in'] }, thread());
    const [, past] = await collect(graph.getStateHistory(thread()));
    const inside = past!.tasks[0]!.state as { readonly configurable: { readonly checkpoint_ns: string } };
    expect(results(await collect(graph.getStateHistory(inside)))).toEqual(ofChain.slice(0, -1));
  });

  it('P: values that are never saved are not', async () => {
    const store = new MemorySaver();
    const graph = new StateGraph(
      new StateSchema({ kept: z.string().optional(), secret: new UntrackedValue(z.string()) }),
    )
      .addNode('a', () => ({ kept: 'k', secret: 's' }))
      .addEdge(START, 'a')
      .compile({ checkpointer: store });
    await graph.invoke({}, thread());
    expect((await collect(store.chain('thread-1')))[0]!.frame.wrote).toEqual([2, ['a', 'kept']]);
  });
});
