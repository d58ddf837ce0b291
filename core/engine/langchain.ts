/**
 * LangChain's own ambient config, by shape: a model that a node calls without a config finds the node's there, and so the run's callbacks.
 * It is entered only by runs that have callbacks.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { LangGraphRunnableConfig } from '../config.ts';

const STORAGE = Symbol.for('ls:tracing_async_local_storage');
const CONFIG = Symbol.for('lc:child_config');

/** A run tree of LangSmith's, or what stands in for one. */
interface RunTree {
  readonly extra?: Readonly<Record<PropertyKey, unknown>>;
}

type Shared = typeof globalThis & { [STORAGE]?: AsyncLocalStorage<RunTree | undefined> };

export function inLangChain<Result>(config: LangGraphRunnableConfig, run: () => Result): Result {
  const storage = ((globalThis as Shared)[STORAGE] ??= new AsyncLocalStorage());
  const around = storage.getStore();
  const extra = { value: { ...around?.extra, [CONFIG]: config } };
  return storage.run(Object.create(around ?? null, { extra }) as RunTree, run);
}
