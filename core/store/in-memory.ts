/**
 * `InMemoryStore`: a store in this process, for tests and development.
 * - M1 Reads of a batch see what was stored before it; of several puts of one key the last counts.
 * - M2 A batch is all or nothing: what can fail (namespaces, embeddings) comes before the first change.
 * - M3 Items are handed out as copies; their values are the caller's own objects, as in LangGraph.
 */
import { embedDocuments, embedQueries, type IndexConfig, nearest, type Vector } from './embedding.ts';
import { matchesFilter } from './filter.ts';
import { checkNamespace, matchesCondition } from './namespace.ts';
import {
  BaseStore,
  type GetOperation,
  type Item,
  type ListNamespacesOperation,
  type Operation,
  type OperationResults,
  type PutOperation,
  type SearchItem,
  type SearchOperation,
} from './store.ts';

export interface InMemoryStoreOptions {
  readonly index?: IndexConfig | undefined;
  /** Milliseconds since 1970. @default Date.now */
  now?(): number;
}

interface Stored {
  readonly item: Item;
  readonly vectors: readonly Vector[];
}

/** Labels have no colons, so that joined namespaces are as distinct as their arrays. */
const placeOf = (namespace: readonly string[]): string => namespace.join(':');

export class InMemoryStore extends BaseStore {
  readonly #data = new Map<string, Map<string, Stored>>();
  readonly #options: InMemoryStoreOptions;

  constructor(options: InMemoryStoreOptions = {}) {
    super();
    this.#options = options;
  }

  get indexConfig(): IndexConfig | undefined {
    return this.#options.index;
  }

  async batch<Operations extends readonly Operation[]>(operations: Operations): Promise<OperationResults<Operations>> {
    const puts = new Map<string, PutOperation>();
    for (const operation of operations) {
      if ('namespacePrefix' in operation) checkNamespace(operation.namespacePrefix, { empty: true });
      else if ('namespace' in operation) {
        checkNamespace(operation.namespace);
        if ('value' in operation) puts.set(JSON.stringify([operation.namespace, operation.key]), operation);
      }
    }
    const { index } = this.#options;
    const queries = index && (await embedQueries(index, operations));
    const results = operations.map((operation) => {
      if ('namespacePrefix' in operation) return this.#search(operation, queries);
      if (!('namespace' in operation)) return this.#listNamespaces(operation);
      return 'value' in operation ? null : this.#get(operation);
    });
    if (puts.size > 0) await this.#putAll([...puts.values()]);
    return results as OperationResults<Operations>;
  }

  #get({ namespace, key }: GetOperation): Item | null {
    const stored = this.#data.get(placeOf(namespace))?.get(key);
    return stored ? { ...stored.item } : null;
  }

  #search(operation: SearchOperation, queries: ReadonlyMap<string, Vector> | undefined): SearchItem[] {
    const prefix = operation.namespacePrefix.length > 0 ? `${placeOf(operation.namespacePrefix)}:` : '';
    const target = queries?.get(operation.query ?? '');
    const found: SearchItem[] = [];
    for (const [place, items] of this.#data) {
      if (!`${place}:`.startsWith(prefix)) continue;
      for (const { item, vectors } of items.values()) {
        if (!matchesFilter(item.value, operation.filter)) continue;
        found.push({ ...item, score: target && nearest(target, vectors) } as SearchItem);
      }
    }
    if (target) found.sort((a, b) => (b.score ?? -2) - (a.score ?? -2));
    return page(found, operation.offset ?? 0, operation.limit ?? 10);
  }

  #listNamespaces({ matchConditions = [], maxDepth, offset, limit }: ListNamespacesOperation): string[][] {
    const places = new Set<string>();
    for (const place of this.#data.keys()) {
      const namespace = place.split(':');
      if (!matchConditions.every((condition) => matchesCondition(namespace, condition))) continue;
      places.add(placeOf(namespace.slice(0, maxDepth)));
    }
    const sorted = [...places].sort((a, b) => a.localeCompare(b)).map((place) => place.split(':'));
    return page(sorted, offset ?? 0, limit ?? sorted.length);
  }

  /** What the items had before is replaced as a whole, embeddings too. */
  async #putAll(puts: readonly PutOperation[]): Promise<void> {
    const { index } = this.#options;
    const vectors = index && (await embedDocuments(index, puts));
    const now = new Date(this.#options.now?.() ?? Date.now());
    for (const [at, { namespace, key, value }] of puts.entries()) {
      const place = placeOf(namespace);
      const items = this.#data.get(place) ?? new Map<string, Stored>();
      this.#data.set(place, items);
      const createdAt = items.get(key)?.item.createdAt ?? now;
      const item = { value: value!, key, namespace: [...namespace], createdAt, updatedAt: now };
      if (value === null) items.delete(key);
      else items.set(key, { item, vectors: vectors?.[at] ?? [] });
    }
  }
}

function page<Entry>(entries: readonly Entry[], offset: number, limit: number): Entry[] {
  return entries.slice(offset, offset + limit);
}
