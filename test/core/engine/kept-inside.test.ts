/** C12, N1: what task()s returned, wherever in a node they were called, outlives a take-over that stops before the node runs again. */
import { describe, expect, it } from 'vitest';
import { emptyRecord, type Frame } from '../../../core/checkpoint/checkpoint.ts';
import { Codec } from '../../../core/checkpoint/codec.ts';
import { encodeCheckpoint, joinTexts } from '../../../core/checkpoint/serialize.ts';
import { withKept } from '../../../core/engine/kept.ts';
import { taskId } from '../../../core/engine/plan.ts';
import {
  type Checkpointer,
  Command,
  type Durability,
  entrypoint,
  interrupt,
  RunControl,
  START,
  StateGraph,
  task,
} from '../../../core/index.ts';
import { deferred, Log, memory, rejection, thread } from '../../support/engine.ts';
import { Process } from '../../support/killed.ts';
import { makeCheckpoint } from '../../support/threads.ts';

const HOUR = 3_600_000;

type Work = () => Promise<string>;

const nested = (work: Work) =>
  new StateGraph(Log)
    .addNode('before', () => ({ log: 'before' }))
    .addNode('inner', async () => ({ log: await work() }))
    .addEdge(START, 'before')
    .addEdge('before', 'inner')
    .compile();

/** Where a node may do what it does. */
const places: Readonly<Record<string, (work: Work) => Work>> = {
  'a node': (work) => work,
  'a task()': (work) => task('outer', work),
  'an entrypoint': (work) => () => entrypoint({ name: 'flow' }, work).invoke({}),
  'an entrypoint in an entrypoint': (work) => () =>
    entrypoint({ name: 'around' }, () => entrypoint({ name: 'flow' }, work).invoke({})).invoke({}),
  'an entrypoint in a task()': (work) => task('outer', () => entrypoint({ name: 'flow' }, work).invoke({})),
  'a task() in an entrypoint': (work) => () => entrypoint({ name: 'flow' }, task('inner', work)).invoke({}),
  'the second of two entrypoints': (work) => async () => {
    await entrypoint({ name: 'first' }, () => 'first').invoke({});
    return entrypoint({ name: 'second' }, work).invoke({});
  },
  'a nested graph': (work) => async () => (await nested(work).invoke({})).log.at(-1)!,
  'an entrypoint in a nested graph': (work) => async () =>
    (await nested(() => entrypoint({ name: 'flow' }, work).invoke({})).invoke({})).log.at(-1)!,
  'an edge from START of a nested graph': (work) => async () => {
    const graph = new StateGraph(Log)
      .addNode('paid', () => ({ log: 'paid' }))
      .addConditionalEdges(START, async () => work(), ['paid']);
    return (await graph.compile().invoke({})).log.at(-1)!;
  },
};

/** `node` has done two task()s in that place, and waits; beside it runs `sibling`. */
function story(within: (work: Work) => Work, options: { readonly interruptBefore?: ['node'] } = {}) {
  const ran: string[] = [];
  const gate = deferred();
  let fails = false;
  const pay = task('pay', (name: string) => {
    ran.push(name);
    return name;
  });
  const node = within(async () => {
    await Promise.all([pay('one'), pay('two')]);
    await gate.promise;
    return 'paid';
  });
  const build = (on: Checkpointer, now: number) =>
    new StateGraph(Log)
      .addNode('sibling', async () => {
        await gate.promise;
        if (fails) throw new Error('down');
        return {};
      })
      .addNode('node', async () => ({ log: await node() }))
      .addEdge(START, 'sibling')
      .addEdge(START, 'node')
      .compile({ checkpointer: on, now: () => now, ...options });
  /** Its process dies when both have returned. */
  const cutOff = async (store: Checkpointer, input: object | null, durability: 'sync' | 'async') => {
    const first = new Process(store);
    const run = build(first.store, 0).invoke(input, { ...thread(), durability });
    await first.hasKept(2);
    first.kill();
    gate.resolve();
    await rejection(run);
  };
  return {
    ran,
    build,
    cutOff,
    siblingFails: (does: boolean) => {
      fails = does;
    },
  };
}

describe.each(['sync', 'async'] as const)('N1: %s', (durability) => {
  describe.each(Object.entries(places))('what task()s returned in %s', (_, within) => {
    it('is not lost when the take-over is drained before the node, twice, with any durability', async () => {
      const store = memory();
      const { build, ran, cutOff } = story(within);
      await cutOff(store, {}, durability);
      for (const next of [durability, 'exit'] as const) {
        await rejection(build(store, HOUR).invoke(null, drained(next)));
      }
      expect(await build(store, HOUR).invoke(null, thread())).toEqual({ log: ['paid'] });
      expect(ran).toEqual(['one', 'two']);
    });

    it('nor when a sibling fails before the node, and that process dies at once', async () => {
      const store = memory();
      const { build, ran, cutOff, siblingFails } = story(within);
      await cutOff(store, {}, durability);
      siblingFails(true);
      const config = { ...thread(), durability, maxConcurrency: 1 };
      expect(await rejection(build(store, HOUR).invoke(null, config))).toMatchObject({ message: 'down' });
      siblingFails(false);
      const dead = new Process(store);
      dead.kill();
      await rejection(build(dead.store, HOUR).invoke(null, config));
      expect(await build(store, 2 * HOUR).invoke(null, config)).toEqual({ log: ['paid'] });
      expect(ran).toEqual(['one', 'two']);
    });

    it('and a breakpoint before the node that was passed does not stop the take-over', async () => {
      const store = memory();
      const { build, ran, cutOff } = story(within, { interruptBefore: ['node'] });
      await build(store, 0).invoke({}, thread());
      await cutOff(store, null, durability);
      expect(await build(store, HOUR).invoke(null, { ...thread(), durability })).toEqual({ log: ['paid'] });
      expect(ran).toEqual(['one', 'two']);
    });
  });
});

const answerOf = (name: string): string => `result of ${name}`;
const step = task('step', (name: string) => answerOf(name));
const drained = (durability: Durability = 'sync') => {
  const control = new RunControl();
  control.requestDrain();
  return { ...thread(), durability, control };
};
const textOf = async (store: Checkpointer): Promise<string> => {
  const { checkpoint } = (await store.load('thread-1'))!;
  return joinTexts(encodeCheckpoint(checkpoint!, new Codec()));
};
const timesIn = (text: string, name: string): number => text.split(answerOf(name)).length - 1;

describe('N2: what is carried on', () => {
  it('is nothing of a superstep that is over, which a process left behind that died right after its commit', () => {
    const { frame } = makeCheckpoint('r1', 3, { state: { log: [] } });
    const next = { ...frame, next: [{ node: 'node' }] };
    const before = { ...next, planned: 2, step: next.step - 1 };
    const identity = { threadId: 'thread-1', incarnation: 'r1' };
    const keptOf = (one: Frame) => {
      const id = taskId(identity, one, 'node');
      return withKept([{ id, taskId: id, record: { ...emptyRecord, inside: new Map() } }], next, identity);
    };
    expect(keptOf(before).tasks.size).toBe(0);
    expect(keptOf(next).tasks.size).toBe(1);
  });

  it('is stored once, also when it has come to where it was said; and no more when its task is over', async () => {
    const store = memory();
    let gate = deferred();
    const flow = entrypoint({ name: 'flow' }, async () => {
      await step('one');
      await gate.promise;
      return String(interrupt('more?'));
    });
    const build = (on: Checkpointer, now: number) =>
      new StateGraph(Log)
        .addNode('node', async () => ({ log: await flow.invoke({}) }))
        .addNode('end', () => ({ log: String(interrupt('end?')) }))
        .addEdge(START, 'node')
        .addEdge('node', 'end')
        .compile({ checkpointer: on, now: () => now });
    const first = new Process(store);
    const run = build(first.store, 0).invoke({}, { ...thread(), durability: 'sync' });
    await first.hasKept(1);
    first.kill();
    gate.resolve();
    await rejection(run);
    await rejection(build(store, HOUR).invoke(null, drained()));
    expect(timesIn(await textOf(store), 'one')).toBe(1);
    gate = deferred();
    gate.resolve();
    await build(store, HOUR).invoke(null, thread());
    expect(timesIn(await textOf(store), 'one')).toBe(1);
    await build(store, HOUR).invoke(new Command({ resume: 'more' }), thread());
    expect(timesIn(await textOf(store), 'one')).toBe(0);
  });

  it('is not what was said in a superstep of a nested graph that is over', async () => {
    const store = memory();
    const gate = deferred();
    const build = (on: Checkpointer, now: number) => {
      const inner = new StateGraph(Log)
        .addNode('a', async () => (await step('a'), {}))
        .addNode('b', async () => (await step('b'), await gate.promise, {}))
        .addEdge(START, 'a')
        .addEdge('a', 'b');
      return new StateGraph(Log)
        .addNode('inner', inner.compile())
        .addEdge(START, 'inner')
        .compile({ checkpointer: on, now: () => now });
    };
    const first = new Process(store);
    const run = build(first.store, 0).invoke({}, { ...thread(), durability: 'sync' });
    await first.hasKept(2);
    first.kill();
    gate.resolve();
    await rejection(run);
    await rejection(build(store, HOUR).invoke(null, drained()));
    const text = await textOf(store);
    expect([timesIn(text, 'a'), timesIn(text, 'b')]).toEqual([0, 1]);
  });
});
