/**
 * Where values stand in a checkpoint that users own or are shown: channels, inputs, results, questions, answers and the like. Everything else
 * in it is the engine's, and changed by nobody (K1). Pure.
 */
import { copyOf } from '../maps.ts';
import type {
  Answer,
  Checkpoint,
  Frame,
  Planned,
  Question,
  Sent,
  Stored,
  TaskRecord,
  TaskResult,
  Trace,
  Wrote,
} from './checkpoint.ts';

/** What becomes of them. Without a change it returns what it was given. */
export interface Change {
  readonly value: (value: unknown) => unknown;
  readonly channel: (stored: Stored, name: string) => Stored;
}

/** The same with its values changed; itself when none of them changes. */
type Changed<One> = (one: One) => One;

export interface Changer {
  readonly checkpoint: Changed<Checkpoint>;
  readonly record: Changed<TaskRecord>;
}

export function changerOf({ value, channel }: Change): Changer {
  const whole = <One extends object>(one: One): One => (Object.keys(one).length === 0 ? one : (value(one) as One));
  const input = fields<Planned | Sent>({ input: value }) as <One extends Planned>(one: One) => One;
  const write = (given: Write): Write => {
    const changed = value(given[1]);
    return changed === given[1] ? given : [given[0], changed];
  };
  const trace = (one: Trace): Trace => (typeof one === 'string' || one.length === 3 ? one : write(one));
  const traces = items<Traces>(trace);
  const question = fields<Question>({ value, response_schema: whole });
  const nested = entries((one: Frame): Frame => frame(one));
  const record = fields<TaskRecord>({
    answers: items(fields<Answer>({ question: value, answer: value })),
    questions: items((one) => ('slot' in one ? question(one) : one)),
    result: fields<TaskResult>({
      writes: items(write),
      targets: items((one) => (typeof one === 'string' ? one : input(one))),
    }),
    error: whole,
    calls: nested,
    kept: nested,
    inside: entries(entries((one: TaskRecord): TaskRecord => record(one))),
  });
  const frame = fields<Frame>(
    {
      channels: entries(channel),
      next: items(input),
      tasks: entries(record),
      kept: nested,
      wrote: items<Wrote>((one) => (typeof one === 'number' ? one : traces(one))),
    },
    (one) => ({ ...one }),
  );
  const checkpoint = fields<Checkpoint>(
    { metadata: whole, origin: whole, called: whole, frame, failure: whole, answered: whole },
    (one) => ({ ...one }),
  );
  return { checkpoint, record };
}

type Write = TaskResult['writes'][number];
type Traces = Exclude<Wrote[number], number>;

/**
 * An object, some of whose fields hold values or are values.
 * @param copy of its own for what every save copies: code that copies objects of one kind alone is several times as fast
 */
function fields<One extends object>(
  changes: { readonly [Key in keyof One]?: Changed<Exclude<One[Key], undefined>> },
  copy = (one: One): One => ({ ...one }),
): Changed<One> {
  const all = Object.entries(changes) as [keyof One, Changed<One[keyof One]>][];
  return (one) => {
    let changed: One | undefined;
    for (const [key, change] of all) {
      const before = one[key];
      if (before === undefined) continue;
      const after = change(before);
      if (after !== before) (changed ??= copy(one))[key] = after;
    }
    return changed ?? one;
  };
}

function items<List extends readonly unknown[]>(change: Changed<List[number]>): Changed<List> {
  return (list) => {
    let changed: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const after = change(list[i]);
      if (after !== list[i]) (changed ??= [...list])[i] = after;
    }
    return (changed ?? list) as List;
  };
}

function entries<One>(change: (one: One, name: string) => One): Changed<ReadonlyMap<string, One>> {
  return (map) => {
    let changed: Map<string, One> | undefined;
    for (const [name, one] of map) {
      const after = change(one, name);
      if (after !== one) (changed ??= copyOf(map)).set(name, after);
    }
    return changed ?? map;
  };
}
