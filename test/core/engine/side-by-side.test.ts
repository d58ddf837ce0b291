/** Tasks of one superstep: the test decides the order in which they finish. */
import { describe, expect, it } from 'vitest';
import { Command, interrupt, MemorySaver, START, StateGraph } from '../../../core/index.ts';
import { asked, deferred, Log, memory, rejection, thread } from '../../support/engine.ts';

describe('S2, S7: writes apply in a fixed order', () => {
  it.each([[['a', 'b', 'c']], [['c', 'b', 'a']], [['b', 'c', 'a']]] as const)(
    'when nodes finish as %j',
    async (order) => {
      const gates = { a: deferred(), b: deferred(), c: deferred() };
      const ends = { a: deferred(), b: deferred(), c: deferred() };
      const ended: string[] = [];
      const node = (name: 'a' | 'b' | 'c') => async () => {
        await gates[name].promise;
        ended.push(name);
        ends[name].resolve();
        return { log: name };
      };
      const graph = new StateGraph(Log)
        .addNode('c', node('c'))
        .addNode('a', node('a'))
        .addNode('b', node('b'))
        .addEdge(START, 'c')
        .addEdge(START, 'a')
        .addEdge(START, 'b')
        .compile({ checkpointer: memory() });
      const run = graph.invoke({}, thread());
      for (const name of order) {
        gates[name].resolve();
        await ends[name].promise;
      }
      expect(await run).toEqual({ log: ['a', 'b', 'c'] });
      expect(ended).toEqual(order);
    },
  );

  it('nodes of one superstep run at the same time', async () => {
    const [left, right] = [deferred(), deferred()];
    const graph = new StateGraph(Log)
      .addNode('left', async () => {
        right.resolve();
        await left.promise;
        return {};
      })
      .addNode('right', async () => {
        left.resolve();
        await right.promise;
        return { log: 'both' };
      })
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .compile();
    expect(await graph.invoke({})).toEqual({ log: ['both'] });
  });
});

function graphs(sibling: () => string) {
  let runs = 0;
  const graph = new StateGraph(Log)
    .addNode('pay', () => {
      runs += 1;
      return { log: `paid ${runs}` };
    })
    .addNode('other', () => ({ log: sibling() }))
    .addNode('after', () => ({ log: 'after' }))
    .addEdge(START, 'pay')
    .addEdge(START, 'other')
    .addEdge(['pay', 'other'], 'after')
    .compile({ checkpointer: memory() });
  return { graph, runs: () => runs };
}

describe('L1: a finished sibling is kept, and does not run again', () => {
  it('beside a question', async () => {
    const { graph, runs } = graphs(() => String(interrupt('q')));
    expect(await graph.invoke({}, thread())).toMatchObject({ log: ['paid 1'] });
    await graph.invoke(null, thread());
    const result = await graph.invoke(new Command({ resume: 'yes' }), thread());
    expect(result).toEqual({ log: ['yes', 'paid 1', 'after'] });
    expect(runs()).toBe(1);
  });

  it('beside a failure', async () => {
    let broken = true;
    const { graph, runs } = graphs(() => {
      if (broken) throw new Error('boom');
      return 'mended';
    });
    expect(await rejection(graph.invoke({}, thread()))).toMatchObject({ message: 'boom' });
    expect((await graph.getState(thread())).next).toEqual(['other']);
    broken = false;
    expect(await graph.invoke(null, thread())).toEqual({ log: ['mended', 'paid 1', 'after'] });
    expect(runs()).toBe(1);
  });

  it('L3: one that finishes after a sibling failed is waited for, told by its signal, and kept', async () => {
    const [started, gate] = [deferred<AbortSignal>(), deferred()];
    let broken = true;
    let runs = 0;
    const graph = new StateGraph(Log)
      .addNode('fail', async () => {
        await started.promise;
        if (broken) throw new Error('boom');
        return {};
      })
      .addNode('slow', async (_, { signal }) => {
        runs += 1;
        started.resolve(signal);
        await gate.promise;
        return { log: 'slow' };
      })
      .addEdge(START, 'fail')
      .addEdge(START, 'slow')
      .compile({ checkpointer: memory() });
    const failed = rejection(graph.invoke({}, thread()));
    const signal = await started.promise;
    expect(signal.aborted).toBe(false);
    const aborted = deferred();
    signal.addEventListener('abort', () => aborted.resolve());
    await aborted.promise;
    gate.resolve();
    expect(await failed).toMatchObject({ message: 'boom' });
    broken = false;
    expect(await graph.invoke(null, thread())).toEqual({ log: ['slow'] });
    expect(runs).toBe(1);
  });

  it('L1: nodes that fail at once are all told, in the order in which they failed', async () => {
    const gate = deferred();
    const graph = new StateGraph(Log)
      .addNode('a', async () => {
        await gate.promise;
        throw new Error('second');
      })
      .addNode('b', () => {
        gate.resolve();
        throw new Error('first');
      })
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile({ checkpointer: memory() });
    const error = await rejection(graph.invoke({}, thread()));
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toEqual([new Error('first'), new Error('second')]);
    expect((await graph.getState(thread())).tasks.map(({ error }) => error?.message)).toEqual(['second', 'first']);
  });

  it('L2: one that fails after it was told to stop does not change what is thrown, and is shown', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', async (_state, { signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        throw new Error('told');
      })
      .addNode('b', () => {
        throw new Error('first');
      })
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile({ checkpointer: memory() });
    expect(await rejection(graph.invoke({}, thread()))).toEqual(new Error('first'));
    expect((await graph.getState(thread())).tasks.map(({ error }) => error?.message)).toEqual(['told', 'first']);
  });
});

describe('decision 9: two runs at once on one thread', () => {
  it('two answers: one runs, the other is told that the thread is busy; the effect happens once', async () => {
    const [entered, gate] = [deferred(), deferred()];
    let effects = 0;
    const graph = new StateGraph(Log)
      .addNode('pay', async () => {
        const answer = String(interrupt('pay?'));
        entered.resolve();
        await gate.promise;
        effects += 1;
        return { log: answer };
      })
      .addEdge(START, 'pay')
      .compile({ checkpointer: new MemorySaver() });
    const [question] = asked(await graph.invoke({}, thread()));
    const answer = (value: string) => new Command({ resume: { [question!.id]: value } });

    const first = graph.invoke(answer('one'), thread());
    await entered.promise;
    expect(await rejection(graph.invoke(answer('two'), thread()))).toMatchObject({ code: 'thread_busy' });
    expect(await rejection(graph.updateState(thread(), { log: 'by hand' }))).toMatchObject({ code: 'thread_busy' });
    gate.resolve();
    expect(await first).toEqual({ log: ['one'] });
    expect(effects).toBe(1);
    expect(await rejection(graph.invoke(answer('three'), thread()))).toMatchObject({ code: 'interrupt_not_pending' });
    expect(effects).toBe(1);
  });

  it('asked for in the same moment: exactly one runs', async () => {
    let effects = 0;
    const graph = new StateGraph(Log)
      .addNode('pay', () => {
        const answer = String(interrupt('pay?'));
        effects += 1;
        return { log: answer };
      })
      .addEdge(START, 'pay')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({}, thread());
    const ends = await Promise.allSettled(
      ['one', 'two', 'three'].map((resume) => graph.invoke(new Command({ resume }), thread())),
    );
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    for (const end of ends.slice(1)) expect(end).toMatchObject({ reason: { code: 'thread_busy' } });
    expect(effects).toBe(1);
  });
});
