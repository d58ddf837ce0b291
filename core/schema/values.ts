/** The fields of a StateSchema that are more than a schema: values with a reducer, and values that are never saved. */
import { batched, type BatchReducer, type Channel, reduced, type Reducer, untracked } from '../channel.ts';
import { checked, type Field } from './fields.ts';
import { getSchemaDefaultGetter, type StandardSchema } from './standard.ts';

interface FoldedValueInit<Fold> {
  readonly reducer: Fold;
  /** Added to the field's JSON Schema. */
  readonly jsonSchemaExtra?: Record<string, unknown>;
}

interface FoldedValueInitWithSchema<Fold, Input> extends FoldedValueInit<Fold> {
  /** Of the updates. @default that of the value */
  readonly inputSchema: StandardSchema<unknown, Input>;
}

/** What fields that fold updates into their values have, whatever they fold at a time. */
export abstract class FoldedValue<Value, Input, Fold> implements Field {
  readonly valueSchema: StandardSchema<unknown, Value>;
  readonly inputSchema: StandardSchema<unknown, Input | Value>;
  readonly reducer: Fold;
  readonly jsonSchemaExtra: Record<string, unknown> | undefined;
  /** Only types. */
  declare readonly ValueType: Value;
  declare readonly InputType: Input;

  constructor(
    valueSchema: StandardSchema<unknown, Value>,
    init: FoldedValueInit<Fold> | FoldedValueInitWithSchema<Fold, Input>,
  ) {
    this.valueSchema = valueSchema;
    this.inputSchema = 'inputSchema' in init ? init.inputSchema : valueSchema;
    this.reducer = init.reducer;
    this.jsonSchemaExtra = init.jsonSchemaExtra;
  }

  protected abstract fold(initial: (() => unknown) | undefined): Channel;

  getChannel(): Channel {
    return checked(this.fold(getSchemaDefaultGetter(this.valueSchema)), this.inputSchema, this.valueSchema);
  }
}

export type ReducedValueInit<Value = unknown, Input = Value> =
  | FoldedValueInitWithSchema<Reducer<Value, Input>, Input>
  | FoldedValueInit<Reducer<Value>>;

/**
 * A field that folds updates into its value, one by one.
 * @example
 * new StateSchema({ notes: new ReducedValue(z.array(z.string()).default([]), { inputSchema: z.string(), reducer: (list, one) => [...list, one] }) });
 */
export class ReducedValue<Value = unknown, Input = Value> extends FoldedValue<Value, Input, Reducer<Value, Input>> {
  constructor(
    valueSchema: StandardSchema<unknown, Value>,
    init: FoldedValueInitWithSchema<Reducer<Value, Input>, Input>,
  );
  constructor(valueSchema: StandardSchema<Input, Value>, init: FoldedValueInit<Reducer<Value>>);
  constructor(valueSchema: StandardSchema<unknown, Value>, init: FoldedValueInit<unknown>) {
    super(valueSchema, init as FoldedValueInit<Reducer<Value, Input>>);
  }

  protected override fold(initial: (() => unknown) | undefined): Channel {
    return reduced(this.reducer as Reducer<unknown>, initial);
  }

  static isInstance(value: unknown): value is ReducedValue {
    return value instanceof ReducedValue;
  }
}

export type DeltaValueInit<Value = unknown, Input = Value> = (
  | FoldedValueInitWithSchema<BatchReducer<Value, Input>, Input>
  | FoldedValueInit<BatchReducer<Value>>
) & {
  /** Accepted as in LangGraph, and not needed: what a field of any kind appended is all that is stored (docs/storage.md). */
  readonly snapshotFrequency?: number;
};

/**
 * A field that folds all updates of a superstep into its value at once. Without a default it begins as `[]`.
 * @example
 * new StateSchema({ notes: new DeltaValue(z.array(z.string()), { inputSchema: z.string(), reducer: (list, more) => [...list, ...more] }) });
 */
export class DeltaValue<Value = unknown, Input = Value> extends FoldedValue<Value, Input, BatchReducer<Value, Input>> {
  readonly snapshotFrequency: number | undefined;

  constructor(
    valueSchema: StandardSchema<unknown, Value>,
    init: FoldedValueInitWithSchema<BatchReducer<Value, Input>, Input> & { readonly snapshotFrequency?: number },
  );
  constructor(
    valueSchema: StandardSchema<Input, Value>,
    init: FoldedValueInit<BatchReducer<Value>> & { readonly snapshotFrequency?: number },
  );
  constructor(
    valueSchema: StandardSchema<unknown, Value>,
    init: FoldedValueInit<unknown> & { readonly snapshotFrequency?: number },
  ) {
    super(valueSchema, init as FoldedValueInit<BatchReducer<Value, Input>>);
    this.snapshotFrequency = init.snapshotFrequency;
  }

  protected override fold(initial: () => unknown = () => []): Channel {
    return batched(this.reducer as BatchReducer<unknown>, initial);
  }

  static isInstance(value: unknown): value is DeltaValue {
    return value instanceof DeltaValue;
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
