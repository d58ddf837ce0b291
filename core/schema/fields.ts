/** From the fields of a StateSchema and of Zod objects to channels. */
import { type Channel, lastValue, reduced } from '../channel.ts';
import { invalidArgument, quote } from '../errors.ts';
import { isOverwrite, OVERWRITE } from '../overwrite.ts';
import { type SchemaMeta, schemaMetaRegistry } from './registry.ts';
import { getSchemaDefaultGetter, isStandardSchema, type StandardSchema } from './standard.ts';

/** A field that is more than a schema: it says itself which channel it is. */
export interface Field {
  getChannel(): Channel;
}

/** A field that stands in several schemas is one channel. */
const known = new WeakMap<object, { readonly channel: Channel; readonly meta: SchemaMeta | undefined }>();

export function channelsOfFields(fields: Readonly<Record<string, unknown>>): ReadonlyMap<string, Channel> {
  return new Map(Object.entries(fields).map(([name, field]) => [name, channelOf(field, name)]));
}

function channelOf(field: unknown, name: string): Channel {
  if (!isField(field) && !isStandardSchema(field)) {
    throw invalidArgument(`State key "${name}": expected a schema, got ${quote(field)}.`);
  }
  const meta = schemaMetaRegistry.get(field);
  const found = known.get(field);
  if (found && found.meta === meta) return found.channel;
  const channel = isField(field) ? field.getChannel() : schemaChannel(field, meta);
  known.set(field, { channel, meta });
  return channel;
}

function isField(field: unknown): field is Field {
  return typeof (field as Partial<Field> | null | undefined)?.getChannel === 'function';
}

function schemaChannel(schema: StandardSchema, meta: SchemaMeta = {}): Channel {
  const { reducer, default: initial = getSchemaDefaultGetter(schema) } = meta;
  if (!reducer) return checked(lastValue(initial), schema);
  return checked(reduced(reducer.fn, initial), reducer.schema ?? schema, schema);
}

/**
 * The channel, whose updates are what the schema makes of them.
 * @param whole of a value that takes the channel's place
 */
export function checked(channel: Channel, schema: StandardSchema | undefined, whole = schema): Channel {
  if (!schema || !whole) return channel;
  const parse = (update: unknown): Parsed => {
    const parsed = isOverwrite(update)
      ? after(whole['~standard'].validate(update[OVERWRITE]), (value) => ({ value: { [OVERWRITE]: value } }))
      : schema['~standard'].validate(update);
    return channel.parse ? after(parsed, (value) => channel.parse!(value)) : parsed;
  };
  return { ...channel, parse };
}

type Parsed = ReturnType<NonNullable<Channel['parse']>>;

function after(parsed: Parsed, next: (value: unknown) => Parsed): Parsed {
  if (parsed instanceof Promise) return parsed.then((result) => after(result, next));
  return parsed.issues ? parsed : next(parsed.value);
}
