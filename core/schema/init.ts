/** What was given to `new StateGraph(…)`, in any of its forms, as one. */
import { channelsOf } from '../annotation.ts';
import type { Channel } from '../channel.ts';
import { isSchema, readSchema } from './read.ts';

export interface SchemaArguments {
  /** All that the state, input and output schemas declare. */
  readonly channels: ReadonlyMap<string, Channel>;
}

interface Options {
  readonly state?: unknown;
  readonly stateSchema?: unknown;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly context?: unknown;
  readonly channels?: unknown;
}

/** @throws GraphValidationError when there is no state schema in it */
export function readInit(first: unknown, second: unknown): SchemaArguments {
  const options = isSchema(first)
    ? { ...optionsOf(second), state: first }
    : { ...optionsOf(second), ...(first as Options) };
  const { channels: legacy, input } = options;
  if (legacy) return { channels: channelsOf(legacy as Record<string, unknown>) };
  return readSchema(options.state ?? options.stateSchema ?? input ?? first);
}

function optionsOf(second: unknown): Options {
  return isSchema(second) ? { context: second } : (second ?? {});
}
