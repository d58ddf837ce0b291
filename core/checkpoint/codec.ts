/**
 * Values to JSON text and back, without a silent change.
 *
 * - V1 What JSON holds is stored as JSON. Date, Map, Set, BigInt, Uint8Array, undefined, NaN, ±Infinity, -0 and Error come back as what they were.
 * - V2 Everything else (functions, symbols, cycles, instances of classes without a codec) is refused: `unstorable_state`, with the path to it.
 * - V3 A tag is an object whose only key begins with "$". A user's object of that shape is wrapped in `{"$": …}`, so no user text is ever taken for a tag.
 * - V4 User keys are data: `__proto__` is an ordinary key.
 */
import { commandCodec } from '../command.ts';
import { UnstorableState } from '../errors.ts';
import { messageCodec } from '../messages/message.ts';
import { isLangChain } from './instances.ts';

/** Teaches storage one class. `name` is written with the value, so keep it when you rename the class. */
export interface ValueCodec<T = unknown> {
  readonly name: string;
  /** Asked about instances of classes only: plain objects and arrays are stored as they are. */
  is(value: object): boolean;
  /** To anything storable. */
  encode(value: T): unknown;
  decode(stored: unknown): T;
}

/** Where packing stands: the value's name, the keys down to here and the objects around it. */
interface Cursor {
  readonly where: string;
  readonly path: (string | number)[];
  readonly above: object[];
  readonly maxDepth: number;
}

/** Deeper nesting than this would overflow the stack of whoever reads it. */
const MAX_DEPTH = 500;
/** What a checkpoint puts around a value that it holds. */
const AROUND = 20;

const ERRORS = new Map<string, ErrorConstructor>(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) => [type.name, type]),
);

export class Codec {
  readonly #codecs: readonly ValueCodec[];

  constructor(codecs: readonly ValueCodec[] = []) {
    this.#codecs = [...codecs, messageCodec, commandCodec];
  }

  /**
   * @param where names the value in an error, as in `Channel "draft"`.
   * @throws UnstorableState
   */
  encode(value: unknown, where: string): string {
    return JSON.stringify(
      isJson(value, MAX_DEPTH) ? value : this.#pack(value, { where, path: [], above: [], maxDepth: MAX_DEPTH }),
    );
  }

  decode(text: string): unknown {
    const value: unknown = JSON.parse(text);
    return text.includes('{"$') ? this.#unpack(value) : value;
  }

  /** Refuses what `encode` would refuse, before the value is used. @throws UnstorableState */
  check(value: unknown, where: string): void {
    const maxDepth = MAX_DEPTH - AROUND;
    if (!isJson(value, maxDepth)) this.#pack(value, { where, path: [], above: [], maxDepth });
  }

  /** The value itself where JSON can hold it, otherwise a copy with tags in it. */
  #pack(value: unknown, cursor: Cursor): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        if (Object.is(value, -0)) return { $number: '-0' };
        return Number.isFinite(value) ? value : { $number: `${value}` };
      case 'bigint':
        return { $bigint: value.toString() };
      case 'undefined':
        return { $undefined: 1 };
      case 'function':
      case 'symbol':
        throw new UnstorableState(place(cursor), `a ${typeof value}`);
      case 'object': {
        if (value === null) return null;
        const { above } = cursor;
        if (above.includes(value)) throw new UnstorableState(place(cursor), 'a cycle (the value contains itself)');
        if (above.length >= cursor.maxDepth)
          throw new UnstorableState(place(cursor), `nesting deeper than ${cursor.maxDepth} levels`);
        above.push(value);
        const packed = this.#packObject(value, cursor);
        above.pop();
        return packed;
      }
    }
  }

  #packObject(value: object, cursor: Cursor): unknown {
    const pack = (item: unknown, key: string | number): unknown => {
      if (typeof item === 'string' || typeof item === 'boolean' || item === null) return item;
      cursor.path.push(key);
      const packed = this.#pack(item, cursor);
      cursor.path.pop();
      return packed;
    };
    if (Array.isArray(value)) return packArray(value, pack);
    const prototype: unknown = Object.getPrototypeOf(value);
    const plain = prototype === Object.prototype || prototype === null;
    const codec = plain ? undefined : this.#codecs.find((known) => known.is(value));
    if (codec) {
      const encoded = codec.encode(value);
      const rest = cursor.maxDepth - cursor.above.length;
      return { [`$${codec.name}`]: isJson(encoded, rest) ? encoded : pack(encoded, codec.name) };
    }
    if (value instanceof Map) return { $map: packArray([...value], pack) };
    if (value instanceof Set) return { $set: packArray([...value], pack) };
    if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() };
    if (value instanceof Error) return { $error: packError(value, pack) };
    if (prototype === Uint8Array.prototype) return { $bytes: toBase64(value as Uint8Array) };
    if (!plain) {
      const name = (value.constructor as { name?: string } | undefined)?.name ?? 'unknown';
      throw new UnstorableState(place(cursor), `an instance of class ${name} (${remedy(value)})`);
    }
    for (const symbol of Object.getOwnPropertySymbols(value)) {
      throw new UnstorableState(place(cursor), `the symbol key ${String(symbol)}`);
    }
    return packRecord(value as Record<string, unknown>, pack);
  }

  #unpack(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = this.#unpack(value[i]);
      return value;
    }
    const record = value as Record<string, unknown>;
    const tag = tagOf(record);
    if (tag !== undefined) return this.#revive(tag, record[tag]);
    unpackEntries(record, (item) => this.#unpack(item));
    return record;
  }

  #revive(tag: string, inner: unknown): unknown {
    switch (tag) {
      case '$':
        unpackEntries(inner as Record<string, unknown>, (item) => this.#unpack(item));
        return inner;
      case '$number':
        return Number(inner);
      case '$bigint':
        return BigInt(inner as string);
      case '$undefined':
        return undefined;
      case '$date':
        return new Date((inner as string | null) ?? Number.NaN);
      case '$map':
        return new Map(this.#unpack(inner) as [unknown, unknown][]);
      case '$set':
        return new Set(this.#unpack(inner) as unknown[]);
      case '$bytes':
        return fromBase64(inner as string);
      case '$error':
        return reviveError(this.#unpack(inner) as StoredError);
      default: {
        const codec = this.#codecs.find((known) => `$${known.name}` === tag);
        if (!codec)
          throw new UnstorableState(`Stored value "${tag}"`, 'a class that this checkpointer has no codec for');
        return codec.decode(this.#unpack(inner));
      }
    }
  }
}

function remedy(instance: object): string {
  return isLangChain(instance)
    ? 'import { langchain } from "holdpoint/langchain" and give the checkpointer { codecs: [langchain] }'
    : 'give the checkpointer a codec for it';
}

/**
 * Whether JSON holds the value as it is. A cycle is too deep. Most values are, and telling so is much cheaper than packing them.
 */
function isJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      return value === null || (depth > 0 && isJsonObject(value, depth - 1));
    case 'bigint':
    case 'function':
    case 'symbol':
    case 'undefined':
      return false;
  }
}

function isJsonObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    // By index: a hole is undefined, which JSON would silently make null.
    for (let i = 0; i < value.length; i++) if (!isJson(value[i], depth)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const record = value as Record<string, unknown>;
  const keys = Object.keys(record);
  if (keys.length === 1 && keys[0]!.startsWith('$')) return false;
  if (Object.getOwnPropertySymbols(record).length > 0) return false;
  for (const key of keys) if (!isJson(record[key], depth)) return false;
  return true;
}

interface StoredError {
  readonly name: string;
  readonly message: string;
  readonly cause?: unknown;
}

function packError(error: Error, pack: (item: unknown, key: string) => unknown): Record<string, unknown> {
  const packed: Record<string, unknown> = { name: error.name, message: error.message };
  if (error.cause !== undefined) packed['cause'] = pack(error.cause, 'cause');
  return packed;
}

function reviveError(stored: StoredError): Error {
  const type = ERRORS.get(stored.name) ?? Error;
  const error = new type(stored.message, 'cause' in stored ? { cause: stored.cause } : undefined);
  if (error.name !== stored.name) error.name = stored.name;
  return error;
}

/** Without a copy where no element changes. */
function packArray(list: readonly unknown[], pack: (item: unknown, index: number) => unknown): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const packed = pack(list[i], i);
    if (packed !== list[i] && !copy) copy = list.slice(0, i);
    copy?.push(packed);
  }
  return copy ?? list;
}

/** Without a copy where no property changes. */
function packRecord(record: Record<string, unknown>, pack: (item: unknown, key: string) => unknown): unknown {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(record)) {
    const packed = pack(record[key], key);
    if (packed !== record[key] && !copy) copy = Object.fromEntries(Object.entries(record));
    if (copy) define(copy, key, packed);
  }
  return tagOf(record) === undefined ? (copy ?? record) : { $: copy ?? record };
}

function tagOf(record: Record<string, unknown>): string | undefined {
  const keys = Object.keys(record);
  return keys.length === 1 && keys[0]!.startsWith('$') ? keys[0] : undefined;
}

function unpackEntries(record: Record<string, unknown>, unpack: (item: unknown) => unknown): void {
  for (const key of Object.keys(record)) define(record, key, unpack(record[key]));
}

/** Assignment that does not take `__proto__` for the prototype. */
function define(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
}

function place({ where, path }: Cursor): string {
  return path.length === 0 ? where : `${where}, at ${path.map((key) => `[${JSON.stringify(key)}]`).join('')}`;
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
