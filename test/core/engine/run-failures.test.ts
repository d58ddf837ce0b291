/** What becomes of a thread when a run fails: it is looked at, and invoked again. */
import { describe, expect, it } from 'vitest';
import {
  Annotation,
  Command,
  interrupt,
  InvalidUpdateError,
  isHoldpointError,
  START,
  StateGraph,
  UnstorableState,
} from '../../../core/index.ts';
import { asked, collect, Log, memory, rejection, stored, thread } from '../../support/engine.ts';

function conflict(third?: () => object) {
  const builder = new StateGraph(Log)
    .addNode('a', () => ({ value: 1 }))
    .addNode('b', () => ({ value: 2 }))
    .addNode('c', third ?? (() => ({})))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .addEdge(START, 'c');
  return builder.compile({ checkpointer: memory() });
}

describe('two last-value writes in one superstep', () => {
  it('the run fails and names the channel', async () => {
    const error = await rejection(conflict().invoke({}, thread()));
    expect(error).toBeInstanceOf(InvalidUpdateError);
    expect(error).toMatchObject({
      code: 'concurrent_update',
      lc_error_code: 'INVALID_CONCURRENT_GRAPH_UPDATE',
      details: { channel: 'value', updates: 2 },
    });
  });

  it('the thread can be looked at: the state before the superstep, which is still to be applied', async () => {
    const graph = conflict();
    await rejection(graph.invoke({ log: 'in' }, thread()));
    const state = await graph.getState(thread());
    expect(state.values).toEqual({ log: ['in'] });
    expect(state.next).toEqual(['a', 'b', 'c']);
  });

  it('the thread can be moved on by hand', async () => {
    const graph = conflict();
    await rejection(graph.invoke({}, thread()));
    await graph.updateState(thread(), { value: 3 }, 'b');
    expect(await graph.getState(thread())).toMatchObject({ values: { value: 3 }, next: [] });
  });

  it.each(['invoke', 'stream'] as const)(
    'beside a question, %s fails at once: nobody is asked in vain, the claim ends, the question stays',
    async (call) => {
      const graph = conflict(() => ({ log: String(interrupt('q')) }));
      const error = await rejection(
        call === 'invoke' ? graph.invoke({}, thread()) : collect(graph.stream({}, thread())),
      );
      expect(error).toMatchObject({ code: 'concurrent_update' });
      const { tasks } = await graph.getState(thread());
      expect(tasks.flatMap(({ interrupts }) => interrupts.map(({ value }) => value))).toEqual(['q']);
      expect(await rejection(graph.invoke({}, thread()))).toMatchObject({ code: 'concurrent_update' });
    },
  );
});

describe('a reducer that throws', () => {
  it('fails the run with its error, and the thread can be looked at and invoked again', async () => {
    let broken = true;
    const State = Annotation.Root({
      sum: Annotation<number>({
        reducer: (sum, add) => {
          if (broken && add === 2) throw new Error('no twos');
          return sum + add;
        },
        default: () => 0,
      }),
    });
    const graph = new StateGraph(State)
      .addNode('two', () => ({ sum: 2 }))
      .addEdge(START, 'two')
      .compile({ checkpointer: memory() });
    expect(await rejection(graph.invoke({ sum: 1 }, thread()))).toMatchObject({ message: 'no twos' });
    expect((await graph.getState(thread())).values).toEqual({ sum: 1 });
    broken = false;
    expect(await graph.invoke(null, thread())).toEqual({ sum: 3 });
  });
});

describe('values that cannot be stored', () => {
  const cases: [string, unknown, string][] = [
    ['a function', { deep: [{ run: () => 1 }] }, 'a function'],
    ['a symbol', { deep: [{ run: Symbol('s') }] }, 'a symbol'],
    [
      'an instance',
      {
        deep: [
          {
            run: new (class Order {
              total = 5;
            })(),
          },
        ],
      },
      'an instance of class Order',
    ],
  ];
  it.each(cases)(
    '%s from a node: node, channel and path are named, and the thread goes on once the node is mended',
    async (_, bad, what) => {
      let value = bad;
      const store = memory();
      const graph = new StateGraph(Log)
        .addNode('first', () => ({ log: 'first' }))
        .addNode('bad', () => ({ value }))
        .addEdge(START, 'first')
        .addEdge('first', 'bad')
        .compile({ checkpointer: store });
      const error = await rejection(graph.invoke({}, thread()));
      expect(error).toBeInstanceOf(UnstorableState);
      expect((error as Error).message).toContain(`Node "bad", channel "value", at ["deep"][0]["run"]: ${what}`);
      expect(await graph.getState(thread())).toMatchObject({ values: { log: ['first'] }, next: ['bad'] });
      value = 'fine';
      expect(await graph.invoke(null, thread())).toEqual({ log: ['first'], value: 'fine' });
    },
  );

  it.each(['exit', 'sync', 'async'] as const)(
    'made by a reducer (durability %s): the channel is named, the claim ends, the run can be repeated',
    async (durability) => {
      let broken = true;
      const State = Annotation.Root({
        made: Annotation<unknown, number>({
          reducer: (_, n) => (broken && n === 2 ? { f: () => n } : n),
          default: () => 0,
        }),
      });
      const graph = new StateGraph(State)
        .addNode('one', () => ({ made: 1 }))
        .addNode('two', () => ({ made: 2 }))
        .addNode('after', () => ({}))
        .addEdge(START, 'one')
        .addEdge('one', 'two')
        .addEdge('two', 'after')
        .compile({ checkpointer: memory() });
      const error = await rejection(graph.invoke({}, { ...thread(), durability }));
      expect(error).toBeInstanceOf(UnstorableState);
      expect((error as Error).message).toContain('Channel "made", at ["f"]: a function');
      broken = false;
      expect(await graph.invoke(null, thread())).toEqual({ made: 2 });
    },
  );

  it('an input, an answer and the metadata of a config are refused before anything is written', async () => {
    const store = memory();
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ log: String(interrupt('q')) }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: store });
    await graph.invoke({}, thread());
    const before = await stored(store);
    const bad = Symbol('bad');
    const refused = [
      graph.invoke({ value: bad }, thread()),
      graph.invoke(new Command({ resume: bad }), thread()),
      graph.invoke(new Command({ resume: 'yes' }), { ...thread(), metadata: { bad } }),
    ];
    for (const promise of refused) expect(await rejection(promise)).toBeInstanceOf(UnstorableState);
    expect(await stored(store)).toEqual(before);
    expect(await graph.invoke(new Command({ resume: 'yes' }), thread())).toEqual({ log: ['yes'] });
  });

  it('a question is refused, and the thread is not left waiting for it', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ log: String(interrupt({ ask: () => 1 })) }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: memory() });
    const error = await rejection(graph.invoke({}, thread()));
    expect((error as Error).message).toContain('Node "ask", interrupt 0, at ["ask"]: a function');
    expect((await graph.getState(thread())).tasks[0]).toMatchObject({
      interrupts: [],
      error: { name: 'UnstorableState' },
    });
  });
});

describe('what a node throws', () => {
  it('comes out of invoke as it is; the task shows name and message; the thread can be invoked again', async () => {
    const boom = new RangeError('boom');
    const graph = new StateGraph(Log)
      .addNode('fail', ({ log }) => {
        if (log.length === 1) throw boom;
        return { log: 'done' };
      })
      .addEdge(START, 'fail')
      .compile({ checkpointer: memory() });
    expect(await rejection(graph.invoke({ log: 'one' }, thread()))).toBe(boom);
    const state = await graph.getState(thread());
    expect(state.next).toEqual(['fail']);
    expect(state.tasks[0]!.error).toEqual({ name: 'RangeError', message: 'boom' });
    expect(await graph.invoke({ log: 'two' }, thread())).toEqual({ log: ['one', 'two', 'done'] });
  });

  it('may be anything', async () => {
    const graph = new StateGraph(Log)
      .addNode('fail', () => {
        // eslint-disable-next-line typescript/only-throw-error -- nodes do it
        throw 'just text';
      })
      .addEdge(START, 'fail')
      .compile({ checkpointer: memory() });
    expect(await rejection(graph.invoke({}, thread()))).toBe('just text');
    expect((await graph.getState(thread())).tasks[0]!.error).toEqual({ name: 'Error', message: 'just text' });
  });
});

describe('what a node returns', () => {
  it.each([['text'], [5], [true], [[{ log: 'in a list' }]]])(
    '%j is refused, with the node and the keys named',
    async (bad) => {
      const graph = new StateGraph(Log)
        .addNode('bad', () => bad as object)
        .addEdge(START, 'bad')
        .compile({ checkpointer: memory() });
      const error = await rejection(graph.invoke({}, thread()));
      expect(error).toBeInstanceOf(InvalidUpdateError);
      expect(error).toMatchObject({ code: 'invalid_update', lc_error_code: 'INVALID_GRAPH_NODE_RETURN_VALUE' });
      expect((error as Error).message).toContain(
        'Expected node "bad" to return an object with keys of the state (log, value)',
      );
    },
  );

  it.each([[null], [undefined], [false], [{}], [{ unknown: 1 }]])('%j changes nothing', async (output) => {
    const graph = new StateGraph(Log)
      .addNode('quiet', () => output as object)
      .addEdge(START, 'quiet')
      .compile({ checkpointer: memory() });
    expect(await graph.invoke({ log: 'in' }, thread())).toEqual({ log: ['in'] });
  });

  it('undefined for a channel is a value', async () => {
    const graph = new StateGraph(Log)
      .addNode('clear', () => ({ value: undefined }))
      .addEdge(START, 'clear')
      .compile({ checkpointer: memory() });
    const result = await graph.invoke({ value: 1 }, thread());
    expect(Object.keys(result)).toEqual(['log', 'value']);
    expect(result['value']).toBeUndefined();
    const { values } = await graph.getState(thread());
    expect(Object.hasOwn(values, 'value')).toBe(true);
  });
});

it.each([['text'], [5], [[]]])('the input %j is refused and no thread begins', async (input) => {
  const store = memory();
  const graph = new StateGraph(Log)
    .addNode('a', () => ({}))
    .addEdge(START, 'a')
    .compile({ checkpointer: store });
  const error = await rejection(graph.invoke(input as never, thread()));
  expect(isHoldpointError(error) && error.message).toContain('Input: expected an object with keys of the state');
  expect(await store.load('thread-1')).toBeUndefined();
});

it('a question beside a failure is stored, and can be answered once the failure is mended', async () => {
  let broken = true;
  const graph = new StateGraph(Log)
    .addNode('ask', () => ({ log: String(interrupt('q')) }))
    .addNode('fail', () => {
      if (broken) throw new Error('boom');
      return { log: 'mended' };
    })
    .addEdge(START, 'ask')
    .addEdge(START, 'fail')
    .compile({ checkpointer: memory() });
  expect(await rejection(graph.invoke({}, thread()))).toMatchObject({ message: 'boom' });
  const state = await graph.getState(thread());
  expect(state.tasks.map(({ name, interrupts, error }) => [name, interrupts.length, error?.message])).toEqual([
    ['ask', 1, undefined],
    ['fail', 0, 'boom'],
  ]);
  broken = false;
  const result = await graph.invoke(new Command({ resume: 'yes' }), thread());
  expect(asked(result)).toEqual([]);
  expect(result).toEqual({ log: ['yes', 'mended'] });
});

describe('R1: an error that cannot be read, or state that cannot be saved, does not hold the thread', () => {
  it.each<[string, () => unknown]>([
    ['an object without a prototype', () => Object.create(null)],
    [
      'an error whose message throws',
      () =>
        Object.defineProperty(new Error(), 'message', {
          get: () => {
            throw new Error();
          },
        }),
    ],
    ['an error whose message is no text', () => Object.assign(new Error(), { message: { deep: [1n] } })],
  ])('%s', async (_what, thrown) => {
    let broken = true;
    const graph = new StateGraph(Log)
      .addNode('a', () => {
        if (broken) throw thrown();
        return { log: 'a' };
      })
      .addEdge(START, 'a')
      .compile({ checkpointer: memory() });
    await rejection(graph.invoke({}, thread()));
    broken = false;
    expect(await graph.invoke(null, thread())).toEqual({ log: ['a'] });
  });

  it('an input nested too deep for the checkpoint around it', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', () => ({ log: 'a' }))
      .addEdge(START, 'a')
      .compile({ checkpointer: memory() });
    let deep: unknown = 1;
    for (let i = 0; i < 498; i++) deep = [deep];
    expect(await rejection(graph.invoke({ value: deep }, thread()))).toMatchObject({ code: 'unstorable_state' });
    expect(await graph.invoke({ value: 1 }, thread())).toEqual({ log: ['a'], value: 1 });
  });
});
