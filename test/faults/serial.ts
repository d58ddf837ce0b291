/**
 * What a thread does when nobody else is on it: the specification that concurrent histories are held against. Plain data, no engine.
 * The graph is `twoQuestions`: begin -> first (asks) -> second (asks).
 */
import type { Span } from './scheduler.ts';

export interface Model {
  readonly log: readonly string[];
  /** The question that is pending. `first` is the one that was asked before the history begins; a later run asks `first again`. */
  readonly pending?: 'first' | 'first again' | 'second';
  readonly next: readonly string[];
  /** Whether the checkpoint is the one that was the newest before the history begins. */
  readonly untouched?: true;
  /** What idempotency keys were used for, and what that came to. */
  readonly spent?: ReadonlyMap<string, { readonly operation: Operation; readonly outcome: Model }>;
}

/** Undefined: there is no thread. */
export type Thread = Model | undefined;

export type Operation =
  /** An answer to `first`, by its id, at its checkpoint, or to whatever is pending; perhaps with an idempotency key. */
  | {
      readonly do: 'resume';
      readonly by: 'id' | 'checkpoint' | 'nothing';
      readonly answer: string;
      readonly key?: string;
    }
  /** New input; a pending question is dropped. */
  | { readonly do: 'invoke' }
  /** `updateState` as if `first` had run. */
  | { readonly do: 'update' }
  | { readonly do: 'continue' }
  | { readonly do: 'delete' };

/** What an operation was told: `ok` and what the thread was then, or why it was refused. */
export interface Told {
  readonly code: string;
  readonly log?: readonly string[];
  readonly pending?: readonly string[];
}

export interface Event {
  readonly operation: Operation;
  readonly told: Told;
  readonly span: Span;
  /** Its claim expires while it is on its way: whoever comes may take over. */
  readonly expires: boolean;
}

const beginning: Model = { log: ['begin'], pending: 'first', next: ['first'], untouched: true };

interface Step {
  readonly code: string;
  readonly thread: Thread;
  /** What the caller is shown, when that is not the thread as it is now. */
  readonly shown?: Model;
}

/** One operation on a thread that nobody else is on. */
export function apply(thread: Thread, operation: Operation): Step {
  if (operation.do === 'delete') return { code: thread ? 'ok' : 'unknown_thread', thread: undefined };
  if (operation.do === 'invoke') {
    return changed(thread, { log: [...(thread?.log ?? []), 'begin'], pending: 'first again', next: ['first'] });
  }
  if (!thread) return { code: 'unknown_thread', thread };
  const { log, pending, next } = thread;
  switch (operation.do) {
    case 'resume':
      return operation.key === undefined ? resume(thread, operation) : resumeOnce(thread, operation, operation.key);
    case 'update':
      return changed(thread, { log: [...log, 'by hand'], next: ['second'] });
    case 'continue':
      if (pending) return changed(thread, { log, pending, next });
      return next.length > 0 ? changed(thread, { log, pending: 'second', next }) : { code: 'ok', thread };
  }
}

type Resume = Extract<Operation, { readonly do: 'resume' }>;

function resumeOnce(thread: Model, operation: Resume, key: string): Step {
  const used = thread.spent?.get(key);
  if (used && !sameOperation(used.operation, operation)) return { code: 'idempotency_key_reused', thread };
  if (used) return { code: 'ok', thread, shown: used.outcome };
  const step = resume(thread, operation);
  if (step.code !== 'ok') return step;
  const outcome = step.thread!;
  return { ...step, thread: { ...outcome, spent: new Map(thread.spent).set(key, { operation, outcome }) } };
}

function resume(thread: Model, { by, answer }: Resume): Step {
  const { log, pending, untouched } = thread;
  if (by === 'checkpoint' && !untouched) return { code: 'stale_checkpoint', thread };
  if (by === 'id' && pending !== 'first') return { code: 'interrupt_not_pending', thread };
  if (!pending) return { code: 'nothing_to_resume', thread };
  const told = [...log, `${nodeOf(pending)}: ${answer}`];
  if (pending === 'second') return changed(thread, { log: told, next: [] });
  return changed(thread, { log: told, pending: 'second', next: ['second'] });
}

function changed(before: Thread, now: Omit<Model, 'spent'>): Step {
  return { code: 'ok', thread: { ...now, ...(before?.spent && { spent: before.spent }) } };
}

function nodeOf(question: NonNullable<Model['pending']>): 'first' | 'second' {
  return question === 'second' ? 'second' : 'first';
}

/** A serial order that explains a history: the thread after it, and what must have happened outside. */
export interface Explanation {
  readonly thread: Thread;
  readonly effects: readonly string[];
  /** What may have happened outside as well: of a run whose thread was deleted meanwhile. */
  readonly perhaps: readonly string[];
}

/**
 * The serial orders in which everybody would have been told the same. Only operations that were on their way at the same time may change
 * places, and only they may be told of each other: `thread_busy`, `in_progress` and `run_unfinished` change nothing; `claim_lost` means that
 * the thread was deleted, or that the claim had expired and another run went on with what it recorded.
 */
export function explanations(events: readonly [Event, Event]): Explanation[] {
  const [a, b] = events;
  const together = a.span.from < b.span.to && b.span.from < a.span.to;
  const orders = together
    ? [[a, b] as const, [b, a] as const]
    : [a.span.to <= b.span.from ? ([a, b] as const) : ([b, a] as const)];
  return orders.flatMap(([first, second]) =>
    outcomes(beginning, first, together && second).flatMap((one) =>
      outcomes(one.thread, second, together && first).map(({ thread, effects, perhaps }) => ({
        thread,
        effects: [...one.effects, ...effects],
        perhaps: [...one.perhaps, ...perhaps],
      })),
    ),
  );
}

/** What an operation may have done to a thread, by what it was told. Nothing when it cannot have been told that here. */
function outcomes(thread: Thread, { operation, told, expires }: Event, other: Event | false): Explanation[] {
  const nothing = { thread, effects: [], perhaps: [] };
  const step = apply(thread, operation);
  const effects = step.code === 'ok' && !step.shown ? effectsOf(thread, operation) : [];
  const done = { thread: step.thread, effects, perhaps: [] };
  if (told.code === step.code) return told.code !== 'ok' || shows(told, step.shown ?? step.thread) ? [done] : [];
  if (!other) return [];
  switch (told.code) {
    case 'thread_busy':
    case 'in_progress':
    case 'run_unfinished':
      return [nothing];
    case 'idempotency_key_reused':
      return sameKey(operation, other.operation) ? [nothing] : [];
    case 'claim_lost':
      if (other.operation.do === 'delete') return [{ ...nothing, perhaps: effects }];
      if (!expires) return [];
      if (operation.do === 'update') return [nothing]; // there is nothing to go on with
      return step.code === 'ok' ? [done] : [];
    case 'ok': // the same request again went on with what the first one had been accepted for
      return sameOperation(operation, other.operation) && shows(told, thread) ? [nothing] : [];
    default:
      return [];
  }
}

function shows({ log, pending }: Told, thread: Thread): boolean {
  if (log === undefined) return true;
  return String(log) === String(thread?.log) && String(pending) === String(pendingOf(thread));
}

export function pendingOf(thread: Thread): string[] {
  return thread?.pending ? [`${nodeOf(thread.pending)}?`] : [];
}

function effectsOf(thread: Thread, operation: Operation): string[] {
  if (operation.do === 'invoke') return ['begin'];
  if (operation.do !== 'resume' || !thread?.pending) return [];
  return [`${nodeOf(thread.pending)} was told ${operation.answer}`];
}

function sameOperation(a: Operation, b: Operation): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sameKey(a: Operation, b: Operation): boolean {
  return a.do === 'resume' && b.do === 'resume' && a.key !== undefined && a.key === b.key;
}
