/** For tests that run one program on Holdpoint and on LangGraph.js 1.7.3, and compare what it tells. */
import * as langgraph from '@langchain/langgraph';
import * as holdpoint from '../../core/index.ts';
import { memory } from './engine.ts';
import type { Library } from './libraries.ts';

/** Holdpoint's threads lie in a hostile store. */
const libraries: Readonly<Record<'ours' | 'theirs', Library>> = {
  ours: { ...holdpoint, MemorySaver: memory as unknown as Library['MemorySaver'] },
  theirs: langgraph as unknown as Library,
};

/** What the program tells on both, ids and times left out. */
export async function both<Told>(program: (library: Library) => Promise<Told>): Promise<{ ours: Told; theirs: Told }> {
  return { ours: plain(await program(libraries.ours)), theirs: plain(await program(libraries.theirs)) };
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
