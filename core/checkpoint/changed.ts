/** Changes of what is immutable, put together of the changes of its parts. Pure. */
import { copyOf } from '../maps.ts';

/** The same with what changes in it changed; itself when nothing does. */
export type Changed<One> = (one: One) => One;

/**
 * An object, some of whose fields change.
 * @param copy of its own for what every save copies: code that copies objects of one kind alone is several times as fast
 */
export function fields<One extends object>(
  changes: { readonly [Key in keyof One]?: Changed<Exclude<One[Key], undefined>> },
  copy = (one: One): One => ({ ...one }),
): Changed<One> {
  const all = Object.entries(changes) as [keyof One, Changed<One[keyof One]>][];
  return (one) => {
    let changed: One | undefined;
    for (const [key, change] of all) {
      const before = one[key];
      if (before === undefined) continue;
      const after = change(before);
      if (after !== before) (changed ??= copy(one))[key] = after;
    }
    return changed ?? one;
  };
}

/** A list, each of whose items may change. */
export function items<List extends readonly unknown[]>(change: Changed<List[number]>): Changed<List> {
  return (list) => {
    let changed: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const after = change(list[i]);
      if (after !== list[i]) (changed ??= [...list])[i] = after;
    }
    return (changed ?? list) as List;
  };
}

/** A map, each of whose values may change. */
export function entries<One>(change: (one: One, name: string) => One): Changed<ReadonlyMap<string, One>> {
  return (map) => {
    let changed: Map<string, One> | undefined;
    for (const [name, one] of map) {
      const after = change(one, name);
      if (after !== one) (changed ??= copyOf(map)).set(name, after);
    }
    return changed ?? map;
  };
}
