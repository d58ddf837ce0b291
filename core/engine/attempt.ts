/** Runs a node as a new attempt of its task: in a context of its own, with a config that knows of it. */
import type { LangGraphRunnableConfig } from '../config.ts';
import type { NodeSpec } from '../graph/spec.ts';
import type { Cancel } from './cancel.ts';
import { type Handling, inTask, TaskContext } from './context.ts';
import { nodeConfig } from './runtime.ts';

export type Run = NodeSpec['run'];

export interface AttemptOptions {
  /** @default that of the attempt before */
  readonly cancel?: Cancel;
  /** @default that of the attempt before: a part of it */
  readonly attempt?: number;
  readonly config?: Partial<LangGraphRunnableConfig>;
  readonly handler?: Handling;
}

export function newAttempt(
  before: TaskContext,
  { cancel = before.cancel, attempt = before.attempt, config, handler }: AttemptOptions,
): TaskContext {
  const { scope, frame, task } = before;
  const context = new TaskContext(scope, frame, task, cancel, before, attempt, handler);
  const { callbacks } = before.config;
  context.config = Object.assign(nodeConfig(context), callbacks && { callbacks }, config);
  return context;
}

/** Ends when the graphs that the node called have ended. */
export function runAttempt(context: TaskContext, run: Run, input: unknown): Promise<unknown> {
  return inTask(context, async () => {
    try {
      return await run(input, context.config);
    } finally {
      await context.callsEnded();
    }
  });
}
