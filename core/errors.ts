/**
 * Every error that Holdpoint raises: one base class, a closed union of codes, the facts in `details`.
 * Messages say what failed, by name, and what to do. They never carry a secret or a stack.
 */

import type { SchemaIssue } from './schema/standard.ts';

/** Stable across releases; the HTTP surface maps each of them to a status, and docs/errors.md has a heading for each. */
export type ErrorCode =
  | 'ambiguous_answer'
  | 'claim_lost'
  | 'concurrent_update'
  | 'corrupt_item'
  | 'empty_input'
  | 'graph_changed'
  | 'graph_mismatch'
  | 'idempotency_key_reused'
  | 'in_progress'
  | 'interrupt_mismatch'
  | 'interrupt_not_pending'
  | 'invalid_answer'
  | 'invalid_argument'
  | 'invalid_graph'
  | 'invalid_update'
  | 'missing_checkpointer'
  | 'missing_thread_id'
  | 'node_timeout'
  | 'nothing_to_resume'
  | 'outside_graph'
  | 'pending_question'
  | 'recursion_limit'
  | 'run_unfinished'
  | 'stale_checkpoint'
  | 'store_unavailable'
  | 'thread_busy'
  | 'unknown_checkpoint'
  | 'unknown_thread'
  | 'unstorable_state';

export class HoldpointError extends Error {
  override readonly name: string = 'HoldpointError';
  readonly code: ErrorCode;
  /** The facts of the message, for programs: ids, names, what is pending. */
  readonly details: Readonly<Record<string, unknown>>;
  /** LangGraph's name for it, where it has one. */
  declare readonly lc_error_code?: string | undefined;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** A call that makes no sense, whatever the thread. */
export function invalidArgument(message: string, details?: HoldpointError['details']): HoldpointError {
  return new HoldpointError('invalid_argument', message, details);
}

export function isHoldpointError(error: unknown): error is HoldpointError {
  return error instanceof HoldpointError;
}

/** A node, an edge or a channel that the builder refuses, at compile time. Code `invalid_graph`. */
export class GraphValidationError extends HoldpointError {
  override readonly name: string = 'GraphValidationError';
  constructor(message: string, details?: Readonly<Record<string, unknown>>) {
    super('invalid_graph', message, details);
  }
}

/** What was given to `new StateGraph(…)` is no state schema. Code `invalid_graph`. */
export class StateGraphInputError extends GraphValidationError {
  override readonly name = 'StateGraphInputError';
}

/** No edge leads to a node. Code `invalid_graph`. */
export class UnreachableNodeError extends GraphValidationError {
  override readonly name = 'UnreachableNodeError';
  override readonly lc_error_code = 'UNREACHABLE_NODE';
}

export interface NodeTimeoutFields {
  readonly node: string;
  /** Since the attempt began, in milliseconds. */
  readonly elapsed: number;
  readonly kind: 'run' | 'idle';
  readonly runTimeout?: number | undefined;
  readonly idleTimeout?: number | undefined;
}

/** An attempt of a node took longer than its `timeout` allows. Worth a retry. Code `node_timeout`. */
export class NodeTimeoutError extends HoldpointError implements NodeTimeoutFields {
  override readonly name = 'NodeTimeoutError';
  declare readonly node: string;
  declare readonly kind: 'run' | 'idle';
  /** The limit that was passed, in milliseconds. */
  declare readonly timeout: number;
  declare readonly elapsed: number;
  declare readonly runTimeout: number | undefined;
  declare readonly idleTimeout: number | undefined;
  constructor({ node, elapsed, kind, runTimeout, idleTimeout }: NodeTimeoutFields) {
    const timeout = (kind === 'idle' ? idleTimeout : runTimeout) ?? 0;
    super(
      'node_timeout',
      `Node "${node}" exceeded its ${kind} timeout of ${timeout}ms${kind === 'idle' ? ' without making progress' : ''} (elapsed: ${elapsed}ms).`,
      { node, kind, timeout, elapsed },
    );
    Object.assign(this, { node, kind, timeout, elapsed, runTimeout, idleTimeout });
  }
}

export function isNodeTimeoutError(error: unknown): error is NodeTimeoutError {
  return (error as Error | undefined | null)?.name === 'NodeTimeoutError';
}

/** A run took more supersteps than `recursionLimit`. Code `recursion_limit`. */
export class GraphRecursionError extends HoldpointError {
  override readonly name = 'GraphRecursionError';
  override readonly lc_error_code = 'GRAPH_RECURSION_LIMIT';
  constructor(limit: number | string) {
    super(
      'recursion_limit',
      typeof limit === 'string'
        ? limit
        : `Recursion limit of ${limit} reached without hitting a stop condition. ` +
            'You can increase the limit by setting the "recursionLimit" config key.',
      { limit },
    );
  }
}

/** A store's namespace that is no array of labels. Code `invalid_argument`. */
export class InvalidNamespaceError extends HoldpointError {
  override readonly name = 'InvalidNamespaceError';
  constructor(message: string) {
    super('invalid_argument', message);
  }
}

/** A node returned, or a caller sent, an update that the state cannot take. Code `invalid_update` or `concurrent_update`. */
export class InvalidUpdateError extends HoldpointError {
  override readonly name = 'InvalidUpdateError';
  override readonly lc_error_code: string | undefined;
  constructor(
    message: string,
    details?: Readonly<Record<string, unknown>>,
    known?: 'INVALID_CONCURRENT_GRAPH_UPDATE' | 'INVALID_GRAPH_NODE_RETURN_VALUE',
  ) {
    super(known === 'INVALID_CONCURRENT_GRAPH_UPDATE' ? 'concurrent_update' : 'invalid_update', message, details);
    this.lc_error_code = known;
  }
}

/** An input, an update or a context that its schema refuses. Code `invalid_update`. Programs that look for a ZodError find its name and issues. */
export class SchemaError extends HoldpointError {
  override readonly name: string;
  readonly issues: readonly SchemaIssue[];
  constructor(who: string, issues: readonly SchemaIssue[]) {
    const problems = issues.map(({ path = [], message }) => {
      const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
      return `Validation failed for field "${keys.join('.')}": ${message}`;
    });
    super('invalid_update', `${who}: ${problems.join('; ')}`, { issues });
    this.name = issues.every((issue) => 'code' in issue) ? 'ZodError' : 'SchemaError';
    this.issues = issues;
  }
}

/** Nothing to run: no input, or a thread that has none. Code `empty_input` or `unknown_thread`. */
export class EmptyInputError extends HoldpointError {
  override readonly name = 'EmptyInputError';
  constructor(
    message: string,
    code: 'empty_input' | 'unknown_thread' = 'empty_input',
    details?: HoldpointError['details'],
  ) {
    super(code, message, details);
  }
}

/** The graph was called in a way that it cannot serve: no checkpointer, no thread id, outside of a run. */
export class GraphValueError extends HoldpointError {
  override readonly name = 'GraphValueError';
  override readonly lc_error_code: string | undefined;
  /** @param known with `lc_error_code`, as LangGraph's callers give it */
  constructor(
    message: string,
    known?: 'missing_checkpointer' | 'missing_thread_id' | 'outside_graph' | { readonly lc_error_code?: string },
  ) {
    const code = typeof known === 'string' ? known : undefined;
    super(code ?? 'invalid_argument', message);
    this.lc_error_code = typeof known === 'object' ? known.lc_error_code : known?.toUpperCase();
  }
}

/** On replay a node asked something else than what was answered. Code `interrupt_mismatch`. The thread is untouched. */
export class InterruptMismatch extends HoldpointError {
  override readonly name = 'InterruptMismatch';
  constructor(node: string, slot: string, answered: unknown, asked: unknown) {
    super(
      'interrupt_mismatch',
      `Node "${node}", interrupt ${slot}: the recorded answer is to ${quote(answered)}, but now the node asks ${quote(asked)}. ` +
        'The answer was not used and the question is still pending. Give each interrupt() a { key }, ask the same questions ' +
        'in the same order on every replay, or compile with { checkQuestions: false }.',
      { node, slot, answered, asked },
    );
  }
}

/** An answer does not match the question's `responseSchema`. Code `invalid_answer`. The thread is untouched. */
export class InvalidResume extends HoldpointError {
  override readonly name = 'InvalidResume';
  /** As the schema tells them. */
  readonly issues: readonly { readonly message: string; readonly path?: unknown }[];
  constructor(node: string, slot: string, issues: InvalidResume['issues']) {
    const what = issues.map(({ message }) => message).join('; ');
    super(
      'invalid_answer',
      `Node "${node}", interrupt ${slot}: the answer does not match its schema: ${what}. It was not used and the question is still pending.`,
      { node, slot, issues },
    );
    this.issues = issues;
  }
}

export function isInvalidResume(error: unknown): error is InvalidResume {
  return error instanceof InvalidResume;
}

/** An answer to a question that is not pending, or to one of several without saying which. The thread is untouched. */
export class UnknownInterruptError extends HoldpointError {
  override readonly name = 'UnknownInterruptError';
  readonly reason: 'not_pending' | 'ambiguous';
  readonly interruptIds: readonly string[];
  readonly pendingIds: readonly string[];
  constructor(message: string, threadId: string, pending: readonly string[], ids?: readonly string[]) {
    super(ids ? 'interrupt_not_pending' : 'ambiguous_answer', message, { threadId, ...(ids && { ids }), pending });
    this.reason = ids ? 'not_pending' : 'ambiguous';
    this.interruptIds = ids ?? [];
    this.pendingIds = pending;
  }
}

export function isUnknownInterruptError(error: unknown): error is UnknownInterruptError {
  return error instanceof UnknownInterruptError;
}

/** A paused thread needs a node or channel that this version of the graph no longer has. Code `graph_changed`. The thread is untouched. */
export class GraphChanged extends HoldpointError {
  override readonly name = 'GraphChanged';
  constructor(message: string, details: Readonly<Record<string, unknown>>) {
    super('graph_changed', message, details);
  }
}

/** A value that storage cannot hold without changing it. Code `unstorable_state`. */
export class UnstorableState extends HoldpointError {
  override readonly name = 'UnstorableState';
  constructor(where: string, what: string) {
    super('unstorable_state', `${where}: ${what} cannot be stored.`, { where, what });
  }
}

/** A value in an error message: JSON where there is one, short. */
export function quote(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = undefined;
  }
  text ??= String(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
