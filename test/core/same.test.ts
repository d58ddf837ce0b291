import { describe, expect, it } from 'vitest';
import { sameValue } from '../../core/same.ts';

describe('sameValue: equal by structure', () => {
  it.each<[string, unknown, unknown]>([
    ['keys in another order', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    ['arrays', [1, ['x']], [1, ['x']]],
    ['NaN', Number.NaN, Number.NaN],
    ['dates', new Date(5), new Date(5)],
    ['invalid dates', new Date(Number.NaN), new Date(Number.NaN)],
    ['maps', new Map([['k', { a: 1 }]]), new Map([['k', { a: 1 }]])],
    ['sets', new Set([1, 2]), new Set([1, 2])],
    ['bytes', Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
    ['bigints', 10n, 10n],
    ['errors by name and message', new TypeError('x'), new TypeError('x')],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
  ])('%s', (_, a, b) => {
    expect(sameValue(a, b)).toBe(true);
  });
});

describe('sameValue: different', () => {
  it.each<[string, unknown, unknown]>([
    ['a missing key and one that is undefined', { a: 1 }, { a: 1, b: undefined }],
    ['two keys with undefined', { a: undefined }, { b: undefined }],
    ['an array and its entries as an object', ['x'], { 0: 'x' }],
    ['null and an object', null, {}],
    ['text and number', '1', 1],
    ['0 and -0', 0, -0],
    ['length', [1], [1, 2]],
    ['date and number', new Date(5), 5],
    ['dates', new Date(5), new Date(6)],
    ['a date and an object', new Date(5), {}],
    ['map and set', new Map(), new Set()],
    ['maps by value', new Map([['k', 1]]), new Map([['k', 2]])],
    ['bytes', Uint8Array.of(1), Uint8Array.of(2)],
    ['errors by message', new Error('x'), new Error('y')],
    ['errors by name', new Error('x'), new TypeError('x')],
    ['an inherited key', { toString: 1 }, { valueOf: 1 }],
  ])('%s', (_, a, b) => {
    expect(sameValue(a, b)).toBe(false);
  });
});
