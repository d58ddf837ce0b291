/**
 * `retryPolicy`: runs a node again after it threw. Each run is an attempt of its task: answers stay, questions are counted anew (Q1).
 * What stops a run on purpose, and a cancelled task, is never retried.
 */
import { type Attempt, newAttempt } from '../engine/attempt.ts';
import { inTask } from '../engine/current.ts';
import { isGraphBubbleUp } from '../signals.ts';
import { hash128 } from '../hash.ts';

export interface RetryPolicy {
  /** Milliseconds before the second attempt. @default 500 */
  readonly initialInterval?: number;
  /** What each further wait is multiplied by. @default 2 */
  readonly backoffFactor?: number;
  /** The longest wait, in milliseconds. @default 128_000 */
  readonly maxInterval?: number;
  /** The first one included. @default 3 */
  readonly maxAttempts?: number;
  /** Add up to a second to each wait, another one for each task. @default true */
  readonly jitter?: boolean;
  /** Which errors are worth another attempt. @default all but cancellations, misuse of the graph, and most 4xx answers */
  // oxlint-disable-next-line typescript/no-explicit-any -- as in LangGraph: whatever the node throws
  readonly retryOn?: (error: any) => boolean;
  /** Takes LangGraph's option. Holdpoint logs nothing: `retryOn` sees every error. */
  readonly logWarning?: boolean;
}

export function withRetry(run: Attempt, policy: RetryPolicy): Attempt {
  const { maxAttempts = 3, retryOn = isWorthRetrying } = policy;
  return async (first) => {
    let context = first;
    for (let attempt = 1; ; attempt++) {
      try {
        return await (context === first ? run(first) : inTask(context, () => run(context)));
      } catch (error) {
        if (first.refusal || first.cancel.cause || isGraphBubbleUp(error)) throw error;
        if (attempt >= maxAttempts || !retryOn(error)) throw error;
        await first.callsEnded();
        const { scope, task, cancel } = first;
        await scope.sleep(waitOf(policy, attempt, task.id), cancel.signal);
        if (cancel.cause) throw error;
        context = newAttempt(first, { attempt: attempt + 1 });
      }
    }
  };
}

/** Chance is not needed: the tasks that fail together have ids of their own. */
function waitOf(
  { initialInterval = 500, backoffFactor = 2, maxInterval = 128_000, jitter = true }: RetryPolicy,
  attempt: number,
  taskId: string,
): number {
  const interval = Math.min(maxInterval, initialInterval * backoffFactor ** (attempt - 1));
  return jitter
    ? interval + (Number.parseInt(hash128(`${taskId}|${attempt}`).slice(0, 8), 16) / 2 ** 32) * 1000
    : interval;
}

interface Failure {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly response?: { readonly status?: unknown };
  readonly error?: { readonly code?: unknown };
}

const HOPELESS = [400, 401, 402, 403, 404, 405, 406, 407, 409];

function isWorthRetrying(error: unknown): boolean {
  const { name, message, code, status, response, error: inner } = (error ?? {}) as Failure;
  if (name === 'AbortError' || name === 'GraphValueError' || code === 'ECONNABORTED') return false;
  if (typeof message === 'string' && /^(Cancel|AbortError)/.test(message)) return false;
  return !HOPELESS.includes(Number(response?.status ?? status)) && inner?.code !== 'insufficient_quota';
}
