/** The classes of JavaScript itself that storage keeps as what they are (V1). */
import type { ValueCodec } from './codec.ts';

const ERRORS = new Map<string, ErrorConstructor>(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) => [type.name, type]),
);

interface StoredError {
  readonly name: string;
  readonly message: string;
  readonly cause?: unknown;
}

const map: ValueCodec<Map<unknown, unknown>> = {
  name: 'map',
  is: (value) => value instanceof Map,
  encode: (entries) => [...entries],
  decode: (stored) => new Map(stored as [unknown, unknown][]),
};

const set: ValueCodec<Set<unknown>> = {
  name: 'set',
  is: (value) => value instanceof Set,
  encode: (items) => [...items],
  decode: (stored) => new Set(stored as unknown[]),
};

const date: ValueCodec<Date> = {
  name: 'date',
  is: (value) => value instanceof Date,
  encode: (time) => (Number.isNaN(time.getTime()) ? null : time.toISOString()),
  decode: (stored) => new Date((stored as string | null) ?? Number.NaN),
};

const error: ValueCodec<Error> = {
  name: 'error',
  is: (value) => value instanceof Error,
  encode: ({ name, message, cause }): StoredError => ({ name, message, ...(cause !== undefined && { cause }) }),
  decode: (stored) => {
    const { name, message, ...options } = stored as StoredError;
    const revived = new (ERRORS.get(name) ?? Error)(message, options);
    if (revived.name !== name) revived.name = name;
    return revived;
  },
};

const bytes: ValueCodec<Uint8Array> = {
  name: 'bytes',
  is: (value) => Object.getPrototypeOf(value) === Uint8Array.prototype,
  encode: (given) => {
    let binary = '';
    for (let i = 0; i < given.length; i += 0x8000) binary += String.fromCharCode(...given.subarray(i, i + 0x8000));
    return btoa(binary);
  },
  decode: (stored) => Uint8Array.from(atob(stored as string), (char) => char.charCodeAt(0)),
};

export const builtIns = [map, set, date, error, bytes];
