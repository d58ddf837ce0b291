/** What is never saved: the values of transient channels, wherever they stand. Graphs that have none are stored as they are. */
import type { Frame, Planned, Target, TaskRecord, Trace, Wrote } from '../checkpoint/checkpoint.ts';
import type { RunRequest } from '../checkpoint/checkpointer.ts';
import { isObject, pickBy } from '../objects.ts';
import type { GraphSpec } from '../graph/spec.ts';

type Transient = Pick<GraphSpec, 'transient'>;

/** The frame as it is stored. Those of nested graphs in it are as they are stored already. */
export function storedFrame({ transient }: Transient, frame: Frame): Frame {
  if (!transient) return frame;
  const strip = stripper(transient);
  return {
    ...frame,
    channels: new Map([...frame.channels].filter(([name]) => !transient.has(name))),
    next: frame.next.map((planned) => stripInput(planned, strip)),
    tasks: new Map([...frame.tasks].map(([path, record]) => [path, stripRecord(record, transient)])),
    ...(frame.wrote && { wrote: stripWrote(frame.wrote, transient) }),
  };
}

/** The record as it is stored. */
export function storedRecord({ transient }: Transient, record: TaskRecord): TaskRecord {
  return transient ? stripRecord(record, transient) : record;
}

/** The request as it is recorded. */
export function storedRequest({ transient }: Transient, request: RunRequest): RunRequest {
  if (!transient || request.kind === 'continue') return request;
  const strip = stripper(transient);
  if (request.kind === 'input') return { ...request, input: strip(request.input) };
  const { update, goto } = request.command;
  const command = {
    ...request.command,
    ...(update !== undefined && { update: strip(update) }),
    ...(goto && { goto: goto.map((target) => stripTarget(target, strip)) }),
  };
  return { ...request, command };
}

/** An input or an update without transient keys. */
export function storedInput({ transient }: Transient, input: unknown): unknown {
  return transient ? stripper(transient)(input) : input;
}

type Strip = (input: unknown) => unknown;

function stripper(transient: ReadonlySet<string>): Strip {
  return (input) => {
    if (Array.isArray(input)) return input.filter((pair) => !Array.isArray(pair) || !transient.has(pair[0] as string));
    if (!isObject(input) || !Object.keys(input).some((key) => transient.has(key))) return input;
    return pickBy(input, (key) => !transient.has(key));
  };
}

function stripInput<One extends Planned | Exclude<Target, string>>(one: One, strip: Strip): One {
  return 'input' in one ? { ...one, input: strip(one.input) } : one;
}

function stripTarget(target: Target, strip: Strip): Target {
  return typeof target === 'string' ? target : stripInput(target, strip);
}

function stripWrote([planned, ...tasks]: Wrote, transient: ReadonlySet<string>): Wrote {
  const kept = (trace: Trace): boolean => !transient.has(typeof trace === 'string' ? trace : trace[0]);
  return [planned, ...tasks.map(([path, ...traces]) => [path, ...traces.filter(kept)] as const)];
}

function stripRecord(record: TaskRecord, transient: ReadonlySet<string>): TaskRecord {
  const { result } = record;
  if (!result) return record;
  const writes = result.writes.filter(([name]) => !transient.has(name));
  const targets = result.targets.map((target) => stripTarget(target, stripper(transient)));
  return { ...record, result: { ...result, writes, targets } };
}
