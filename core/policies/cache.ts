/** `cachePolicy`: what a node returned for an input is used again for the same input, from the `cache` that the graph was compiled with. */
import type { TaskResult } from '../checkpoint/checkpoint.ts';
import { Codec } from '../checkpoint/codec.ts';
import { liveInstances } from '../checkpoint/instances.ts';
import { systemClock } from '../clock.ts';
import { hash128 } from '../hash.ts';

export type CacheNamespace = string[];
export type CacheFullKey = [namespace: CacheNamespace, key: string];

export interface CachePolicy {
  /** A text that tells inputs apart. @default all of the input */
  readonly keyFunc?: (args: unknown[]) => string;
  /** Seconds. @default for ever */
  readonly ttl?: number;
}

/** Where results are kept; `@langchain/langgraph-checkpoint`'s caches are ones, too. */
export abstract class BaseCache<V = unknown> {
  abstract get(keys: CacheFullKey[]): Promise<{ key: CacheFullKey; value: V }[]>;
  abstract set(pairs: { key: CacheFullKey; value: V; ttl?: number }[]): Promise<void>;
  /** Some namespaces; all of them when none is named. */
  abstract clear(namespaces: CacheNamespace[]): Promise<void>;
}

const codec = new Codec();

/** JSON alone would take any two Maps for the same; the codec alone refuses objects of classes. */
function textOf(args: unknown[]): string {
  try {
    return codec.encode(args, 'Input');
  } catch {
    return JSON.stringify(args);
  }
}

/** Where the result of one node for one input is kept. */
export class NodeCache {
  readonly #cache: BaseCache;
  readonly #key: CacheFullKey;
  readonly #ttl: number | undefined;

  constructor(cache: BaseCache, graph: string, node: string, { keyFunc = textOf, ttl }: CachePolicy, input: unknown) {
    this.#cache = cache;
    this.#key = [['__pregel_ns_writes', graph, node], hash128(keyFunc([input]))];
    this.#ttl = ttl;
  }

  async recall(): Promise<TaskResult | undefined> {
    const [found] = await this.#cache.get([this.#key]);
    return found?.value as TaskResult | undefined;
  }

  async remember(value: TaskResult): Promise<void> {
    const ttl = this.#ttl;
    await this.#cache.set([{ key: this.#key, value, ...(ttl !== undefined && { ttl }) }]);
  }
}

/** Keeps results in memory, as text: nobody changes what is kept. */
export class InMemoryCache<V = unknown> extends BaseCache<V> {
  readonly #kept = new Map<string, Map<string, { readonly text: string; readonly until: number }>>();
  readonly #codec = new Codec([liveInstances()]);
  readonly #now: () => number;

  /** @param options a clock for tests */
  constructor({ now = systemClock.now }: { readonly now?: () => number } = {}) {
    super();
    this.#now = now;
  }

  async get(keys: CacheFullKey[]): Promise<{ key: CacheFullKey; value: V }[]> {
    return keys.flatMap((key) => {
      const space = this.#kept.get(key[0].join());
      const found = space?.get(key[1]);
      if (!found) return [];
      if (found.until > this.#now()) return [{ key, value: this.#codec.decode(found.text) as V }];
      space!.delete(key[1]);
      return [];
    });
  }

  async set(pairs: { key: CacheFullKey; value: V; ttl?: number }[]): Promise<void> {
    for (const { key, value, ttl = Infinity } of pairs) {
      const name = key[0].join();
      const space = this.#kept.get(name) ?? new Map();
      this.#kept.set(name, space);
      space.set(key[1], { text: this.#codec.encode(value, 'Cache'), until: this.#now() + ttl * 1000 });
    }
  }

  async clear(namespaces: CacheNamespace[]): Promise<void> {
    if (namespaces.length === 0) this.#kept.clear();
    for (const space of namespaces) this.#kept.delete(space.join());
  }
}
