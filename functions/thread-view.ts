/** A thread as GET /threads/{thread_id} shows it: where it stands, in one object. */
import { askedIn, pendingQuestions } from '../core/checkpoint/checkpoint.ts';
import type { Head, LoadedThread, ThreadStatus } from '../core/checkpoint/checkpointer.ts';
import { runNow, statusNow } from '../core/checkpoint/summary.ts';
import { snapshotOf } from '../core/engine/snapshot.ts';
import type { App } from './options.ts';
import { findGraph } from './served.ts';

export interface ThreadView {
  readonly thread_id: string;
  readonly status: ThreadStatus | 'busy';
  readonly graph: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly checkpoint_id: string | null;
  /** The run that is on the thread, while it is busy. */
  readonly run_id: string | null;
  readonly values: Readonly<Record<string, unknown>>;
  readonly interrupts: readonly { readonly id: string; readonly value: unknown }[];
  readonly next: readonly string[];
}

export function describeThread(app: App, threadId: string, { head, checkpoint }: LoadedThread): ThreadView {
  const snapshot = checkpoint && snapshotOf(findGraph(app, head.graph, threadId), threadId, checkpoint);
  const { claim } = head;
  const run = runNow(claim && { ...claim, recorded: claim.request !== undefined }, app.now());
  const status = statusNow(head.status, run);
  const questions = checkpoint ? askedIn(pendingQuestions(checkpoint.frame)) : [];
  return {
    thread_id: threadId,
    status,
    graph: head.graph ?? null,
    created_at: head.createdAt,
    updated_at: head.updatedAt,
    checkpoint_id: head.checkpointId ?? null,
    run_id: run?.state === 'running' ? run.runId : null,
    values: snapshot?.values ?? {},
    interrupts: questions.filter(({ id }) => isOpen(head, id)),
    next: snapshot?.next ?? [],
  };
}

/** Whether a question is still to be answered: a claim's request has answered or discarded some. */
function isOpen({ claim }: Head, id: string): boolean {
  const request = claim?.request;
  if (!request || request.kind === 'continue') return true;
  if (request.kind === 'input') return false;
  const { answers, resume } = request.command;
  return resume ? false : !(answers && Object.hasOwn(answers, id));
}
