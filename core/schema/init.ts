/** What was given to `new StateGraph(…)`, in any of its forms, as one. */
import { channelsOf } from '../annotation.ts';
import type { Channel } from '../channel.ts';
import type { LangGraphRunnableConfig } from '../config.ts';
import { isSchema, mergeChannels, readSchema } from './read.ts';
import { isStandardSchema, type StandardSchema } from './standard.ts';

type Channels = ReadonlyMap<string, Channel>;

export interface Schemas {
  /** All that the state, input and output declare. */
  readonly channels: Channels;
  /** What nodes read unless they say otherwise. */
  readonly state: Channels;
  /** What a run's input may write. */
  readonly input: Channels;
  /** Of the whole input, when it is not just part of the state. */
  readonly inputSchema: StandardSchema | undefined;
  /** What `invoke` returns. */
  readonly output: Channels;
  readonly contextSchema: StandardSchema | undefined;
  readonly interrupt: LangGraphRunnableConfig['interrupt'];
}

type Options = Readonly<
  Partial<Record<'state' | 'stateSchema' | 'input' | 'output' | 'context' | 'channels' | 'interrupt', unknown>>
>;

/** @throws GraphValidationError when there is no state schema in it, or its schemas contradict each other */
export function readInit(first: unknown, second: unknown): Schemas {
  const given = isSchema(first) ? { state: first } : (first as Options | undefined);
  const options: Options = { ...(isSchema(second) ? { context: second } : (second as Options)), ...given };
  const declared = options.state ?? options.stateSchema;
  const state = options.channels
    ? channelsOf(options.channels as Record<string, unknown>)
    : readSchema(declared ?? options.input ?? first);
  const input = declared && options.input ? readSchema(options.input) : state;
  const output = options.output ? readSchema(options.output) : state;
  return {
    channels: mergeChannels([state, input, output]),
    state,
    input,
    inputSchema: input !== state && isStandardSchema(options.input) ? options.input : undefined,
    output,
    contextSchema: isStandardSchema(options.context) ? options.context : undefined,
    interrupt: options.interrupt as LangGraphRunnableConfig['interrupt'],
  };
}
