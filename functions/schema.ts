/**
 * Schemas of what clients send, and the one way to apply them: a value, or an `invalid_request` that says for each mistake where it is,
 * what was expected and what came. Unknown fields are mistakes: a misspelt "discard" must not be ignored.
 *
 * They are a few functions, because each cold start loads and makes all of them: a library of schemas took a twelfth of the whole import.
 */
import { quote } from '../core/errors.ts';
import { versionOf } from '../core/checkpoint/checkpoint.ts';
import { Problem } from './problems.ts';

/** Something that is not as it should be. `at`: where, from the value that was looked at. */
interface Mistake {
  readonly at: readonly (string | number)[];
  readonly message: string;
  readonly input: unknown;
}

/** What is wrong with a value. Nothing: it is a Value. */
export interface Schema<Value> {
  check(value: unknown): readonly Mistake[];
  /** Only its type. */
  readonly '~value'?: Value;
}

/** Of a field that may be left out. */
export interface OptionalSchema<Value> extends Schema<Value> {
  readonly optional: true;
}

type Shape = Readonly<Record<string, Schema<unknown>>>;

type ValueOf<One> = One extends Schema<infer Value> ? Value : never;

type OptionalKey<Of extends Shape> = {
  [Key in keyof Of]: Of[Key] extends OptionalSchema<unknown> ? Key : never;
}[keyof Of];

export type Fields<Of extends Shape> = { readonly [Key in Exclude<keyof Of, OptionalKey<Of>>]: ValueOf<Of[Key]> } & {
  readonly [Key in OptionalKey<Of>]?: ValueOf<Of[Key]> | undefined;
};

const fine: readonly Mistake[] = [];

/** What a test lets pass. @param message what was expected instead */
export function such<Value>(
  test: (value: unknown) => boolean,
  message: string | ((input: unknown) => string),
): Schema<Value> {
  const check = (input: unknown): readonly Mistake[] =>
    test(input) ? fine : [{ at: [], message: typeof message === 'string' ? message : message(input), input }];
  return { check };
}

export function optional<Value>(schema: Schema<Value>): OptionalSchema<Value> {
  return { ...schema, optional: true };
}

/** A value of the first schema in which the second finds no mistake. */
export function both<Value>(first: Schema<Value>, second: Schema<unknown>): Schema<Value> {
  const check = (value: unknown): readonly Mistake[] => {
    const mistakes = first.check(value);
    return mistakes.length > 0 ? mistakes : second.check(value);
  };
  return { check };
}

export function oneOf<const Value>(values: readonly Value[], message: string): Schema<Value> {
  return such((value) => values.includes(value as Value), message);
}

export function either<One, Other>(one: Schema<One>, other: Schema<Other>, message: string): Schema<One | Other> {
  return such((value) => one.check(value).length === 0 || other.check(value).length === 0, message);
}

/** It says which is the first that is none: a list has room for a million mistakes. */
export function listOf<Value>(item: Schema<Value>, message: string): Schema<Value[]> {
  const check = (input: unknown): readonly Mistake[] => {
    if (!Array.isArray(input)) return [{ at: [], message, input }];
    for (const [i, one] of input.entries()) {
      const [mistake] = item.check(one);
      if (mistake) return [{ ...mistake, at: [i, ...mistake.at] }];
    }
    return fine;
  };
  return { check };
}

/** An object with these fields and no others. */
export function fields<Of extends Shape>(shape: Of): Schema<Fields<Of>> {
  const known = Object.keys(shape).join(', ');
  const check = (input: unknown): readonly Mistake[] => {
    if (!isObject(input)) return [{ at: [], message: 'expected a JSON object', input }];
    const mistakes: Mistake[] = [];
    for (const [key, schema] of Object.entries(shape)) {
      const given = Object.hasOwn(input, key);
      if (!given && 'optional' in schema) continue;
      for (const mistake of schema.check(given ? input[key] : undefined))
        mistakes.push({ ...mistake, at: [key, ...mistake.at] });
    }
    const unknown = Object.keys(input).filter((key) => !Object.hasOwn(shape, key));
    if (unknown.length > 0) {
      const message = `unknown: ${listed(unknown.map(short))}. Known here: ${known || 'nothing'}`;
      mistakes.push({ at: [], message, input });
    }
    return mistakes;
  };
  return { check };
}

/** How many names a mistake lists: a body has room for a million. */
const NAMED = 20;

/** The first ones, and how many there are besides. */
export function listed(items: readonly string[]): string {
  const list = items.slice(0, NAMED).join(', ');
  return items.length > NAMED ? `${list} and ${items.length - NAMED} more` : list;
}

function short(name: string): string {
  return name.length > 120 ? `${name.slice(0, 119)}…` : name;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const anything: Schema<unknown> = { check: () => fine };

/** Any object, kept as it came. */
export const record = such<Record<string, unknown>>(isObject, 'expected an object');

export const text = both(
  such<string>((value) => typeof value === 'string', 'expected a text'),
  such((value) => value !== '', 'expected a text that is not empty'),
);

export const texts = listOf(text, 'expected a list of texts');

export const flag = oneOf([true, false], 'expected true or false');

export const checkpointId = such<string>(
  (value) => typeof value === 'string' && versionOf(value) !== undefined,
  'expected a checkpoint id, as an answer of the thread or its history gives it',
);

/**
 * @param where `body` or `query`
 * @throws Problem `invalid_request`
 */
export function parse<Value>(schema: Schema<Value>, value: unknown, where: string): Value {
  const mistakes = schema.check(value);
  if (mistakes.length === 0) return value as Value;
  const errors = mistakes.map(({ at, message, input }) => ({
    pointer: at.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    detail: isObject(input) ? message : `${message}, got ${input === undefined ? 'nothing' : quote(input)}`,
  }));
  const list = errors.map(({ pointer, detail }) => `${where}${pointer}: ${detail}`);
  throw new Problem('invalid_request', `${list.join('; ')}.`, { errors });
}
