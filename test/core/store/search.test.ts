/** `search`: prefixes, filters, pages. The same programs run on LangGraph.js 1.7.3. */
import { expect, it } from 'vitest';
import { type Library, same } from '../../support/libraries.ts';
import type { InMemoryStore } from '../../../core/index.ts';

const date = new Date(5);

async function filled({ InMemoryStore }: Library): Promise<InMemoryStore> {
  const store = new InMemoryStore();
  await store.put(['n'], 'a', { s: 'x', n: 1, o: { p: 1 }, nul: null, list: [1, 2] });
  await store.put(['n'], 'b', { s: 'y', n: 2, yes: true });
  await store.put(['n'], 'c', { s: 'z', n: '3' });
  await store.put(['n'], 'd', { n: null, date });
  await store.put(['n'], 'e', {});
  return store;
}

const found = async (store: InMemoryStore, options: object): Promise<string> =>
  (await store.search(['n'], options)).map(({ key }) => key).join('');

it.each([
  [{ s: 'x' }, 'a'],
  [{ s: 'x', n: 2 }, ''],
  [{}, 'abcde'],
  [null, 'abcde'],
  [{ n: undefined }, 'e'],
  [{ nul: null }, 'a'],
  [{ n: null }, 'd'],
  [{ n: '1' }, ''],
  [{ s: { $eq: 'x' } }, 'a'],
  [{ s: { $ne: 'x' } }, 'bcde'],
  [{ n: { $gt: 1 } }, 'bc'],
  [{ n: { $gte: 1 } }, 'abc'],
  [{ n: { $lt: 2 } }, 'ad'],
  [{ n: { $lte: 2 } }, 'abd'],
  [{ n: { $gt: 1, $lt: 3 } }, 'b'],
  [{ n: { $gte: null } }, 'abcd'],
  [{ n: { $lt: 'abc' } }, ''],
  [{ yes: { $gt: 0 } }, 'b'],
  [{ date: { $lte: date } }, 'd'],
  [{ n: { $in: [1, '3'] } }, 'ac'],
  [{ n: { $in: 1 } }, ''],
  [{ n: { $nin: [1, 2] } }, 'cde'],
  [{ o: { p: 1 } }, ''],
  [{ o: {} }, 'abcde'],
  [{ list: [1, 2] }, ''],
  [{ n: { $near: 1 } }, ''],
  [{ n: { $eq: 1, $near: 1 } }, ''],
  [{ $and: [] }, 'abcde'],
])('G8: the filter %j finds "%s"', async (filter, keys) => {
  expect(await same(async (library) => found(await filled(library), { filter }))).toBe(keys);
});

it('G8: ten at most unless said, by limit and offset', async () => {
  const told = await same(async (library) => {
    const store = await filled(library);
    for (let i = 0; i < 12; i++) await store.put(['many', `${i % 2}`], `${i}`, {});
    const pages = [
      { limit: 2 },
      { limit: 2, offset: 1 },
      { offset: 4 },
      { limit: 0 },
      { offset: 9 },
      { limit: undefined },
    ];
    const batch = await store.batch([{ namespacePrefix: ['many'] }, { namespacePrefix: ['n'], limit: 1, offset: 1 }]);
    return [
      (await store.search(['many'])).map(({ key }) => key).join(),
      await Promise.all(pages.map((page) => found(store, page))),
      batch.map((items) => items.length),
    ];
  });
  expect(told).toEqual(['0,2,4,6,8,10,1,3,5,7', ['ab', 'bc', 'e', '', '', 'abcde'], [10, 1]]);
});

it('G8: a prefix is of whole labels, and "*" is a label like any other', async () => {
  const told = await same(async ({ InMemoryStore }) => {
    const store = new InMemoryStore();
    for (const place of ['a', 'a/b', 'ab', 'b/a']) await store.put(place.split('/'), 'k', {});
    const under = async (prefix: string[]) => (await store.search(prefix)).map(({ namespace }) => namespace.join('/'));
    return [
      await under([]),
      await under(['a']),
      await under(['a', 'b']),
      await under(['*']),
      await under(['langgraph']),
    ];
  });
  expect(told).toEqual([['a', 'a/b', 'ab', 'b/a'], ['a', 'a/b'], ['a/b'], [], []]);
});

it('G8: a query without an index is no filter and gives no scores', async () => {
  const told = await same(async (library) => {
    const items = await (await filled(library)).search(['n'], { query: 'x' });
    return items.map(({ key, score }) => [key, score]);
  });
  expect(told).toHaveLength(5);
  expect(told[0]).toEqual(['a', undefined]);
});
