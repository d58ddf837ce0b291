/** S6: batch and withConfig. The same programs on LangGraph.js 1.7.3. */
import { describe, expect, it } from 'vitest';
import * as holdpoint from '../../../core/index.ts';
import { settled } from '../../support/clock.ts';
import { asked, deferred, Log, rejection, thread } from '../../support/engine.ts';
import { type Library, same } from '../../support/libraries.ts';

/** Logs the value, what `mine` is configured to, and the tags. */
function build({ Annotation, StateGraph, START }: Library) {
  const State = Annotation.Root({
    value: Annotation<number>,
    log: Annotation<unknown[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  return new StateGraph(State)
    .addNode('a', ({ value }, { configurable, tags = [], metadata = {} }) => {
      if (value === 13) throw new Error('thirteen');
      return { log: [value, configurable?.['mine'], tags, metadata['m']] };
    })
    .addEdge(START, 'a')
    .compile();
}

const configured = (mine: number) => ({ configurable: { mine } });

describe('S6: batch', () => {
  it('gives the results in the order of the inputs, with one config or one for each', async () => {
    const result = await same(async (library) => {
      const graph = build(library);
      const results = [
        ...(await graph.batch([{ value: 1 }, { value: 2 }], configured(7))),
        ...(await graph.batch([{ value: 1 }, { value: 2 }], [configured(7), configured(8)])),
        ...(await graph.batch([])),
      ];
      return results.map(({ log }) => log.slice(0, 2));
    });
    expect(result).toEqual([
      [1, 7],
      [2, 7],
      [1, 7],
      [2, 8],
    ]);
  });

  it('throws what a run threw, or gives it as a result', async () => {
    const result = await same(async (library) => {
      const graph = build(library);
      const inputs = [{ value: 1 }, { value: 13 }];
      const thrown = (await rejection(graph.batch(inputs))) as Error;
      const [one, other] = await graph.batch(inputs, {}, { returnExceptions: true });
      return [thrown.message, (one as { value: number }).value, (other as Error).message];
    });
    expect(result).toEqual(['thirteen', 1, 'thirteen']);
  });

  it('refuses another number of configs than of inputs', async () => {
    const result = await same(async (library) => {
      const error = (await rejection(build(library).batch([{ value: 1 }, { value: 2 }], [{}]))) as Error;
      return error.message.includes('got 1 options for 2 inputs');
    });
    expect(result).toBe(true);
  });

  it.each(['config', 'options'])('maxConcurrency of the %s limits the runs at once', async (where) => {
    const gates = [deferred(), deferred(), deferred()];
    const started: number[] = [];
    const graph = new holdpoint.StateGraph(Log)
      .addNode('a', async ({ value }) => {
        started.push(value as number);
        await gates[value as number]!.promise;
      })
      .addEdge(holdpoint.START, 'a')
      .compile();
    const limit = { maxConcurrency: 2 };
    const inputs = [0, 1, 2].map((value) => ({ value }));
    const run = graph.batch(inputs, where === 'config' ? limit : {}, where === 'config' ? {} : limit);
    await settled();
    expect(started).toEqual([0, 1]);
    gates[1]!.resolve();
    await settled();
    expect(started).toEqual([0, 1, 2]);
    gates[0]!.resolve();
    gates[2]!.resolve();
    expect((await run).map(({ value }) => value)).toEqual([0, 1, 2]);
  });

  it('leaves nothing running behind a failure', async () => {
    const gate = deferred();
    let ended = false;
    const graph = new holdpoint.StateGraph(Log)
      .addNode('a', async ({ value }) => {
        if (value === 'bad') throw new Error('bad');
        await gate.promise;
        ended = true;
      })
      .addEdge(holdpoint.START, 'a')
      .compile();
    const run = rejection(graph.batch([{ value: 'bad' }, { value: 'slow' }]));
    await settled();
    gate.resolve();
    expect(await run).toEqual(new Error('bad'));
    expect(ended).toBe(true);
  });
});

describe('S6: withConfig', () => {
  it('is for every call; what the call says is joined with it, and wins', async () => {
    const result = await same(async (library) => {
      const bound = build(library).withConfig({ ...configured(1), tags: ['bound'], metadata: { m: 'bound' } });
      const calls = [
        await bound.invoke({ value: 1 }),
        await bound.invoke({ value: 1 }, { ...configured(2), tags: ['call'], metadata: { m: 'call' } }),
        await bound.withConfig({ tags: ['again'] }).invoke({ value: 1 }),
        ...(await bound.batch([{ value: 1 }])),
      ];
      return calls.map(({ log }) => log);
    });
    expect(result).toEqual([
      [1, 1, ['bound'], 'bound'],
      [1, 2, ['bound', 'call'], 'call'],
      [1, 1, ['bound', 'again'], 'bound'],
      [1, 1, ['bound'], 'bound'],
    ]);
  });

  it('the graph that it was made of stays as it is; the bound one is a graph, and a node', async () => {
    const result = await same(async (library) => {
      const { Annotation, StateGraph, START } = library;
      const graph = build(library);
      const bound = graph.withConfig({ ...configured(1), tags: ['bound'] });
      const State = Annotation.Root({
        value: Annotation<number>,
        log: Annotation<unknown[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
      });
      const outer = new StateGraph(State).addNode('inner', bound).addEdge(START, 'inner').compile();
      return [
        (await graph.invoke({ value: 1 })).log.slice(0, 2),
        bound instanceof library.CompiledStateGraph,
        (await outer.invoke({ value: 1 }, { tags: ['outer'] })).log.slice(0, 3),
      ];
    });
    expect(result).toEqual([[1, undefined], true, [1, 1, ['bound', 'outer']]]);
  });

  it('may name the thread, and limit the run', async () => {
    const { StateGraph, START, MemorySaver, Command, interrupt } = holdpoint;
    const graph = new StateGraph(Log)
      .addNode('a', () => ({ log: String(interrupt('ok?')) }))
      .addEdge(START, 'a')
      .compile({ checkpointer: new MemorySaver() })
      .withConfig(thread());
    expect(asked(await graph.invoke({})).map(({ value }) => value)).toEqual(['ok?']);
    expect((await graph.getState({})).next).toEqual(['a']);
    expect(await graph.invoke(new Command({ resume: 'yes' }))).toEqual({ log: ['yes'] });
    const limited = await same(
      async (library) =>
        ((await rejection(build(library).withConfig({ recursionLimit: 1 }).invoke({ value: 1 }))) as Error).name,
    );
    expect(limited).toBe('GraphRecursionError');
  });
});

it('a compiled graph has the shape by which LangChain knows a Runnable, and LangGraph a graph', async () => {
  const result = await same((library) => {
    const { lg_is_pregel, lc_runnable, lc_namespace } = build(library);
    return { lg_is_pregel, lc_runnable, lc_namespace };
  });
  expect(result).toEqual({ lg_is_pregel: true, lc_runnable: true, lc_namespace: ['langgraph', 'pregel'] });
});
