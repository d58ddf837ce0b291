/** Namespaces: which are refused, and listing them. The same programs run on LangGraph.js 1.7.3. */
import { describe, expect, it } from 'vitest';
import { InMemoryStore, InvalidNamespaceError } from '../../../core/index.ts';
import { errorName, same } from '../../support/libraries.ts';

const REFUSED = 'InvalidNamespaceError';

describe('G8: namespaces', () => {
  it.each([
    [['a', 'b'], 'none', 'none', 'none', 'none'],
    [[], REFUSED, REFUSED, REFUSED, 'none'],
    [['a', ''], REFUSED, REFUSED, REFUSED, REFUSED],
    [['a.b'], REFUSED, REFUSED, REFUSED, REFUSED],
    [['a:b'], REFUSED, REFUSED, REFUSED, REFUSED],
    [['a', 5], REFUSED, REFUSED, REFUSED, REFUSED],
    [['langgraph', 'a'], REFUSED, 'none', 'none', 'none'],
    [['a', 'langgraph'], 'none', 'none', 'none', 'none'],
  ])('G8: %j: put %s, get %s, delete %s, search %s', async (given, ...expected) => {
    const namespace = given as string[];
    const told = await same(async ({ InMemoryStore }) => {
      const store = new InMemoryStore();
      return [
        await errorName(() => store.put(namespace, 'k', {})),
        await errorName(() => store.get(namespace, 'k')),
        await errorName(() => store.delete(namespace, 'k')),
        await errorName(() => store.search(namespace)),
      ];
    });
    expect(told).toEqual(expected);
  });

  it('G8: a refusal names the namespace and has a code', async () => {
    const put = new InMemoryStore().put(['users', 'a.b'], 'k', {});
    await expect(put).rejects.toThrow(InvalidNamespaceError);
    await expect(put).rejects.toMatchObject({
      code: 'invalid_argument',
      message: 'Namespace ["users","a.b"]: labels cannot contain periods or colons.',
    });
    await expect(new InMemoryStore().get('users' as never, 'k')).rejects.toThrow('expected an array of labels');
  });

  it.each([
    [undefined, 'a a/b a/b/c a/b/d a/x/c b/y/v1 b/y/z c/a/b/d/e'],
    [{ prefix: ['a'] }, 'a a/b a/b/c a/b/d a/x/c'],
    [{ prefix: [], suffix: [] }, 'a a/b a/b/c a/b/d a/x/c b/y/v1 b/y/z c/a/b/d/e'],
    [{ suffix: ['c'] }, 'a/b/c a/x/c'],
    [{ prefix: ['a'], suffix: ['d'] }, 'a/b/d'],
    [{ prefix: ['*', 'b'] }, 'a/b a/b/c a/b/d'],
    [{ prefix: ['a', '*', 'c'] }, 'a/b/c a/x/c'],
    [{ suffix: ['x', '*'] }, 'a/x/c'],
    [{ maxDepth: 1 }, 'a b c'],
    [{ maxDepth: 2, prefix: ['a'] }, 'a a/b a/x'],
    [{ maxDepth: 0 }, ''],
    [{ suffix: ['c'], maxDepth: 1 }, 'a'],
    [{ limit: 2, offset: 1 }, 'a/b a/b/c'],
    [{ limit: 0 }, ''],
    [{ offset: 6 }, 'b/y/z c/a/b/d/e'],
    [{ prefix: ['a', 'b', 'c', 'd'] }, ''],
    [{ prefix: ['langgraph'] }, ''],
  ])('G8: listNamespaces(%j)', async (options, expected) => {
    const told = await same(async ({ InMemoryStore }) => {
      const store = new InMemoryStore();
      for (const place of ['b/y/v1', 'a/b/c', 'a/b/d', 'a/x/c', 'b/y/z', 'a', 'c/a/b/d/e', 'a/b']) {
        await store.put(place.split('/'), 'k', {});
      }
      return (await store.listNamespaces(options)).map((namespace) => namespace.join('/')).join(' ');
    });
    expect(told).toBe(expected);
  });

  it('G8: a hundred at most unless said, in the order of a dictionary; the emptied one is still listed', async () => {
    const told = await same(async ({ InMemoryStore }) => {
      const store = new InMemoryStore();
      for (let i = 0; i < 101; i++) await store.put([`n${i}`], 'k', {});
      const all = (await store.listNamespaces()).length;
      for (const label of ['b', 'B', 'a-b', 'aa', 'é', 'z', 'a b']) await store.put(['words', label], 'k', {});
      await store.delete(['words', 'b'], 'k');
      return [all, (await store.listNamespaces({ prefix: ['words'] })).map(([, label]) => label)];
    });
    expect(told).toEqual([100, ['a b', 'a-b', 'aa', 'b', 'B', 'é', 'z']]);
  });

  it('G8: a match type that is none is refused, a path with a bad label in a listing too', async () => {
    const told = await same(async ({ InMemoryStore }) => {
      const store = new InMemoryStore();
      await store.put(['a'], 'k', {});
      const matchConditions = [{ matchType: 'middle' as never, path: ['a'] }];
      return [
        (await errorName(() => store.batch([{ matchConditions, limit: 1, offset: 0 }]))) !== 'none',
        await errorName(() => store.listNamespaces({ suffix: [''] })),
        await errorName(() => store.listNamespaces({ prefix: ['a.b'] })),
      ];
    });
    expect(told).toEqual([true, REFUSED, REFUSED]);
  });
});
