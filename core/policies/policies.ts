/** What a node is declared with beside its function, as decorators of it: a node without policies runs as it is. */
import type { NodeSpec } from '../graph/spec.ts';
import { type RetryPolicy, withRetry } from './retry.ts';
import { withTimeout } from './timeout.ts';
import { readTimeout, type TimeoutPolicy } from './timeout-policy.ts';

/** Of a node, or of all nodes that say nothing else. */
export interface NodePolicies {
  /** Run the node again when it throws. */
  readonly retryPolicy?: RetryPolicy;
  /** How long an attempt may take: milliseconds, or a policy. */
  readonly timeout?: number | TimeoutPolicy;
}

type Policed = Pick<NodeSpec, 'run' | 'timed'>;

/** @throws GraphValidationError for a policy that makes no sense */
export function withPolicies(run: NodeSpec['run'], { retryPolicy, timeout }: NodePolicies): Policed {
  const timed = (given: NodePolicies['timeout']): Pick<NodeSpec, 'run'> => {
    const policy = readTimeout(given);
    const limited = policy ? withTimeout(run, policy) : run;
    return { run: retryPolicy ? withRetry(limited, retryPolicy) : limited };
  };
  return { ...timed(timeout), timed };
}
