/** Why a thread refuses a run: each says what stands in the way, and what to do. */
import {
  EmptyInputError,
  type ErrorCode,
  HoldpointError,
  invalidArgument,
  quote,
  UnknownInterruptError,
} from '../errors.ts';
import type { ActiveClaim, Head } from './checkpointer.ts';

/** One of LangGraph's savers in a graph of Holdpoint, or the other way round. */
export function foreignSaver(saver: string): HoldpointError {
  return invalidArgument(
    `${saver}: LangGraph's savers and Holdpoint's do not fit each other, because a run here claims its thread. Give a graph that was built with ` +
      "Holdpoint its MemorySaver or DynamoDBSaver. Give an agent of LangGraph's none, and make it a node of such a graph.",
  );
}

export function unknownThread(threadId: string): HoldpointError {
  return new EmptyInputError(`No thread "${threadId}". Start it with an input first.`, 'unknown_thread', { threadId });
}

export function unknownCheckpoint(threadId: string, id: string): HoldpointError {
  return refusal('unknown_checkpoint', threadId, `has no checkpoint ${quote(id)}. Take an id from its history.`, {
    checkpointId: id,
  });
}

/** A run that no longer holds its claim: it was taken over, or the thread was deleted. */
export function claimLost(threadId: string, runId: string): HoldpointError {
  const what = `was deleted, or run ${runId} held its claim for too long and was taken over. The run has saved nothing.`;
  return refusal('claim_lost', threadId, what, { runId });
}

export function graphMismatch(threadId: string, graph: string, wanted: string): HoldpointError {
  const what = `runs graph "${graph}", not "${wanted}". Leave the graph out, or use another thread.`;
  return refusal('graph_mismatch', threadId, what, { graph, wanted });
}

export function threadBusy(
  threadId: string,
  { runId, expiresAt }: ActiveClaim,
  { pending }: Head,
  now: number,
): HoldpointError {
  const retryAfterMs = expiresAt - now;
  const what =
    `is busy: run ${runId} is on it. Nothing was changed; try again when it has ended. ` +
    `If its process died, the thread is free in ${Math.ceil(retryAfterMs / 1000)} s, and a null input goes on.`;
  return refusal('thread_busy', threadId, what, { runId, expiresAt, retryAfterMs, pending });
}

export function runUnfinished(threadId: string, { runId }: ActiveClaim): HoldpointError {
  const what =
    `has another request, which was accepted first (run ${runId}) and was cut off. ` +
    'Continue it with a null input (or by sending the same request again); yours was not used.';
  return refusal('run_unfinished', threadId, what, { runId });
}

export function staleCheckpoint(
  threadId: string,
  wanted: string,
  { checkpointId: newest, pending }: Head,
): HoldpointError {
  const what = `has moved on from checkpoint ${quote(wanted)}. Its newest is ${quote(newest)}.`;
  return refusal('stale_checkpoint', threadId, what, { checkpointId: wanted, newest, pending });
}

export function notOnePending(threadId: string, pending: readonly string[]): HoldpointError {
  if (pending.length === 0) return refusal('nothing_to_resume', threadId, 'has no pending question to resume.');
  return new UnknownInterruptError(
    `Thread "${threadId}" has ${pending.length} pending questions, so one answer is ambiguous. Answer by id: ${pending.join(', ')}.`,
    threadId,
    pending,
  );
}

export function notPending(threadId: string, ids: readonly string[], pending: readonly string[]): HoldpointError {
  const few = ids.slice(0, 20); // a request may name any number
  const now = pending.length === 0 ? 'Nothing is pending now.' : `Pending now: ${pending.join(', ')}.`;
  return new UnknownInterruptError(
    `Thread "${threadId}": interrupt ${few.join(', ')} is not pending (answered already, or never asked). ${now}`,
    threadId,
    pending,
    few,
  );
}

export function pendingQuestion(threadId: string, pending: readonly string[]): HoldpointError {
  const what = `waits for an answer to ${pending.join(', ')}. Answer it, or send the input with discard: true to drop the question.`;
  return refusal('pending_question', threadId, what, { pending });
}

export function keyReused(threadId: string, { runId }: Pick<ActiveClaim, 'runId'>): HoldpointError {
  const what = `has this idempotency key from another body (run ${runId}). Nothing was changed. Use a new key for a new request.`;
  return refusal('idempotency_key_reused', threadId, what, { runId });
}

export function inProgress(threadId: string, { runId, expiresAt }: ActiveClaim, now: number): HoldpointError {
  const what = `works on this very request (run ${runId}). Send it again when that has ended, and get its outcome.`;
  return refusal('in_progress', threadId, what, { runId, expiresAt, retryAfterMs: expiresAt - now });
}

export function outcomeGone(threadId: string, runId: string): HoldpointError {
  const what = `has carried this request out (run ${runId}), and the history that had its outcome has expired. Get the thread.`;
  return refusal('unknown_checkpoint', threadId, what, { runId });
}

function refusal(code: ErrorCode, threadId: string, what: string, details: object = {}): HoldpointError {
  return new HoldpointError(code, `Thread "${threadId}" ${what}`, { threadId, ...details });
}
