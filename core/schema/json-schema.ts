/** The JSON Schema of a StateSchema, from those of its fields. */
import { getJsonSchemaFromSchema, isStandardSchema } from './standard.ts';
import { FoldedValue, UntrackedValue } from './values.ts';

/** @param whole of the state: what has no default is required. Otherwise of updates. */
export function jsonSchemaOf(fields: Readonly<Record<string, unknown>>, whole: boolean): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, field]) => {
    if (!(field instanceof FoldedValue))
      return [name, field instanceof UntrackedValue ? field.schema : field, {}] as const;
    return [name, whole ? field.valueSchema : field.inputSchema, field.jsonSchemaExtra] as const;
  });
  const described = entries.filter(([, schema]) => schema);
  const properties = described.map(([name, schema, extra]) => [name, { ...getJsonSchemaFromSchema(schema), ...extra }]);
  const required = entries.filter(([, schema]) => whole && isRequired(schema)).map(([name]) => name);
  return { type: 'object', properties: Object.fromEntries(properties), ...(required.length > 0 && { required }) };
}

function isRequired(schema: unknown): boolean {
  const result = isStandardSchema(schema) && schema['~standard'].validate(undefined);
  return result !== false && 'issues' in result && result.issues !== undefined;
}
