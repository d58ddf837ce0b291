/**
 * `errorHandler`: runs in place of a node that failed for good, in the same task. What it returns counts instead of what the node would have,
 * and the node's edges do not fire. It has questions of its own; while it waits for an answer the node is not run again.
 */
import type { LangGraphRunnableConfig } from '../config.ts';
import { type Attempt, newAttempt, runOnce } from '../engine/attempt.ts';
import { inTask } from '../engine/current.ts';
import { describe } from '../engine/task.ts';
import { toldTask } from '../engine/tell.ts';
import { isGraphBubbleUp } from '../signals.ts';
import type { NodeReturn } from '../graph/node-types.ts';

/** What an error handler is told: which node failed, and how. */
export class NodeError {
  readonly node: string;
  readonly error: Error;
  constructor(node: string, error: Error) {
    this.node = node;
    this.error = error;
  }
}

export function isNodeError(value: unknown): value is NodeError {
  return value instanceof NodeError;
}

export type NodeErrorHandler<State = unknown, Update = Partial<State>> = (
  state: State,
  error: NodeError,
  config: LangGraphRunnableConfig,
) => NodeReturn<Update> | Promise<NodeReturn<Update>>;

/**
 * @param by the name under which the handler is told
 * @param limited gives the handler the policies of all nodes
 */
export function withErrorHandler(
  run: Attempt,
  handle: NodeErrorHandler,
  by: string,
  limited: (handler: Attempt) => Attempt,
): Attempt {
  return async (first) => {
    const { node, record } = first.task;
    let failure: unknown;
    if (record.handling) failure = Object.assign(new Error(record.error?.message), { name: record.error?.name });
    else {
      try {
        return await run(first);
      } catch (error) {
        if (first.refusal || first.cancel.cause || isGraphBubbleUp(error)) throw error;
        await first.callsEnded();
        failure = error;
      }
    }
    const { scope, frame, task, listen } = first;
    const known = describe(failure);
    listen?.task?.({ scope, frame, task: toldTask(scope, frame, task, by) });
    if (!record.handling) listen?.failure?.({ scope, frame, task, error: known });
    const error = new NodeError(node.name, failure instanceof Error ? failure : new Error(String(failure)));
    const context = newAttempt(first, { attempt: 1, handler: { by, error: known } });
    const handler = limited((own) => runOnce(own, (state, config) => handle(state, error, config)));
    return inTask(context, () => handler(context));
  };
}
