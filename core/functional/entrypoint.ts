/** `entrypoint()`: a workflow written as one function, with tasks in it, that stops for people as a graph does. */
import type { Checkpointer } from '../checkpoint/checkpointer.ts';
import type { Command } from '../command.ts';
import type { LangGraphRunnableConfig } from '../config.ts';
import type { StreamOutput } from '../engine/chunk.ts';
import { currentTask } from '../engine/current.ts';
import type { RunStream } from '../engine/run-stream.ts';
import type { StreamMode } from '../engine/stream.ts';
import { CompiledStateGraph } from '../graph/compiled.ts';
import type { StreamConfig } from '../graph/options.ts';
import { drawFunction } from '../graph/draw.ts';
import type { BaseCache } from '../policies/cache.ts';
import type { TimeoutPolicy } from '../policies/timeout-policy.ts';
import type { BaseStore } from '../store/store.ts';
import { EntrypointFinal, functionGraph, type NoGenerator, previousOf } from './function-graph.ts';

export interface EntrypointOptions {
  readonly name: string;
  readonly checkpointer?: Checkpointer;
  readonly store?: BaseStore;
  /** Where its tasks with a `cachePolicy` keep their results. */
  readonly cache?: BaseCache;
  /** How long an attempt may take: milliseconds, or a policy. */
  readonly timeout?: number | TimeoutPolicy;
}

/** What callers get of an entrypoint that returns `Output`. */
type Returned<Output> = Output extends EntrypointFinal<infer Value, unknown> ? Value : Output;

/** A compiled graph whose input is the function's, and whose values are what it returns. */
export interface Entrypoint<Input, Output> extends Omit<CompiledStateGraph<unknown, unknown>, 'invoke' | 'stream'> {
  invoke(input: Input | Command | null, config?: StreamConfig): Promise<Returned<Awaited<Output>>>;
  stream<
    Modes extends StreamMode | readonly StreamMode[] = 'updates',
    Subgraphs extends boolean = false,
    Encoding extends 'text/event-stream' | undefined = undefined,
  >(
    input: Input | Command | null,
    config?: StreamConfig<Modes, Subgraphs, Encoding>,
    // oxlint-disable-next-line typescript/no-explicit-any -- its tasks are not known by name
  ): Promise<RunStream<StreamOutput<Modes, Subgraphs, Encoding, Returned<Awaited<Output>>, any, string, unknown, any>>>;
}

/**
 * @throws HoldpointError `invalid_argument` for a generator
 * @example
 * const refund = entrypoint({ name: 'refund', checkpointer }, async (order: Order) => {
 *   if (!interrupt({ question: 'Refund?', order })) return 'refused';
 *   return await charge(order);
 * });
 */
function entrypointOf<Input, Output>(
  optionsOrName: EntrypointOptions | string,
  fn: NoGenerator<[input: Input, config: LangGraphRunnableConfig], Output>,
): Entrypoint<Input, Output> {
  const options: EntrypointOptions = typeof optionsOrName === 'string' ? { name: optionsOrName } : optionsOrName;
  const { name, cache, timeout } = options;
  const graph = functionGraph({ name, timeout, ...(cache && { cache }) }, 'entrypoint', fn, fn as never);
  return new CompiledStateGraph(graph, options, () => drawFunction(options.name, fn)) as unknown as Entrypoint<
    Input,
    Output
  >;
}

export const entrypoint = Object.assign(entrypointOf, {
  /** Returns `value` to the caller, and keeps `save` for the next run of the thread: its `getPreviousState()`. */
  final: <Value, Save>(given: { readonly value?: Value; readonly save?: Save }): EntrypointFinal<Value, Save> =>
    new EntrypointFinal(given),
});

/** What the last run of this thread returned or saved. Undefined in its first run: typed as in LangGraph, so say `State | undefined`. */
export function getPreviousState<State = unknown>(): State {
  const context = currentTask();
  return (context && previousOf(context.frame.channels)) as State;
}
