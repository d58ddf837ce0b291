/** The types of state, update, input and context that follow from a schema of any kind. */
import type { AnnotationRoot, StateDefinition, StateType, UpdateType } from '../annotation.ts';
import type { Channel } from '../channel.ts';
import type { OverwriteValue } from '../overwrite.ts';
import type { StandardSchema } from './standard.ts';
import type { AnyStateSchema, StateSchema, StateSchemaFieldsToStateDefinition } from './state-schema.ts';

/** A Zod object, of Zod 3, 4 or mini, by shape. */
export interface ZodObjectLike extends StandardSchema {
  readonly shape: Readonly<Record<string, unknown>>;
}

/** Whatever declares a state. */
// oxlint-disable-next-line typescript/no-explicit-any -- of every type
export type StateDefinitionInit = StateDefinition | ZodObjectLike | AnyStateSchema | AnnotationRoot<any>;

export type ContextSchemaInit = StandardSchema | AnnotationRoot<StateDefinition>;

export type ToStateDefinition<Schema> =
  Schema extends StateSchema<infer Fields>
    ? StateSchemaFieldsToStateDefinition<Fields>
    : Schema extends AnnotationRoot<infer Definition>
      ? Definition
      : Schema extends { readonly shape: infer Shape; readonly '~standard': object }
        ? ShapeToStateDefinition<Shape>
        : Schema extends StateDefinition
          ? Schema
          : never;

type ShapeToStateDefinition<Shape> = {
  [Key in keyof Shape]: Shape[Key] extends StandardSchema<infer Input, infer Value>
    ? Shape[Key] extends { readonly lg_reducer_schema: StandardSchema<infer _In, infer Update> }
      ? Channel<Value, OverwriteValue<Value> | Update>
      : Channel<Value, Input>
    : never;
};

/** What nodes read of a state with this schema. */
export type ExtractStateType<Schema, Fallback = Schema> = [ToStateDefinition<Schema>] extends [never]
  ? Fallback
  : StateType<ToStateDefinition<Schema>>;

/** What nodes return, and callers pass. */
export type ExtractUpdateType<Schema, Base = Schema> = [ToStateDefinition<Schema>] extends [never]
  ? Partial<Base>
  : UpdateType<ToStateDefinition<Schema>>;
