/** `InMemoryStore`: putting, getting, deleting, batches. The same programs run on LangGraph.js 1.7.3. */
import { describe, expect, it } from 'vitest';
import { InMemoryStore, type Operation } from '../../../core/index.ts';
import { same } from '../../support/libraries.ts';

const put = (key: string, value: Record<string, unknown> | null): Operation => ({ namespace: ['n'], key, value });
const get = (key: string): Operation => ({ namespace: ['n'], key });

const values = (results: unknown[]) =>
  results.map((result) => (Array.isArray(result) ? result.length : ((result as { value?: unknown })?.value ?? result)));

describe('G8: InMemoryStore', () => {
  it('G8: get returns what put stored, null for what is not there or was deleted', async () => {
    const told = await same(async ({ InMemoryStore }) => {
      const store = new InMemoryStore();
      const results: unknown[] = [await store.put(['users', 'ann'], 'likes', { food: 'figs' })];
      const item = await store.get(['users', 'ann'], 'likes');
      results.push(item?.value, item?.key, item?.namespace, item?.createdAt instanceof Date);
      results.push(Object.keys(item!), await store.get(['users'], 'likes'), await store.get(['users', 'ann'], 'x'));
      results.push(await store.delete(['users', 'ann'], 'likes'), await store.get(['users', 'ann'], 'likes'));
      await store.put(['users'], '__proto__', { own: true });
      results.push((await store.get(['users'], '__proto__'))?.value, await store.get(['users'], 'constructor'));
      await store.put(['users'], '__proto__', null as never);
      results.push(await store.get(['users'], '__proto__'), await store.start(), await store.stop());
      return results;
    });
    expect(told.slice(1, 4)).toEqual([{ food: 'figs' }, 'likes', ['users', 'ann']]);
  });

  it('G8: an update keeps createdAt and the place in the order; a re-created item is new', async () => {
    let now = 1000;
    const store = new InMemoryStore({ now: () => now });
    await store.put(['n'], 'a', { v: 1 });
    await store.put(['n'], 'b', { v: 1 });
    now = 2000;
    await store.put(['n'], 'a', { v: 2 });
    const times = (await store.search(['n'])).map(({ key, createdAt, updatedAt }) => [key, +createdAt, +updatedAt]);
    expect(times).toEqual([
      ['a', 1000, 2000],
      ['b', 1000, 1000],
    ]);
    await store.delete(['n'], 'a');
    await store.put(['n'], 'a', { v: 3 });
    expect((await store.search(['n'])).map(({ key, createdAt }) => [key, +createdAt])).toEqual([
      ['b', 1000],
      ['a', 2000],
    ]);
  });

  it('M1: reads of a batch see what was there before it, and the last put of a key counts', async () => {
    const told = await same(async ({ InMemoryStore }) => {
      const store = new InMemoryStore();
      const list: Operation = { matchConditions: [], limit: 9, offset: 0 };
      return [
        values(await store.batch([put('a', { v: 1 }), get('a'), { namespacePrefix: [] }, list])),
        values(
          await store.batch([put('a', null), get('a'), put('b', { v: 1 }), put('c', { v: 1 }), put('b', { v: 2 })]),
        ),
        (await store.search(['n'])).map(({ key, value }) => [key, value]),
        await store.batch([]),
      ];
    });
    expect(told[0]).toEqual([null, null, 0, 0]);
    expect(told[2]).toEqual([
      ['b', { v: 2 }],
      ['c', { v: 1 }],
    ]);
  });

  it('M2: a batch with a namespace that is refused changes nothing', async () => {
    const told = await same(async ({ InMemoryStore }) => {
      const store = new InMemoryStore();
      const batch = store.batch([put('a', { v: 1 }), { namespace: ['a.b'], key: 'k', value: {} }]);
      return [await batch.catch((error: Error) => error.name), await store.get(['n'], 'a')];
    });
    expect(told).toEqual(['InvalidNamespaceError', null]);
  });

  it('M3: values are handed out by reference, as in LangGraph', async () => {
    const told = await same(async ({ InMemoryStore }) => {
      const store = new InMemoryStore();
      const value = { list: [1] };
      await store.put(['n'], 'k', value);
      value.list.push(2);
      return [(await store.get(['n'], 'k'))?.value === value, (await store.search(['n']))[0]?.value === value];
    });
    expect(told).toEqual([true, true]);
  });

  it('M3: an item in hand stays as it was read, whatever becomes of the stored one', async () => {
    const store = new InMemoryStore();
    const namespace = ['n'];
    await store.put(namespace, 'k', { v: 1 });
    namespace[0] = 'changed';
    const before = (await store.get(['n'], 'k'))!;
    before.key = 'changed';
    await store.put(['n'], 'k', { v: 2 });
    expect(before.value).toEqual({ v: 1 });
    expect(await store.get(['n'], 'k')).toMatchObject({ value: { v: 2 }, key: 'k', namespace: ['n'] });
  });
});
