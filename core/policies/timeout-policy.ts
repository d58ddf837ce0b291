/** How long an attempt of a node may take, and how it is declared. */
import { GraphValidationError } from '../errors.ts';

export interface TimeoutPolicy {
  /** The longest that an attempt may take, in milliseconds. */
  readonly runTimeout?: number;
  /** The longest that an attempt may go without progress, in milliseconds. */
  readonly idleTimeout?: number;
  /** What is progress: `auto`, what the node streams, and what graphs and models inside it do, too; `heartbeat`, only `config.heartbeat()`. @default 'auto' */
  readonly refreshOn?: 'auto' | 'heartbeat';
}

/** A number is a `runTimeout`. @throws GraphValidationError */
export function readTimeout(given: number | TimeoutPolicy | undefined | null): TimeoutPolicy | undefined {
  if (given === undefined || given === null) return undefined;
  const policy = typeof given === 'number' ? { runTimeout: given } : given;
  const { runTimeout, idleTimeout, refreshOn = 'auto' } = policy;
  for (const [name, ms] of Object.entries({ runTimeout, idleTimeout })) {
    if (ms !== undefined && ms !== null && !(typeof ms === 'number' && ms > 0)) {
      throw new GraphValidationError(`${name} must be greater than 0.`);
    }
  }
  if (refreshOn !== 'auto' && refreshOn !== 'heartbeat') {
    throw new GraphValidationError('refreshOn must be "auto" or "heartbeat".');
  }
  return runTimeout || idleTimeout ? policy : undefined;
}
