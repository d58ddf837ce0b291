/**
 * LangChain's objects (messages, prompt values, documents) as data, by shape: what they were constructed with, as it is now.
 *
 * - L1 An instance comes back from a constructor that this program handed over, never from one that a stored name chose.
 * - L2 What was changed or added after its construction comes back too.
 */
import type { ValueCodec } from './codec.ts';

export type Constructor = new (fields: Fields) => object;

type Fields = Record<string, unknown>;

/** `added`: what the instance owns and its constructor was not given. */
export type Captured = readonly [kwargs: Fields, added?: Fields];

interface Serializable {
  readonly lc_serializable?: unknown;
  readonly lc_kwargs?: Fields;
  readonly pageContent?: unknown;
  readonly metadata?: unknown;
}

export function isLangChain(value: object): boolean {
  const { lc_serializable, lc_kwargs, pageContent, metadata } = value as Serializable;
  return (
    (lc_serializable === true && typeof lc_kwargs === 'object') ||
    (typeof pageContent === 'string' && typeof metadata === 'object')
  );
}

export function capture(instance: object): Captured {
  const own = instance as Fields;
  const given = (instance as Serializable).lc_kwargs ?? {};
  const kwargs = Object.entries(given).map(([key, value]) => [key, key in own ? own[key] : value] as const);
  // A class sets its `type` and `lc_…` itself.
  const added = Object.entries(own).filter(
    ([key, value]) => !Object.hasOwn(given, key) && value !== undefined && key !== 'type' && !key.startsWith('lc_'),
  );
  const defined = Object.fromEntries(kwargs.filter(([, value]) => value !== undefined));
  return added.length > 0 ? [defined, Object.fromEntries(added)] : [defined];
}

export function revive(type: Constructor, [kwargs, added]: Captured): object {
  const made = new type(kwargs);
  // Whatever the constructor made of them.
  const own = Object.entries(kwargs).filter(([key]) => Object.hasOwn(made, key));
  return Object.assign(made, Object.fromEntries(own), added);
}

/** For a store that lives and dies with its process: any class of LangChain's shape, by the constructor that an instance came with. */
export function liveInstances(): ValueCodec<object> {
  const types: Constructor[] = [];
  return {
    name: 'live',
    is: isLangChain,
    encode: (instance) => {
      const type = instance.constructor as Constructor;
      let index = types.indexOf(type);
      if (index < 0) index = types.push(type) - 1;
      return [index, ...capture(instance)];
    },
    decode: (stored) => {
      const [index, ...captured] = stored as [number, ...Captured];
      return revive(types[index]!, captured);
    },
  };
}
