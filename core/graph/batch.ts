/** Several runs of one graph, and configs that are bound to it: what every LangChain Runnable has. */
import type { RunnableConfig } from '../config.ts';
import { invalidArgument } from '../errors.ts';
import { anySignal } from '../engine/cancel.ts';
import { defined } from '../objects.ts';
import { inLanes } from '../engine/lanes.ts';

export interface BatchOptions {
  /** How many runs at once, unless the config says. @default all */
  readonly maxConcurrency?: number;
  /** A run that fails gives its error instead of ending the batch. @default false */
  readonly returnExceptions?: boolean;
}

/**
 * Results in the order of the inputs. Ends when every run has ended.
 * @throws what the first run that failed threw
 */
export async function runBatch<Input, Config extends RunnableConfig, Result>(
  run: (input: Input, config: Config) => Promise<Result>,
  inputs: readonly Input[],
  given: Config | readonly Config[] = {} as Config,
  { maxConcurrency, returnExceptions = false }: BatchOptions = {},
): Promise<(Result | Error)[]> {
  const configs: readonly Config[] = Array.isArray(given) ? given : inputs.map((_, i) => forInput(given as Config, i));
  if (configs.length !== inputs.length) {
    throw invalidArgument(
      `Passed "options" must be an array with the same length as the inputs, but got ${configs.length} options for ${inputs.length} inputs.`,
    );
  }
  const results: (Result | Error)[] = [];
  const failures: unknown[] = [];
  await inLanes(inputs, configs[0]?.maxConcurrency ?? maxConcurrency ?? Infinity, async (input, i) => {
    try {
      results[i] = await run(input, configs[i]!);
    } catch (error) {
      results[i] = error as Error;
      failures.push(error);
    }
  });
  if (failures.length > 0 && !returnExceptions) throw failures[0];
  return results;
}

/** A run id names one run: the first. */
function forInput<Config extends RunnableConfig>(config: Config, i: number): Config {
  const { runId: _, ...rest } = config;
  return i === 0 ? config : (rest as Config);
}

/** The second config on top of the first. What both can have is joined. */
export function mergeConfigs<Config extends RunnableConfig>(first: RunnableConfig | undefined, second: Config): Config {
  if (!first) return second;
  const set = defined(second) as Config;
  const { tags, metadata, configurable, timeout, signal, callbacks } = first;
  const [one, other]: unknown[] = [callbacks, set.callbacks];
  return {
    ...first,
    ...set,
    ...(tags && set.tags && { tags: [...new Set([...tags, ...set.tags])] }),
    ...(metadata && set.metadata && { metadata: { ...metadata, ...set.metadata } }),
    ...(configurable && set.configurable && { configurable: { ...configurable, ...set.configurable } }),
    ...(timeout !== undefined && set.timeout !== undefined && { timeout: Math.min(timeout, set.timeout) }),
    ...(signal && set.signal && { signal: anySignal(signal, set.signal) }),
    ...(Array.isArray(one) && Array.isArray(other) && { callbacks: [...(one as unknown[]), ...(other as unknown[])] }),
  };
}
