/** R1, D6: a store that fails while nodes run ends the run, and not the node. Whoever goes on with the thread, at once, stands where it was saved. */
import { describe, expect, it } from 'vitest';
import { type Checkpointer, HoldpointError, START, StateGraph, task } from '../../../core/index.ts';
import { Log, memory, rejection, thread, withClaims } from '../../support/engine.ts';

/** Which call of its claims fails, once: the k-th to keep, or to save what a nested graph has done. */
function failing(on: Checkpointer, what: 'keep' | 'progress', at: number): Checkpointer {
  let left = at;
  const count = (): void => {
    if (left-- === 0) throw new HoldpointError('store_unavailable', 'throttled', { retryable: true });
  };
  return withClaims(on, (claim) => ({
    keep: async (kept) => {
      if (what === 'keep') count();
      return claim.keep(kept);
    },
    commit: async (checkpoint, status) => {
      if (what === 'progress' && checkpoint.progress) count();
      await claim.commit(checkpoint, status);
    },
    release: () => claim.release(),
  }));
}

/** Charges, and then asks a nested graph to ship; what goes wrong is made good. */
function shop() {
  const did: string[] = [];
  const charge = task('charge', () => did.push('charge'));
  const ship = new StateGraph(Log)
    .addNode('pack', () => ({ log: `packed ${did.push('pack') > 0}` }))
    .addNode('send', () => ({ log: `sent ${did.push('send') > 0}` }))
    .addEdge(START, 'pack')
    .addEdge('pack', 'send')
    .compile();
  const build = (store: Checkpointer, now: number, catches: boolean) =>
    new StateGraph(Log)
      .addNode(
        'order',
        async () => {
          try {
            await charge();
            return { log: (await ship.invoke({})).log };
          } catch (error) {
            if (!catches) throw error;
            return { log: `refunded ${did.push('refund') > 0}` };
          }
        },
        {
          retryPolicy: { initialInterval: 0, jitter: false },
          errorHandler: () => ({ log: `handled ${did.push('handle') > 0}` }),
        },
      )
      .addNode('bill', () => ({ log: `billed ${did.push('bill') > 0}` }))
      .addEdge(START, 'order')
      .addEdge('order', 'bill')
      .compile({ checkpointer: store, now: () => now });
  return { did, build };
}

describe.each(['sync', 'async'] as const)('R1: %s', (durability) => {
  it.each([
    ['keep', 0, 2],
    ['progress', 0, 1],
    ['progress', 1, 1],
    ['progress', 2, 1],
  ] as const)(
    '%s %d fails: no retry, no error handler, and nothing of a node that caught it',
    async (what, at, charged) => {
      for (const catches of [false, true]) {
        const store = memory();
        const { did, build } = shop();
        const run = build(failing(store, what, at), 0, catches).invoke({}, { ...thread(), durability });
        expect(await rejection(run)).toMatchObject({ code: 'store_unavailable' });
        expect(did).not.toContain('handle');
        expect(did).not.toContain('bill');
        const result = await build(store, 0, catches).invoke(null, { ...thread(), durability });
        expect(result.log).toEqual(['packed true', 'sent true', 'billed true']);
        expect(did.filter((one) => one === 'charge')).toHaveLength(charged);
      }
    },
  );
});
