/** A graph's run, and each of its tasks, is a chain to LangChain's callback handlers. Runs without handlers know nothing of this. */
import type { ParentCommand } from '../command.ts';
import type { LangGraphRunnableConfig, RunnableConfig } from '../config.ts';
import { START } from '../constants.ts';
import { type GraphInterruptEvent, type GraphResumeEvent, isGraphCallbackHandler } from '../graph-callbacks.ts';
import { isObject } from '../objects.ts';
import { type Around, callHandlers, type Handler, handlersOf, linked, runIdWithin, tagsOf } from './callbacks.ts';
import type { TaskContext } from './context.ts';
import { INTEGRATION, metadataOf } from './runtime.ts';

const none: readonly Handler[] = [];

/** What "holdpoint/langchain" has be LangChain's. */
export const callbacks = {
  /** What nodes are given as `config.callbacks`. */
  ofNode: (handlers: readonly Handler[], _runId: string): unknown => handlers,
  /** Tracers that environment variables ask for. */
  ofEnvironment: (): readonly Handler[] => none,
};

/** Of a run that is called with these: each tracer once. */
export function traced(given: RunnableConfig['callbacks']): RunnableConfig['callbacks'] {
  const tracers = callbacks.ofEnvironment();
  if (tracers.length === 0) return given;
  const own = handlersOf((given ?? []) as readonly Handler[]);
  const more = tracers.filter(({ name }) => !own.some((handler) => handler['name'] === name));
  return more.length > 0 ? [...own, ...more] : given;
}

export class Chain {
  readonly runId: string;
  /** For what runs inside. */
  readonly callbacks: readonly Handler[];
  readonly #handlers: readonly Handler[];
  readonly #tags: readonly string[];

  private constructor(
    handlers: readonly Handler[],
    runId: string,
    tags: readonly string[],
    around: Omit<Around, 'runId'>,
  ) {
    this.runId = runId;
    this.#handlers = handlers;
    this.#tags = tags;
    this.callbacks = linked(handlers, { ...around, runId });
  }

  /** The run of a graph that is called with callbacks. */
  static async ofGraph(
    name: string,
    input: unknown,
    { callbacks, metadata, tags = [], configurable, runName = name }: RunnableConfig,
    runId: (handlers: readonly Handler[]) => string,
  ): Promise<Chain> {
    const handlers = handlersOf(callbacks as readonly Handler[]);
    const { thread_id } = configurable ?? {};
    const known = { ...INTEGRATION, ...metadata, ...(thread_id !== undefined && { thread_id }) };
    const own = tagsOf(callbacks as readonly Handler[], tags);
    const chain = new Chain(handlers, runId(handlers), own, { tags, metadata: known });
    await chain.#begin('langgraph.pregel.CompiledStateGraph', input, known, runName);
    return chain;
  }

  /** A task of a graph that was called with callbacks. */
  static async ofTask(context: TaskContext): Promise<Chain> {
    const { task, frame, scope, config } = context;
    const handlers = config.callbacks as readonly Handler[];
    const { name } = task.node;
    const { tags: given = [] } = scope.config;
    const tags = name === START ? [...given, 'langsmith:hidden'] : given;
    const metadata = metadataOf(context);
    const own = [`graph:step:${frame.step + 1}`, ...tags];
    const chain = new Chain(handlers, runIdWithin(handlers, task.id), own, { tags, metadata });
    await chain.#begin('langchain_core.runnables.RunnableSequence', task.input, metadata, name);
    return chain;
  }

  /** A conditional edge that is a function. */
  static async ofRouter({ config }: TaskContext, nth: number, state: unknown): Promise<Chain> {
    const handlers = handlersOf(config.callbacks as readonly Handler[]);
    const chain = new Chain(handlers, runIdWithin(handlers, `router ${nth}`), [], { tags: [], metadata: {} });
    await chain.#begin('langchain_core.runnables.RunnableLambda', state, {}, 'RunnableLambda');
    return chain;
  }

  /** The chain ends as `run` does. @param left what else it may have ended with */
  async around<Result>(
    run: () => Promise<Result>,
    outputs: (result: Result) => unknown = (result) => result,
    left?: () => ParentCommand | undefined,
  ): Promise<Result> {
    try {
      const result = await run();
      const error = left?.();
      await (error ? this.#end('handleChainError', error) : this.#end('handleChainEnd', outputs(result)));
      return result;
    } catch (error) {
      await this.#end('handleChainError', error);
      throw error;
    }
  }

  /** The graph goes on from a checkpoint, or has stopped at one. */
  tell(
    event: 'handleResume' | 'handleInterrupt',
    about: Omit<GraphResumeEvent & Partial<GraphInterruptEvent>, 'runId'>,
  ): Promise<void> {
    return callHandlers(this.#handlers, event, [{ runId: this.runId, ...about }], isGraphCallbackHandler);
  }

  #end(how: 'handleChainEnd' | 'handleChainError', what: unknown): Promise<void> {
    return callHandlers(this.#handlers, how, [what, this.runId, undefined, this.#tags]);
  }

  #begin(type: string, input: unknown, metadata: object, name: string): Promise<void> {
    const serialized = { lc: 1, type: 'not_implemented', id: type.split('.') };
    const args = [serialized, asObject('input', input), this.runId, undefined, this.#tags, metadata, undefined, name];
    return callHandlers(this.#handlers, 'handleChainStart', args);
  }
}

/** Runs a task that has callbacks. */
export async function inChain<Result>(context: TaskContext, run: () => Promise<Result>): Promise<Result> {
  const chain = await Chain.ofTask(context);
  Object.assign(context.config, {
    callbacks: callbacks.ofNode(chain.callbacks, chain.runId),
  } satisfies LangGraphRunnableConfig);
  return chain.around(
    run,
    () => asObject('output', context.latest.returned),
    () => context.latest.left,
  );
}

export async function inRouterChain(
  context: TaskContext,
  nth: number,
  state: unknown,
  decide: () => unknown,
): Promise<unknown> {
  const chain = await Chain.ofRouter(context, nth, state);
  return chain.around(
    async () => decide(),
    (decided) => asObject('output', decided),
  );
}

/** As LangChain shows what is no object. */
function asObject(name: string, value: unknown): unknown {
  return isObject(value) && !Array.isArray(value) && !(value instanceof Date) ? value : { [name]: value };
}
