/**
 * LangChain's own ambient config, by shape: a model or tool that a node calls without a config finds the node's there, and so the run's
 * callbacks. It costs a run nothing: LangChain asks for it, and is answered from the task that runs.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { LangGraphRunnableConfig } from '../config.ts';

const STORAGE = Symbol.for('ls:tracing_async_local_storage');
const CONFIG = Symbol.for('lc:child_config');

/** A run tree of LangSmith's, or what stands in for one. */
interface RunTree {
  readonly extra?: Readonly<Record<PropertyKey, unknown>>;
}

type Storage = AsyncLocalStorage<RunTree | undefined>;
type Config = LangGraphRunnableConfig | undefined;

/** LangChain's storage, and whom it asks when it knows nothing itself: every copy of this file that runs graphs. */
interface Answered {
  readonly storage: Storage;
  readonly sources: (() => Config)[];
}

const ANSWERED = Symbol.for('holdpoint.ambient');

type Shared = typeof globalThis & { [STORAGE]?: (Storage & { readonly [ANSWERED]?: Answered }) | undefined };

/** As this file has left it. */
let left: Shared[typeof STORAGE];
let own: Answered | undefined;

/** @param current the config of the task that runs */
export function inLangChain<Result>(current: () => Config, run: () => Result): Result {
  const shared = globalThis as Shared;
  if (!left || shared[STORAGE] !== left) {
    left = shared[STORAGE] = answering(shared[STORAGE], current);
    own = left[ANSWERED];
  }
  const { storage, sources } = own!;
  // What LangChain knows here is of a run around this task. So is what another copy of this file knows.
  const around = storage.getStore() ?? (sources.length > 1 ? running(sources, current) : undefined);
  return around ? storage.run(standIn(current()!, around), run) : run();
}

/** That of the Runnable, tool or graph of LangGraph's own that runs inside of the task; the task's, as far as LangChain knows. */
export function configInLangChain(): Config {
  return own?.storage.getStore()?.extra?.[CONFIG] as Config;
}

/** What LangChain set inside of the task goes first. */
function answering(found: Shared[typeof STORAGE], current: () => Config): NonNullable<Shared[typeof STORAGE]> {
  const known = found?.[ANSWERED];
  if (known) {
    known.sources.push(current);
    return found;
  }
  const storage: Storage = found ?? new AsyncLocalStorage();
  const sources = [current];
  const getStore = (): RunTree | undefined => storage.getStore() ?? running(sources);
  const answered: Answered = { storage, sources };
  return new Proxy(storage, {
    get: (target, key) => {
      if (key === 'getStore') return getStore;
      if (key === ANSWERED) return answered;
      const value: unknown = target[key as keyof Storage];
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Of the task that one of them runs. */
function running(sources: Answered['sources'], but?: () => Config): RunTree | undefined {
  for (const source of sources) {
    const config = source === but ? undefined : source();
    if (config) return standIn(config);
  }
  return undefined;
}

function standIn(config: LangGraphRunnableConfig, around?: RunTree): RunTree {
  const extra = { value: { ...around?.extra, [CONFIG]: config } };
  return Object.create(around ?? null, { extra }) as RunTree;
}
