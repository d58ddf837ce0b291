/**
 * Values to JSON text and back, without a silent change.
 *
 * - V1 What JSON holds is stored as JSON. Date, Map, Set, BigInt, Uint8Array, undefined, NaN, ±Infinity, -0 and Error come back as what they were.
 * - V2 Everything else (functions, symbols, cycles, instances of classes without a codec) is refused: `unstorable_state`, with the path to it.
 * - V3 A tag is an object whose only key begins with "$". A user's object of that shape is wrapped in `{"$": …}`, so no user text is ever taken for a tag.
 * - V4 User keys are data: `__proto__` is an ordinary key.
 * - V5 An Overwrite is stored as what it is as JSON, which the state takes just as well.
 */
import { commandCodec } from '../command.ts';
import { UnstorableState } from '../errors.ts';
import { messageCodec } from '../messages/message.ts';
import { isObject } from '../objects.ts';
import { isOverwrite, OVERWRITE } from '../overwrite.ts';
import { builtIns } from './built-ins.ts';
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

export class Codec {
  readonly #codecs: readonly ValueCodec[];

  /** Those given come before the built-in ones. */
  constructor(codecs: readonly ValueCodec[] = []) {
    this.#codecs = [...codecs, messageCodec, commandCodec, ...builtIns];
  }

  /**
   * @param where names the value in an error, as in `Channel "draft"`.
   * @throws UnstorableState
   */
  encode(value: unknown, where: string): string {
    return JSON.stringify(this.#packed(value, where, MAX_DEPTH));
  }

  decode(text: string): unknown {
    const value: unknown = JSON.parse(text);
    return text.includes('{"$') ? this.#unpack(value) : value;
  }

  /** Refuses what `encode` would refuse, before the value is used. @throws UnstorableState */
  check(value: unknown, where: string): void {
    this.#packed(value, where, MAX_DEPTH - AROUND);
  }

  /** The value itself where JSON can hold it, otherwise a copy with tags in it. */
  #packed(value: unknown, where: string, maxDepth: number): unknown {
    return isJson(value, maxDepth) ? value : this.#pack(value, { where, path: [], above: [], maxDepth });
  }

  /** @param value that JSON does not hold as it is */
  #pack(value: unknown, cursor: Cursor): unknown {
    if (typeof value === 'number') return { $number: Object.is(value, -0) ? '-0' : `${value}` };
    if (typeof value === 'bigint') return { $bigint: value.toString() };
    if (value === undefined) return { $undefined: 1 };
    if (typeof value !== 'object') throw new UnstorableState(place(cursor), `a ${typeof value}`);
    const { above, maxDepth } = cursor;
    if (above.includes(value!)) throw new UnstorableState(place(cursor), 'a cycle (the value contains itself)');
    if (above.length >= maxDepth) throw new UnstorableState(place(cursor), `nesting deeper than ${maxDepth} levels`);
    above.push(value!);
    const packed = this.#packObject(value!, cursor);
    above.pop();
    return packed;
  }

  #packObject(value: object, cursor: Cursor): unknown {
    const pack = (item: unknown, key: string | number): unknown => {
      if (isJson(item, 0)) return item;
      cursor.path.push(key);
      const packed = this.#pack(item, cursor);
      cursor.path.pop();
      return packed;
    };
    // A hole is undefined, too.
    if (Array.isArray(value)) return Array.from(value, pack);
    if (isPlain(value)) {
      for (const symbol of Object.getOwnPropertySymbols(value)) {
        throw new UnstorableState(place(cursor), `the symbol key ${String(symbol)}`);
      }
      const packed = changed({ ...value }, pack);
      return tagOf(packed) === undefined ? packed : { $: packed };
    }
    if (isOverwrite(value)) return this.#packObject({ [OVERWRITE]: value[OVERWRITE] }, cursor);
    const codec = this.#codecs.find((known) => known.is(value));
    if (!codec) {
      const name = (value.constructor as { name?: string } | undefined)?.name ?? 'unknown';
      throw new UnstorableState(place(cursor), `an instance of class ${name} (${remedy(value)})`);
    }
    const encoded = codec.encode(value);
    const rest = cursor.maxDepth - cursor.above.length;
    return { [`$${codec.name}`]: isJson(encoded, rest) ? encoded : this.#pack(encoded, cursor) };
  }

  #unpack(value: unknown): unknown {
    if (!isObject(value)) return value;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = this.#unpack(value[i]);
      return value;
    }
    const record = value as Record<string, unknown>;
    const tag = tagOf(record);
    return tag === undefined ? this.#unpackRecord(record) : this.#revive(tag, record[tag]);
  }

  #unpackRecord(record: Record<string, unknown>): unknown {
    return changed(record, (item) => this.#unpack(item));
  }

  #revive(tag: string, inner: unknown): unknown {
    switch (tag) {
      case '$':
        return this.#unpackRecord(inner as Record<string, unknown>);
      case '$number':
        return Number(inner);
      case '$bigint':
        return BigInt(inner as string);
      case '$undefined':
        return undefined;
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
  if (!isPlain(value)) return false;
  const record = value as Record<string, unknown>;
  const keys = Object.keys(record);
  if (keys.length === 1 && keys[0]!.startsWith('$')) return false;
  if (Object.getOwnPropertySymbols(record).length > 0) return false;
  for (const key of keys) if (!isJson(record[key], depth)) return false;
  return true;
}

/** Without a class. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function tagOf(record: Record<string, unknown>): string | undefined {
  const keys = Object.keys(record);
  return keys.length === 1 && keys[0]!.startsWith('$') ? keys[0] : undefined;
}

/** The record itself, each of its values as `change` makes it. */
function changed(
  record: Record<string, unknown>,
  change: (item: unknown, key: string) => unknown,
): Record<string, unknown> {
  for (const key of Object.keys(record)) {
    const value = change(record[key], key);
    // Assignment would take `__proto__` for the prototype.
    if (value !== record[key])
      Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return record;
}

function place({ where, path }: Cursor): string {
  return path.length === 0 ? where : `${where}, at ${path.map((key) => `[${JSON.stringify(key)}]`).join('')}`;
}
