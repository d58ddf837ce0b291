/** Where fuzzed requests go, and what their headers say. */
import * as fc from 'fast-check';
import { mostly } from './json.ts';
import type { Known } from './requests.ts';

const HOSTILE =
  '.. . %2e%2e %2F % %00 %ff a%23b a#b default%23done tenant-1%23done __proto__ constructor ä %C3%A4 ~ a;b a+b head a@b'
    .split(' ')
    .concat('a b', '', 'x'.repeat(256), 'x'.repeat(257));

/** A thread's path, mostly of one that is there. */
export function threadPath({ threads }: Known): fc.Arbitrary<string> {
  const odd = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string().map((text) => encodeURIComponent(text.toWellFormed())),
  );
  return mostly(fc.constantFrom(...threads, 'new'), odd, 6).map((id) => `/threads/${id}`);
}

export function query({ checkpoints }: Known): fc.Arbitrary<string> {
  const names = fc.constantFrom('limit', 'before', 'checkpoint_id', '__proto__', 'constructor', 'thread_id');
  const values = fc.oneof(
    fc.constantFrom(...checkpoints),
    fc.constantFrom(...'0 1 2 999999 1e9 -1 __proto__ %'.split(' '), ''),
  );
  const parameter = fc.tuple(names, values).map((pair) => pair.join('='));
  return fc.array(parameter, { maxLength: 2 }).map((list) => (list.length > 0 ? `?${list.join('&')}` : ''));
}

/** Any path at all. */
export function anyPath(known: Known): fc.Arbitrary<string> {
  const verbs = fc.constantFrom(
    ...'/invoke /resume /state /history / // /Invoke /state/ /constructor /invoke/x'.split(' '),
    '',
  );
  return fc.oneof(
    fc.tuple(threadPath(known), verbs, query(known)).map((parts) => parts.join('')),
    fc.constantFrom(...'/invoke /ok / /threads /threads/ //invoke /resume /__proto__'.split(' ')),
    fc.webPath(),
  );
}

export function headers({ checkpoints, threads }: Known): fc.Arbitrary<Record<string, string>> {
  const unit = fc.integer({ min: 33, max: 126 }).map((code) => String.fromCodePoint(code));
  const visible = fc.string({ unit, minLength: 1, maxLength: 20 });
  const tags = checkpoints.flatMap((id) => [id, `"${id}"`]);
  const keys = mostly(
    fc.constantFrom('one', 'two'),
    fc.oneof(fc.constantFrom('', 'a b', 'x'.repeat(255), 'x'.repeat(256)), visible),
    4,
  );
  return fc
    .record({
      'if-match': some(mostly(fc.constantFrom(...tags), fc.oneof(fc.constantFrom('*', '""', 'W/"x"'), visible), 4), 10),
      'idempotency-key': some(keys, 30),
      accept: some(fc.constantFrom('text/event-stream', 'text/event-stream;q=0', '*/*', '\u00ff'), 20),
      'content-type': some(fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'multipart/form-data'), 5),
      'content-length': some(fc.constantFrom('0', '-1', 'x', '99999999'), 1),
      'x-tenant': some(fc.constantFrom('other', ...threads), 5),
      authorization: some(fc.constantFrom('Bearer x', '__proto__'), 5),
    })
    .map((all) =>
      Object.fromEntries(Object.entries(all).filter((one): one is [string, string] => one[1] !== undefined)),
    );
}

function some(value: fc.Arbitrary<string>, percent: number): fc.Arbitrary<string | undefined> {
  return fc.oneof({ weight: 100 - percent, arbitrary: fc.constant(undefined) }, { weight: percent, arbitrary: value });
}
