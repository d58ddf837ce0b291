/** `Annotation`: the state schema of a graph, from which the types of its state and updates follow. */
import { type Channel, lastValue, type Reducer, reduced } from './channel.ts';
import { HoldpointError, quote } from './errors.ts';

export type StateDefinition = Record<string, Channel>;

/** What nodes read. */
export type StateOf<Definition extends StateDefinition> = {
  [Key in keyof Definition]: Definition[Key] extends Channel<infer Value, infer _Update> ? Value : never;
};

/** What nodes return: any part of the state. */
export type UpdateOf<Definition extends StateDefinition> = {
  [Key in keyof Definition]?: Definition[Key] extends Channel<infer _Value, infer Update> ? Update : never;
};

export interface ReducedAnnotation<Value, Update> {
  readonly reducer: Reducer<Value, Update>;
  /** @default the first update becomes the value */
  readonly default?: () => Value;
}

function annotation<Value, Update = Value>(options: ReducedAnnotation<Value, Update>): Channel<Value, Update>;
function annotation<Value>(): Channel<Value>;
function annotation<Value, Update>(options?: ReducedAnnotation<Value, Update>): unknown {
  if (!options) return lastValue<Value>();
  if (typeof options.reducer !== 'function') {
    throw new HoldpointError(
      'invalid_argument',
      'Annotation({ … }) needs a "reducer": (current, update) => value. For a last-value channel call Annotation<T>().',
    );
  }
  return reduced(options.reducer, options.default);
}

export class AnnotationRoot<Definition extends StateDefinition> {
  readonly lg_graph_schema = 'annotation';
  readonly spec: Definition;
  /** Only a type: `typeof Schema.State`. */
  declare readonly State: StateOf<Definition>;
  /** Only a type: `typeof Schema.Update`. */
  declare readonly Update: UpdateOf<Definition>;

  constructor(spec: Definition) {
    this.spec = spec;
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
  Root: <Definition extends Record<string, unknown>>(spec: Definition): AnnotationRoot<Channels<Definition>> =>
    new AnnotationRoot(channelsOf(spec)),
});

/** A key may be declared as `Annotation<T>` without the call, as in LangGraph. */
type Channels<Spec> = {
  [Key in keyof Spec]: Spec[Key] extends Channel<infer Value, infer Update>
    ? Channel<Value, Update>
    : Spec[Key] extends () => Channel<infer Value, infer Update>
      ? Channel<Value, Update>
      : never;
};

function channelsOf<Definition extends Record<string, unknown>>(spec: Definition): Channels<Definition> {
  const entries = Object.entries(spec).map(([name, declared]) => {
    const channel: unknown = typeof declared === 'function' ? (declared as () => unknown)() : declared;
    if (typeof (channel as Channel | undefined)?.reduce !== 'function') {
      throw new HoldpointError(
        'invalid_argument',
        `State key "${name}": expected an Annotation, got ${quote(channel)}.`,
      );
    }
    return [name, channel] as const;
  });
  return Object.fromEntries(entries) as Channels<Definition>;
}
