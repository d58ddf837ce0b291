/**
 * The texts of large values that nobody has looked at since they were made: a save takes them instead of encoding the value again, so that
 * a superstep costs the same however much state it does not touch.
 *
 * - X1 A node may change a value in place, and what is saved is what the value is then. So whoever reads a lent value forgets its text.
 * - X2 Small values are always encoded anew: telling who reads them would cost more.
 * - X3 While a superstep runs nothing is kept anew: a node that has read a value may change it still.
 */
import type { Stored } from './checkpoint.ts';
import type { Codec } from './codec.ts';

/** In characters. */
const LARGE = 8_192;

interface Kept {
  readonly text: string;
  readonly codec: Codec;
  /** X1. Made once: it is lent in every superstep. */
  lent?: PropertyDescriptor;
}

const texts = new WeakMap<Stored, Kept>();

export function keepText(stored: Stored, text: string, codec: Codec): void {
  if (text.length >= LARGE) texts.set(stored, { text, codec });
}

export function textOf(stored: Stored, codec: Codec): string | undefined {
  const kept = texts.get(stored);
  return kept?.codec === codec ? kept.text : undefined;
}

/** Puts a value into a state that user code gets (X1). */
export function lend(state: Record<string, unknown>, name: string, stored: Stored): void {
  const kept = texts.get(stored);
  if (kept) Reflect.defineProperty(state, name, (kept.lent ??= forgetting(stored, name)));
  else state[name] = stored.value;
}

function forgetting(stored: Stored, name: string): PropertyDescriptor {
  return {
    get: () => {
      texts.delete(stored);
      return stored.value;
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
    enumerable: true,
    configurable: true,
  };
}
