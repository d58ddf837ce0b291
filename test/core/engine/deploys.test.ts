/** Decision 10: threads that wait while the graph is deployed anew: channels and nodes come and go, inside nested graphs too. */
import { describe, expect, it } from 'vitest';
import { Annotation, type Checkpointer, Command, interrupt, START, StateGraph } from '../../../core/index.ts';
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
