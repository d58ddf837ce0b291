/** What a graph needs of a schema, whatever its kind. */
import { AnnotationRoot, channelsOf, isDefinition } from '../annotation.ts';
import type { Channel } from '../channel.ts';
import { GraphValidationError, quote } from '../errors.ts';
import { channelsOfFields } from './fields.ts';
import { isStandardSchema } from './standard.ts';
import { StateSchema } from './state-schema.ts';

export interface ReadSchema {
  readonly channels: ReadonlyMap<string, Channel>;
}

/** Whether it declares a state by itself; a bag of options does not. */
export function isSchema(value: unknown): boolean {
  return value instanceof AnnotationRoot || value instanceof StateSchema || shapeOf(value) !== undefined;
}

/** @throws GraphValidationError when it is no schema */
export function readSchema(schema: unknown): ReadSchema {
  if (schema instanceof AnnotationRoot) return { channels: channelsOf(schema.spec as Record<string, unknown>) };
  if (schema instanceof StateSchema) return { channels: channelsOfFields(schema.fields as Record<string, unknown>) };
  const shape = shapeOf(schema);
  if (shape) return { channels: channelsOfFields(shape) };
  if (isDefinition(schema)) return { channels: channelsOf(schema) };
  throw new GraphValidationError(
    `StateGraph needs a state schema: Annotation.Root({ … }), a StateSchema or a Zod object, got ${quote(schema)}.`,
  );
}

/** The fields of a Zod object. */
function shapeOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const shape = isStandardSchema(value) && (value as { shape?: unknown }).shape;
  return typeof shape === 'object' && shape !== null ? (shape as Record<string, unknown>) : undefined;
}
