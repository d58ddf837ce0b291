/** Where a run goes: joins, conditional edges, Commands and Sends. */
import { describe, expect, it } from 'vitest';
import { Command, END, interrupt, InvalidUpdateError, Send, START, StateGraph } from '../../../core/index.ts';
import { asked, Log, memory, rejection, thread } from '../../support/engine.ts';

const say = (name: string) => () => ({ log: name });

/** `from`, with a conditional edge behind it; `b` and `c` to go to. */
function routed(router: () => unknown, paths?: Record<string, string> | string[]) {
  const graph = new StateGraph(Log).addNode('from', say('from')).addNode('b', say('b')).addNode('c', say('c'));
  return graph
    .addEdge(START, 'from')
    .addConditionalEdges('from', router as () => string, paths as ['b'])
    .addConditionalEdges(START, () => [], ['b', 'c'])
    .compile();
}

describe('joins', () => {
  it('S4: the target waits for the slowest branch, and runs once', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', say('a'))
      .addNode('b', say('b'))
      .addNode('b2', say('b2'))
      .addNode('join', say('join'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge('b', 'b2')
      .addEdge(['a', 'b2'], 'join')
      .compile();
    expect(await graph.invoke({})).toEqual({ log: ['a', 'b', 'b2', 'join'] });
  });

  it('S4: in a loop it joins again', async () => {
    let rounds = 0;
    const graph = new StateGraph(Log)
      .addNode('a', say('a'))
      .addNode('b', say('b'))
      .addNode('b2', say('b2'))
      .addNode('join', say('join'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge('b', 'b2')
      .addEdge(['a', 'b2'], 'join')
      .addConditionalEdges('join', () => (++rounds < 2 ? ['a', 'b'] : END), ['a', 'b', END])
      .compile();
    expect(await graph.invoke({})).toEqual({ log: ['a', 'b', 'b2', 'join', 'a', 'b', 'b2', 'join'] });
  });

  it('one that never comes: the run is done without the target', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', say('a'))
      .addNode('b', say('b'))
      .addNode('join', say('join'))
      .addConditionalEdges(START, () => 'a', ['a', 'b'])
      .addEdge(['a', 'b'], 'join')
      .compile();
    expect(await graph.invoke({})).toEqual({ log: ['a'] });
  });

  it('without a join two edges run the target once for each superstep that leads to it', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', say('a'))
      .addNode('b', say('b'))
      .addNode('b2', say('b2'))
      .addNode('end', say('end'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge('b', 'b2')
      .addEdge('a', 'end')
      .addEdge('b2', 'end')
      .compile();
    expect(await graph.invoke({})).toEqual({ log: ['a', 'b', 'b2', 'end', 'end'] });
  });

  it('two joins are two, whatever their nodes are called', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', say('a'))
      .addNode('b+c', say('b+c'))
      .addNode('a+b', say('a+b'))
      .addNode('c', say('c'))
      .addNode('join', say('join'))
      .addConditionalEdges(START, () => ['a', 'c', 'b+c'], ['a', 'c', 'b+c', 'a+b'])
      .addEdge(['a', 'b+c'], 'join')
      .addEdge(['a+b', 'c'], 'join')
      .compile();
    expect(await graph.invoke({})).toEqual({ log: ['a', 'b+c', 'c', 'join'] });
  });

  it('a new input forgets who had come', async () => {
    let first = true;
    const graph = new StateGraph(Log)
      .addNode('a', say('a'))
      .addNode('b', say('b'))
      .addNode('join', say('join'))
      .addConditionalEdges(START, () => (first ? 'a' : 'b'), ['a', 'b'])
      .addEdge(['a', 'b'], 'join')
      .compile({ checkpointer: memory() });
    await graph.invoke({}, thread());
    first = false;
    expect(await graph.invoke({}, thread())).toEqual({ log: ['a', 'b'] });
  });
});

describe('conditional edges', () => {
  it.each<[string, () => unknown, Record<string, string> | string[] | undefined, string[]]>([
    ['a node', () => 'b', undefined, ['from', 'b']],
    ['several nodes, in the order of their names', () => ['c', 'b'], undefined, ['from', 'b', 'c']],
    ['none', () => [], undefined, ['from']],
    ['END', () => END, undefined, ['from']],
    ['a promise', () => Promise.resolve('b'), undefined, ['from', 'b']],
    ['a label', () => 'yes', { yes: 'b', no: END }, ['from', 'b']],
    ['a label that leads to END', () => 'no', { yes: 'b', no: END }, ['from']],
    ['several labels', () => ['yes', 'no'], { yes: 'b', no: 'c' }, ['from', 'b', 'c']],
    ['a boolean as a label', () => true, { true: 'b', false: 'c' }, ['from', 'b']],
    ['a node out of a list', () => 'c', ['b', 'c'], ['from', 'c']],
  ])('a router may return %s', async (_, router, paths, log) => {
    expect(await routed(router, paths).invoke({})).toEqual({ log });
  });

  it.each<[string, () => unknown, Record<string, string> | undefined, string]>([
    [
      'null',
      () => null,
      undefined,
      'Conditional edge from "from": Branch condition returned unknown or null destination: null',
    ],
    ['undefined', () => undefined, undefined, 'unknown or null destination: undefined'],
    [
      'an unknown node',
      () => 'zz',
      undefined,
      'Conditional edge from "from" -> "zz": Node "zz" does not exist. Nodes: from, b, c.',
    ],
    ['START', () => START, undefined, 'Node "__start__" does not exist'],
    [
      'a label that is not there',
      () => 'maybe',
      { yes: 'b' },
      'returned unknown or null destination: "maybe", which its path map lacks. It has: yes.',
    ],
    ['a Send to an unknown node', () => new Send('zz', {}), undefined, 'Invalid node name "zz" in Send packet'],
  ])('%s is refused', async (_, router, paths, message) => {
    const error = await rejection(routed(router, paths).invoke({}));
    expect(error).toBeInstanceOf(InvalidUpdateError);
    expect((error as Error).message).toContain(message);
  });

  it('a router reads the state with what its node wrote, and not what siblings wrote', async () => {
    const seen: unknown[] = [];
    const graph = new StateGraph(Log)
      .addNode('a', say('a'))
      .addNode('b', say('b'))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addConditionalEdges('b', ({ log }) => {
        seen.push(log);
        return END;
      })
      .compile();
    await graph.invoke({ log: 'in' });
    expect(seen).toEqual([['in', 'b']]);
  });

  it('from START it reads the input', async () => {
    const graph = new StateGraph(Log)
      .addNode('low', say('low'))
      .addNode('high', say('high'))
      .addConditionalEdges(START, ({ value }) => ((value as number) > 10 ? 'high' : 'low'))
      .compile();
    expect((await graph.invoke({ value: 11 }))['log']).toEqual(['high']);
    expect((await graph.invoke({ value: 10 }))['log']).toEqual(['low']);
  });

  it('several behind one node, and static edges beside them, all lead on', async () => {
    const graph = new StateGraph(Log)
      .addNode('from', say('from'))
      .addNode('b', say('b'))
      .addNode('c', say('c'))
      .addNode('d', say('d'))
      .addEdge(START, 'from')
      .addEdge('from', 'd')
      .addConditionalEdges('from', () => 'b', ['b'])
      .addConditionalEdges('from', () => 'c', ['c'])
      .compile();
    expect(await graph.invoke({})).toEqual({ log: ['from', 'b', 'c', 'd'] });
  });
});

const graphOf = (output: () => unknown) =>
  new StateGraph(Log)
    .addNode('from', output as () => Command, { ends: ['b'] })
    .addNode('b', say('b'))
    .addNode('c', say('c'))
    .addEdge(START, 'from')
    .addEdge('from', 'c')
    .compile();

describe('K5: a Command from a node', () => {
  it.each<[string, () => unknown, string[]]>([
    [
      'update and goto, beside the static edge',
      () => new Command({ update: { log: 'u' }, goto: 'b' }),
      ['u', 'b', 'c'],
    ],
    ['goto to several', () => new Command({ goto: ['b', 'c'] }), ['b', 'c']],
    ['goto END ends nothing else', () => new Command({ goto: END }), ['c']],
    [
      'an update as pairs',
      () =>
        new Command({
          update: [
            ['log', 'x'],
            ['log', 'y'],
            ['unknown', 1],
          ],
        }),
      ['x', 'y', 'c'],
    ],
    [
      'several, and objects among them',
      () => [new Command({ update: { log: 'x' } }), { log: 'y' }, new Command({ goto: 'b' })],
      ['x', 'y', 'b', 'c'],
    ],
  ])('%s', async (_, output, log) => {
    expect(await graphOf(output).invoke({})).toEqual({ log });
  });

  it('goto to an unknown node is refused by name', async () => {
    const error = await rejection(graphOf(() => new Command({ goto: 'zz' })).invoke({}));
    expect((error as Error).message).toBe('Node "from" -> "zz": Node "zz" does not exist. Nodes: from, b, c.');
  });

  it('JSON that looks like a Command or a Send is data', async () => {
    const graph = graphOf(() => ({ lg_name: 'Command', goto: ['b'], log: 'plain' }));
    expect(await graph.invoke({})).toEqual({ log: ['plain', 'c'] });
    const input = { lg_name: 'Command', resume: 'yes', log: 'in' } as never;
    expect(await graph.invoke(input)).toEqual({ log: ['in', 'plain', 'c'] });
  });
});

const mapped = () =>
  new StateGraph(Log)
    .addNode('work', (state) => ({ log: `work ${(state as unknown as { n: number }).n}` }))
    .addNode('beside', say('beside'))
    .addNode('done', say('done'))
    .addConditionalEdges(START, () => [new Send('work', { n: 3 }), 'beside', new Send('work', { n: 1 })], [
      'work',
      'beside',
    ])
    .addEdge('work', 'done')
    .compile({ checkpointer: memory() });

describe('G2: Send', () => {
  it('each is a task with its own input; writes in the order in which they were sent, after the nodes', async () => {
    expect(await mapped().invoke({}, thread())).toEqual({ log: ['beside', 'work 3', 'work 1', 'done'] });
  });

  it('undefined is an input too', async () => {
    const graph = new StateGraph(Log)
      .addNode('work', (state) => ({ log: typeof state }))
      .addConditionalEdges(START, () => [new Send('work', undefined)], ['work'])
      .compile({ checkpointer: memory() });
    expect(await graph.invoke({}, thread())).toEqual({ log: ['undefined'] });
  });

  it('each asks a question of its own, and keeps its input over the wait', async () => {
    const graph = new StateGraph(Log)
      .addNode('work', (state) => {
        const { n } = state as unknown as { n: number };
        return { log: `${n}: ${interrupt(`q${n}`)}` };
      })
      .addConditionalEdges(START, () => [new Send('work', { n: 2 }), new Send('work', { n: 1 })], ['work'])
      .compile({ checkpointer: memory() });
    const [two, one] = asked(await graph.invoke({}, thread()));
    expect([two!.value, one!.value]).toEqual(['q2', 'q1']);
    expect((await graph.getState(thread())).tasks.map(({ path }) => path)).toEqual([
      ['__pregel_push', 0, false],
      ['__pregel_push', 1, false],
    ]);
    await graph.invoke(new Command({ resume: { [one!.id]: 'A' } }), thread());
    expect(await graph.invoke(new Command({ resume: 'B' }), thread())).toEqual({ log: ['2: B', '1: A'] });
  });
});

describe('nodes', () => {
  it('anything with invoke is a node, called as a method with state and config', async () => {
    const runnable = {
      word: 'invoked',
      invoke(state: { log: string[] }, config: { context?: unknown }) {
        return { log: `${this.word} ${state.log.length} ${String(config.context)}` };
      },
    };
    const graph = new StateGraph(Log).addNode('r', runnable).addEdge(START, 'r').compile();
    expect(await graph.invoke({ log: 'in' }, { context: 'ctx' })).toEqual({ log: ['in', 'invoked 1 ctx'] });
  });

  it('a channel without a value is absent, one with a default is there', async () => {
    let keys: string[] = [];
    const graph = new StateGraph(Log)
      .addNode('look', (state) => {
        keys = Object.keys(state);
        return {};
      })
      .addEdge(START, 'look')
      .compile();
    expect(await graph.invoke({})).toEqual({ log: [] });
    expect(keys).toEqual(['log']);
  });
});
