/**
 * `BaseStore`: documents that outlive threads and are shared by them, by namespace and key. A store implements `batch`; the other
 * calls are one operation each, their namespaces checked. Any object of this shape is a store, LangGraph's own among them.
 */
import { checkNamespace } from './namespace.ts';

// A document's fields are read without casts, as in LangGraph.
// oxlint-disable-next-line typescript/no-explicit-any
export type Document = Record<string, any>;

export interface Item {
  value: Document;
  key: string;
  namespace: string[];
  createdAt: Date;
  updatedAt: Date;
}

export interface SearchItem extends Item {
  /** How near the item is to the query: the cosine of their embeddings. */
  score?: number;
}

export interface GetOperation {
  namespace: string[];
  key: string;
}

export interface SearchOperation {
  /** `[]`: every namespace. */
  namespacePrefix: string[];
  /** By field: a value, or conditions: `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte` (these four compare numbers), `$in`, `$nin`. */
  filter?: Document;
  /** @default 10 */
  limit?: number;
  /** @default 0 */
  offset?: number;
  /** Rank by nearness to this text, in stores with an index. */
  query?: string;
}

export interface PutOperation {
  namespace: string[];
  key: string;
  /** `null` deletes. */
  value: Document | null;
  /** The paths of the fields to embed; `false`: none. @default the store's */
  index?: false | string[];
}

/** Labels; `'*'` stands for any one. */
export type NameSpacePath = string[];
export type NamespaceMatchType = 'prefix' | 'suffix';

export interface MatchCondition {
  matchType: NamespaceMatchType;
  path: NameSpacePath;
}

export interface ListNamespacesOperation {
  matchConditions?: MatchCondition[];
  /** Cut namespaces to this length. */
  maxDepth?: number;
  limit: number;
  offset: number;
}

export type Operation = GetOperation | SearchOperation | PutOperation | ListNamespacesOperation;

export type OperationResults<Operations extends readonly Operation[]> = {
  [Index in keyof Operations]: Operations[Index] extends PutOperation
    ? void
    : Operations[Index] extends SearchOperation
      ? SearchItem[]
      : Operations[Index] extends GetOperation
        ? Item | null
        : Operations[Index] extends ListNamespacesOperation
          ? string[][]
          : never;
};

/** What is left out may be `undefined` as well. */
type Options<Fields> = { readonly [Field in keyof Fields]?: Fields[Field] | undefined };

export abstract class BaseStore {
  /** The results in the order of the operations. Reads see what was stored before the batch. */
  abstract batch<Operations extends Operation[]>(operations: Operations): Promise<OperationResults<Operations>>;

  /** @throws InvalidNamespaceError, as all of these */
  async get(namespace: string[], key: string): Promise<Item | null> {
    checkNamespace(namespace);
    return (await this.batch([{ namespace, key }]))[0]!;
  }

  async search(
    namespacePrefix: string[],
    options: Options<Omit<SearchOperation, 'namespacePrefix'>> = {},
  ): Promise<SearchItem[]> {
    checkNamespace(namespacePrefix, { empty: true });
    const { filter, limit = 10, offset = 0, query } = options;
    return (await this.batch([{ namespacePrefix, filter, limit, offset, query } as SearchOperation]))[0]!;
  }

  async put(namespace: string[], key: string, value: Document, index?: false | string[]): Promise<void> {
    checkNamespace(namespace, { reserved: false });
    await this.batch([{ namespace, key, value, index }]);
  }

  async delete(namespace: string[], key: string): Promise<void> {
    checkNamespace(namespace);
    await this.batch([{ namespace, key, value: null }]);
  }

  /** Sorted. `'*'` in a prefix or suffix stands for any one label. */
  async listNamespaces(
    options: Options<{ prefix: string[]; suffix: string[]; maxDepth: number; limit: number; offset: number }> = {},
  ): Promise<string[][]> {
    const { maxDepth, limit = 100, offset = 0 } = options;
    const matchConditions: MatchCondition[] = [];
    for (const matchType of ['prefix', 'suffix'] as const) {
      const path = options[matchType];
      if (!path) continue;
      checkNamespace(path, { empty: true });
      matchConditions.push({ matchType, path });
    }
    return (await this.batch([{ matchConditions, maxDepth, limit, offset } as ListNamespacesOperation]))[0]!;
  }

  start(): void | Promise<void> {}

  stop(): void | Promise<void> {}
}
