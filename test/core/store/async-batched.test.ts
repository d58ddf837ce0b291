/** `BaseStore` as a base class, and `AsyncBatchedStore` around one. The same programs run on LangGraph.js 1.7.3. */
import { expect, it } from 'vitest';
import { AsyncBatchedStore, InMemoryStore, type Operation } from '../../../core/index.ts';
import { type Library, same } from '../../support/libraries.ts';

/** A store that tells the batches that it was asked. */
function telling({ InMemoryStore }: Library, batches: unknown[]) {
  class Telling extends InMemoryStore {
    override async batch<Operations extends readonly Operation[]>(operations: Operations) {
      batches.push(structuredClone(operations));
      return super.batch(operations);
    }
  }
  return new Telling();
}

it('G8: each call is a batch of one operation', async () => {
  const told = await same(async (library) => {
    const batches: unknown[] = [];
    const store = telling(library, batches);
    await store.put(['n'], 'k', { v: 1 }, ['v']);
    await store.get(['n'], 'k');
    await store.search(['n'], { filter: { v: 1 }, query: 'q' });
    await store.delete(['n'], 'k');
    await store.listNamespaces({ prefix: ['n'], suffix: ['*'], maxDepth: 2 });
    return batches;
  });
  expect(told).toEqual([
    [{ namespace: ['n'], key: 'k', value: { v: 1 }, index: ['v'] }],
    [{ namespace: ['n'], key: 'k' }],
    [{ namespacePrefix: ['n'], filter: { v: 1 }, limit: 10, offset: 0, query: 'q' }],
    [{ namespace: ['n'], key: 'k', value: null }],
    [
      {
        matchConditions: [
          { matchType: 'prefix', path: ['n'] },
          { matchType: 'suffix', path: ['*'] },
        ],
        maxDepth: 2,
        limit: 100,
        offset: 0,
      },
    ],
  ]);
});

it('G8: what is asked in one go is one batch, also what was asked before the start', async () => {
  const told = await same(async (library) => {
    const batches: unknown[][] = [];
    const store = new library.AsyncBatchedStore(telling(library, batches));
    const running = [store.isRunning];
    const early = store.put(['n'], 'k', { v: 1 });
    store.start();
    running.push(store.isRunning);
    await early;
    const [item, none, , items] = await Promise.all([
      store.get(['n'], 'k'),
      store.get(['n'], 'x'),
      store.put(['n'], 'x', { v: 2 }),
      store.search(['n']),
    ]);
    const refused = await store.put([], 'k', {}).catch((error: Error) => error.name);
    await store.stop();
    return [running, store.isRunning, batches.map((batch) => batch.length), item?.value, none, items.length, refused];
  });
  expect(told).toEqual([[false, true], false, [1, 4], { v: 1 }, null, 1, 'InvalidNamespaceError']);
});

it('G8: a batch that fails fails everybody in it, and the next one runs', async () => {
  let failing = true;
  class Failing extends InMemoryStore {
    override async batch<Operations extends readonly Operation[]>(operations: Operations) {
      if (failing) throw new Error('down');
      return super.batch(operations);
    }
  }
  const store = new AsyncBatchedStore(new Failing());
  store.start();
  const results = await Promise.allSettled([store.put(['n'], 'k', {}), store.get(['n'], 'k')]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  failing = false;
  expect(await store.listNamespaces()).toEqual([]);
});
