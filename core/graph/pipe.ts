/** What every LangChain Runnable can do besides, by shape: to be a step of a sequence, and to begin one. */
import type { LangGraphRunnableConfig, RunnableConfig } from '../config.ts';
import { invalidArgument, quote } from '../errors.ts';
import { isObject } from '../objects.ts';
import { type BatchOptions, runBatch } from './batch.ts';
import { runOf } from './run-of.ts';

/** A function, a Runnable, or one of these for each key of an object. */
// oxlint-disable-next-line typescript/no-explicit-any -- as in LangChain
export type Step<Input = any, Output = any> =
  | ((input: Input, config: RunnableConfig) => Output | Promise<Output>)
  | { invoke(input: Input, config?: RunnableConfig): Promise<Output> }
  | { readonly [Key in keyof Output]: Step<Input, Output[Key]> };

/** What else Runnables do: "holdpoint/langchain" says that they are LangChain's. */
// oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-empty-interface, no-unused-vars
export interface RunnableMethods<Input, Output> {}

// oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-empty-interface, typescript/no-unsafe-declaration-merging
export interface Piped<Input, Output> extends RunnableMethods<Input, Output> {}

/** Steps, one after the other: what `graph.pipe(step)` makes. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging
export class Piped<Input, Output> {
  readonly lc_runnable = true;
  readonly steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  /** What LangChain calls it where it has no name. */
  static lc_name(): string {
    return 'RunnableSequence';
  }

  async invoke(input: Input, config: RunnableConfig = {}): Promise<Output> {
    let result: unknown = input;
    for (const step of this.steps) result = await take(step, result, config);
    return result as Output;
  }

  /** The result, when it is there: a step takes what the one before it ends with. */
  async stream(input: Input, config: RunnableConfig = {}): Promise<AsyncGenerator<Output>> {
    return (async function* (result) {
      yield await result;
    })(this.invoke(input, config));
  }

  async *transform(inputs: AsyncIterable<Input>, config?: RunnableConfig): AsyncGenerator<Output> {
    yield* await this.stream(await gathered(inputs), config);
  }

  batch(inputs: readonly Input[], config?: RunnableConfig, options?: BatchOptions): Promise<(Output | Error)[]> {
    return runBatch((input, own) => this.invoke(input, own), inputs, config, options);
  }

  pipe<Next>(step: Step<Output, Next>): Piped<Input, Awaited<Next>> {
    return new Piped([...this.steps, step]);
  }
}

async function take(step: Step, input: unknown, config: RunnableConfig): Promise<unknown> {
  const run = runOf(step);
  if (run) return run(input, config as LangGraphRunnableConfig);
  if (!isObject(step)) {
    throw invalidArgument(`pipe(): expected a function or a Runnable, got ${quote(step)}.`);
  }
  const parts = Object.entries(step).map(async ([key, part]) => [key, await take(part, input, config)] as const);
  return Object.fromEntries(await Promise.all(parts));
}

/** What a stream of chunks amounts to: objects that each have some of the keys are one. */
export async function gathered<Chunk>(chunks: AsyncIterable<Chunk>): Promise<Chunk> {
  let all: unknown;
  for await (const chunk of chunks) all = isPlain(all) && isPlain(chunk) ? { ...all, ...chunk } : chunk;
  return all as Chunk;
}

function isPlain(value: unknown): value is object {
  return isObject(value) && Object.getPrototypeOf(value) === Object.prototype;
}
