/**
 * A text as what is new in it against another one. Pure, and blind to what the texts mean: it serves arrays that grew, whatever their
 * reducer, values that moved, and values that did not change.
 *
 * - X1 Replayed over the same base, a delta gives exactly its text.
 * - X2 Nothing is cut inside of a surrogate pair: every literal is well-formed, because the texts are.
 */

/** In turn: characters to take from the literal, then where in the base to copy from, and how many. What is left of the literal ends the text. */
export interface Delta {
  readonly ops: readonly number[];
  readonly literal: string;
}

/** The delta of a text that stands for itself. */
export function whole(text: string): Delta {
  return { ops: [], literal: text };
}

/** The delta that is its whole base, and then some. */
export function appending(text: string): Delta {
  return { ops: [0, 0, TO_END], literal: text };
}

/** The length of a copy that goes to the end of its base, however long that is. */
const TO_END = -1;
/** What is worth a copy: the length of the windows that are compared. Twice as much is certain to be found. */
const WINDOW = 32;
const RADIX = 0x01000193;
/** What the oldest character of a window counts for. */
const OLDEST = Array.from({ length: WINDOW - 1 }).reduce<number>((power) => Math.imul(power, RADIX), 1);

/** What `text` is against `base`. */
export function diff(base: string, text: string): Delta {
  const ops: number[] = [];
  const literals: string[] = [];
  const seen = new Windows(base);
  let taken = 0;
  for (let at = 0, hash = 0, fresh = true; at + WINDOW <= text.length;) {
    hash = fresh ? hashAt(text, at) : roll(hash, text.charCodeAt(at - 1), text.charCodeAt(at + WINDOW - 1));
    fresh = false;
    const match = extend(base, text, seen.find(hash), at, taken);
    if (!match) {
      at++;
      continue;
    }
    literals.push(text.slice(taken, match.to));
    ops.push(match.to - taken, match.from, match.length);
    taken = at = match.to + match.length;
    fresh = true;
  }
  literals.push(text.slice(taken));
  return { ops, literal: literals.join('') };
}

/** How much of its base a delta copies, before and from the given place on. */
export function copied({ ops }: Delta, boundary: number): [before: number, after: number] {
  let [before, after] = [0, 0];
  for (let i = 0; i < ops.length; i += 3) {
    const [from, length] = [ops[i + 1]!, ops[i + 2]!];
    const inside = Math.min(Math.max(boundary - from, 0), length);
    before += inside;
    after += length - inside;
  }
  return [before, after];
}

/** The same delta over a base that lacks its first characters. */
export function shifted({ ops, literal }: Delta, by: number): Delta {
  return { ops: ops.map((n, i) => (i % 3 === 1 ? n - by : n)), literal };
}

/** The windows of a text that begin at multiples of their length, by hash. */
class Windows {
  readonly #places: Int32Array;
  readonly #shift: number;

  constructor(text: string) {
    const bits = Math.min(24, Math.max(4, 34 - Math.clz32(Math.ceil(text.length / WINDOW))));
    this.#places = new Int32Array(1 << bits);
    this.#shift = 32 - bits;
    for (let at = 0; at + WINDOW <= text.length; at += WINDOW) this.#places[this.#slot(hashAt(text, at))] = at + 1;
  }

  /** Where a window with this hash may be. */
  find(hash: number): number | undefined {
    const place = this.#places[this.#slot(hash)]!;
    return place === 0 ? undefined : place - 1;
  }

  #slot(hash: number): number {
    return Math.imul(hash, 0x9e3779b1) >>> this.#shift;
  }
}

function hashAt(text: string, at: number): number {
  let hash = 0;
  for (let i = at; i < at + WINDOW; i++) hash = (Math.imul(hash, RADIX) + text.charCodeAt(i)) | 0;
  return hash;
}

function roll(hash: number, out: number, into: number): number {
  return (Math.imul(hash - Math.imul(out, OLDEST), RADIX) + into) | 0;
}

interface Match {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** As far as both texts agree around a window, but not back over what has been taken. */
function extend(base: string, text: string, place: number | undefined, at: number, taken: number): Match | undefined {
  if (place === undefined) return undefined;
  let [from, to] = [place, at];
  let [baseEnd, end] = [place, at];
  while (baseEnd < base.length && end < text.length && base.charCodeAt(baseEnd) === text.charCodeAt(end)) {
    baseEnd++;
    end++;
  }
  if (end - at < WINDOW) return undefined;
  while (from > 0 && to > taken && base.charCodeAt(from - 1) === text.charCodeAt(to - 1)) {
    from--;
    to--;
  }
  if (isSecondHalf(text.charCodeAt(to))) {
    from++;
    to++;
  }
  if (end < text.length && isSecondHalf(text.charCodeAt(end))) end--;
  return end - to < WINDOW ? undefined : { from, to, length: end - to };
}

function isSecondHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The text of a delta: its operations as a JSON array, each place as a distance from where the last copy ended, and the literal. */
export function writeDelta({ ops, literal }: Delta): string {
  let last = 0;
  const distances = ops.map((n, i) => {
    if (i % 3 !== 1) return n;
    const distance = n - last;
    last = n + ops[i + 1]!;
    return distance;
  });
  return JSON.stringify(distances) + literal;
}

/** @throws Error when the text is not one of writeDelta */
export function readDelta(text: string): Delta {
  const end = text.indexOf(']') + 1;
  const ops = JSON.parse(text.slice(0, end)) as number[];
  let last = 0;
  for (let i = 0; i + 2 < ops.length; i += 3) {
    ops[i + 1]! += last;
    last = ops[i + 1]! + ops[i + 2]!;
  }
  return { ops, literal: text.slice(end) };
}
