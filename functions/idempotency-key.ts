/** `Idempotency-Key`: a request that may be sent again gets the first outcome, and no second run (C5). */
import type { Idempotency } from '../core/checkpoint/idempotency.ts';
import { hash128 } from '../core/hash.ts';
import { Problem } from './problems.ts';
import { tenantOf } from './tenant.ts';

export const REPLAYED = { 'idempotency-replayed': 'true' } as const;

/** @param verb what is asked of the thread: the same body on another route is another request */
export function idempotencyOf(request: Request, verb: string, body: unknown): Idempotency | undefined {
  const key = keyOf(request);
  return key === undefined
    ? undefined
    : { key: hash128(key), body: hash128(`${verb} ${JSON.stringify(body, inOrder)}`) };
}

/** For JSON.stringify: the order of an object's members says nothing. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The thread of a start that names none: the same key leads to the same thread, of this tenant. */
export function threadOfKey(request: Request): string | undefined {
  const key = keyOf(request);
  if (key === undefined) return undefined;
  const h = hash128(`${tenantOf(request)} ${key}`);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20)}`;
}

/** @throws Problem `invalid_request` */
function keyOf(request: Request): string | undefined {
  const key = request.headers.get('idempotency-key');
  if (key === null || /^[!-~]{1,255}$/.test(key)) return key ?? undefined;
  throw new Problem('invalid_request', 'idempotency-key: expected 1 to 255 visible ASCII characters.');
}
