import { isObject } from './objects.ts';

/** Whether two storable values are the same: by structure, whatever the order of their keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (Array.isArray(a) !== Array.isArray(b) || tag(a) !== tag(b)) return false;
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof Error) return a.name === (b as Error).name && a.message === (b as Error).message;
  if (a instanceof Map || a instanceof Set) return sameValue([...a], [...(b as Map<unknown, unknown>)]);
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameValue(read(a, key), read(b, key)))
  );
}

function tag(value: object): string {
  return Object.prototype.toString.call(value);
}

function read(value: object, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}
