import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { hash128 } from '../../core/hash.ts';

it.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb924'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '248d6a61d20638b8e5c026930c3e6039'],
])('hash128(%j) is the start of SHA-256, as FIPS 180 gives it', (text, hex) => {
  expect(hash128(text)).toBe(hex);
});

it('hash128 agrees with node:crypto at every length around the block borders, and beyond ASCII', () => {
  const texts = Array.from({ length: 200 }, (_, length) => 'x'.repeat(length));
  for (const text of [...texts, 'ä€😀', '\u0000', 'é'.repeat(1000), 'y'.repeat(100_000)]) {
    expect(hash128(text)).toBe(createHash('sha256').update(text).digest('hex').slice(0, 32));
  }
});
