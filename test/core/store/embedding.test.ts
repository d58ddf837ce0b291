/** Search by meaning: what is embedded, and the order of what is found. The same programs run on LangGraph.js 1.7.3. */
import { expect, it } from 'vitest';
import { InMemoryStore } from '../../../core/index.ts';
import { type Library, same } from '../../support/libraries.ts';

const count = (text: string) => [text.split('a').length - 1, text.split('b').length - 1];

/** How often a text says "a" and "b". Tells what it was asked. */
function letters(asked: string[]) {
  return {
    embedQuery: async (text: string) => (asked.push(`query ${text}`), count(text)),
    embedDocuments: async (texts: string[]) => (asked.push(...texts), texts.map(count)),
  };
}

function indexed({ InMemoryStore }: Library, fields?: string[]) {
  const asked: string[] = [];
  const index = { dims: 2, embeddings: letters(asked), ...(fields && { fields }) };
  const store = new InMemoryStore({ index });
  const ranked = async (query: string, options = {}) =>
    (await store.search([], { query, ...options })).map(({ key, score }) => [key, score && Number(score.toFixed(3))]);
  return { store, asked, ranked, index };
}

it('G8: the nearest come first, what has no embedding comes last, pages follow the order', async () => {
  const told = await same(async (library) => {
    const { store, ranked } = indexed(library, ['t']);
    for (const t of ['b', 'ab', 'a', 'c']) await store.put(['n'], t, { t });
    await store.put(['n'], 'none', { t: 'a' }, false);
    await store.put(['n'], 'other', { u: 'a' });
    return [
      await ranked('a'),
      await ranked('a', { limit: 2, offset: 1 }),
      await ranked('b', { filter: { t: { $ne: 'b' } } }),
      await ranked(''),
    ];
  });
  expect(told[0]).toEqual([
    ['a', 1],
    ['ab', 0.707],
    ['b', 0],
    ['c', 0],
    ['none', undefined],
    ['other', undefined],
  ]);
  expect(told[1]).toEqual([
    ['ab', 0.707],
    ['b', 0],
  ]);
});

it('G8: of several embedded fields the best counts', async () => {
  const told = await same(async (library) => {
    const { store, ranked } = indexed(library, ['parts[*]']);
    await store.put(['n'], '1', { parts: ['b', 'aab', 'b'] });
    await store.put(['n'], '2', { parts: ['b', 'a'] });
    return ranked('a');
  });
  expect(told).toEqual([
    ['2', 1],
    ['1', 0.894],
  ]);
});

const document = {
  t: 'a',
  n: 5,
  no: null,
  yes: true,
  empty: '',
  meta: { title: 'b', more: { x: 'ab' } },
  parts: [{ c: 'aa', d: 'ad' }, { c: 'bb' }, { e: 'e' }],
  rows: [
    ['p', 'q'],
    ['r', 's'],
  ],
  'x.y': 'dot',
};

it.each([
  ['t', ['a']],
  ['n', ['5']],
  ['no', []],
  ['yes', ['true']],
  ['empty', ['']],
  ['nope', []],
  ['meta.title', ['b']],
  ['meta.*', ['b', '{\n  "x": "ab"\n}']],
  ['meta.{title,more}', ['b', '{\n  "x": "ab"\n}']],
  ['{ t , yes }', ['a', 'true']],
  ['parts[*].c', ['aa', 'bb']],
  ['parts[*].{c,d}', ['aa', 'ad', 'bb']],
  ['parts[0].c', ['aa']],
  ['parts[-1].e', ['e']],
  ['parts[7].c', []],
  ['parts[x].c', []],
  ['parts.c', []],
  ['parts.1.c', ['bb']],
  ['rows[*][0]', ['p', 'r']],
  ['rows[1]', ['[\n  "r",\n  "s"\n]']],
  ['t[0]', []],
  ['meta[0]', []],
  ['x.y', []],
  ['meta.constructor', []],
])('G8: the path %s embeds %j', async (path, texts) => {
  const told = await same(async (library) => {
    const { store, asked } = indexed(library, ['unused']);
    await store.put(['n'], 'k', document, [path]);
    return asked;
  });
  expect(told).toEqual(texts);
});

it('G8: by default the whole document is embedded; "$" says the same', async () => {
  const told = await same(async (library) => {
    const { store, asked } = indexed(library);
    await store.put(['n'], 'k', { t: 'a' });
    await store.put(['n'], 'l', { t: 'b' }, ['$']);
    await store.put(['n'], 'm', { t: 'b' }, []);
    return asked;
  });
  expect(told).toEqual(['{\n  "t": "a"\n}', '{\n  "t": "b"\n}']);
});

const put = (key: string, t: string) => ({ namespace: ['n'], key, value: { t } });

it('G8: a batch embeds each text and each query once, and what it deletes not at all', async () => {
  const told = await same(async (library) => {
    const { store, asked } = indexed(library, ['t']);
    await store.batch([
      put('1', 'a'),
      put('2', 'a'),
      put('3', 'x'),
      put('3', 'b'),
      { namespace: ['n'], key: '4', value: null },
    ]);
    await store.batch([
      { namespacePrefix: [], query: 'a' },
      { namespacePrefix: ['n'], query: 'a' },
    ]);
    return asked;
  });
  expect(told).toEqual(['a', 'b', 'query a']);
});

const fail = async (): Promise<never> => {
  throw new Error('no model');
};

it('M2: when the embeddings fail nothing is stored, and the caller is told', async () => {
  const told = await same(async ({ InMemoryStore }) => {
    const store = new InMemoryStore({ index: { dims: 2, embeddings: { embedQuery: fail, embedDocuments: fail } } });
    const put = await store.put(['n'], 'k', { t: 'a' }).catch((error: Error) => error.message);
    const search = await store.search(['n'], { query: 'a' }).catch((error: Error) => error.message);
    return [put, search, await store.get(['n'], 'k')];
  });
  expect(told).toEqual(['no model', 'no model', null]);
});

it('G8: an update that is not embedded forgets the embedding of what it replaces', async () => {
  const { store, ranked, index } = indexed({ InMemoryStore } as Library, ['t']);
  await store.put(['n'], 'k', { t: 'a' });
  await store.put(['n'], 'k', { t: 'b' }, false);
  expect(await ranked('a')).toEqual([['k', undefined]]);
  expect(store.indexConfig).toBe(index);
});
