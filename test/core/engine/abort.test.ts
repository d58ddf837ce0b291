/** S6: what stops a run before its end: a signal, a time-out of the run or of a superstep. The same programs on LangGraph.js 1.7.3. */
import { describe, expect, it } from 'vitest';
import * as holdpoint from '../../../core/index.ts';
import { ManualClock, settled } from '../../support/clock.ts';
import { collect, deferred, Log, memory, rejection, thread } from '../../support/engine.ts';
import { type Library, same } from '../../support/libraries.ts';

const { START, StateGraph } = holdpoint;

/** START leads to `fast` and `slow`; `after` follows `slow`. */
function build(
  { Annotation, StateGraph: Graph, START: start, MemorySaver }: Library,
  slow: (state: unknown, config: holdpoint.LangGraphRunnableConfig) => unknown,
) {
  const State = Annotation.Root({
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  return new Graph(State)
    .addNode('fast', () => ({ log: ['fast'] }))
    .addNode('slow', slow as () => object)
    .addNode('after', () => ({ log: ['after'] }))
    .addEdge(start, 'fast')
    .addEdge(start, 'slow')
    .addEdge('slow', 'after')
    .compile({ checkpointer: new MemorySaver() });
}

async function told(run: Promise<unknown>): Promise<unknown> {
  const { name, message } = (await rejection(run)) as Error;
  return { name, message };
}

async function standing(graph: ReturnType<typeof build>): Promise<unknown> {
  const { values, next, tasks } = await graph.getState(thread());
  return { values, next, tasks: tasks.map(({ name, error, result }) => ({ name, error, result })) };
}

const never = (): Promise<never> => new Promise(() => undefined);

describe('S6: an abort', () => {
  const reasons: [string, unknown, object][] = [
    ['without a reason', undefined, { name: 'AbortError', message: 'This operation was aborted' }],
    ['with one', new TypeError('mine'), { name: 'TypeError', message: 'mine' }],
  ];
  it.each(reasons)(
    '%s ends the run with it, though the node ignores it; the thread goes on',
    async (_, reason, error) => {
      const result = await same(async (library) => {
        const gates = [deferred(), deferred()];
        const waits = gates.map(({ promise }) => promise);
        gates[1]!.resolve();
        const graph = build(library, () => waits.shift());
        const controller = new AbortController();
        const run = told(graph.invoke({}, { ...thread(), signal: controller.signal }));
        setTimeout(() => controller.abort(reason), 5);
        const ended = await run;
        const stood = await standing(graph);
        gates[0]!.resolve();
        await settled();
        expect(await standing(graph)).toEqual(stood);
        return { ended, stood, again: await graph.invoke(null, thread()) };
      });
      expect(result).toEqual({
        ended: error,
        stood: {
          values: { log: ['fast'] },
          next: ['slow'],
          tasks: [
            { name: 'fast', error: undefined, result: { log: ['fast'] } },
            { name: 'slow', error, result: undefined },
          ],
        },
        again: { log: ['fast', 'after'] },
      });
    },
  );

  it('the node sees it on its signal', async () => {
    const result = await same(async (library) => {
      const controller = new AbortController();
      const seen = deferred<unknown>();
      const graph = build(library, (_, { signal }) => {
        signal!.addEventListener('abort', () => seen.resolve((signal!.reason as Error).message));
        return never();
      });
      const run = told(graph.invoke({}, { ...thread(), signal: controller.signal }));
      setTimeout(() => controller.abort(new Error('stop')), 5);
      await run;
      return seen.promise;
    });
    expect(result).toBe('stop');
  });

  it('before the run begins leaves the thread untouched', async () => {
    const result = await same(async (library) => {
      const graph = build(library, never);
      const ended = await told(graph.invoke({}, { ...thread(), signal: AbortSignal.abort() }));
      return { ended, stood: await standing(graph) };
    });
    expect(result).toMatchObject({ ended: { name: 'AbortError' }, stood: { values: {}, next: [], tasks: [] } });
  });

  it('a stream tells what happened before, then throws', async () => {
    const result = await same(async (library) => {
      const graph = build(library, never);
      const chunks: unknown[] = [];
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 5);
      const reading = async (): Promise<void> => {
        for await (const chunk of await graph.stream({}, { ...thread(), signal: controller.signal }))
          chunks.push(chunk);
      };
      return { ended: await told(reading()), chunks };
    });
    expect(result).toMatchObject({ ended: { name: 'AbortError' }, chunks: [{ fast: { log: ['fast'] } }] });
  });

  it.each(['as a node', 'called from one'])('graphs inside start no further node: %s', async (how) => {
    const result = await same(async (library) => {
      const ran: string[] = [];
      const gate = deferred();
      const { Annotation: annotation, StateGraph: Graph, START: start } = library;
      const inner = new Graph(
        annotation.Root({ log: annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }) }),
      )
        .addNode('one', () => void ran.push('one'))
        .addNode('two', async () => {
          ran.push('two');
          await gate.promise;
        })
        .addNode('three', () => void ran.push('three'))
        .addEdge(start, 'one')
        .addEdge('one', 'two')
        .addEdge('two', 'three')
        .compile();
      const graph = build(library, how === 'as a node' ? (inner as never) : () => inner.invoke({}));
      const controller = new AbortController();
      const run = told(graph.invoke({}, { ...thread(), signal: controller.signal }));
      setTimeout(() => controller.abort(), 5);
      await run;
      gate.resolve();
      await settled();
      expect(ran).toEqual(['one', 'two']);
      await graph.invoke(null, thread());
      return ran;
    });
    expect(result).toEqual(['one', 'two', 'two', 'three']);
  });

  it('of a nested call ends that call alone', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', async () => {
        const inner = new StateGraph(Log).addNode('in', never).addEdge(START, 'in').compile();
        const controller = new AbortController();
        const run = rejection(inner.invoke({}, { signal: controller.signal }));
        controller.abort(new Error('inner'));
        return { log: ((await run) as Error).message };
      })
      .addEdge(START, 'a')
      .compile();
    expect(await graph.invoke({})).toEqual({ log: ['inner'] });
  });

  it('a sibling that fails does not end who ignores it: it is waited for, and kept', async () => {
    const gate = deferred();
    const graph = new StateGraph(Log)
      .addNode('bad', () => {
        throw new Error('bad');
      })
      .addNode('slow', async (_state, { signal }) => {
        await gate.promise;
        return { log: String(signal.reason) };
      })
      .addEdge(START, 'bad')
      .addEdge(START, 'slow')
      .compile({ checkpointer: memory() });
    const run = rejection(graph.invoke({}, thread()));
    await settled();
    gate.resolve();
    expect(await run).toEqual(new Error('bad'));
    expect((await graph.getState(thread())).values).toEqual({ log: ['AbortError: This operation was aborted'] });
  });
});

describe('S6: time', () => {
  const TIMEOUT = { name: 'TimeoutError', message: 'The operation was aborted due to timeout' };

  it('config.timeout ends the run', async () => {
    const result = await same(async (library) => {
      const graph = build(library, never);
      return { ended: await told(graph.invoke({}, { ...thread(), timeout: 10 })), stood: await standing(graph) };
    });
    expect(result).toMatchObject({ ended: TIMEOUT, stood: { next: ['slow'], values: { log: ['fast'] } } });
  });

  it('graph.stepTimeout ends a superstep that takes longer', async () => {
    const result = await same(async (library) => {
      const graph = build(library, never);
      graph.stepTimeout = 10;
      return { ended: await told(graph.invoke({}, thread())), stood: await standing(graph) };
    });
    expect(result).toMatchObject({ ended: TIMEOUT, stood: { next: ['slow'], values: { log: ['fast'] } } });
  });

  it.each(['compile', 'config'])(
    'stepTimeout of %s: each superstep has its full time, the run as long as it takes',
    async (where) => {
      const clock = new ManualClock();
      const gates = [deferred(), deferred(), deferred()];
      const wait = (i: number) => () => gates[i]!.promise;
      const graph = new StateGraph(Log)
        .addNode('one', wait(0))
        .addNode('two', wait(1))
        .addNode('three', wait(2))
        .addEdge(START, 'one')
        .addEdge('one', 'two')
        .addEdge('two', 'three')
        .compile({ now: clock.now, sleep: clock.sleep, ...(where === 'compile' && { stepTimeout: 50 }) });
      const run = told(graph.invoke({}, where === 'config' ? { stepTimeout: 50 } : {}));
      await clock.advance(40);
      gates[0]!.resolve();
      await clock.advance(40);
      gates[1]!.resolve();
      await clock.advance(51);
      expect(await run).toEqual(TIMEOUT);
    },
  );

  it('a run in time leaves no timer behind', async () => {
    const clock = new ManualClock();
    const graph = new StateGraph(Log)
      .addNode('one', () => ({ log: 'one' }))
      .addEdge(START, 'one')
      .compile({ now: clock.now, sleep: clock.sleep, stepTimeout: 5 });
    expect(await collect(graph.stream({}, { timeout: 5 }))).toEqual([{ one: { log: 'one' } }]);
    await clock.advance(10);
    expect(clock.waits).toEqual([]);
  });
});
