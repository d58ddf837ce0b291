import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Codec, type ValueCodec } from '../../../core/checkpoint/codec.ts';
import { Command, isCommand, Send } from '../../../core/index.ts';

const codec = new Codec();

/** Keys that mean something to JSON, to JavaScript or to the codec, among ordinary ones. */
const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '$',
    '$$',
    '$date',
    '$map',
    '$undefined',
    '$number',
    '__proto__',
    'constructor',
    'toJSON',
    'then',
    '0',
  ),
);

/** Any value that can be stored, nested in any way. */
const { storable } = fc.letrec<{ storable: unknown }>((tie) => ({
  storable: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      undefined,
      true,
      false,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -0,
      0,
    ),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array(),
    fc.array(tie('storable'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('storable')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
    fc.array(fc.tuple(tie('storable'), tie('storable')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie('storable'), { maxLength: 3 }).map((items) => new Set(items)),
    fc.string().map((message) => new TypeError(message)),
  ),
}));

describe('a value that can be stored', () => {
  it('V1, V3, V4: comes back as what it was, whatever it is', () => {
    fc.assert(
      fc.property(storable, (value) => {
        expect(isDeepStrictEqual(codec.decode(codec.encode(value, 'Value')), value)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('V1: is text that any JSON parser reads, and encodes to the same text again', () => {
    fc.assert(
      fc.property(storable, (value) => {
        const text = codec.encode(value, 'Value');
        expect(text.isWellFormed()).toBe(true);
        expect(codec.encode(codec.decode(text), 'Value')).toBe(text);
      }),
    );
  });

  it('V1: is left alone by encoding and checking', () => {
    fc.assert(
      fc.property(storable, (value) => {
        const before = structuredClone(value);
        codec.check(value, 'Value');
        codec.encode(value, 'Value');
        expect(isDeepStrictEqual(value, before)).toBe(true);
      }),
    );
  });

  it('V1: what JSON holds is stored as JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        const plain = JSON.stringify(value);
        fc.pre(!plain.includes('{"$') && !plain.includes('-0'));
        expect(codec.encode(value, 'Value')).toBe(plain);
      }),
    );
  });

  it('V1: an error keeps its type, message and cause', () => {
    const cause = new RangeError('too far', { cause: { code: 7 } });
    const back = codec.decode(
      codec.encode(Object.assign(new Error('outer', { cause }), { name: 'PaymentError' }), 'Value'),
    ) as Error;
    expect(back).toBeInstanceOf(Error);
    expect(back.name).toBe('PaymentError');
    expect(back.cause).toBeInstanceOf(RangeError);
    expect((back.cause as Error).cause).toEqual({ code: 7 });
  });
});

describe('what cannot be stored', () => {
  class Money {
    readonly amount = 1;
  }
  const cycle: { self?: unknown } = {};
  cycle.self = { inside: [cycle] };

  it.each([
    ['a function', { f: () => 1 }, 'Channel "a", at ["f"]: a function cannot be stored.'],
    ['a symbol', [Symbol('s')], 'Channel "a", at [0]: a symbol cannot be stored.'],
    ['a symbol as a key', { [Symbol('s')]: 1 }, 'Channel "a": the symbol key Symbol(s) cannot be stored.'],
    ['a cycle', cycle, 'Channel "a", at ["self"]["inside"][0]: a cycle (the value contains itself) cannot be stored.'],
    [
      'an instance of a class',
      { deep: new Map([['price', new Money()]]) },
      'Channel "a", at ["deep"][0][1]: an instance of class Money (give the checkpointer a codec for it) cannot be stored.',
    ],
  ])('V2: %s is refused, with the path to it', (_, value, message) => {
    expect(() => codec.encode(value, 'Channel "a"')).toThrow(message);
    expect(() => codec.check(value, 'Channel "a"')).toThrow(message);
  });

  it('V2: nesting that would overflow a stack is refused', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(() => codec.encode(deep, 'Value')).toThrow('nesting deeper than 500 levels');
  });

  it('V2: a value that is there twice, beside itself, is no cycle', () => {
    const shared = { a: 1 };
    expect(codec.decode(codec.encode([shared, shared, { shared }], 'Value'))).toEqual([
      { a: 1 },
      { a: 1 },
      { shared: { a: 1 } },
    ]);
  });
});

describe('codecs for classes', () => {
  const url: ValueCodec<URL> = {
    name: 'URL',
    is: (value) => value instanceof URL,
    encode: ({ href }) => ({ href, seen: new Date(0) }),
    decode: (stored) => new URL((stored as { href: string }).href),
  };

  it('V2: store and revive an instance, at any depth', () => {
    const taught = new Codec([url]);
    const back = taught.decode(taught.encode(new Map([['home', [new URL('https://example.com/x')]]]), 'Value'));
    expect((back as Map<string, URL[]>).get('home')?.[0]?.href).toBe('https://example.com/x');
  });

  it('Commands and Sends need none: they come back as ones that steer', () => {
    const sent = new Send('work', { on: new Date(0) }, { timeout: 5 });
    const command = new Command({ update: { big: 1n }, goto: ['next', sent], graph: Command.PARENT });
    const [back, list] = codec.decode(codec.encode([command, [sent]], 'Value')) as [Command, Send[]];
    expect([back, list]).toEqual([command, [sent]]);
    expect([isCommand(back), list[0]]).toEqual([true, expect.any(Send)]);
  });

  it('V2: one that is missing when the value is read is named', () => {
    const text = new Codec([url]).encode(new URL('https://example.com'), 'Value');
    expect(() => codec.decode(text)).toThrow('Stored value "$URL": a class that this checkpointer has no codec for');
  });
});

describe('keys of users', () => {
  it.each([
    ['{"$date":"2026-01-01"}'],
    ['{"$":{"$":{"$map":[]}}}'],
    ['{"$undefined":1}'],
    ['{"$unknown":{"$set":[1]}}'],
  ])('V3: %s is the object that it looks like', (text) => {
    const value: unknown = JSON.parse(text);
    expect(isDeepStrictEqual(codec.decode(codec.encode(value, 'Value')), value)).toBe(true);
  });

  it('V4: __proto__ is a key like any other, and no prototype changes', () => {
    const value: unknown = JSON.parse(
      '{"__proto__":{"polluted":true},"list":[{"__proto__":{"$set":[1]}}],"d":{"$x":1}}',
    );
    const back = codec.decode(codec.encode(value, 'Value')) as object;
    expect(isDeepStrictEqual(back, value)).toBe(true);
    expect(Object.keys(back)).toEqual(['__proto__', 'list', 'd']);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
