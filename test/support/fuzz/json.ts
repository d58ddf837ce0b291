/** JSON text of any kind: text, because then keys may be anything and come twice, and numbers be more than numbers hold. */
import * as fc from 'fast-check';

/** Names that mean something to JavaScript, to the codec, to LangGraph or to the graphs. */
export const KEYS = (
  '__proto__ constructor prototype toString hasOwnProperty valueOf then toJSON length 0 topic answer log $ $date $undefined $map ' +
  '__interrupt__ __overwrite__ lc id type role'
).split(' ');

const NUMBERS = '0 -0 1 25 10001 -1 1.5 1e999 5e-324 9007199254740993 123456789012345678901'.split(' ');
const TEXTS = String.raw`"x" "" "*" "\u0000" "\ud800" "__proto__" "values" "sync" "asks" "fail"`.split(' ');

/** No JSON, or not what a body should be. */
export const BROKEN = [
  '',
  ' ',
  '{',
  '[1,',
  '{"input":{}}x',
  '\uFEFF{"input":{}}',
  '"text"',
  '[]',
  'nul',
  "{'input':{}}",
].concat('[['.repeat(300), '{"input":'.repeat(401), `${'{"a":'.repeat(401)}1${'}'.repeat(401)}`);

/** @param ids of the world, as texts */
export function json(ids: readonly string[]): fc.Arbitrary<string> {
  return fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('null', 'true', 'false', '{}', '[]', ...NUMBERS, ...TEXTS),
      fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
      fc.double().map((number) => JSON.stringify(number)),
      quoted(ids),
      fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
      object(keys, tie('value')),
    ),
  })).value;
}

export const keys = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...KEYS) }, { weight: 1, arbitrary: fc.string() });

export function object(key: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(entry(key, value), { maxLength: 4 }).map((entries) => `{${entries.join()}}`);
}

export function entry(key: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(key, value).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
}

export function quoted(texts: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...texts).map((text) => JSON.stringify(text));
}

/** Mostly the first. */
export function mostly<T>(good: fc.Arbitrary<T>, bad: fc.Arbitrary<T>, times: number): fc.Arbitrary<T> {
  return fc.oneof({ weight: times, arbitrary: good }, { weight: 1, arbitrary: bad });
}
