/** Requests as nobody means them: almost right, half right, in the wrong place, or made to do harm. */
import * as fc from 'fast-check';
import { BROKEN, entry, json, keys, KEYS, mostly, object, quoted } from './json.ts';
import { anyPath, headers, query, threadPath } from './targets.ts';

export interface FuzzRequest {
  readonly method: string;
  /** As it is put into the URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/** What the threads of the world are known by. */
export interface Known {
  readonly threads: readonly string[];
  readonly interrupts: readonly string[];
  readonly checkpoints: readonly string[];
}

export function requests(known: Known): fc.Arbitrary<FuzzRequest> {
  const { invoke, resume, wild } = bodies(known);
  const thread = threadPath(known);
  const to = (verb: string): fc.Arbitrary<string> => thread.map((path) => path + verb);
  const request = (method: string, path: fc.Arbitrary<string>, body?: fc.Arbitrary<string | Uint8Array>) =>
    fc.record({ method: fc.constant(method), path, headers: headers(known), body: body ?? fc.constant(undefined) });
  const reading = fc
    .tuple(thread, fc.constantFrom('', '/state', '/history'), query(known))
    .map((parts) => parts.join(''));
  return fc.oneof(
    { weight: 8, arbitrary: request('POST', to('/invoke'), invoke) },
    { weight: 8, arbitrary: request('POST', to('/resume'), resume) },
    { weight: 2, arbitrary: request('POST', fc.constant('/invoke'), invoke) },
    { weight: 2, arbitrary: request('GET', reading) },
    { weight: 1, arbitrary: request('DELETE', thread) },
    { weight: 2, arbitrary: request('POST', fc.oneof(to('/invoke'), to('/resume')), wild) },
    {
      weight: 3,
      arbitrary: fc.record({
        method: fc.constantFrom('POST', 'GET', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'),
        path: anyPath(known),
        headers: headers(known),
        body: fc.oneof(invoke, wild),
      }),
    },
  );
}

function bodies({ threads, interrupts, checkpoints }: Known) {
  const any = json([...threads, ...interrupts, ...checkpoints]);
  const hostile = object(keys, any);
  /** A field with what it wants, or now and then with anything. */
  const field = (name: string, good: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    entry(fc.constant(name), mostly(good, any, 20));
  const state = object(fc.constantFrom('topic', 'answer', 'log'), any);
  const input = fc.oneof(
    state,
    object(fc.constant('topic'), hostile),
    hostile,
    fc.constantFrom('null', '{}', '{"topic":"fail"}'),
  );
  const ids = mostly(fc.constantFrom(...interrupts), fc.constantFrom(...KEYS, 'f'.repeat(32)), 12);
  const config = fc.oneof(
    object(fc.constantFrom('configurable', 'metadata'), hostile),
    fc.constantFrom(
      ...'{"recursion_limit":1} {"recursion_limit":9} {"tags":["a"]} {"configurable":{"thread_id":"done"}}'.split(' '),
    ),
  );
  const modes = '"values" ["updates","values"] "debug" "messages" "custom" "tasks" "checkpoints" []'.split(' ');
  const other = fc.oneof(
    {
      weight: 1,
      arbitrary: field('graph', quoted('asks twice steps work strict __proto__ constructor gone'.split(' '))),
    },
    { weight: 2, arbitrary: field('config', config) },
    { weight: 1, arbitrary: field('context', any) },
    { weight: 1, arbitrary: field('stream_mode', fc.constantFrom(...modes)) },
    { weight: 1, arbitrary: field('interrupt_before', fc.constantFrom('"*"', '["two"]', '["gone"]', '["__proto__"]')) },
    { weight: 1, arbitrary: field('interrupt_after', fc.constantFrom('"*"', '["one"]')) },
    { weight: 1, arbitrary: field('durability', mostly(quoted(['exit', 'sync', 'async']), quoted(['never']), 9)) },
    { weight: 2, arbitrary: field('checkpoint_id', quoted(checkpoints)) },
  );
  const stray = entry(keys, any);
  const body = (main: fc.Arbitrary<string>, own: fc.Arbitrary<string>): fc.Arbitrary<string> => {
    const field = fc.oneof(
      { weight: 8, arbitrary: other },
      { weight: 4, arbitrary: own },
      { weight: 1, arbitrary: stray },
    );
    return fc.tuple(main, fc.array(field, { maxLength: 2 })).map(([one, rest]) => `{${[one, ...rest].join()}}`);
  };
  const discard = field('discard', fc.constantFrom('true', 'false'));
  return {
    invoke: body(field('input', input), discard),
    resume: body(
      fc.oneof(field('answers', object(ids, any)), field('resume', any)),
      field('checkpoint_id', quoted(checkpoints)),
    ),
    wild: fc.oneof(hostile, any, fc.constantFrom(...BROKEN), fc.uint8Array({ maxLength: 40 })),
  };
}
