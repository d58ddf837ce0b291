/** X1: a large value that no node looks at is encoded once; one that a node may have changed in place is encoded as it is then. */
import { expect, it } from 'vitest';
import {
  Annotation,
  Command,
  type Durability,
  interrupt,
  MemorySaver,
  Send,
  START,
  StateGraph,
  type ValueCodec,
} from '../../../core/index.ts';
import { deferred, thread } from '../../support/engine.ts';

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}

function counted() {
  const count = { encoded: 0 };
  const codec: ValueCodec<Money> = {
    name: 'money',
    is: (value) => value instanceof Money,
    encode: ({ cents }) => {
      count.encoded += 1;
      return cents;
    },
    decode: (cents) => new Money(cents as number),
  };
  return { count, checkpointer: new MemorySaver({ codecs: [codec] }) };
}

const State = Annotation.Root({ big: Annotation<unknown[]>, n: Annotation<number> });
const text = 'x'.repeat(10_000);

it.each<[string, (state: typeof State.State) => void, number]>([
  ['not looked at by three nodes: not once', () => undefined, 0],
  ['looked at by each: once at each save', (state) => void state.big.length, 3],
  ['copied by each: once at each save', (state) => void { ...state }, 3],
])('%s', async (_, look, times) => {
  const { count, checkpointer } = counted();
  const before: number[] = [];
  const step = (state: typeof State.State) => {
    before.push(count.encoded);
    look(state);
    return { n: 1 };
  };
  const graph = new StateGraph(State)
    .addNode({ a: step, b: step, c: step })
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('b', 'c')
    .compile({ checkpointer });
  const result = await graph.invoke({ big: [text, new Money(5)] }, { ...thread(), durability: 'sync' });
  expect(result).toEqual({ big: [text, new Money(5)], n: 1 });
  expect(count.encoded - before[0]!).toBe(times);
  expect((await graph.getState(thread())).values).toEqual(result);
});

it('one that comes from storage is not encoded again', async () => {
  const { count, checkpointer } = counted();
  const graph = new StateGraph(State)
    .addNode('ask', () => ({ n: interrupt<string, number>('n?') }))
    .addNode('end', () => ({}))
    .addEdge(START, 'ask')
    .addEdge('ask', 'end')
    .compile({ checkpointer });
  await graph.invoke({ big: [text, new Money(5)] }, thread());
  const before = count.encoded;
  expect(await graph.invoke(new Command({ resume: 3 }), thread())).toMatchObject({ n: 3 });
  expect(count.encoded).toBe(before);
});

it.each<Durability>(['exit', 'sync', 'async'])(
  'S8: changed in place it is kept, with durability %s',
  async (durability) => {
    const push = (item: string) => (state: typeof State.State) => {
      state.big.push(item);
      return {};
    };
    const graph = new StateGraph(State)
      .addNode('a', push('a'))
      .addNode('pass', () => ({}))
      .addNode('b', push('b'))
      .addNode('ask', () => ({ n: interrupt<string, number>('n?') }))
      .addEdge(START, 'a')
      .addEdge('a', 'pass')
      .addEdge('pass', 'b')
      .addEdge('b', 'ask')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({ big: [text] }, { ...thread(), durability });
    expect(await graph.invoke(new Command({ resume: 1 }), { ...thread(), durability })).toEqual({
      big: [text, 'a', 'b'],
      n: 1,
    });
  },
);

it('a state that holds one is a plain object like any other', async () => {
  const seen: unknown[] = [];
  const look = (state: typeof State.State) => {
    seen.push([Object.getPrototypeOf(state) === Object.prototype, state.constructor === Object, Object.keys(state)]);
    seen.push(structuredClone(state));
    return { n: 1 };
  };
  const graph = new StateGraph(State)
    .addNode('pass', () => ({}))
    .addNode('look', look)
    .addEdge(START, 'pass')
    .addEdge('pass', 'look')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ big: [text], n: 0 }, { ...thread(), durability: 'sync' });
  expect(seen).toStrictEqual([[true, true, ['big', 'n']], { big: [text], n: 0 }]);
});

it('a node may assign to its state: that is its own', async () => {
  const graph = new StateGraph(State)
    .addNode('a', (state) => {
      state.big = ['mine'];
      return { n: state.big.length };
    })
    .addNode('b', ({ n }) => ({ n: n + 1 }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer: new MemorySaver() });
  expect(await graph.invoke({ big: [text, text] }, { ...thread(), durability: 'sync' })).toEqual({
    big: [text, text],
    n: 2,
  });
});

it.each<Durability>(['sync', 'async'])(
  'changed in place after a nested graph beside it was saved, it is kept (%s)',
  async (durability) => {
    const [read, saved] = [deferred(), deferred()];
    const inner = new StateGraph(Annotation.Root({ n: Annotation<number> }))
      .addNode('one', async () => {
        await read.promise;
        return { n: 1 };
      })
      .addNode('two', () => {
        saved.resolve();
        return { n: 2 };
      })
      .addEdge(START, 'one')
      .addEdge('one', 'two')
      .compile();
    const graph = new StateGraph(State)
      .addNode('inner', inner)
      .addNode('slow', async ({ big }) => {
        read.resolve();
        await saved.promise;
        big.push('late');
        return {};
      })
      .addNode('ask', () => ({ n: interrupt<string, number>('n?') }))
      .addEdge(START, 'inner')
      .addEdge(START, 'slow')
      .addEdge(['inner', 'slow'], 'ask')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({ big: [text] }, { ...thread(), durability });
    expect((await graph.getState(thread())).values).toMatchObject({ big: [text, 'late'] });
  },
);

it.each<Durability>(['sync', 'async'])(
  'X3: carried by a Send and changed in place by its task, it is kept (%s)',
  async (durability) => {
    const graph = new StateGraph(State)
      .addNode('pass', () => ({ n: 1 }))
      .addNode('work', ({ items }: { items: unknown[] }) => {
        items.push('done');
        return { n: 2 };
      })
      .addEdge(START, 'pass')
      .addConditionalEdges('pass', ({ big }) => [new Send('work', { items: big })], ['work'])
      .compile({ checkpointer: new MemorySaver() });
    const result = await graph.invoke({ big: [text] }, { ...thread(), durability });
    expect(result).toEqual({ big: [text, 'done'], n: 2 });
    expect((await graph.getState(thread())).values).toEqual(result);
  },
);
