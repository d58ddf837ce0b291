/** `StateSchema`: a state whose fields are Standard Schemas, from any library, and values with rules of their own. */
import type { Channel } from '../channel.ts';
import type { NodeAction } from '../graph/node-types.ts';
import type { OverwriteValue } from '../overwrite.ts';
import { isObject } from '../objects.ts';
import { channelsOfFields } from './fields.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { parseWrites } from './parse.ts';
import type { StandardSchema } from './standard.ts';
import type { DeltaValue, ReducedValue, UntrackedValue } from './values.ts';

export type StateSchemaField<Input = unknown, Output = Input> =
  | ReducedValue<Input, Output>
  | DeltaValue<Input, Output>
  | UntrackedValue<Output>
  | StandardSchema<Input, Output>;

export interface StateSchemaFields {
  // oxlint-disable-next-line typescript/no-explicit-any -- fields of every type
  readonly [key: string]: StateSchemaField<any, any>;
}

export type StateSchemaFieldToChannel<Field> = Field extends
  | ReducedValue<infer Value, infer Input>
  | DeltaValue<infer Value, infer Input>
  ? Channel<Value, OverwriteValue<Value> | Input>
  : Field extends UntrackedValue<infer Value>
    ? Channel<Value>
    : Field extends StandardSchema<infer Input, infer Output>
      ? Channel<Output, Input>
      : Channel;

export type StateSchemaFieldsToStateDefinition<Fields extends StateSchemaFields> = {
  [Key in keyof Fields]: StateSchemaFieldToChannel<Fields[Key]>;
};

export type InferStateSchemaValue<Fields extends StateSchemaFields> = {
  [Key in keyof Fields]: StateSchemaFieldToChannel<Fields[Key]> extends Channel<infer Value, infer _Update>
    ? Value
    : never;
};

export type InferStateSchemaUpdate<Fields extends StateSchemaFields> = {
  [Key in keyof Fields]?: StateSchemaFieldToChannel<Fields[Key]> extends Channel<infer _Value, infer Update>
    ? Update
    : never;
};

/**
 * @example
 * const State = new StateSchema({
 *   topic: z.string(),
 *   notes: new ReducedValue(z.array(z.string()).default([]), { reducer: (a, b) => [...a, ...b] }),
 *   connection: new UntrackedValue<Connection>(),
 * });
 */
export class StateSchema<Fields extends StateSchemaFields> {
  readonly fields: Fields;
  /** Only a type: `typeof Schema.State`. */
  declare readonly State: InferStateSchemaValue<Fields>;
  /** Only a type: `typeof Schema.Update`. */
  declare readonly Update: InferStateSchemaUpdate<Fields>;
  /** Only a type: `typeof Schema.Node`. */
  declare readonly Node: NodeAction<InferStateSchemaValue<Fields>, InferStateSchemaUpdate<Fields>>;

  constructor(fields: Fields) {
    this.fields = fields;
  }

  getChannels(): Record<string, Channel> {
    return Object.fromEntries(channelsOfFields(this.fields));
  }

  getChannelKeys(): string[] {
    return Object.keys(this.fields);
  }

  getAllKeys(): string[] {
    return this.getChannelKeys();
  }

  /** Of the state. */
  getJsonSchema(): Record<string, unknown> {
    return jsonSchemaOf(this.fields, true);
  }

  /** Of an update: each field may be left out. */
  getInputJsonSchema(): Record<string, unknown> {
    return jsonSchemaOf(this.fields, false);
  }

  /** The data with its fields as their schemas make them. @throws SchemaError */
  async validateInput<T>(data: T): Promise<T> {
    if (!isObject(data)) return data;
    const writes = await parseWrites(channelsOfFields(this.fields), Object.entries(data), 'Input');
    return Object.fromEntries(writes) as T;
  }

  static isInstance(value: unknown): value is AnyStateSchema {
    return value instanceof StateSchema;
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- of every type
export type AnyStateSchema = StateSchema<any>;
