/**
 * Where values stand in a checkpoint that users own or are shown: channels, inputs, results, questions, answers and the like. Everything else
 * in it is the engine's, and changed by nobody (K1). Pure.
 */
import { type Changed, entries, fields, items } from './changed.ts';
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
  const record = fields<TaskRecord>(
    {
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
    },
    (one) => ({ ...one }),
  );
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
