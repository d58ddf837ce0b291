/**
 * LangChain's objects (messages, prompt values, documents) as data, by shape: what they were constructed with, and what became of it.
 *
 * - L1 An instance comes back from a constructor that this program handed over, never from one that a stored name chose.
 * - L2 It comes back as it is, what was changed after its construction included.
 */
import { pickBy } from '../objects.ts';
import type { ValueCodec } from './codec.ts';

export type Constructor = new (fields: Fields) => object;

type Fields = Record<string, unknown>;

/** `changed`: what the instance owns and its constructor was not given, or not so. */
export type Captured = readonly [kwargs: Fields, changed?: Fields];

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
  const { lc_kwargs: kwargs = {} } = instance as Serializable;
  // A class sets its `type` and `lc_…` itself.
  const changed = pickBy(instance as Fields, (key, value) =>
    Object.hasOwn(kwargs, key)
      ? value !== kwargs[key]
      : value !== undefined && key !== 'type' && !key.startsWith('lc_'),
  );
  return Object.keys(changed).length > 0 ? [kwargs, changed] : [kwargs];
}

export function revive(type: Constructor, [kwargs, changed]: Captured): object {
  const made = new type(kwargs);
  // Whatever the constructor made of them.
  const own = pickBy(kwargs, (key) => Object.hasOwn(made, key));
  return Object.assign(made, own, changed);
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
