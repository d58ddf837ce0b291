/** What a graph needs of a schema, whatever its kind. */
import { AnnotationRoot, channelsOf, isDefinition } from '../annotation.ts';
import type { Channel } from '../channel.ts';
import { GraphValidationError, quote, StateGraphInputError } from '../errors.ts';
import { channelsOfFields } from './fields.ts';
import { isStandardSchema } from './standard.ts';
import { StateSchema } from './state-schema.ts';

type Channels = ReadonlyMap<string, Channel>;

/** Whether it declares a state by itself; a bag of options does not. */
export function isSchema(value: unknown): boolean {
  return value instanceof AnnotationRoot || value instanceof StateSchema || shapeOf(value) !== undefined;
}

/** @throws StateGraphInputError when it is no schema */
export function readSchema(schema: unknown): Channels {
  if (schema instanceof AnnotationRoot) return channelsOf(schema.spec as Record<string, unknown>);
  const fields = schema instanceof StateSchema ? (schema.fields as Record<string, unknown>) : shapeOf(schema);
  if (fields) return channelsOfFields(fields);
  if (isDefinition(schema)) return channelsOf(schema);
  throw new StateGraphInputError(
    `StateGraph needs a state schema: Annotation.Root({ … }), a StateSchema or a Zod object, got ${quote(schema)}.`,
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

/** The fields of a Zod object. */
function shapeOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const shape = isStandardSchema(value) && (value as { shape?: unknown }).shape;
  return typeof shape === 'object' && shape !== null ? (shape as Record<string, unknown>) : undefined;
}
