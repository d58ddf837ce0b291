/** One program, both libraries: what Holdpoint tells must be what LangGraph.js 1.7.3 tells. Whole programs are compared in test/parity. */
import * as langgraph from '@langchain/langgraph';
import { expect } from 'vitest';
import * as holdpoint from '../../core/index.ts';
import { memory } from './engine.ts';

export type Library = typeof holdpoint;

/** Holdpoint's threads lie in a hostile store. */
const libraries: Readonly<Record<'ours' | 'theirs', Library>> = {
  ours: { ...holdpoint, MemorySaver: memory as unknown as Library['MemorySaver'] },
  theirs: langgraph as unknown as Library,
};

/** Runs the program on both, expects the same, and returns it for the values that matter to be written out. */
export async function same<Told>(program: (library: Library) => Told | Promise<Told>): Promise<Told> {
  const told = await program(libraries.ours);
  expect(told).toEqual(await program(libraries.theirs));
  return told;
}

/** What the program tells on both, ids and times left out. */
export async function both<Told>(program: (library: Library) => Promise<Told>): Promise<{ ours: Told; theirs: Told }> {
  return { ours: plain(await program(libraries.ours)), theirs: plain(await program(libraries.theirs)) };
}

/** The name of the error that a call ends in. */
export async function errorName(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return (error as Error).name;
  }
  return 'none';
}

/** `log` collects, `value` keeps the last. */
export function logOf({ Annotation }: Library) {
  return Annotation.Root({
    log: Annotation<string[], string[]>({ reducer: (list, items) => list.concat(items), default: () => [] }),
    value: Annotation<unknown>,
  });
}

function plain<T>(told: T): T {
  const text = JSON.stringify(told, (key, value: unknown) =>
    key === 'run_id' || key.startsWith('__pregel') ? undefined : value,
  );
  const ids = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|[\da-f]{32}/g;
  return JSON.parse(text.replaceAll(ids, 'id').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')) as T;
}
