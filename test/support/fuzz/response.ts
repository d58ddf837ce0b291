/** What must hold of every response, whatever was asked: F1 and F4 of world.ts. */
import { inspect, isDeepStrictEqual } from 'node:util';
import { PROBLEMS } from '../../../functions/problems.ts';
import { eventsOf } from '../http.ts';

/** The 5xx that are the graph's, or of what the request asked of it. */
const RUN_FAILED = new Set(['node_failed', 'recursion_limit', 'invalid_update', 'unstorable_state']);

/** F1 */
export function answered(response: Response, text: string): string[] {
  const { status } = response;
  const type = response.headers.get('content-type') ?? '';
  if (status === 204) return text === '' ? [] : ['F1: a 204 with a body'];
  if (type === 'text/event-stream') {
    const events = eventsOf(text);
    const last = events.at(-1);
    return last?.event === 'result'
      ? []
      : last?.event === 'error'
        ? isProblem(last.data)
        : [`F1: a stream ends with ${last?.event}`];
  }
  const body: unknown = JSON.parse(text);
  if (status === 200) return type === 'application/json' ? [] : [`F1: a 200 of type ${type}`];
  if (type !== 'application/problem+json') return [`F1: a ${status} of type ${type}`];
  return [...isProblem(body), ...((body as { status: number }).status === status ? [] : ['F1: two statuses'])];
}

function isProblem(body: unknown): string[] {
  const { code, status } = body as { code: string; status: number };
  if (!Object.hasOwn(PROBLEMS, code)) return [`F1: no such code: ${code}`];
  return status < 500 || RUN_FAILED.has(code) ? [] : [`F1: ${inspect(body)}`];
}

const PROTOTYPES = [Object, Array, Map, String, Function, Request].map((type) => type.prototype as object);
const UNTOUCHED = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype));

/** F4 */
export function polluted(): string[] {
  return PROTOTYPES.flatMap((prototype, i) =>
    isDeepStrictEqual(Reflect.ownKeys(prototype), UNTOUCHED[i])
      ? []
      : [`F4: a prototype has ${inspect(prototype, { showHidden: true })}`],
  );
}

/** F4 */
export function returned(
  method: string,
  body: string | Uint8Array | undefined,
  text: string,
  response: Response,
): string[] {
  if (method !== 'POST' || typeof body !== 'string' || response.headers.get('content-type') !== 'application/json')
    return [];
  if (body.includes('__overwrite__') || response.headers.has('idempotency-replayed')) return [];
  const { input } = JSON.parse(body.replace(/^\uFEFF/, '')) as { input?: { topic?: unknown } | null };
  if (!input || !Object.hasOwn(input, 'topic')) return [];
  const { values } = JSON.parse(text) as { values: { topic?: unknown } };
  const [sent, shown] = [input.topic, values.topic].map((topic) => JSON.stringify(topic));
  return sent === shown ? [] : [`F4: ${sent} came back as ${shown}`];
}
