/**
 * A chain of deltas to the text that it ends in. Each is over the text of the one before it; none of those texts is made.
 *
 * - X3 What a delta copies is there, or the chain is refused: a text is never made up.
 */
import type { Delta } from './delta.ts';

/** A run of characters of one literal. */
interface Span {
  readonly literal: string;
  readonly from: number;
  readonly length: number;
  /** Where it begins in its text. */
  readonly at: number;
}

/** @throws RangeError when a delta does not fit its base */
export function replay(chain: readonly Delta[]): string {
  let text = new Spans();
  for (const { ops, literal } of chain) {
    const next = new Spans();
    let taken = 0;
    for (let i = 0; i < ops.length; i += 3) {
      taken = next.take(literal, taken, ops[i]!);
      next.copy(text, ops[i + 1]!, ops[i + 2]!);
    }
    next.take(literal, taken, literal.length - taken);
    text = next;
  }
  return text.join();
}

class Spans {
  readonly #spans: Span[] = [];
  #length = 0;

  /** @returns where the rest of the literal begins */
  take(literal: string, from: number, length: number): number {
    if (!(length >= 0) || from + length > literal.length) throw new RangeError('a literal is too short');
    if (length > 0) {
      this.#spans.push({ literal, from, length, at: this.#length });
      this.#length += length;
    }
    return from + length;
  }

  /** @param length -1: to the end */
  copy(base: Spans, from: number, length: number): void {
    const end = length < 0 ? base.#length : from + length;
    if (!(from >= 0 && end >= from && end <= base.#length)) throw new RangeError('a copy reaches out of its base');
    for (let i = base.#spanAt(from), at = from; at < end; i++) {
      const span = base.#spans[i]!;
      const skip = at - span.at;
      const count = Math.min(span.length - skip, end - at);
      this.take(span.literal, span.from + skip, count);
      at += count;
    }
  }

  join(): string {
    return this.#spans.map(({ literal, from, length }) => literal.slice(from, from + length)).join('');
  }

  #spanAt(place: number): number {
    let [low, high] = [0, this.#spans.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#spans[middle]!.at <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
