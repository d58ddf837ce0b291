/** What is known of schemas beyond themselves: reducers and defaults of the fields of Zod objects. */
import type { StandardSchema } from './standard.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- of every type, as in LangGraph
export interface SchemaMeta<Value = any, Update = Value> {
  /** Folds updates into the value. `schema`: of the updates, @default that of the value */
  readonly reducer?: {
    readonly schema?: StandardSchema<unknown, Update>;
    readonly fn: (current: Value, update: Update) => Value;
  };
  readonly default?: () => Value;
  readonly jsonSchemaExtra?: Readonly<Record<string, unknown>>;
}

export class SchemaMetaRegistry {
  #metas = new WeakMap<object, SchemaMeta>();

  get(schema: object): SchemaMeta | undefined {
    return this.#metas.get(schema);
  }

  has(schema: object): boolean {
    return this.#metas.has(schema);
  }

  extend(schema: object, change: (meta: SchemaMeta | undefined) => SchemaMeta): void {
    this.#metas.set(schema, change(this.#metas.get(schema)));
  }

  remove(schema: object): this {
    this.#metas.delete(schema);
    return this;
  }

  clear(): void {
    this.#metas = new WeakMap();
  }
}

export const schemaMetaRegistry = new SchemaMetaRegistry();
