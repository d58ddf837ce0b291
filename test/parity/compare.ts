/**
 * Change the import: each program of `programs/` runs twice, as it was written for LangGraph.js, and with Holdpoint in place of its imports.
 *
 * - Q1 Everything that a program tells is the same: results, chunks, snapshots, errors. Ids are compared by who has the same one.
 * - Q2 What differs on purpose is named here, or entry by entry beside the test; the named entries must differ.
 */
import { describe, expect, it, vi } from 'vitest';
import type { Log } from './telling.ts';

type Program = (log: Log) => Promise<void>;

/** Entries that differ on purpose, by program. */
export type Differences = Readonly<Record<string, { readonly at: readonly number[]; readonly why: string }>>;

/**
 * @param main what takes the place of LangGraph.js
 * @param prebuilt what takes the place of its prebuilt parts. @default they stay
 */
export async function compare(
  topic: string,
  differences: Differences = {},
  main = (): Promise<object> => import('../../core/index.ts'),
  prebuilt?: () => Promise<object>,
): Promise<void> {
  const theirs = await load(topic);
  vi.doMock('@langchain/langgraph', main);
  vi.doMock('@langchain/langgraph-checkpoint', () => import('../../core/index.ts'));
  if (prebuilt) vi.doMock('@langchain/langgraph/prebuilt', prebuilt);
  vi.doMock('@langchain/langgraph/zod', () => import('../../core/zod.ts'));
  vi.resetModules();
  const ours = await load(topic);
  describe(`the programs of ${topic}`, () => {
    it.each(Object.keys(theirs))('Q1: %s', async (name) => {
      const [expected, told] = [await run(theirs[name]!), await run(ours[name]!)];
      const { at = [] } = differences[name] ?? {};
      for (const index of at) expect(told[index], `entry ${index} differs on purpose`).not.toEqual(expected[index]);
      const rest = (_: unknown, index: number): boolean => !at.includes(index);
      expect(told.map(lenient(expected)).filter(rest)).toEqual(expected.filter(rest));
    });
    it('Q2: the named differences are of programs that there are', () => {
      expect(Object.keys(theirs)).toEqual(expect.arrayContaining(Object.keys(differences)));
    });
  });
}

async function load(topic: string): Promise<Readonly<Record<string, Program>>> {
  return (await import(`./programs/${topic}.ts`)) as Readonly<Record<string, Program>>;
}

async function run(program: Program): Promise<unknown[]> {
  const told: unknown[] = [];
  const plain = plainly();
  await program((one) => told.push(plain(one)));
  return told;
}

/** Where LangGraph throws a bare Error, ours has a name and perhaps a code. */
function lenient(expected: readonly unknown[]) {
  return (told: unknown, index: number): unknown => {
    const bare = expected[index];
    const isError = typeof told === 'object' && told !== null && 'name' in told && !('message' in told);
    return isError && JSON.stringify(bare) === '{"name":"Error"}' ? bare : told;
  };
}

const ID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|\b[\da-f]{32}\b/g;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** As plain data, written down at once. Ids become numbers, by first appearance. */
function plainly(): (told: unknown) => unknown {
  const ids = new Map<string, string>();
  const known = (id: string): string => {
    if (!ids.has(id)) ids.set(id, `id ${ids.size}`);
    return ids.get(id)!;
  };
  const text = (value: string): string => value.replaceAll(ID, known).replaceAll(TIME, 'time');
  const plain = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(plain);
    if (value instanceof Set || value instanceof Map) return [...value].map(plain);
    if (value instanceof Date) return 'date';
    if (value instanceof Error) return { error: value.name, message: value.message };
    if ('lg_name' in value && 'toJSON' in value) return plain((value as { toJSON(): unknown }).toJSON());
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, one]) => one !== undefined && !isOurOwn(key, value))
        .map(([key, one]): [string, unknown] => [text(key), opaque(key, one) ?? plain(one)])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  };
  return plain;
}

/** Q2: nobody reads LangGraph's internals, or a bubble-up's message. */
function isOurOwn(key: string, around: object): boolean {
  if (key === 'message') return 'name' in around && around.name === 'ParentCommand';
  return key === 'ls_integration' || key.startsWith('__pregel');
}

/** Q2: each save is a checkpoint, and nested graphs share their root's. */
function opaque(key: string, value: unknown): unknown {
  if (key === 'checkpoint_id') return 'a checkpoint';
  return key === 'checkpoint_map' || key === 'parents' ? Object.keys(value as object).length : undefined;
}
