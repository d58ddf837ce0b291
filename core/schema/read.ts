/** What a graph needs of a schema, whatever its kind. */
import { channelsOf, isDefinition } from '../annotation.ts';
import type { Channel } from '../channel.ts';
import { GraphValidationError, quote, StateGraphInputError } from '../errors.ts';
import { isObject } from '../objects.ts';
import { channelsOfFields } from './fields.ts';
import { isStandardSchema } from './standard.ts';

type Channels = ReadonlyMap<string, Channel>;

/** What says itself which channels it declares: an AnnotationRoot, a StateSchema. */
interface Declaring {
  getChannels(): Readonly<Record<string, Channel>>;
}

/** Whether it declares a state by itself; a bag of options does not. */
export function isSchema(value: unknown): boolean {
  return isDeclaring(value) || shapeOf(value) !== undefined;
}

/** @throws StateGraphInputError when it is no schema */
export function readSchema(schema: unknown): Channels {
  if (isDeclaring(schema)) return new Map(Object.entries(schema.getChannels()));
  const shape = shapeOf(schema);
  if (shape) return channelsOfFields(shape);
  if (isDefinition(schema)) return channelsOf(schema);
  throw new StateGraphInputError(
    `Invalid StateGraph input: it needs a state schema, Annotation.Root({ … }), a StateSchema or a Zod object, got ${quote(schema)}.`,
  );
}

/** The channels of several schemas. @throws GraphValidationError when two of them have different rules for one key */
export function mergeChannels(schemas: readonly Channels[]): Channels {
  const all = new Map<string, Channel>();
  for (const [name, channel] of schemas.flatMap((channels) => [...channels])) {
    const known = all.get(name);
    if (known && channel.rule && known.rule !== channel.rule) {
      throw new GraphValidationError(`Channel "${name}" already exists with a different type.`, { channel: name });
    }
    if (!known) all.set(name, channel);
  }
  return all;
}

function isDeclaring(value: unknown): value is Declaring {
  return typeof (value as Partial<Declaring> | null | undefined)?.getChannels === 'function';
}

/** The fields of a Zod object. */
function shapeOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const shape = isStandardSchema(value) && (value as { shape?: unknown }).shape;
  return isObject(shape) ? (shape as Record<string, unknown>) : undefined;
}
