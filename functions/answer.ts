/** What `invoke` and `resume` answer: the end of a run as JSON, or as a problem when a node failed. */
import { taskPath } from '../core/checkpoint/checkpoint.ts';
import { HoldpointError, type ErrorCode } from '../core/errors.ts';
import type { RunEnd } from '../core/engine/outcome.ts';
import { describe } from '../core/engine/task.ts';
import type { Begun } from './execute.ts';
import { REPLAYED } from './idempotency-key.ts';
import { Problem } from './problems.ts';
import { toWire, wireText } from './wire.ts';

export interface Answer {
  readonly thread_id: string;
  readonly run_id: string;
  readonly checkpoint_id: string;
  readonly status: 'done' | 'interrupted' | 'paused';
  readonly values: unknown;
  readonly interrupts: unknown;
  readonly next: readonly string[];
}

/** What the engine raises about the graph that it runs. Any other error out of a run is the node's own. */
const ABOUT_THE_GRAPH: ReadonlySet<ErrorCode> = new Set([
  'concurrent_update',
  'graph_changed',
  'invalid_update',
  'recursion_limit',
  'unstorable_state',
]);

/** @throws Problem when the run failed */
export function answerOf(begun: Pick<Begun, 'threadId' | 'runId' | 'replayed'>, end: RunEnd): Answer {
  const { threadId, runId } = begun;
  const { status, checkpoint, values, interrupts, next } = end;
  if (status === 'error') throw runFailed(begun, end);
  return {
    thread_id: threadId,
    run_id: runId,
    checkpoint_id: checkpoint.id,
    status,
    values: toWire(values),
    interrupts: toWire(interrupts),
    next,
  };
}

/** With the checkpoint as its entity tag: `If-Match` on the next resume binds it to what was read. */
export function jsonResponse(body: unknown, checkpointId?: string | null): Response {
  return new Response(wireText(body), {
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(checkpointId && { etag: `"${checkpointId}"` }),
    },
  });
}

function runFailed(begun: Parameters<typeof answerOf>[0], { error, checkpoint }: RunEnd): Problem {
  const { threadId, runId, replayed } = begun;
  const facts = { threadId, runId, checkpointId: checkpoint.id };
  const options = { status: 500, cause: error, ...(replayed && { headers: REPLAYED }) };
  const retry =
    'The request was accepted and is saved: send input null to run the rest again. Do not send the same input twice.';
  if (error instanceof HoldpointError && ABOUT_THE_GRAPH.has(error.code)) {
    return new Problem(error.code, `${error.message} ${retry}`, { ...error.details, ...facts }, options);
  }
  const { frame } = checkpoint;
  const failed = frame.next.find((planned) => frame.tasks.get(taskPath(planned))?.error);
  const { name, message } = (failed && frame.tasks.get(taskPath(failed))?.error) ?? describe(error);
  const who = failed ? `Node "${failed.node}"` : 'A node';
  const details = { ...facts, ...(failed && { node: failed.node }), error: { name, message } };
  return new Problem('node_failed', `${who} threw ${name}: ${message}. ${retry}`, details, options);
}
