/**
 * What the tasks of a superstep wrote, as the checkpoint that came of it keeps it: for histories, which show it with the checkpoint before.
 * Pure.
 *
 * - W1 What a channel holds as it was written, or as a part of its list, is not kept twice.
 */
import {
  emptyRecord,
  type Frame,
  type Stored,
  type TaskRecord,
  type TaskResult,
  taskPath,
  type Trace,
  type Wrote,
} from '../checkpoint/checkpoint.ts';

type Channels = ReadonlyMap<string, Stored>;
type Write = TaskResult['writes'][number];

/** What came of a task. An error that its handler has dealt with is what is shown of it. */
export interface Outcome {
  readonly writes: TaskResult['writes'];
  readonly error?: NonNullable<TaskRecord['error']>;
}

/** Stands among the channels. */
const ERROR = '__error__';

/** @param channels as they are after the superstep */
export function wroteOf({ next, planned, tasks }: Frame, channels: Channels): Wrote {
  const wrote: [string, ...Trace[]][] = [];
  for (const one of next) {
    const path = taskPath(one);
    const { writes, error } = outcomeOf(tasks.get(path) ?? emptyRecord);
    if (!error && writes.length === 0) continue;
    const traces: [string, ...Trace[]] = [path];
    if (error) traces.push([ERROR, error]);
    for (const write of writes) traces.push(traceOf(write, channels));
    wrote.push(traces);
  }
  return [planned, ...wrote];
}

export function outcomeOf({ result, error }: TaskRecord): Outcome {
  const writes = result && result.by === undefined ? result.writes : [];
  return error ? { writes, error } : { writes };
}

/** Of the superstep before, by task path. */
export function outcomesBefore({ wrote, channels }: Frame): ReadonlyMap<string, Outcome> {
  const [, ...tasks] = wrote ?? [0];
  return new Map(
    tasks.map(([path, ...traces]) => {
      const writes = traces.map((trace) => writeOf(trace, channels));
      const [first, ...others] = writes;
      return [
        path,
        first?.[0] === ERROR ? { writes: others, error: first[1] as NonNullable<Outcome['error']> } : { writes },
      ];
    }),
  );
}

/** What a frame keeps of the superstep before when its channels become others. */
export function retrace({ wrote, channels: before }: Frame, channels: Channels): Frame['wrote'] {
  if (!wrote || channels === before) return wrote;
  const [planned, ...tasks] = wrote;
  const again = (trace: Trace): Trace => traceOf(writeOf(trace, before), channels);
  return [planned, ...tasks.map(([path, ...traces]) => [path, ...traces.map(again)] as const)];
}

function traceOf(write: Write, channels: Channels): Trace {
  const [name, value] = write;
  const held = channels.get(name)?.value;
  if (held === value) return name;
  if (!Array.isArray(held) || !Array.isArray(value) || value.length === 0) return write;
  const from = held.lastIndexOf(value[0], held.length - value.length);
  const isPart = from >= 0 && held.length >= value.length && value.every((one, i) => one === held[from + i]);
  return isPart ? [name, from, from + value.length] : write;
}

function writeOf(trace: Trace, channels: Channels): Write {
  if (typeof trace === 'string') return [trace, channels.get(trace)?.value];
  const [name, from, to] = trace;
  if (to === undefined) return [name, from];
  const held = channels.get(name)!.value as readonly unknown[];
  return [name, held.slice(from as number, to)];
}
