/**
 * What a program is whose speed is compared. Each is written once, against the names that Holdpoint and LangGraph.js share, and is handed the
 * library to use: the same program with a changed import. Each checks its own result, so that an engine cannot be fast by not running it.
 */
import type { RunnableConfig } from '../core/index.ts';
import type { Library } from './compile.ts';

export type Durability = 'exit' | 'async' | 'sync';

export interface Program {
  readonly name: string;
  /** What one unit is, and how many of them one call of the prepared function runs. */
  readonly unit: string;
  readonly units: number;
  /** Builds graph and saver, and returns what is timed. */
  prepare(library: Library): () => Promise<void>;
}

/** On a thread of its own. */
export function configOf(durability: Durability | undefined, recursionLimit = 200): RunnableConfig {
  return durability
    ? { recursionLimit, durability, configurable: { thread_id: crypto.randomUUID() } }
    : { recursionLimit };
}

export function saverName(durability: Durability | undefined): string {
  return durability ? `MemorySaver, ${durability}` : 'no saver';
}

export function expectValue(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`The program returned ${String(actual)} instead of ${String(expected)}.`);
}
