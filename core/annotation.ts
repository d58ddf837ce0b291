/** `Annotation`: the state schema of a graph, from which the types of its state and updates follow. */
import { type Channel, lastValue, type Reducer, reduced } from './channel.ts';
import type { NodeAction } from './graph/node-types.ts';
import { invalidArgument, quote } from './errors.ts';
import { isObject } from './objects.ts';
import type { OverwriteValue } from './overwrite.ts';

/** Channels by name. One may be declared as `Annotation<T>` without the call. */
export interface StateDefinition {
  // oxlint-disable-next-line typescript/no-explicit-any -- channels of every type
  [key: string]: Channel<any, any> | (() => Channel<any, any>);
}

/** What nodes read. */
export type StateType<Definition extends StateDefinition> = {
  [Key in keyof Definition]: ChannelOf<Definition[Key]> extends Channel<infer Value, infer _Update> ? Value : never;
};

/** What nodes return: any part of the state. */
export type UpdateType<Definition extends StateDefinition> = {
  [Key in keyof Definition]?: ChannelOf<Definition[Key]> extends Channel<infer _Value, infer Update> ? Update : never;
};

type ChannelOf<Declared> = Declared extends () => infer Made ? Made : Declared;

/** A node of a graph with this state. */
export type NodeType<Definition extends StateDefinition> = NodeAction<
  StateType<Definition>,
  UpdateType<Definition> | Partial<StateType<Definition>>
>;

/** How updates fold into the value. `value` is what LangGraph called the reducer once. */
export type SingleReducer<Value, Update = Value> =
  | {
      readonly reducer: Reducer<Value, Update>;
      /** @default the first update becomes the value */
      readonly default?: () => Value;
    }
  | { readonly value: Reducer<Value, Update>; readonly default?: () => Value }
  | null;

function annotation<Value, Update = Value>(
  options: SingleReducer<Value, Update>,
): Channel<Value, OverwriteValue<Value> | Update>;
function annotation<Value>(): Channel<Value>;
function annotation<Value, Update>(options?: SingleReducer<Value, Update>): unknown {
  if (!options) return lastValue<Value>();
  const reducer = 'reducer' in options ? options.reducer : options.value;
  if (typeof reducer !== 'function') {
    throw invalidArgument(
      'Annotation({ … }) needs a "reducer": (current, update) => value. For a last-value channel call Annotation<T>().',
    );
  }
  return reduced(reducer, options.default);
}

export class AnnotationRoot<Definition extends StateDefinition> {
  readonly lc_graph_name = 'AnnotationRoot';
  readonly spec: Definition;
  /** Only a type: `typeof Schema.State`. */
  declare readonly State: StateType<Definition>;
  /** Only a type: `typeof Schema.Update`. */
  declare readonly Update: UpdateType<Definition>;
  /** Only a type: `typeof Schema.Node`. */
  declare readonly Node: NodeType<Definition>;

  constructor(spec: Definition) {
    channelsOf(spec);
    this.spec = spec;
  }

  getChannels(): Record<string, Channel> {
    return Object.fromEntries(channelsOf(this.spec));
  }

  static isInstance(value: unknown): value is AnnotationRoot<StateDefinition> {
    return value instanceof AnnotationRoot;
  }
}

/**
 * Declares a channel: `Annotation<T>()` keeps the last value, `Annotation<T>({ reducer, default })` folds updates into it.
 * @example
 * const State = Annotation.Root({
 *   question: Annotation<string>,
 *   notes: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
 * });
 */
export const Annotation = Object.assign(annotation, {
  Root: <Definition extends StateDefinition>(spec: Definition): AnnotationRoot<Definition> => new AnnotationRoot(spec),
});

/** The channels of a definition. As LangGraph had it once, one may be `null`, `{ value: null }` or `{ reducer, default }`. */
export function channelsOf(definition: Readonly<Record<string, unknown>>): ReadonlyMap<string, Channel> {
  return new Map(Object.entries(definition).map(([name, declared]) => [name, channelOf(declared, name)]));
}

/** Whether it is channels by name, without a root around them. */
export function isDefinition(value: unknown): value is Readonly<Record<string, unknown>> {
  const declared = isObject(value) ? Object.values(value) : [];
  return declared.length > 0 && declared.every((one) => typeof one === 'function' || isChannel(one));
}

function isChannel(value: unknown): value is Channel {
  return typeof (value as Channel | null | undefined)?.reduce === 'function' && !Array.isArray(value);
}

function channelOf(declared: unknown, name: string): Channel {
  const made: unknown = typeof declared === 'function' ? (declared as () => unknown)() : declared;
  if (isChannel(made)) return made;
  if (made === null) return lastValue();
  if (typeof made === 'object' && ('reducer' in made || 'value' in made)) {
    const { value, ...rest } = made as { readonly value?: unknown };
    return value === null && Object.keys(rest).length === 0 ? lastValue() : annotation(made as SingleReducer<unknown>);
  }
  throw invalidArgument(`State key "${name}": expected an Annotation, got ${quote(made)}.`);
}
