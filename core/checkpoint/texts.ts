/**
 * The texts of large values that nobody has looked at since they were made: a save takes them instead of encoding the value again, so that
 * a superstep costs the same however much state it does not touch.
 *
 * - X1 A node may change a value in place, and what is saved is what the value is then. So whoever reads a lent value forgets its text.
 * - X2 Small values are always encoded anew: telling who reads them would cost more.
 */
import type { Stored } from './checkpoint.ts';
import type { Codec } from './codec.ts';

/** In characters. */
const LARGE = 8_192;

const texts = new WeakMap<Stored, { readonly text: string; readonly codec: Codec }>();

export function keepText(stored: Stored, text: string, codec: Codec): void {
  if (text.length >= LARGE) texts.set(stored, { text, codec });
}

export function textOf(stored: Stored, codec: Codec): string | undefined {
  const kept = texts.get(stored);
  return kept?.codec === codec ? kept.text : undefined;
}

/** Puts a value into a state that user code gets (X1). */
export function lend(state: Record<string, unknown>, name: string, stored: Stored): void {
  if (!texts.has(stored)) {
    state[name] = stored.value;
    return;
  }
  const settle = (value: unknown): void => {
    Object.defineProperty(state, name, { value, writable: true, enumerable: true, configurable: true });
  };
  const get = (): unknown => {
    texts.delete(stored);
    settle(stored.value);
    return stored.value;
  };
  Object.defineProperty(state, name, { get, set: settle, enumerable: true, configurable: true });
}
