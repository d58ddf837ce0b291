/** docs/migrating.md names every export of @langchain/langgraph, and says of each what is true of ours. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as langgraph from '@langchain/langgraph';
import { expect, it } from 'vitest';
import * as holdpoint from '../core/index.ts';

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

interface Row {
  readonly name: string;
  readonly here: string;
  readonly note: string;
}

async function tables(): Promise<[Row[], Row[]]> {
  const [, text = ''] = (await read('../docs/migrating.md')).split('## Every exported name');
  const [values = '', types = ''] = text.split('Types:');
  return [rowsOf(values), rowsOf(types)];
}

function rowsOf(table: string): Row[] {
  const rows = [...table.matchAll(/^\| `(\w+)` +\| (\w+) +\|(.*)\|$/gm)];
  return rows.map(([, name, here, note]) => ({ name: name!, here: here!, note: note!.trim() }));
}

it('every exported value has a row, and what is said of it is true', async () => {
  const [rows] = await tables();
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(langgraph).sort());
  expect(rows.filter(({ here }) => here !== 'absent').map(({ name }) => name)).toEqual(
    Object.keys(langgraph)
      .filter((name) => name in holdpoint)
      .sort(),
  );
});

it('every exported type has a row, and what is said of it is true', async () => {
  const [, rows] = await tables();
  const declared = await readFile(
    createRequire(import.meta.url)
      .resolve('@langchain/langgraph')
      .replace(/cjs$/, 'd.ts'),
    'utf8',
  );
  const exported = [...declared.matchAll(/export \{([^}]*)\}/g)]
    .flatMap(([, names]) => names!.split(','))
    .map((name) => name.trim().split(' ').at(-1)!);
  const types = exported.filter((name) => !(name in langgraph)).sort();
  expect(rows.map(({ name }) => name)).toEqual(types);
  const ours = new Set((await read('../core/index.ts')).match(/\w+/g));
  expect(rows.filter(({ here }) => here !== 'absent').map(({ name }) => name)).toEqual(
    types.filter((name) => ours.has(name)),
  );
});

it('what is absent or safer says why', async () => {
  const rows = (await tables()).flat();
  expect([...new Set(rows.map(({ here }) => here))].sort()).toEqual(['absent', 'safer', 'same']);
  expect(rows.filter(({ here, note }) => here !== 'same' && note.length < 3)).toEqual([]);
});
