/** What is never saved: the values of transient channels, wherever they stand. Graphs that have none are stored as they are. */
import { type Changed, entries, fields, items } from '../checkpoint/changed.ts';
import type { Frame, Planned, Sent, TaskRecord, TaskResult, Trace } from '../checkpoint/checkpoint.ts';
import type { CommandData, RunRequest } from '../checkpoint/checkpointer.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { isObject, pickBy } from '../objects.ts';

/** Makes of each what is stored of it. */
export interface Transient {
  has(channel: string): boolean;
  /** Those of nested graphs in it are as they are stored already. */
  readonly frame: Changed<Frame>;
  readonly record: Changed<TaskRecord>;
  readonly request: Changed<RunRequest>;
  /** An input or an update. */
  readonly input: Changed<unknown>;
}

/** @param names of the channels */
export function transientOf(names: readonly string[]): Transient {
  const transient = new Set<unknown>(names);
  const has = (channel: unknown): boolean => transient.has(channel);
  const input = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.filter((pair) => !Array.isArray(pair) || !has(pair[0]));
    return isObject(given) && Object.keys(given).some(has) ? pickBy(given, (key) => !has(key)) : given;
  };
  const planned = fields<Planned>({ input });
  const sent = fields<Sent>({ input });
  const targets = items<TaskResult['targets']>((one) => (typeof one === 'string' ? one : sent(one)));
  const writes: Changed<TaskResult['writes']> = (all) => all.filter(([name]) => !has(name));
  const record = fields<TaskRecord>({ result: fields<TaskResult>({ writes, targets }) });
  const kept = (trace: Trace): boolean => !has(typeof trace === 'string' ? trace : trace[0]);
  const frame = fields<Frame>({
    channels: (all) => new Map([...all].filter(([name]) => !has(name))),
    next: items(planned),
    tasks: entries(record),
    wrote: ([version, ...tasks]) => [
      version,
      ...tasks.map(([path, ...traces]) => [path, ...traces.filter(kept)] as const),
    ],
  });
  const command = fields<CommandData>({ update: input, goto: targets });
  const request = (given: RunRequest): RunRequest => {
    if (given.kind === 'input') return { ...given, input: input(given.input) };
    return given.kind === 'command' ? { ...given, command: command(given.command) } : given;
  };
  return { has, frame, record, request, input };
}

/** The frame as it is stored. */
export function storedFrame({ transient }: Pick<GraphSpec, 'transient'>, frame: Frame): Frame {
  return transient ? transient.frame(frame) : frame;
}
