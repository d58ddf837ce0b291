/** For states that are Zod objects: reducers and defaults of their fields. Entry point "holdpoint/zod"; Zod itself is not imported. */
import { type SchemaMeta, type SchemaMetaRegistry, schemaMetaRegistry } from './schema/registry.ts';
import type { StandardSchema } from './schema/standard.ts';

export { type SchemaMeta, SchemaMetaRegistry, schemaMetaRegistry } from './schema/registry.ts';

/** A field whose updates have a schema of their own. */
export type ReducedZodChannel<Schema, Updates> = Schema & { readonly lg_reducer_schema: Updates };

/**
 * Gives a field of a Zod object a reducer, a default, or both.
 * @returns the schema itself: what is derived from it (`.optional()`, …) is another schema
 * @example
 * z.object({
 *   notes: withLangGraph(z.array(z.string()), {
 *     reducer: { schema: z.string(), fn: (list, one) => [...list, one] },
 *     default: () => [],
 *   }),
 * });
 */
export function withLangGraph<Value, Update, Schema extends StandardSchema<unknown, Value>>(
  schema: Schema,
  meta: SchemaMeta<Value, Update> & { readonly reducer?: undefined },
): Schema;
export function withLangGraph<Value, Update, Schema extends StandardSchema<unknown, Value>>(
  schema: Schema,
  meta: SchemaMeta<Value, Update>,
): ReducedZodChannel<Schema, StandardSchema<unknown, Update>>;
export function withLangGraph(schema: StandardSchema, meta: SchemaMeta): StandardSchema {
  schemaMetaRegistry.extend(schema, () => meta);
  return schema;
}

/** For Zod 4: `schema.register(registry, { reducer, default })`. */
export class LanggraphZodMetaRegistry {
  readonly #metas: SchemaMetaRegistry;
  /** Only types, which Zod asks of a registry. */
  declare readonly _meta: SchemaMeta;
  /* oxlint-disable typescript/no-explicit-any -- types of Zod's, which core does not know */
  declare readonly _schema: any;
  declare readonly _map: any;
  declare readonly _idmap: any;
  /* oxlint-enable typescript/no-explicit-any */

  constructor(metas: SchemaMetaRegistry) {
    this.#metas = metas;
  }

  add(schema: object, meta: SchemaMeta = {}): this {
    this.#metas.extend(schema, () => meta);
    return this;
  }

  get(schema: object): SchemaMeta | undefined {
    return this.#metas.get(schema);
  }

  has(schema: object): boolean {
    return this.#metas.has(schema);
  }

  remove(schema: object): this {
    this.#metas.remove(schema);
    return this;
  }

  clear(): this {
    this.#metas.clear();
    return this;
  }
}

export const registry = new LanggraphZodMetaRegistry(schemaMetaRegistry);
