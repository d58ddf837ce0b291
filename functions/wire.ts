/**
 * Any value of a state as plain JSON: what a response shows. Total: it never throws, whatever a graph put into its state.
 *
 * - W1 What JSON holds is itself; keys are data, `__proto__` included.
 * - W2 Date: ISO 8601. BigInt: its digits. Map: [key, value] pairs. Set: an array. Uint8Array: base64. Error: { name, message, cause? }.
 *   NaN, the infinities and an invalid Date: null. Keys whose value is undefined, a function or a symbol are left out, and null in an array.
 * - W3 A message of LangChain's: its fields and its type. Any other instance of a class: what its toJSON() returns, otherwise its own properties.
 *
 * It is for reading: what storage keeps is exact (core/checkpoint/codec.ts).
 */
import { messageShown } from '../core/messages/shown.ts';

/** Deeper than storage allows: only a value that was never stored gets here. */
const MAX_DEPTH = 600;

export function toWire(value: unknown): unknown {
  return project(value, []);
}

/** JSON text of `toWire(value)`. */
export function wireText(value: unknown): string {
  return JSON.stringify(toWire(value));
}

function project(value: unknown, above: object[]): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      return value.toString();
    case 'undefined':
    case 'function':
    case 'symbol':
      return null;
    case 'object':
      return value === null ? null : descend(value, above);
  }
}

/** `above` holds the objects around the value, and is left as it was found. */
function descend(value: object, above: object[]): unknown {
  if (above.includes(value)) return '[Circular]';
  if (above.length >= MAX_DEPTH) return '[Too deep]';
  above.push(value);
  const depth = above.length;
  try {
    return projectObject(value, above);
  } catch {
    return '[Unreadable]'; // a getter or a toJSON() that throws
  } finally {
    above.length = depth - 1;
  }
}

function projectObject(value: object, above: object[]): unknown {
  const each = (items: Iterable<unknown>): unknown[] => Array.from(items, (item) => project(item, above));
  if (Array.isArray(value)) return each(value);
  if (value instanceof Map) return each(value);
  if (value instanceof Set) return each(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (value instanceof Error) {
    const { name, message, cause } = value;
    return { name, message, ...(cause !== undefined && { cause: project(cause, above) }) };
  }
  const message = messageShown(value);
  if (message) return project(message, above);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return project(toJSON.call(value), above);
  const entries = Object.entries(value).filter(([, item]) => !isLeftOut(item));
  return Object.fromEntries(entries.map(([key, item]) => [key, project(item, above)]));
}

function isLeftOut(item: unknown): boolean {
  return item === undefined || typeof item === 'function' || typeof item === 'symbol';
}
