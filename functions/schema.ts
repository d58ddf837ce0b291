/**
 * Schemas of what clients send, and the one way to apply them: a value, or an `invalid_request` that says for each mistake where it is,
 * what was expected and what came. Unknown fields are mistakes: a misspelt "discard" must not be ignored.
 */
import * as z from 'zod/mini';
import { quote } from '../core/errors.ts';
import { versionOf } from '../core/checkpoint/checkpoint.ts';
import { Problem } from './problems.ts';

export type Schema<Value> = z.ZodMiniType<Value>;

/** An object with these fields and no others. */
export function fields<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodMiniObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown: ${listed(issue.keys.map(short))}. Known here: ${known || 'nothing'}`
        : 'expected a JSON object',
  });
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

/** Any object, kept as it came. */
export const record = z.custom<Record<string, unknown>>(isObject, 'expected an object');

export const text = z.string('expected a text').check(z.minLength(1, 'expected a text that is not empty'));

/** Says which is the first that is no text: a list has room for a million mistakes, and zod cannot carry that many. */
export const texts = z.array(z.unknown(), 'expected a list of texts').check((list) => {
  const at = list.value.findIndex((item) => !text.safeParse(item).success);
  if (at === -1) return;
  const input = list.value[at];
  const message = input === '' ? 'expected a text that is not empty' : 'expected a text';
  list.issues.push({ code: 'custom', path: [at], input, message });
}) as unknown as Schema<string[]>;

export const flag = z.boolean('expected true or false');

export const checkpointId = z.custom<string>(
  (value) => typeof value === 'string' && versionOf(value) !== undefined,
  'expected a checkpoint id, as an answer of the thread or its history gives it',
);

/**
 * @param where `body` or `query`
 * @throws Problem `invalid_request`
 */
export function parse<Value>(schema: Schema<Value>, value: unknown, where: string): Value {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message, input }) => ({
    pointer: path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    detail: isObject(input) ? message : `${message}, got ${input === undefined ? 'nothing' : quote(input)}`,
  }));
  const list = errors.map(({ pointer, detail }) => `${where}${pointer}: ${detail}`);
  throw new Problem('invalid_request', `${list.join('; ')}.`, { errors });
}
