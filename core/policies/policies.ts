/** What a node is declared with beside its function, as decorators of its attempts: a node without policies runs once. */
import { type Attempt, once } from '../engine/attempt.ts';
import type { NodeSpec } from '../graph/spec.ts';
import type { CachePolicy } from './cache.ts';
import { type NodeErrorHandler, withErrorHandler } from './error-handler.ts';
import { type RetryPolicy, withRetry } from './retry.ts';
import { withTimeout } from './timeout.ts';
import { readTimeout, type TimeoutPolicy } from './timeout-policy.ts';

/** Of a node, or of all nodes that say nothing else. */
// oxlint-disable-next-line typescript/no-explicit-any -- where nobody says which state it is
export interface NodePolicies<State = any, Update = any> {
  /** Run the node again when it throws. */
  readonly retryPolicy?: RetryPolicy | undefined;
  /** How long an attempt may take: milliseconds, or a policy. */
  readonly timeout?: number | TimeoutPolicy | undefined;
  /** Keep what the node returns in the graph's `cache`, and use it again for the same input. */
  readonly cachePolicy?: CachePolicy | boolean | undefined;
  /** Runs in place of the node when it has failed for good. */
  readonly errorHandler?: NodeErrorHandler<State, Update> | undefined;
}

type Policed = Pick<NodeSpec, 'attempt' | 'timed' | 'cachePolicy'>;

/** @throws GraphValidationError for a policy that makes no sense */
export function withPolicies(name: string, own: NodePolicies, defaults: NodePolicies = {}): Policed {
  const { retryPolicy = defaults.retryPolicy, cachePolicy = defaults.cachePolicy } = own;
  const handle = own.errorHandler ?? defaults.errorHandler;
  const by = own.errorHandler ? `__error_handler__${name}` : '__default_error_handler__';
  const timed = (timeout: NodePolicies['timeout']): Attempt => {
    const limited = limit(once, retryPolicy, timeout);
    const rescue = (handler: Attempt): Attempt => limit(handler, defaults.retryPolicy, defaults.timeout);
    return handle ? withErrorHandler(limited, handle, by, rescue) : limited;
  };
  return {
    attempt: timed(own.timeout ?? defaults.timeout),
    timed,
    ...(cachePolicy && { cachePolicy: cachePolicy === true ? {} : cachePolicy }),
  };
}

function limit(attempt: Attempt, retry: NodePolicies['retryPolicy'], timeout: NodePolicies['timeout']): Attempt {
  const policy = readTimeout(timeout);
  const limited = policy ? withTimeout(attempt, policy) : attempt;
  return retry ? withRetry(limited, retry) : limited;
}
