import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appending,
  copied,
  diff,
  readDelta,
  shifted,
  whole,
  writeDelta,
} from '../../../../core/checkpoint/dynamodb/delta.ts';
import { replay } from '../../../../core/checkpoint/dynamodb/replay.ts';
import { noise } from '../../../support/threads.ts';

/** Texts that share much: each is made of a few long pieces. */
const piece = fc.constantFrom(noise(100, 'a'), noise(300, 'b'), '🙂'.repeat(40), 'x'.repeat(90), '你好'.repeat(30));
const text = fc
  .array(fc.oneof(piece, fc.string({ unit: 'grapheme' }), fc.constantFrom('🙂', '🙃', ',', ']')), { maxLength: 12 })
  .map((pieces) => pieces.join(''));

describe('a delta', () => {
  it('X1: gives its text, over one base or a chain of them, through its own text', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (texts) => {
        const chain = texts.map((one, i) => readDelta(writeDelta(i === 0 ? whole(one) : diff(texts[i - 1]!, one))));
        expect(replay(chain)).toBe(texts.at(-1));
      }),
    );
  });

  it('X2: has a well-formed literal', () => {
    fc.assert(
      fc.property(text, text, (base, one) => {
        const { literal } = diff(base, one);
        expect(new TextDecoder().decode(new TextEncoder().encode(literal))).toBe(literal);
      }),
    );
  });

  it('X2: is not cut between the halves of two characters that begin or end alike', () => {
    const [smile, upside] = ['\ud83d\ude42', '\ud83d\ude43'];
    const same = noise(64);
    const delta = diff(`${smile}${same}${smile}`, `${upside}${same}${upside}`);
    expect(delta).toEqual({ ops: [2, 2, 64], literal: upside + upside });
  });

  it('of a list that grew is what was appended', () => {
    const turns = Array.from({ length: 40 }, (_, i) => ({ role: 'user', content: noise(200, `${i}`) }));
    const before = JSON.stringify(turns.slice(0, 39));
    const delta = diff(before, JSON.stringify(turns));
    expect(delta.ops).toEqual([0, 0, before.length - 1]);
    expect(delta.literal).toBe(`,${JSON.stringify(turns[39])}]`);
  });

  it('of a list that lost its first, changed its middle and kept the rest is what changed', () => {
    const turns = Array.from({ length: 40 }, (_, i) => noise(200, `${i}`));
    const delta = diff(JSON.stringify(turns), JSON.stringify(turns.slice(3).with(10, 'short')));
    expect(delta.literal.length).toBeLessThan(20);
  });

  it('of texts that share nothing is the text', () => {
    expect(diff(noise(500, 'a'), noise(500, 'b'))).toEqual(whole(noise(500, 'b')));
    expect(diff('', 'abc')).toEqual(whole('abc'));
    expect(diff('abc', '')).toEqual(whole(''));
  });

  it('appends to a base of any length', () => {
    expect(replay([appending('b')])).toBe('b');
    expect(replay([whole('a'), appending('b'), appending('c')])).toBe('abc');
  });

  it('says what it copies from each side of a boundary, and can do without the first side', () => {
    const [one, two] = [noise(100, 'one'), noise(100, 'two')];
    const both = diff(one + two, `-${one.slice(50)}${two}-`);
    expect(copied(both, 100)).toEqual([50, 100]);
    const second = diff(one + two, `-${two}-`);
    expect(copied(second, 100)).toEqual([0, 100]);
    expect(replay([whole(two), shifted(second, 100)])).toBe(`-${two}-`);
  });
});

describe('a chain that is not whole', () => {
  it.each([
    ['copies from before its base', { ops: [0, -1, 2], literal: '' }],
    ['copies from behind its base', { ops: [0, 2, 2], literal: '' }],
    ['copies what is no number', { ops: [0, 'x' as unknown as number, 2], literal: '' }],
    ['takes more than its literal', { ops: [3, 0, 1], literal: 'ab' }],
    ['takes less than nothing', { ops: [-1, 0, 1], literal: 'ab' }],
  ])('X3: is refused when it %s', (_, delta) => {
    expect(() => replay([whole('abc'), delta])).toThrow(RangeError);
  });
});
