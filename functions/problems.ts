/**
 * Errors as `application/problem+json`: the one place where a code becomes a status, and an error becomes a response.
 *
 * - P1 The table is total: a code without a row does not compile. docs/errors.md has a heading for each.
 * - P2 A refusal has the status of its code. A run that failed is a 500 whatever it threw: the fault is the graph's, not the request's.
 * - P3 A message is shown, a stack never. An error that nobody foresaw shows no message either.
 */
import { type ErrorCode, HoldpointError } from '../core/errors.ts';
import { toWire } from './wire.ts';

/** What HTTP adds to the engine's codes. */
export type HttpCode =
  | 'body_too_large'
  | 'internal'
  | 'invalid_request'
  | 'invalid_thread_id'
  | 'malformed_json'
  | 'method_not_allowed'
  | 'node_failed'
  | 'unbound_answer'
  | 'unknown_graph'
  | 'unknown_route';

export type ProblemCode = ErrorCode | HttpCode;

/** P1 */
export const PROBLEMS = {
  ambiguous_answer: [409, 'Several questions are pending'],
  body_too_large: [413, 'Request body too large'],
  claim_lost: [409, 'The run lost its thread'],
  concurrent_update: [422, 'Two values for one channel'],
  corrupt_item: [500, 'Stored item cannot be read'],
  empty_input: [422, 'Nothing to run'],
  graph_changed: [409, 'The graph has changed under the thread'],
  graph_mismatch: [409, 'Another graph than the thread has'],
  idempotency_key_reused: [422, 'The key was used for another request'],
  in_progress: [409, 'This request is being worked on'],
  internal: [500, 'Unexpected error'],
  interrupt_mismatch: [409, 'The node asks another question now'],
  invalid_answer: [422, 'The answer does not match its schema'],
  interrupt_not_pending: [409, 'The question is not pending'],
  invalid_argument: [400, 'Invalid argument'],
  invalid_graph: [500, 'Invalid graph'],
  invalid_request: [400, 'Invalid request'],
  invalid_thread_id: [400, 'Invalid thread id'],
  invalid_update: [422, 'The state cannot take the update'],
  malformed_json: [400, 'The body is not JSON'],
  method_not_allowed: [405, 'Method not allowed'],
  missing_checkpointer: [500, 'No checkpointer'],
  missing_thread_id: [400, 'No thread id'],
  node_failed: [500, 'A node failed'],
  node_timeout: [500, 'A node took too long'],
  nothing_to_resume: [409, 'No question is pending'],
  outside_graph: [500, 'Called outside of a graph'],
  pending_question: [409, 'A question is pending'],
  recursion_limit: [500, 'Recursion limit reached'],
  run_unfinished: [409, 'An earlier request is unfinished'],
  stale_checkpoint: [409, 'The thread has moved on'],
  store_unavailable: [503, 'Store unavailable'],
  thread_busy: [409, 'The thread is busy'],
  unbound_answer: [428, 'The answer does not say what it answers'],
  unknown_checkpoint: [404, 'Unknown checkpoint'],
  unknown_graph: [404, 'Unknown graph'],
  unknown_route: [404, 'No such route'],
  unknown_thread: [404, 'Unknown thread'],
  unstorable_state: [422, 'Cannot be stored'],
} as const satisfies Record<ProblemCode, readonly [status: number, title: string]>;

export interface ProblemOptions {
  /** @default the code's own */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** Thrown by handlers: a refusal, or a run that failed. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    { status = PROBLEMS[code][0], headers = {}, cause }: ProblemOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.details = details;
    this.headers = headers;
  }
}

/** @param requestId is shown with an error that nobody foresaw, so that its log entry can be found */
export function toProblem(error: unknown, requestId?: string): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HoldpointError) {
    return new Problem(error.code, error.message, error.details, { headers: retryHeader(error), cause: error });
  }
  const details = requestId === undefined ? {} : { requestId };
  return new Problem('internal', 'An unexpected error. It has been logged.', details, { cause: error });
}

/** The body of a problem response, and the data of an `error` event. */
export function problemBody({ code, status, message, details }: Problem): Record<string, unknown> {
  const facts = Object.entries(details).map(([key, value]) => [snakeCase(key), toWire(value)]);
  const problem = { type: 'about:blank', title: PROBLEMS[code][1], status, detail: message, code };
  return { ...problem, ...Object.fromEntries(facts), ...problem };
}

export function problemResponse(problem: Problem): Response {
  return new Response(JSON.stringify(problemBody(problem)), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...problem.headers },
  });
}

/** The longest wait that a busy thread asks for: most runs end long before their claim would expire. */
const BUSY_RETRY_SECONDS = 5;

function retryHeader({ code, details }: HoldpointError): Record<string, string> {
  if (code === 'store_unavailable') return { 'retry-after': details['retryable'] === false ? '30' : '1' };
  if (code !== 'thread_busy' && code !== 'in_progress') return {};
  const seconds = Math.ceil(Number(details['retryAfterMs'] ?? 1000) / 1000);
  return { 'retry-after': `${Math.min(Math.max(seconds, 1), BUSY_RETRY_SECONDS)}` };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
