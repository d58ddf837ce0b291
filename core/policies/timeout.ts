/**
 * `timeout`: ends an attempt of a node that takes too long, or makes no progress for too long. Its signal is aborted, and what it still
 * does is neither seen nor kept (Q7). Each retry has its full time again.
 */
import { type Attempt, newAttempt } from '../engine/attempt.ts';
import { Cancel } from '../engine/cancel.ts';
import { inTask } from '../engine/current.ts';
import { through } from '../engine/events.ts';
import { NodeTimeoutError } from '../errors.ts';
import type { TimeoutPolicy } from './timeout-policy.ts';

export function withTimeout(run: Attempt, policy: TimeoutPolicy): Attempt {
  const { runTimeout, idleTimeout, refreshOn = 'auto' } = policy;
  return async (around) => {
    const { scope, task } = around;
    const start = scope.now();
    let progress = start;
    const heartbeat = (): void => {
      progress = scope.now();
    };
    const cancel = new Cancel(around.cancel);
    const attempt = newAttempt(around, { cancel, config: { heartbeat } });
    const touch = refreshOn === 'auto' ? heartbeat : () => undefined;
    attempt.touch = touch;
    const whileOn =
      <T>(tell: (told: T) => void) =>
      (told: T): void => {
        touch();
        if (!attempt.over) tell(told);
      };
    attempt.listen &&= through(attempt.listen, whileOn);
    const { writer, callbacks } = attempt.config;
    Object.assign(attempt.config, { writer: whileOn(writer!) });
    if (idleTimeout && refreshOn === 'auto')
      Object.assign(attempt.config, { callbacks: heard(callbacks as Callbacks | undefined, touch) });
    const ends = (): readonly [run: number, idle: number] => [
      start + (runTimeout ?? Infinity),
      progress + (idleTimeout ?? Infinity),
    ];
    const expired = (): NodeTimeoutError | undefined => {
      const now = scope.now();
      const [run, idle] = ends();
      const kind = now >= run ? 'run' : now >= idle ? 'idle' : undefined;
      return (
        kind && new NodeTimeoutError({ node: task.node.name, elapsed: now - start, kind, runTimeout, idleTimeout })
      );
    };
    const done = new AbortController();
    const watch = async (): Promise<NodeTimeoutError | undefined> => {
      while (!done.signal.aborted && !expired()) await scope.sleep(Math.min(...ends()) - scope.now(), done.signal);
      return expired();
    };
    const work = inTask(attempt, () => run(attempt));
    const late = await Promise.race([watch(), work.then(expired, expired)]);
    done.abort();
    if (!late) return work;
    cancel.abort(late);
    attempt.close();
    throw late;
  };
}

const HEARD = ['LLMStart', 'ChatModelStart', 'LLMNewToken', 'LLMEnd', 'ToolStart', 'ToolEnd', 'ChainStart', 'ChainEnd'];

type Callbacks = readonly object[] | { copy(more: readonly object[]): object };

/** LangChain's callbacks, and one more handler, which hears that models and tools inside the node do something. */
function heard(callbacks: Callbacks = [], touch: () => void): object {
  const handler = { name: 'progress', ...Object.fromEntries(HEARD.map((event) => [`handle${event}`, touch])) };
  return 'copy' in callbacks ? callbacks.copy([handler]) : [...callbacks, handler];
}
