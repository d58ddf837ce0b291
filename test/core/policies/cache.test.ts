/** G4: cache policies. The same programs on LangGraph.js 1.7.3, with Holdpoint's cache: its main entry point has none. */
import { describe, expect, it } from 'vitest';
import * as holdpoint from '../../../core/index.ts';
import { ManualClock } from '../../support/clock.ts';
import { collect, Log, memory, rejection, thread } from '../../support/engine.ts';
import { type Library, same } from '../../support/libraries.ts';

const { InMemoryCache, START, StateGraph } = holdpoint;

function build(library: Library, ran: string[], policy: holdpoint.CachePolicy | boolean, cache = new InMemoryCache()) {
  const { Annotation } = library;
  const State = Annotation.Root({
    in: Annotation<string>,
    out: Annotation<string>,
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  return new library.StateGraph(State)
    .addNode('before', ({ in: input }) => {
      ran.push(`before ${input}`);
      return { out: '' };
    })
    .addNode(
      'cached',
      ({ in: input }) => {
        ran.push(`cached ${input}`);
        return { out: `${input}!`, log: [input] };
      },
      { cachePolicy: policy },
    )
    .addEdge(library.START, 'before')
    .addEdge('before', 'cached')
    .compile({ cache });
}

const updates = (graph: ReturnType<typeof build>, input: string) =>
  collect<unknown>(graph.stream({ in: input }, { streamMode: 'updates' }));

describe('G4: cachePolicy', () => {
  it('a node runs once for each input; what it returned is told as cached', async () => {
    const result = await same(async (library) => {
      const ran: string[] = [];
      const graph = build(library, ran, true);
      const chunks = [await updates(graph, 'x'), await updates(graph, 'x'), await updates(graph, 'y')];
      return { chunks, result: await graph.invoke({ in: 'x' }), ran };
    });
    expect(result).toEqual({
      chunks: [
        [{ before: { out: '' } }, { cached: { out: 'x!', log: ['x'] } }],
        [{ before: { out: '' } }, { cached: { out: 'x!', log: ['x'] }, __metadata__: { cached: true } }],
        [{ before: { out: '' } }, { cached: { out: 'y!', log: ['y'] } }],
      ],
      result: { in: 'x', out: 'x!', log: ['x'] },
      ran: ['before x', 'cached x', 'before x', 'before y', 'cached y', 'before x'],
    });
  });

  it('keyFunc says which inputs are the same', async () => {
    const result = await same(async (library) => {
      const ran: string[] = [];
      const keys: unknown[] = [];
      const graph = build(library, ran, {
        keyFunc: (args) => {
          keys.push(args);
          return String((args[0] as { in: string }).in.length);
        },
      });
      const outs = [
        await graph.invoke({ in: 'aa' }),
        await graph.invoke({ in: 'bb' }),
        await graph.invoke({ in: 'c' }),
      ];
      return { outs: outs.map(({ out }) => out), keys: [...new Set(keys.map((key) => JSON.stringify(key)))] };
    });
    expect(result).toEqual({
      outs: ['aa!', 'aa!', 'c!'],
      keys: ['aa', 'bb', 'c'].map((input) => JSON.stringify([{ in: input, out: '', log: [] }])),
    });
  });

  it('false, and a graph without a cache, keep nothing; clearCache forgets', async () => {
    const result = await same(async (library) => {
      const ran: string[] = [];
      const off = build(library, ran, false);
      await off.invoke({ in: 'x' });
      await off.invoke({ in: 'x' });
      const on = build(library, ran, true);
      await on.invoke({ in: 'y' });
      await on.clearCache();
      await on.invoke({ in: 'y' });
      return ran.filter((name) => name.startsWith('cached'));
    });
    expect(result).toEqual(['cached x', 'cached x', 'cached y', 'cached y']);
  });

  it('a result is used for so many seconds', async () => {
    const clock = new ManualClock();
    const ran: string[] = [];
    const graph = build(holdpoint, ran, { ttl: 2 }, new InMemoryCache({ now: clock.now }));
    await graph.invoke({ in: 'x' });
    await clock.advance(1999);
    await graph.invoke({ in: 'x' });
    await clock.advance(1);
    await graph.invoke({ in: 'x' });
    expect(ran.filter((name) => name.startsWith('cached'))).toHaveLength(2);
  });

  it('where it went is kept with it, and a failure or a question is not', async () => {
    let ran = 0;
    const graph = new StateGraph(Log)
      .addNode(
        'a',
        () => {
          ran += 1;
          if (ran === 1) throw new Error('once');
          if (ran === 2) holdpoint.interrupt('ok?');
          return new holdpoint.Command({ update: { log: 'a' }, goto: new holdpoint.Send('b', { value: 1 }) });
        },
        { cachePolicy: true, ends: ['b'] },
      )
      .addNode('b', ({ value }) => ({ log: `b ${String(value)}` }))
      .addEdge(START, 'a')
      .compile({ checkpointer: memory(), cache: new InMemoryCache() });
    await rejection(graph.invoke({}, thread('one')));
    await graph.invoke({}, thread('two'));
    for (const id of ['three', 'four']) expect(await graph.invoke({}, thread(id))).toEqual({ log: ['a', 'b 1'] });
    expect(ran).toBe(3);
  });

  it('inputs that JSON cannot tell apart are told apart; graphs that share a cache are, too', async () => {
    const cache = new InMemoryCache();
    const named = (name: string) =>
      new StateGraph(Log)
        .addNode('a', ({ value }) => ({ log: `${name} ${(value as Map<string, string>).get('x')}` }), {
          cachePolicy: true,
        })
        .addEdge(START, 'a')
        .compile({ name, cache });
    const logs = [];
    for (const graph of [named('one'), named('two')]) {
      for (const x of ['p', 'q', 'p']) logs.push(...(await graph.invoke({ value: new Map([['x', x]]) })).log);
    }
    expect(logs).toEqual(['one p', 'one q', 'one p', 'two p', 'two q', 'two p']);
  });

  it('G1: setNodeDefaults, but not for who says false', async () => {
    const ran: string[] = [];
    const say = (name: string) => () => void ran.push(name);
    const graph = new StateGraph(Log)
      .setNodeDefaults({ cachePolicy: true })
      .addNode('a', say('a'))
      .addNode('b', say('b'), { cachePolicy: false })
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile({ cache: new InMemoryCache() });
    await graph.invoke({});
    await graph.invoke({});
    expect([...ran].sort()).toEqual(['a', 'b', 'b']);
  });

  it('G9: tasks keep their results in the cache of their entrypoint', async () => {
    const ran: string[] = [];
    const double = holdpoint.task({ name: 'double', cachePolicy: {} }, async (x: number) => {
      ran.push(`double ${x}`);
      return x * 2;
    });
    const flow = holdpoint.entrypoint({ name: 'flow', cache: new InMemoryCache() }, async (x: number) => double(x));
    expect([await flow.invoke(2), await flow.invoke(2), await flow.invoke(3)]).toEqual([4, 4, 6]);
    expect(ran).toEqual(['double 2', 'double 3']);
  });
});

it('G9: a task is retried, and ended when it takes too long', async () => {
  const clock = new ManualClock();
  let ran = 0;
  const flaky = holdpoint.task({ name: 'flaky', retry: { jitter: false }, timeout: 50 }, async () => {
    ran += 1;
    if (ran === 1) await new Promise(() => undefined);
    return `ran ${ran}`;
  });
  const graph = new StateGraph(Log)
    .addNode('a', async () => ({ log: await flaky() }))
    .addEdge(START, 'a')
    .compile({ now: clock.now, sleep: clock.sleep });
  const run = graph.invoke({});
  await clock.advance(550);
  expect(await run).toEqual({ log: ['ran 2'] });
});
