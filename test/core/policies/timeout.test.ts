/** G4: time-outs of nodes. */
import { CallbackManager } from '@langchain/core/callbacks/manager';
import { describe, expect, it } from 'vitest';
import {
  interrupt,
  isNodeTimeoutError,
  type LangGraphRunnableConfig,
  MemorySaver,
  type NodeOptions,
  NodeTimeoutError,
  Send,
  START,
  StateGraph,
  type TimeoutPolicy,
} from '../../../core/index.ts';
import { ManualClock, settled } from '../../support/clock.ts';
import { asked, collect, deferred, Log, rejection, thread } from '../../support/engine.ts';
import { errorName, type Library, same } from '../../support/libraries.ts';

type Node = (state: never, config: LangGraphRunnableConfig) => unknown;

function graphOf(node: Node, options: NodeOptions) {
  const clock = new ManualClock();
  const graph = new StateGraph(Log)
    .addNode('a', node as () => object, options)
    .addEdge(START, 'a')
    .compile({ checkpointer: new MemorySaver(), now: clock.now, sleep: clock.sleep });
  return { graph, clock };
}

const never = (): Promise<never> => new Promise(() => undefined);

describe('G4: how long', () => {
  it('a number is the longest that an attempt may take', async () => {
    const { graph, clock } = graphOf(never, { timeout: 50 });
    const run = rejection(graph.invoke({}, thread()));
    await clock.advance(49);
    await clock.advance(1);
    const error = await run;
    expect(error).toBeInstanceOf(NodeTimeoutError);
    expect(isNodeTimeoutError(error)).toBe(true);
    expect(error).toMatchObject({
      name: 'NodeTimeoutError',
      message: 'Node "a" exceeded its run timeout of 50ms (elapsed: 50ms).',
      node: 'a',
      kind: 'run',
      timeout: 50,
      elapsed: 50,
      runTimeout: 50,
      idleTimeout: undefined,
    });
    const { next, tasks } = await graph.getState(thread());
    expect({ next, error: tasks[0]?.error }).toEqual({
      next: ['a'],
      error: { name: 'NodeTimeoutError', message: 'Node "a" exceeded its run timeout of 50ms (elapsed: 50ms).' },
    });
  });

  it('a node in time leaves no timer behind', async () => {
    const { graph, clock } = graphOf(() => ({ log: 'done' }), { timeout: { runTimeout: 50, idleTimeout: 20 } });
    expect(await graph.invoke({}, thread())).toEqual({ log: ['done'] });
    await clock.advance(1000);
    expect(clock.waits).toEqual([]);
  });

  it('a node that blocked for too long is late, though it finished', async () => {
    let late = 0;
    const now = (): number => late;
    const graph = new StateGraph(Log)
      .addNode('a', () => ((late = 60), { log: 'done' }), { timeout: 50 })
      .addEdge(START, 'a')
      .compile({ now, sleep: never });
    expect(await rejection(graph.invoke({}))).toMatchObject({ kind: 'run', elapsed: 60 });
  });

  const alive: [string, TimeoutPolicy, (config: LangGraphRunnableConfig) => void, 'idle' | 'done'][] = [
    ['nothing', { idleTimeout: 20 }, () => undefined, 'idle'],
    ['a chunk', { idleTimeout: 20 }, ({ writer }) => writer?.('chunk'), 'done'],
    ['a heartbeat', { idleTimeout: 20 }, ({ heartbeat }) => heartbeat?.(), 'done'],
    [
      'a chunk, where only heartbeats count',
      { idleTimeout: 20, refreshOn: 'heartbeat' },
      ({ writer }) => writer?.(1),
      'idle',
    ],
    ['a heartbeat, where only they count', { idleTimeout: 20, refreshOn: 'heartbeat' }, (c) => c.heartbeat?.(), 'done'],
    [
      'a heartbeat does not prolong the run',
      { runTimeout: 30, idleTimeout: 20 },
      ({ heartbeat }) => heartbeat?.(),
      'done',
    ],
  ];
  it.each(alive)('progress: %s', async (title, timeout, act, expected) => {
    const steps = [deferred(), deferred(), deferred()];
    const { graph, clock } = graphOf(
      async (_, config) => {
        for (const { promise } of steps) {
          await promise;
          act(config);
        }
        return { log: 'done' };
      },
      { timeout },
    );
    const run = graph.invoke({}, thread()).then(
      () => 'done',
      (error: unknown) => (error as NodeTimeoutError).kind,
    );
    for (const step of steps) {
      await clock.advance(15);
      step.resolve();
      await settled();
    }
    expect(await run).toBe(title.includes('prolong') ? 'run' : expected);
  });

  it('a nested graph makes progress with each superstep', async () => {
    const steps = [deferred(), deferred()];
    const inner = new StateGraph(Log)
      .addNode('one', () => steps[0]!.promise)
      .addNode('two', () => steps[1]!.promise)
      .addEdge(START, 'one')
      .addEdge('one', 'two')
      .compile();
    const { graph, clock } = graphOf(() => inner.invoke({}), { timeout: { idleTimeout: 20 } });
    const run = graph.invoke({}, thread());
    for (const step of steps) {
      await clock.advance(15);
      step.resolve();
      await settled();
    }
    expect(await run).toEqual({ log: [] });
  });

  it.each(['a list of handlers', 'a manager'])(
    'a model inside the node makes progress with each token: %s',
    async (how) => {
      const gates = [deferred(), deferred()];
      const told: string[] = [];
      const handler = { name: 'own', handleLLMNewToken: (token: string) => void told.push(token) };
      const manager = new CallbackManager();
      manager.addHandler(handler as never);
      const { graph, clock } = graphOf(
        async (_, { callbacks }) => {
          // A list, or with "holdpoint/langchain" in the process a manager of one.
          const { handlers = callbacks as (typeof handler)[] } = callbacks as { handlers?: (typeof handler)[] };
          for (const [i, gate] of gates.entries()) {
            await gate.promise;
            for (const one of handlers) one.handleLLMNewToken(`token ${i}`);
          }
          return { log: 'done' };
        },
        { timeout: { idleTimeout: 20 } },
      );
      const run = graph.invoke({}, { ...thread(), callbacks: how === 'a manager' ? manager : [handler] });
      for (const gate of gates) {
        await clock.advance(15);
        gate.resolve();
        await settled();
      }
      expect(await run).toEqual({ log: ['done'] });
      expect(told).toEqual(['token 0', 'token 1']);
    },
  );

  it('each retry has its full time', async () => {
    const { graph, clock } = graphOf(never, { timeout: 50, retryPolicy: { jitter: false, maxAttempts: 2 } });
    const run = rejection(graph.invoke({}, thread()));
    await clock.advance(50);
    expect(clock.waits).toEqual([500]);
    await clock.advance(500);
    expect(clock.waits).toEqual([50]);
    await clock.advance(50);
    expect(await run).toMatchObject({ name: 'NodeTimeoutError', elapsed: 50 });
  });

  it('G2: a Send may have one of its own', async () => {
    const clock = new ManualClock();
    const graph = new StateGraph(Log)
      .addNode('a', never, { timeout: 500 })
      .addNode('b', never)
      .addConditionalEdges(START, () => [
        new Send('a', {}, { timeout: 50 }),
        new Send('b', {}, { timeout: { runTimeout: 60 } }),
      ])
      .compile({ checkpointer: new MemorySaver(), now: clock.now, sleep: clock.sleep });
    const run = rejection(graph.invoke({}, thread()));
    await clock.advance(60);
    expect(await run).toMatchObject({ node: 'a', timeout: 50 });
    const { tasks } = await graph.getState(thread());
    expect(tasks.map(({ error }) => error?.message)).toEqual([
      'Node "a" exceeded its run timeout of 50ms (elapsed: 50ms).',
      'Node "b" exceeded its run timeout of 60ms (elapsed: 60ms).',
    ]);
  });
});

describe('Q7: what a late attempt still does is neither seen nor kept', () => {
  it('its signal is aborted, its chunks, questions and graphs are dropped', async () => {
    const gate = deferred();
    const over = deferred<unknown[]>();
    const ran: string[] = [];
    const inner = new StateGraph(Log)
      .addNode('in', () => void ran.push('in'))
      .addEdge(START, 'in')
      .compile();
    let attempt = 0;
    const { graph, clock } = graphOf(
      async (_, { signal, writer }) => {
        attempt += 1;
        if (attempt === 2) return { log: `${interrupt('real?')}` };
        await gate.promise;
        writer?.('late');
        const failures = [
          (signal!.reason as Error).name,
          await errorName(() => interrupt('late?')),
          await errorName(() => inner.invoke({})),
        ];
        over.resolve(failures);
        return { log: 'late' };
      },
      { timeout: 50, retryPolicy: { jitter: false } },
    );
    const run = collect(graph.stream({}, { ...thread(), streamMode: ['custom', 'updates'] }));
    await clock.advance(50);
    gate.resolve();
    expect(await over.promise).toEqual(['NodeTimeoutError', 'NodeTimeoutError', 'NodeTimeoutError']);
    await clock.advance(500);
    const chunks = await run;
    expect(chunks.map(([mode]) => mode)).toEqual(['updates']);
    expect(asked(chunks[0]![1]).map(({ value }) => value)).toEqual(['real?']);
    expect(ran).toEqual([]);
  });

  it('a nested graph of it starts no further node, and the next attempt goes on from its last superstep', async () => {
    const gates = [deferred(), deferred()];
    const ran: string[] = [];
    const inner = new StateGraph(Log)
      .addNode('one', () => void ran.push('one'))
      .addNode('two', async () => {
        ran.push('two');
        await gates.shift()?.promise;
        return { log: 'two' };
      })
      .addNode('three', () => void ran.push('three'))
      .addEdge(START, 'one')
      .addEdge('one', 'two')
      .addEdge('two', 'three')
      .compile();
    const { graph, clock } = graphOf(() => inner.invoke({}), { timeout: 50, retryPolicy: { jitter: false } });
    const [late, prompt] = gates as [(typeof gates)[0], (typeof gates)[0]];
    const run = graph.invoke({}, thread());
    await clock.advance(550);
    late.resolve();
    await settled();
    expect(ran).toEqual(['one', 'two', 'two']);
    prompt.resolve();
    expect(await run).toEqual({ log: ['two'] });
    expect(ran).toEqual(['one', 'two', 'two', 'three']);
  });
});

it('G4: a policy that makes no sense is refused when it is declared', async () => {
  const wrong = [0, -1, Number.NaN, { idleTimeout: 0 }, { runTimeout: 5, refreshOn: 'sometimes' }];
  for (const timeout of wrong as number[]) {
    const declare = ({ Annotation, StateGraph, START }: Library) =>
      errorName(() =>
        new StateGraph(Annotation.Root({ log: Annotation<string> }))
          .addNode('a', () => ({}), { timeout })
          .addEdge(START, 'a')
          .compile(),
      ).then((name) => name !== 'none');
    expect(await same(declare)).toBe(true);
  }
});
