/** `Overwrite`: an update that takes the place of a channel's value, whatever its reducer would do. */
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
  readonly [OVERWRITE]: Value;

  constructor(value: Value) {
    this[OVERWRITE] = value;
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
  return typeof update === 'object' && update !== null && OVERWRITE in update;
}
