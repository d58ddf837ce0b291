/**
 * Where a text stops being JSON. JSON.parse names the position only in some of its messages, so a text that it has refused is
 * read once more here, by the grammar of RFC 8259.
 */

export interface JsonError {
  /** UTF-16 code units from the start. */
  readonly position: number;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** `unexpected "}"`, `unexpected end`. */
  readonly what: string;
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const STRING_START = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy;
const ATOM = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** What may come next. */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end' | 'end';

/** @param text is not JSON */
export function findJsonError(text: string): JsonError {
  const position = scan(text);
  const before = text.slice(0, position);
  const character = text.slice(position, position + 2).match(/^./su)?.[0];
  return {
    position,
    line: before.split('\n').length,
    column: position - before.lastIndexOf('\n'),
    what: character === undefined ? 'unexpected end' : `unexpected ${JSON.stringify(character)}`,
  };
}

function scan(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const afterValue = (): Expected => (open.length === 0 ? 'end' : 'comma or end');
  while (true) {
    match(SPACE);
    const next = text[at];
    if (next === undefined) return at;
    switch (expected) {
      case 'value':
      case 'value or ]':
        if (next === '{' || next === '[') {
          open.push(next);
          expected = next === '{' ? 'key or }' : 'value or ]';
          at++;
        } else if (next === ']' && expected === 'value or ]') {
          open.pop();
          expected = afterValue();
          at++;
        } else if (next === '"' ? match(STRING) : match(ATOM)) expected = afterValue();
        else {
          match(STRING_START);
          return at;
        }
        break;
      case 'key':
      case 'key or }':
        if (next === '}' && expected === 'key or }') {
          open.pop();
          expected = afterValue();
          at++;
        } else if (match(STRING)) expected = 'colon';
        else {
          match(STRING_START);
          return at;
        }
        break;
      case 'colon':
        if (next !== ':') return at;
        expected = 'value';
        at++;
        break;
      case 'comma or end': {
        const inside = open.at(-1);
        if (next === ',') expected = inside === '{' ? 'key' : 'value';
        else if (next === (inside === '{' ? '}' : ']')) {
          open.pop();
          expected = afterValue();
        } else return at;
        at++;
        break;
      }
      case 'end':
        return at;
    }
  }
}
