/**
 * Stream modes: from what a run tells to the chunks that LangGraph's callers know. A mode is one function.
 *
 * - T1 Chunks come in the order in which things happened, while the run goes on.
 * - T2 A chunk with pending questions comes after they are saved, so an answer sent at once finds them.
 */
import type { TaskResult } from '../checkpoint/checkpoint.ts';
import { isoTime } from '../clock.ts';
import { END, INTERRUPT } from '../constants.ts';
import { invalidArgument, quote } from '../errors.ts';
import { pickBy } from '../objects.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { type Handlers, inTurn, type Listener, type Namespace, type RunEvents } from './events.ts';
import { messagesMode } from './messages-mode.ts';
import { triggersOf } from './plan.ts';
import { returnedIn, writesByChannel } from './state.ts';
import { INTEGRATION } from './runtime.ts';
import type { Scope } from './scope.ts';
import { toolsMode } from './tools-mode.ts';

export interface StreamOptions {
  readonly modes: readonly StreamMode[];
  /** Tell of nested graphs too. */
  readonly subgraphs: boolean;
  /** The channels that `values` and `updates` tell; a name alone: its bare value. @default all */
  readonly outputKeys?: string | readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type Tell = (chunk: unknown, ns: Namespace) => void;
type Mode = (tell: Tell, options: StreamOptions, callbacks: object[]) => Handlers;

/** In the order in which they tell the same event. */
const modes = {
  messages: (tell, { subgraphs }, callbacks) => messagesMode(tell, callbacks, subgraphs),
  tools: (tell, { subgraphs }, callbacks) => toolsMode(tell, callbacks, subgraphs),
  custom: (tell) => ({ custom: ({ chunk, ns }) => tell(chunk, ns) }),
  updates: (tell, { outputKeys }) => ({
    update: (event) => tell(updateChunk(event, outputKeys), event.scope.toldAs()),
    interrupt: (event) => tell(interruptChunk(event), event.ns),
  }),
  values: (tell, { outputKeys }) => ({
    values: (event) => {
      if (wroteOneOf(event, outputKeys)) tell(pick(event.values, outputKeys), event.ns);
    },
    interrupt: (event) => tell(interruptChunk(event), event.ns),
  }),
  tasks: (tell) => taskHandlers((_, __, chunk, ns) => tell(chunk, ns)),
  checkpoints: (tell) => ({ checkpoint: ({ checkpoint, ns }) => tell(checkpoint, ns) }),
  debug: (tell, { now }) => {
    const wrap = (type: string, step: number, payload: unknown, ns: Namespace): void =>
      tell({ step, type, timestamp: isoTime(now()), payload }, ns);
    return {
      ...taskHandlers(wrap),
      checkpoint: ({ checkpoint, ns }) => wrap('checkpoint', checkpoint.metadata.step, checkpoint, ns),
    };
  },
} satisfies Record<string, Mode>;

export type StreamMode = keyof typeof modes;

export const streamModes = Object.keys(modes) as StreamMode[];

/** @throws HoldpointError `invalid_argument` */
export function readStreamModes(given: unknown): StreamMode[] {
  const unknown = [given].flat().find((mode) => typeof mode !== 'string' || !Object.hasOwn(modes, mode));
  if (unknown === undefined) return streamModes.filter((mode) => [given].flat().includes(mode));
  throw invalidArgument(`No stream mode ${quote(unknown)}. Modes: ${streamModes.join(', ')}.`);
}

/** Turns what a run tells into chunks. */
export function listenerOf(
  options: StreamOptions,
  push: (mode: StreamMode, chunk: unknown, ns: Namespace) => void,
): Listener {
  const callbacks: object[] = [];
  const handlers = options.modes.map((mode): Handlers => {
    const make: Mode = modes[mode];
    return make((chunk, ns) => push(mode, chunk, ns), options, callbacks);
  });
  const all = handlers.reduce(inTurn, {});
  const foreign: Handlers['foreign'] = ({ mode, chunk, ns }) => {
    const told = options.modes.find((one) => one === mode);
    if (told) push(told, chunk, ns);
  };
  const heard: Handlers = options.subgraphs ? { ...all, foreign } : all.custom ? { custom: all.custom } : {};
  const inside: Listener = {
    ...heard,
    get inside() {
      return inside;
    },
  };
  return { ...all, inside, ...(callbacks.length > 0 && { callbacks }) };
}

/** @throws HoldpointError `invalid_argument` */
export function readOutputKeys(
  { channels }: Pick<GraphSpec, 'channels'>,
  keys: StreamOptions['outputKeys'],
): StreamOptions['outputKeys'] {
  const unknown = [keys ?? []].flat().find((key) => !channels.has(key));
  if (unknown === undefined) return keys;
  throw invalidArgument(`outputKeys: Key ${unknown} not found in channels.`);
}

/** The values of these channels; of one that is named alone, its bare value. */
export function pick(values: unknown, keys: StreamOptions['outputKeys']): unknown {
  if (keys === undefined) return values;
  const state = values as Readonly<Record<string, unknown>>;
  if (typeof keys === 'string') return state[keys];
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(state, key)).map((key) => [key, state[key]]));
}

function wroteOneOf({ after }: RunEvents['values'], keys: StreamOptions['outputKeys']): boolean {
  if (keys === undefined || !after) return true;
  return [...after.tasks.values()].some(({ result }) =>
    result?.writes.some(([channel]) => [keys].flat().includes(channel)),
  );
}

function interruptChunk({ interrupts }: RunEvents['interrupt']): unknown {
  return { [INTERRUPT]: interrupts };
}

function updateChunk({ task, result, cached }: RunEvents['update'], keys: StreamOptions['outputKeys']): unknown {
  const writes =
    keys === undefined ? result.writes : result.writes.filter(([channel]) => [keys].flat().includes(channel));
  const whole = returnedIn(result.writes);
  const update = whole ? whole[1] : typeof keys === 'string' ? writes.at(-1)?.[1] : mergeWrites(writes);
  return { [task.node.name]: update, ...(cached && { __metadata__: { cached: true } }) };
}

/** One object; an object for each write when a channel was written more than once. */
function mergeWrites(writes: TaskResult['writes']): unknown {
  const once = new Set(writes.map(([channel]) => channel)).size === writes.length;
  return once ? Object.fromEntries(writes) : writes.map(([channel, value]) => ({ [channel]: value }));
}

/** A task's begin and its end. */
function taskHandlers(tell: (type: string, step: number, chunk: object, ns: Namespace) => void): Handlers {
  const end = (
    { id, name }: { readonly id: string; readonly name: string },
    step: number,
    ns: Namespace,
    { result = {}, interrupts = [] as readonly unknown[], error = null as unknown },
  ): void => tell('task_result', step, { id, name, result, interrupts, error }, ns);
  const ended = ({ scope, frame, task }: RunEvents['task'], how: { result?: object; error?: unknown }): void =>
    end({ id: task.id, name: task.node.name }, frame.step + 1, scope.toldAs(), how);
  return {
    task: ({ scope, frame, task }) => {
      const { tags = [] } = scope.config;
      const { id, node, input } = task;
      const metadata = {
        ...INTEGRATION,
        ...ownMetadata(scope.config.metadata),
        ...node.metadata,
        ...(tags.length > 0 && { tags }),
      };
      const chunk = {
        id,
        name: node.name,
        input,
        triggers: isCall(scope) ? ['__pregel_push'] : triggersOf(task.planned),
        interrupts: [],
        metadata,
      };
      tell('task', frame.step + 1, chunk, scope.toldAs());
    },
    update: (event) => {
      if (!event.cached) ended(event, { result: resultOf(event) });
    },
    failure: (event) => ended(event, { error: event.error }),
    interrupt: ({ ns, step, task, interrupts }) => {
      if (task) end(task, step, ns, { interrupts });
    },
  };
}

/** Without what the task around a nested graph added. */
function ownMetadata(metadata: object = {}): object {
  return pickBy(metadata, (key) => !/^(thread_id$|checkpoint_ns$|langgraph_)/.test(key));
}

/** Whether this is told of a `task()`. */
function isCall({ ns, toldAs }: Scope): boolean {
  return ns !== toldAs;
}

/** What each channel was given; all of it when it was written more than once. */
function resultOf({ scope, result: { writes } }: RunEvents['update']): object {
  const whole = returnedIn(writes);
  if (whole) return isCall(scope) ? {} : { [END]: whole[1] };
  return writesByChannel(writes);
}
