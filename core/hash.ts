/**
 * SHA-256 (FIPS 180-4), first 128 bits as 32 lower-case hex digits: the shape of every derived id.
 * Written here because `core` has no dependencies and needs a synchronous hash; a test holds it against node:crypto.
 */

const encoder = new TextEncoder();
// Ids are made all the time and hashed one after the other, so the buffers are made once.
const schedule = new Int32Array(64);
const state = new Int32Array(8);
const short = new Uint8Array(1024);
const digits = Array.from({ length: 32 }, () => 0);

/** The first `count` primes' roots, as SHA-256 defines its constants: 32 fractional bits. */
function fractionalRoots(count: number, root: (prime: number) => number): Int32Array {
  const words = new Int32Array(count);
  let found = 0;
  for (let n = 2; found < count; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
    if (prime) words[found++] = ((root(n) % 1) * 2 ** 32) | 0;
  }
  return words;
}

const INITIAL = fractionalRoots(8, Math.sqrt);
const ROUNDS = fractionalRoots(64, Math.cbrt);

export function hash128(text: string): string {
  const { message, length } = encode(text);
  const end = ((length + 72) >> 6) << 6;
  message.fill(0, length, end);
  message[length] = 0x80;
  for (let i = end - 1, bits = length * 8; bits > 0; i--, bits = Math.floor(bits / 256)) message[i] = bits & 255;

  state.set(INITIAL);
  for (let offset = 0; offset < end; offset += 64) compress(message, offset);
  for (let i = 0; i < 32; i++) {
    const digit = (state[i >> 3]! >>> (28 - 4 * (i & 7))) & 15;
    digits[i] = digit + (digit < 10 ? 48 : 87);
  }
  return String.fromCharCode(...digits);
}

/** The text's bytes, with room for the padding behind them. */
function encode(text: string): { readonly message: Uint8Array; readonly length: number } {
  // A UTF-16 unit takes at most three bytes.
  if (text.length * 3 + 72 <= short.length) return { message: short, length: encoder.encodeInto(text, short).written };
  const bytes = encoder.encode(text);
  const message = new Uint8Array(bytes.length + 72);
  message.set(bytes);
  return { message, length: bytes.length };
}

function compress(message: Uint8Array, offset: number): void {
  const w = schedule;
  for (let i = 0, at = offset; i < 16; i++, at += 4) {
    w[i] = (message[at]! << 24) | (message[at + 1]! << 16) | (message[at + 2]! << 8) | message[at + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
    const s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10);
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i]! + w[i]!) | 0;
    const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

function rotated(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
