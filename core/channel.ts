/**
 * Channels: the keys of the state, each with its rule for taking updates. A rule answers for itself; nothing else asks what kind it is.
 *
 * - CH1 `reduce` is pure: it never changes `current` or an update.
 * - CH2 Updates arrive in task order, whatever finished first.
 * - CH3 An Overwrite takes the place of the value and of every other update of its superstep.
 */
import { InvalidUpdateError } from './errors.ts';
import { isOverwrite, OVERWRITE } from './overwrite.ts';
import type { SchemaResult } from './schema/standard.ts';

export interface Channel<Value = unknown, Update = Value> {
  /** The value before the first write. A channel without one is absent from the state until it is written. */
  initial?(): Value;
  /**
   * @param current the value so far, boxed; undefined when there is none
   * @param updates one superstep's updates, at least one
   * @throws InvalidUpdateError when the channel cannot take them
   */
  reduce(current: { readonly value: Value } | undefined, updates: readonly Update[], name: string): Value;
  /** What an update is before it is written, or what is wrong with it. @default as it is */
  parse?(update: unknown): SchemaResult<unknown> | Promise<SchemaResult<unknown>>;
  /** Its value lives while the run lasts, and is never saved. */
  readonly transient?: true;
  /** What is the same in two declarations of one rule. A channel that only keeps the last value has none: it gives way to any other rule. */
  readonly rule?: unknown;
}

export type Reducer<Value, Update = Value> = (current: Value, update: Update) => Value;

/** A reducer may say itself what an update is before it is written: in whatever way a channel with it is declared. */
export interface ParsingReducer {
  readonly parseUpdate?: Channel['parse'];
}

/** Keeps the last value. Two writes in one superstep are an error, because their order would mean nothing to the reader. */
export function lastValue<Value>(initial?: () => Value): Channel<Value> {
  return {
    ...(initial && { initial }),
    reduce(_current, updates, name) {
      if (updates.length > 1) {
        throw new InvalidUpdateError(
          `Invalid update for channel "${name}": it can only receive one value per step, and got ${updates.length}. ` +
            'Give it a reducer: Annotation({ reducer, default }).',
          { channel: name, updates: updates.length },
          'INVALID_CONCURRENT_GRAPH_UPDATE',
        );
      }
      const update = updates[0]!;
      return isOverwrite<Value>(update) ? update[OVERWRITE] : update;
    },
  };
}

/** Folds updates into the value. Without an initial value the first update becomes the value. */
export function reduced<Value, Update = Value>(
  reducer: Reducer<Value, Update>,
  initial?: () => Value,
): Channel<Value, Update> {
  const { parseUpdate } = reducer as ParsingReducer;
  return {
    ...(initial && { initial }),
    ...(parseUpdate && { parse: parseUpdate }),
    rule: reducer,
    reduce(current, updates, name) {
      if (updates.some(isOverwrite)) return overwritten(updates, name);
      let value: Value;
      let rest = updates;
      if (current) value = current.value;
      else if (initial) value = initial();
      else {
        value = updates[0] as unknown as Value;
        rest = updates.slice(1);
      }
      for (const update of rest) value = reducer(value, update);
      return value;
    },
  };
}

/** Folds all updates of a superstep at once. */
export type BatchReducer<Value, Update = Value> = (state: Value, writes: Update[]) => Value;

export function batched<Value, Update = Value>(
  reducer: BatchReducer<Value, Update>,
  initial: () => Value,
): Channel<Value, Update> {
  const { parseUpdate } = reducer as ParsingReducer;
  return {
    initial,
    ...(parseUpdate && { parse: parseUpdate }),
    rule: reducer,
    reduce: (current, updates, name) =>
      updates.some(isOverwrite)
        ? overwritten(updates, name)
        : reducer(current ? current.value : initial(), [...updates]),
  };
}

function overwritten<Value>(updates: readonly unknown[], name: string): Value {
  const [overwrite, another] = updates.filter((update) => isOverwrite<Value>(update));
  if (!another) return overwrite![OVERWRITE];
  throw new InvalidUpdateError(`Invalid update for channel "${name}": Can receive only one Overwrite value per step.`, {
    channel: name,
  });
}

/** Keeps the last value, and only in memory. `guard`: two writes in one superstep are an error. */
export function untracked<Value>(guard: boolean, initial?: () => Value): Channel<Value> {
  const last = lastValue(initial);
  return {
    ...(initial && { initial }),
    reduce: (current, updates, name) => last.reduce(current, guard ? updates : updates.slice(-1), name),
    rule: untracked,
    transient: true,
  };
}
