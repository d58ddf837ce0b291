/**
 * What a session tells, made comparable: ids become numbers in the order in which they first appear, so a changed or a repeated id
 * still differs; what is neither id nor promise (times, run ids) is left out.
 */
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}/g;

/** In chunks: times, and configs. Those name saved versions of supersteps, of which Holdpoint has more, and show LangGraph's inner workings. */
function leftOut(key: string, value: unknown): unknown {
  return ['timestamp', 'config', 'parentConfig'].includes(key) ? undefined : value;
}

/** A result that is undefined. */
export const UNDEFINED = '«undefined»';

export class Ids {
  readonly #names = new Map<string, string>();

  /**
   * A copy of plain data, its ids renamed.
   * @param known only those that were named before; tasks of nested graphs side by side have no order
   */
  rename(told: unknown, known = false): unknown {
    const text = JSON.stringify(told, leftOut) ?? 'null';
    return JSON.parse(text.replaceAll(ID, (id) => (known ? (this.#names.get(id) ?? '#?') : this.#nameOf(id))));
  }

  #nameOf(id: string): string {
    const name = this.#names.get(id) ?? `#${this.#names.size + 1}`;
    this.#names.set(id, name);
    return name;
  }
}

export interface Question {
  readonly id: string;
  readonly value: unknown;
}

interface Task {
  readonly id: string;
  readonly name: string;
  readonly path: readonly unknown[];
  readonly interrupts: readonly Question[];
  readonly error?: { readonly name: string; readonly message: string };
  readonly result?: unknown;
}

export interface Snapshot {
  readonly values: unknown;
  readonly next: readonly string[];
  readonly tasks: readonly Task[];
  readonly metadata?: { readonly source: string; readonly step: number };
  readonly config: { readonly configurable: { readonly checkpoint_id?: string } };
  readonly parentConfig?: { readonly configurable: { readonly checkpoint_id?: string } };
}

export interface Look {
  /** Of a checkpoint in the history, by its id. */
  place(id: string | undefined): number | undefined;
  /** Whether a question is to be shown. */
  shows(question: Question): boolean;
}

export function shapeOf(snapshot: Snapshot, look: Look): unknown {
  const { values, next, tasks, metadata, parentConfig } = snapshot;
  return {
    values,
    next,
    tasks: tasks.map(({ id, name, path, interrupts, error, result }) => ({
      id,
      name,
      path,
      interrupts: sorted(interrupts.filter((question) => look.shows(question))),
      // The words of the library's own errors are its own.
      error: error?.message.endsWith(' failed') ? error.message : error?.name,
      result,
    })),
    source: metadata?.source,
    step: metadata?.step,
    parent: look.place(parentConfig?.configurable.checkpoint_id),
  };
}

/** Parallel questions of nested graphs come in the order in which they were asked there, of tasks here: by what they say. */
export function sorted(questions: readonly Question[], key: (one: Question) => string = textOf): Question[] {
  return [...questions].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function textOf({ value }: Question): string {
  return String(value);
}

/** The questions of results and chunks sorted, their ids renamed before. */
export function withSorted(told: unknown): unknown {
  if (Array.isArray(told)) return told.map(withSorted);
  if (typeof told !== 'object' || told === null) return told;
  return Object.fromEntries(
    Object.entries(told).map(([key, value]) => [
      key,
      key === '__interrupt__' || key === 'interrupts'
        ? sorted(value as Question[], (one) => textOf(one) + one.id)
        : withSorted(value),
    ]),
  );
}

const REFUSALS = new Set(['HoldpointError', 'UnknownInterruptError']);

/** User errors by class and message; those of the library by class and `lc_error_code`: the words are its own. Refusals by code. */
export function errorShape(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: error };
  if (REFUSALS.has(error.name)) return { refused: (error as { code?: unknown }).code };
  if (error instanceof TypeError) return { name: error.name, message: error.message };
  return { name: error.name, lc_error_code: (error as { lc_error_code?: unknown }).lc_error_code };
}
