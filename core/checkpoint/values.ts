/**
 * Where values stand in a checkpoint that users own or are shown: channels, inputs, results, questions, answers and the like. Everything else
 * in it is the engine's, and changed by nobody (K1). Pure.
 */
import type {
  Answer,
  Checkpoint,
  Frame,
  Planned,
  Question,
  Stored,
  TaskRecord,
  TaskResult,
  Trace,
  Wrote,
} from './checkpoint.ts';
import { copyOf } from '../maps.ts';

/** What becomes of them. Without a change it returns what it was given. */
export interface Change {
  value(value: unknown): unknown;
  channel(stored: Stored, name: string): Stored;
}

/** The checkpoint with each of its values changed. What holds none that changes stays the very object. */
export function changeValues(checkpoint: Checkpoint, change: Change): Checkpoint {
  const metadata = changeWhole(checkpoint.metadata, change);
  const origin = changeWhole(checkpoint.origin, change);
  const called = checkpoint.called && changeWhole(checkpoint.called, change);
  const frame = changeFrame(checkpoint.frame, change);
  const failure = checkpoint.failure && changeWhole(checkpoint.failure, change);
  const answered = checkpoint.answered && changeWhole(checkpoint.answered, change);
  const around = metadata === checkpoint.metadata && origin === checkpoint.origin && called === checkpoint.called;
  const ended = failure === checkpoint.failure && answered === checkpoint.answered;
  if (around && ended && frame === checkpoint.frame) return checkpoint;
  return {
    ...checkpoint,
    metadata,
    origin,
    frame,
    ...(called && { called }),
    ...(failure && { failure }),
    ...(answered && { answered }),
  };
}

function changeWhole<One extends object>(record: One, change: Change): One {
  return Object.keys(record).length === 0 ? record : (change.value(record) as One);
}

function changeFrame(frame: Frame, change: Change): Frame {
  const channels = changeEntries(frame.channels, (stored, name) => change.channel(stored, name));
  const next = changeItems(frame.next, (planned) => changeInput(planned, change));
  const tasks = changeTasks(frame.tasks, change);
  const kept = frame.kept && changeFrames(frame.kept, change);
  const wrote = frame.wrote && changeWrote(frame.wrote, change);
  const past = kept === frame.kept && wrote === frame.wrote;
  if (channels === frame.channels && next === frame.next && tasks === frame.tasks && past) return frame;
  return { ...frame, channels, next, tasks, ...(kept && { kept }), ...(wrote && { wrote }) };
}

function changeWrote(wrote: Wrote, change: Change): Wrote {
  const changed = changeItems<Wrote[number]>(wrote, (task) =>
    typeof task === 'number'
      ? task
      : (changeItems<string | Trace>(task, (trace) => changeTrace(trace, change)) as typeof task),
  );
  return changed as Wrote;
}

function changeTrace(trace: Trace, change: Change): Trace {
  return typeof trace === 'string' || trace.length === 3 ? trace : changeWrite(trace, change);
}

function changeFrames(frames: ReadonlyMap<string, Frame>, change: Change): ReadonlyMap<string, Frame> {
  return changeEntries(frames, (frame) => changeFrame(frame, change));
}

function changeTasks(records: Frame['tasks'], change: Change): Frame['tasks'] {
  return changeEntries(records, (record) => changeTask(record, change));
}

function changeTask(record: TaskRecord, change: Change): TaskRecord {
  const answers = changeItems(record.answers, (one) => changeAnswer(one, change));
  const questions = changeItems(record.questions, (one) => ('slot' in one ? changeQuestion(one, change) : one));
  const result = record.result && changeResult(record.result, change);
  const error = record.error && changeWhole(record.error, change);
  const calls = record.calls && changeFrames(record.calls, change);
  const kept = record.kept && changeFrames(record.kept, change);
  const inside = record.inside && changeEntries(record.inside, (said) => changeTasks(said, change));
  const said = answers !== record.answers || questions !== record.questions || result !== record.result;
  const nested = calls !== record.calls || kept !== record.kept || inside !== record.inside;
  if (!said && !nested && error === record.error) return record;
  return {
    ...record,
    answers,
    questions,
    ...(result && { result }),
    ...(error && { error }),
    ...(calls && { calls }),
    ...(kept && { kept }),
    ...(inside && { inside }),
  };
}

function changeAnswer(given: Answer, change: Change): Answer {
  return { ...given, question: change.value(given.question), answer: change.value(given.answer) };
}

function changeQuestion(asked: Question, change: Change): Question {
  const { value, response_schema: schema } = asked;
  return { ...asked, value: change.value(value), ...(schema && { response_schema: changeWhole(schema, change) }) };
}

function changeResult(result: TaskResult, change: Change): TaskResult {
  const writes = changeItems(result.writes, (write) => changeWrite(write, change));
  const targets = changeItems(result.targets, (target) =>
    typeof target === 'string' ? target : changeInput(target, change),
  );
  return writes === result.writes && targets === result.targets ? result : { ...result, writes, targets };
}

function changeWrite(write: TaskResult['writes'][number], change: Change): TaskResult['writes'][number] {
  const [channel, value] = write;
  const changed = change.value(value);
  return changed === value ? write : [channel, changed];
}

function changeInput<One extends Planned>(planned: One, change: Change): One {
  return 'input' in planned ? { ...planned, input: change.value(planned.input) } : planned;
}

function changeItems<One>(items: readonly One[], change: (item: One) => One): readonly One[] {
  let changed: One[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const made = change(items[i]!);
    if (made !== items[i]) (changed ??= [...items])[i] = made;
  }
  return changed ?? items;
}

function changeEntries<One>(
  entries: ReadonlyMap<string, One>,
  change: (item: One, key: string) => One,
): ReadonlyMap<string, One> {
  let changed: Map<string, One> | undefined;
  for (const [key, item] of entries) {
    const made = change(item, key);
    if (made !== item) (changed ??= copyOf(entries)).set(key, made);
  }
  return changed ?? entries;
}
