import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonError } from '../../functions/json-error.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('findJsonError', () => {
  it.each([
    ['', 0, 'unexpected end'],
    ['{"a": [1, 2}', 11, 'unexpected "}"'],
    ['{"a": 1,}', 8, 'unexpected "}"'],
    ['[1,]', 3, 'unexpected "]"'],
    ["{'a': 1}", 1, 'unexpected "\'"'],
    ['{"a" 1}', 5, 'unexpected "1"'],
    ['{"a": tru}', 6, 'unexpected "t"'],
    ['[01]', 2, 'unexpected "1"'],
    ['[1.]', 2, 'unexpected "."'],
    ['{"a": "b\nc"}', 8, 'unexpected "\\n"'],
    ['{"a": "b\\x"}', 8, 'unexpected "\\\\"'],
    ['{"a": "b', 8, 'unexpected end'],
    ['{} {}', 3, 'unexpected "{"'],
    ['[1', 2, 'unexpected end'],
    ['"\u{1F600}" \u{1F600}', 5, 'unexpected "\u{1F600}"'],
  ])('%j at %d: %s', (text, position, what) => {
    expect(isJson(text)).toBe(false);
    expect(findJsonError(text)).toMatchObject({ position, what });
  });

  it('lines and columns count from 1', () => {
    expect(findJsonError('{\n  "a": 1\n  "b": 2\n}')).toMatchObject({ line: 3, column: 3 });
  });

  it('what stands before the place is the beginning of some JSON, wherever a text is broken', () => {
    const junk = fc.constantFrom('}', ']', ',', ':', '"', '\\', 'x', '0', '-', '{', '[', '\u0001', '');
    fc.assert(
      fc.property(fc.json(), fc.nat(), junk, (json, where, piece) => {
        const at = where % (json.length + 1);
        const text = json.slice(0, at) + piece + json.slice(at + 1);
        fc.pre(!isJson(text));
        const { position } = findJsonError(text);
        expect(position).toBeLessThanOrEqual(text.length);
        // V8 knows the place of most errors: never before ours, which is the start of a broken word or number.
        const v8 = /position (\d+)/.exec(parseError(text))?.[1];
        expect(Number(v8 ?? position)).toBeGreaterThanOrEqual(position);
      }),
      { numRuns: 2000 },
    );
  });
});

function parseError(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
