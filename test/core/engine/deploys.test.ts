/** Decision 10: threads that wait while the graph is deployed anew: channels and nodes come and go, inside nested graphs too. */
import { describe, expect, it } from 'vitest';
import {
  Annotation,
  type Checkpointer,
  Command,
  interrupt,
  Overwrite,
  START,
  StateGraph,
} from '../../../core/index.ts';
import { Died, Log, memory, rejection, stored, thread, withClaims } from '../../support/engine.ts';

function buildWith(store: Checkpointer, extra: Record<string, ReturnType<typeof Annotation<unknown>>>) {
  return new StateGraph(Annotation.Root({ log: Annotation<unknown>, ...extra }))
    .addNode('ask', (state) => ({ log: [Object.keys(state), interrupt('q')] }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: store });
}

function die(): Promise<never> {
  return Promise.reject(new Died());
}

describe('channels', () => {
  it('a new one has its default, one that is gone is not seen, and is there again when it is back', async () => {
    const store = memory();
    const fresh = Annotation<unknown>({ reducer: (_, update) => update, default: () => 'default' });
    const [before, after] = [buildWith(store, { old: Annotation<unknown>() }), buildWith(store, { fresh })];
    await before.invoke({ old: 1 } as never, thread());
    expect((await after.getState(thread())).values).toEqual({ fresh: 'default' });
    expect(await after.invoke(new Command({ resume: 'yes' }), thread())).toEqual({
      fresh: 'default',
      log: [['fresh'], 'yes'],
    });
    expect((await before.getState(thread())).values).toMatchObject({ old: 1 });
  });
});

function retyped(store: Checkpointer, about: object | undefined, more: object = {}) {
  return new StateGraph(
    Annotation.Root({
      log: Annotation<unknown>,
      about: about ? Annotation<unknown>(about as never) : Annotation(),
      ...more,
    }),
  )
    .addNode('ask', () => ({ log: interrupt('q') }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: store });
}

describe('a channel that was re-typed', () => {
  const list = { reducer: (all: string[], one: string) => [...all, one], default: (): string[] => [] };
  const count = { reducer: (sum: number, one: number) => sum + one, default: () => 0 };
  const changes: [
    what: string,
    before: object | undefined,
    value: unknown,
    after: object,
    stored: string,
    expected: string,
  ][] = [
    ['a sum, now a list', count, 2, list, 'a number', 'a list'],
    ['a list, now a sum', list, 'one', count, 'a list', 'a number'],
    ['anything, now a list', undefined, 'text', list, 'a string', 'a list'],
    ['a list, now a map', list, 'one', { ...list, default: () => new Map() }, 'a list', 'a Map'],
  ];

  it.each(changes)('%s: refused, naming it; untouched, and goes on with the old graph', async (_, ...change) => {
    const [was, value, is, found, expected] = change;
    const store = memory();
    await retyped(store, was).invoke({ about: value }, thread());
    const before = await stored(store);
    for (const input of [new Command({ resume: 'yes' }), null, { log: 'new' }]) {
      expect(await rejection(retyped(store, is).invoke(input as never, thread()))).toMatchObject({
        code: 'graph_changed',
        details: { channel: 'about', stored: found, expected },
      });
      expect(await stored(store)).toEqual(before);
    }
    expect(await retyped(store, was).invoke(new Command({ resume: 'yes' }), thread())).toMatchObject({ log: 'yes' });
  });

  it('can be given a new value, and the thread goes on', async () => {
    const store = memory();
    await retyped(store, count).invoke({ about: 2 }, thread());
    const after = retyped(store, list);
    await after.updateState(thread(), { log: 'other' });
    expect(await rejection(after.invoke(null, thread()))).toMatchObject({ code: 'graph_changed' });
    await after.updateState(thread(), { about: new Overwrite(['two']) });
    await after.invoke(null, thread());
    expect(await after.invoke(new Command({ resume: 'yes' }), thread())).toEqual({ about: ['two'], log: 'yes' });
  });

  it('is not one that holds what it never started from, in the same graph or beside channels that come and go', async () => {
    const anything = { reducer: (_: unknown, now: unknown) => now, default: () => 'nothing' };
    const store = memory();
    await retyped(store, anything).invoke({ about: 7 }, thread());
    expect(await retyped(store, anything).invoke({ log: 1 } as never, thread())).toMatchObject({ about: 7 });
    const after = retyped(store, undefined, { fresh: Annotation<string[], string>(list) });
    expect(await after.invoke(new Command({ resume: 'yes' }), thread())).toEqual({ about: 7, fresh: [], log: 'yes' });
  });
});

/** As a node, and called from one. */
describe.each(['node', 'call'] as const)('a node inside a nested graph (%s)', (kind) => {
  const build = (store: Checkpointer, asks: string, now = 0) => {
    const inner = new StateGraph(Log)
      .addNode(asks, () => ({ log: String(interrupt('q')) }))
      .addEdge(START, asks)
      .compile();
    return new StateGraph(Log)
      .addNode('inner', kind === 'node' ? inner : (state) => inner.invoke(state))
      .addEdge(START, 'inner')
      .compile({ checkpointer: store, now: () => now });
  };

  it('that is gone: refused, naming it; the thread is untouched, and goes on once the node is back', async () => {
    const store = memory();
    await build(store, 'ask').invoke({}, thread());
    const before = await stored(store);
    for (const input of [new Command({ resume: 'yes' }), null]) {
      expect(await rejection(build(store, 'renamed').invoke(input, thread()))).toMatchObject({
        code: 'graph_changed',
        details: { node: 'ask' },
      });
      expect(await stored(store)).toEqual(before);
    }
    expect(await build(store, 'ask').invoke(new Command({ resume: 'yes' }), thread())).toMatchObject({ log: ['yes'] });
  });

  it('C3: a take-over leaves the accepted answer for a deployment that has the node', async () => {
    const HOUR = 3_600_000;
    const store = memory();
    await build(store, 'ask').invoke({}, thread());
    const dying = withClaims(store, () => ({ commit: die, release: die }));
    await rejection(build(dying, 'ask').invoke(new Command({ resume: 'first' }), thread()));
    expect(await rejection(build(store, 'renamed', HOUR).invoke(null, thread()))).toMatchObject({
      code: 'graph_changed',
    });
    expect(await build(store, 'ask', HOUR).invoke(null, thread())).toMatchObject({ log: ['first'] });
  });
});
