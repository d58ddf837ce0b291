import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  joinPacked,
  packedSize,
  packText,
  splitPacked,
  unpackText,
} from '../../../../core/checkpoint/dynamodb/pack.ts';
import { noise } from '../../../support/threads.ts';

describe('packed text', () => {
  it('comes back as it was, in one piece or many', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(400)).map(([unit, times]) => unit.repeat(times)),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 50 }), (text, longest) => {
        const packed = packText(text);
        expect(unpackText(packed)).toBe(text);
        const [first, ...others] = splitPacked(packed, longest);
        expect(unpackText(joinPacked(first, others))).toBe(text);
        for (const piece of typeof first === 'string' ? [] : [first, ...others])
          expect(piece.length).toBeLessThanOrEqual(longest);
      }),
    );
  });

  it('is text while it is short, and bytes when that is shorter', () => {
    expect(packText('x'.repeat(255))).toBe('x'.repeat(255));
    expect(packText('x'.repeat(256))).toBeInstanceOf(Uint8Array);
    expect(packedSize(packText('x'.repeat(100_000)))).toBeLessThan(200);
  });

  it('is counted in bytes of UTF-8', () => {
    expect(packedSize('é')).toBe(2);
    expect(packedSize(new Uint8Array(7))).toBe(7);
  });

  it('splits exactly at the limit', () => {
    const packed = packText(noise(10_000));
    const size = packedSize(packed);
    expect(splitPacked(packed, size)).toHaveLength(1);
    expect(splitPacked(packed, size - 1)).toHaveLength(2);
  });

  it('refuses bytes that are no packed text', () => {
    expect(() => unpackText(new Uint8Array([1, 2, 3]))).toThrow(/invalid|unexpected/);
  });
});
