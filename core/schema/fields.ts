/** From the fields of a StateSchema and of Zod objects to channels. */
import { type Channel, lastValue, reduced, untracked } from '../channel.ts';
import { HoldpointError, quote } from '../errors.ts';
import { isOverwrite, OVERWRITE } from '../overwrite.ts';
import { type SchemaMeta, schemaMetaRegistry } from './registry.ts';
import {
  getJsonSchemaFromSchema,
  getSchemaDefaultGetter,
  isStandardSchema,
  type SchemaResult,
  type StandardSchema,
} from './standard.ts';
import { ReducedValue, UntrackedValue } from './values.ts';

/** A field that stands in several schemas is one channel. */
const known = new WeakMap<object, { readonly channel: Channel; readonly meta: SchemaMeta | undefined }>();

export function channelsOfFields(fields: Readonly<Record<string, unknown>>): ReadonlyMap<string, Channel> {
  return new Map(Object.entries(fields).map(([name, field]) => [name, channelOf(field, name)]));
}

function channelOf(field: unknown, name: string): Channel {
  if (field instanceof ReducedValue || field instanceof UntrackedValue || isStandardSchema(field)) {
    const meta = schemaMetaRegistry.get(field);
    const found = known.get(field);
    if (found && found.meta === meta) return found.channel;
    const channel = makeChannel(field, meta);
    known.set(field, { channel, meta });
    return channel;
  }
  throw new HoldpointError('invalid_argument', `State key "${name}": expected a schema, got ${quote(field)}.`);
}

function makeChannel(field: ReducedValue | UntrackedValue | StandardSchema, meta: SchemaMeta = {}): Channel {
  if (field instanceof ReducedValue) {
    const { reducer, valueSchema, inputSchema } = field;
    return checked(reduced(reducer, getSchemaDefaultGetter(valueSchema)), inputSchema, valueSchema);
  }
  if (field instanceof UntrackedValue) {
    const { guard, schema } = field;
    return checked(untracked(guard, getSchemaDefaultGetter(schema)), schema);
  }
  const { reducer, default: initial = getSchemaDefaultGetter(field) } = meta;
  if (!reducer) return checked(lastValue(initial), field);
  return checked(reduced(reducer.fn, initial), reducer.schema ?? field, field);
}

/** @param whole of a value that takes the channel's place */
function checked(channel: Channel, schema: StandardSchema | undefined, whole = schema): Channel {
  if (!schema || !whole) return channel;
  const parse = (update: unknown): ReturnType<NonNullable<Channel['parse']>> => {
    if (!isOverwrite(update)) return schema['~standard'].validate(update);
    const result = whole['~standard'].validate(update[OVERWRITE]);
    return result instanceof Promise ? result.then(boxed) : boxed(result);
  };
  return { ...channel, parse };
}

function boxed(result: SchemaResult<unknown>): SchemaResult<unknown> {
  return result.issues ? result : { value: { [OVERWRITE]: result.value } };
}

/** @param whole of the state: what has no default is required. Otherwise of updates. */
export function jsonSchemaOf(fields: Readonly<Record<string, unknown>>, whole: boolean): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, field]) => {
    if (!(field instanceof ReducedValue))
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
