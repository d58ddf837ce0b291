/** The fields that every request to run has in common. */
import { type StreamMode, streamModes } from '../core/engine/stream.ts';
import {
  anything,
  both,
  either,
  type Fields,
  fields,
  isObject,
  listOf,
  oneOf,
  optional,
  record,
  such,
  text,
  texts,
} from './schema.ts';

const RESERVED = ['thread_id', 'checkpoint_id', 'checkpoint_ns'];

const configurable = such<Record<string, unknown>>(
  (value) => isObject(value) && !RESERVED.some((key) => Object.hasOwn(value, key)),
  'expected an object of your own keys; thread_id and checkpoint_id have their places in the path and the body',
);

const limit = both(
  such<number>(Number.isSafeInteger, 'expected a whole number'),
  both(
    such((value) => (value as number) >= 1, 'expected at least 1'),
    such((value) => (value as number) <= 10_000, 'expected at most 10000'),
  ),
);

const known = streamModes.join(', ');

const mode = oneOf<StreamMode>(streamModes, `expected one of ${known}`);

const modes = both(
  listOf(mode, 'expected a list'),
  such((value) => (value as unknown[]).length > 0, 'expected at least one'),
);

const nodes = either(oneOf(['*'], '"*"'), texts, 'expected a list of nodes, or "*" for every one');

export const runFields = {
  graph: optional(text),
  config: optional(
    fields({
      configurable: optional(configurable),
      recursion_limit: optional(limit),
      metadata: optional(record),
      tags: optional(texts),
    }),
  ),
  context: optional(anything),
  stream_mode: optional(either(mode, modes, `expected one or a list of ${known}`)),
  interrupt_before: optional(nodes),
  interrupt_after: optional(nodes),
  durability: optional(oneOf(['exit', 'sync', 'async'], 'expected one of exit, sync, async')),
};

export type RunFields = Fields<typeof runFields>;

/** The stream modes that are wanted, in the order in which they tell the same event. */
export function streamModesOf({ stream_mode: wanted = 'values' }: RunFields): readonly StreamMode[] {
  return streamModes.filter((known) => [wanted].flat().includes(known));
}
