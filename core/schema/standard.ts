/** Standard Schema by shape: what Zod, Valibot, ArkType and others have in common (https://standardschema.dev). */

/** One problem that a schema found. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** A Standard Schema that can describe itself as JSON Schema. */
export interface SerializableSchema<Input = unknown, Output = Input> {
  readonly '~standard': StandardSchema<Input, Output>['~standard'] & {
    readonly jsonSchema: Record<'input' | 'output', (options: { readonly target: string }) => Record<string, unknown>>;
  };
}

export function isStandardSchema<Input = unknown, Output = Input>(
  schema: unknown,
): schema is StandardSchema<Input, Output> {
  return typeof standardOf(schema)?.validate === 'function';
}

export function isSerializableSchema<Input = unknown, Output = Input>(
  schema: unknown,
): schema is SerializableSchema<Input, Output> {
  return isStandardSchema(schema) && typeof standardOf(schema)?.jsonSchema === 'object';
}

/** The JSON Schema of what the schema takes, when it can tell. */
export function getJsonSchemaFromSchema(schema: unknown): Record<string, unknown> | undefined {
  if (!isSerializableSchema(schema)) return undefined;
  try {
    return schema['~standard'].jsonSchema.input({ target: 'draft-07' });
  } catch {
    return undefined;
  }
}

/** What the schema makes of a missing value, when it makes something of it. */
export function getSchemaDefaultGetter(schema: unknown): (() => unknown) | undefined {
  const zod = (schema as { _zod?: { optin?: string } } | null | undefined)?._zod;
  // A coercion makes something of anything: that is no default.
  if (!isStandardSchema(schema) || (zod && !zod.optin)) return undefined;
  const read = (): unknown => {
    const result = schema['~standard'].validate(undefined);
    return 'value' in result ? result.value : undefined;
  };
  try {
    return read() === undefined ? undefined : read;
  } catch {
    return undefined;
  }
}

function standardOf(schema: unknown): Partial<SerializableSchema['~standard']> | undefined {
  return (schema as Partial<SerializableSchema> | null | undefined)?.['~standard'];
}
