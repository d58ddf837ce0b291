/** The fields of a StateSchema that are more than a schema: values with a reducer, and values that are never saved. */
import { type Channel, reduced, untracked } from '../channel.ts';
import { checked, type Field } from './fields.ts';
import { getSchemaDefaultGetter, type StandardSchema } from './standard.ts';

interface ReducedValueInitBase<Value> {
  readonly reducer: (current: Value, next: Value) => Value;
  /** Added to the field's JSON Schema. */
  readonly jsonSchemaExtra?: Record<string, unknown>;
}

interface ReducedValueInitWithSchema<Value, Input> {
  /** Of the updates. @default that of the value */
  readonly inputSchema: StandardSchema<unknown, Input>;
  readonly reducer: (current: Value, next: Input) => Value;
  readonly jsonSchemaExtra?: Record<string, unknown>;
}

export type ReducedValueInit<Value = unknown, Input = Value> =
  ReducedValueInitWithSchema<Value, Input> | ReducedValueInitBase<Value>;

/**
 * A field that folds updates into its value.
 * @example
 * new StateSchema({ notes: new ReducedValue(z.array(z.string()).default([]), { inputSchema: z.string(), reducer: (list, one) => [...list, one] }) });
 */
export class ReducedValue<Value = unknown, Input = Value> implements Field {
  readonly valueSchema: StandardSchema<unknown, Value>;
  readonly inputSchema: StandardSchema<unknown, Input | Value>;
  readonly reducer: (current: Value, next: Input) => Value;
  readonly jsonSchemaExtra: Record<string, unknown> | undefined;
  /** Only types. */
  declare readonly ValueType: Value;
  declare readonly InputType: Input;

  constructor(valueSchema: StandardSchema<unknown, Value>, init: ReducedValueInitWithSchema<Value, Input>);
  constructor(valueSchema: StandardSchema<Input, Value>, init: ReducedValueInitBase<Value>);
  constructor(valueSchema: StandardSchema<unknown, Value>, init: ReducedValueInit<Value, Input>) {
    this.valueSchema = valueSchema;
    this.inputSchema = 'inputSchema' in init ? init.inputSchema : valueSchema;
    this.reducer = init.reducer as (current: Value, next: Input) => Value;
    this.jsonSchemaExtra = init.jsonSchemaExtra;
  }

  getChannel(): Channel {
    const { reducer, valueSchema, inputSchema } = this as ReducedValue;
    return checked(reduced(reducer, getSchemaDefaultGetter(valueSchema)), inputSchema, valueSchema);
  }

  static isInstance(value: unknown): value is ReducedValue {
    return value instanceof ReducedValue;
  }
}

export interface UntrackedValueInit {
  /** Refuse two values in one superstep; otherwise the last one wins. @default true */
  readonly guard?: boolean;
}

/** A field that lives while the run lasts, and is never saved: a connection, a function, a secret. */
export class UntrackedValue<Value = unknown> implements Field {
  readonly schema: StandardSchema<unknown, Value> | undefined;
  readonly guard: boolean;
  /** Only a type. */
  declare readonly ValueType: Value;

  constructor(schema?: StandardSchema<unknown, Value>, init: UntrackedValueInit = {}) {
    this.schema = schema;
    this.guard = init.guard ?? true;
  }

  getChannel(): Channel {
    return checked(untracked(this.guard, getSchemaDefaultGetter(this.schema)), this.schema);
  }

  static isInstance(value: unknown): value is UntrackedValue {
    return value instanceof UntrackedValue;
  }
}
