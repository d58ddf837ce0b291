/** The fields that every request to run has in common. */
import * as z from 'zod/mini';
import { type StreamMode, streamModes } from '../core/engine/stream.ts';
import { fields, isObject, record, text, texts } from './schema.ts';

const RESERVED = ['thread_id', 'checkpoint_id', 'checkpoint_ns'];

const configurable = z.custom<Record<string, unknown>>(
  (value) => isObject(value) && !RESERVED.some((key) => Object.hasOwn(value, key)),
  'expected an object of your own keys; thread_id and checkpoint_id have their places in the path and the body',
);

const mode = z.enum(streamModes as [StreamMode, ...StreamMode[]], `expected one of ${streamModes.join(', ')}`);

const nodes = z.union([z.literal('*'), z.array(text)], 'expected a list of nodes, or "*" for every one');

export const runFields = {
  graph: z.optional(text),
  config: z.optional(
    fields({
      configurable: z.optional(configurable),
      recursion_limit: z.optional(
        z
          .int('expected a whole number')
          .check(z.minimum(1, 'expected at least 1'), z.maximum(10_000, 'expected at most 10000')),
      ),
      metadata: z.optional(record),
      tags: z.optional(texts),
    }),
  ),
  context: z.optional(z.unknown()),
  stream_mode: z.optional(
    z.union([mode, z.array(mode).check(z.minLength(1))], `expected one or a list of ${streamModes.join(', ')}`),
  ),
  interrupt_before: z.optional(nodes),
  interrupt_after: z.optional(nodes),
  durability: z.optional(z.enum(['exit', 'sync', 'async'], 'expected one of exit, sync, async')),
};

const whole = z.object(runFields);

export type RunFields = z.infer<typeof whole>;

/** The stream modes that are wanted, in the order in which they tell the same event. */
export function streamModesOf({ stream_mode: wanted = 'values' }: RunFields): readonly StreamMode[] {
  return streamModes.filter((known) => [wanted].flat().includes(known));
}
