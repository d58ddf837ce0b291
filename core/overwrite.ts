/** `Overwrite`: an update that takes the place of a channel's value, whatever its reducer would do. */
import { isObject } from './objects.ts';

export const OVERWRITE = '__overwrite__';

export interface OverwriteValue<Value> {
  readonly [OVERWRITE]: Value;
}

/**
 * @example
 * return { notes: new Overwrite([]) }; // instead of appending
 */
// oxlint-disable-next-line typescript/no-explicit-any -- as in LangGraph
export class Overwrite<Value = any> implements OverwriteValue<Value> {
  readonly lg_name = 'Overwrite';
  // A computed name would keep the class in every bundle.
  readonly __overwrite__: Value;

  constructor(value: Value) {
    this.__overwrite__ = value;
  }

  get value(): Value {
    return this[OVERWRITE];
  }

  toJSON(): { readonly __overwrite__: Value } {
    return { [OVERWRITE]: this[OVERWRITE] };
  }

  static isInstance<Value>(value: unknown): value is Overwrite<Value> {
    return isOverwrite<Value>(value);
  }
}

/** JSON of the same shape counts too. */
export function isOverwrite<Value>(update: unknown): update is OverwriteValue<Value> {
  return isObject(update) && OVERWRITE in update;
}
