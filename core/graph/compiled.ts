/** A compiled graph: LangGraph's calls, each translated to one run, read or update of a thread. */
import type { StateDefinition } from '../annotation.ts';
import type { Interrupt } from '../checkpoint/checkpoint.ts';
import type { Checkpointer } from '../checkpoint/checkpointer.ts';
import type { Command } from '../command.ts';
import type { RunnableConfig, ThreadConfig } from '../config.ts';
import { type END, INTERRUPT, type START } from '../constants.ts';
import type { Listener } from '../engine/events.ts';
import { snapshotsOf } from '../engine/history.ts';
import type { Update } from '../engine/make.ts';
import type { StateSnapshot } from '../engine/snapshot.ts';
import { isInterrupted } from '../interrupt.ts';
import type { StreamOutput } from '../engine/chunk.ts';
import { RunStream } from '../engine/run-stream.ts';
import { pick, readOutputKeys, readStreamModes, type StreamMode } from '../engine/stream.ts';
import type { TaskContext } from '../engine/context.ts';
import { runNested } from '../engine/nested.ts';
import type { ExtractStateType, ExtractUpdateType, StateDefinitionInit } from '../schema/definition.ts';
import type { BaseStore } from '../store/store.ts';
import type { InferInterruptInputType, InferWriterType } from './infer.ts';
import type { DrawableGraph, DrawOptions } from './draw.ts';
import { type BatchOptions, mergeConfigs, runBatch } from './batch.ts';
import { callRun, callState, callUpdate, checkSaver, type Named, namedBy, nowOf, taskAround } from './call.ts';
import { type BareNode, nodesOf, subgraphsOf } from './inside.ts';
import type {
  CompileOptions,
  GetHistoryOptions,
  GetStateOptions,
  RunInput,
  Result,
  RunConfig,
  StreamConfig,
} from './options.ts';
import { GraphRunnable } from './runnable.ts';
import type { GraphSpec } from './spec.ts';

/** How a graph draws itself: a graph of nodes and a function do it differently. */
type Draw = (options?: DrawOptions) => DrawableGraph;

export class CompiledStateGraph<
  S,
  U,
  N extends string = typeof START,
  I extends StateDefinitionInit = StateDefinition,
  O extends StateDefinitionInit = StateDefinition,
  C extends StateDefinitionInit = StateDefinition,
  NodeReturnType = unknown,
  InterruptType = unknown,
  WriterType = unknown,
  // Named so that code that names it compiles: stream transformers are LangGraph's streamEvents v3, which is not here.
  _StreamTransformers extends readonly unknown[] = [],
> extends GraphRunnable<RunInput<I, InterruptType>, Result<ExtractStateType<O>>> {
  // Only types: what nodes return and read, their names, what callers pass and get.
  declare readonly '~RunInput': U;
  declare readonly '~RunOutput': S;
  declare readonly '~NodeType': N;
  declare readonly '~NodeReturnType': NodeReturnType;
  declare readonly '~InputType': ExtractUpdateType<I>;
  declare readonly '~OutputType': ExtractStateType<O>;
  /** The graph as the engine sees it. */
  readonly spec: GraphSpec;
  name: string | undefined;
  readonly description: string | undefined;
  #options: CompileOptions;
  readonly #draw: Draw;
  readonly #bound: RunnableConfig | undefined;

  /** @param bound what every call is configured with, unless it says otherwise */
  constructor(spec: GraphSpec, options: CompileOptions, draw: Draw, bound?: RunnableConfig) {
    super();
    checkSaver(options.checkpointer);
    this.spec = options.store ? { ...spec, store: options.store } : spec;
    this.name = options.name;
    this.description = options.description;
    this.#options = options;
    this.#draw = draw;
    this.#bound = bound;
  }

  /** The same graph with a config for all its calls. Tags, metadata and configurable are joined with those of the call. */
  withConfig(config: RunnableConfig): this {
    const Graph = this.constructor as new (...args: ConstructorParameters<typeof CompiledStateGraph>) => this;
    return new Graph(this.spec, this.#options, this.#draw, mergeConfigs(this.#bound, config));
  }

  getName(suffix = ''): string {
    return (this.name ?? 'LangGraph') + suffix;
  }

  /** Each node by itself, without its policies and edges: for tests of nodes. */
  get nodes(): Readonly<Record<N | typeof START, BareNode<S, U>>> {
    return nodesOf(this.spec) as (typeof this)['nodes'];
  }

  /** Runs side by side; results in the order of the inputs. @param config for all runs, or one for each */
  async batch<Exceptions extends boolean = false>(
    inputs: readonly RunInput<I, InterruptType>[],
    config?: (RunConfig<C> & StreamConfig) | readonly (RunConfig<C> & StreamConfig)[],
    options?: BatchOptions & { readonly returnExceptions?: Exceptions },
  ): Promise<(Result<ExtractStateType<O>> | (Exceptions extends true ? Error : never))[]> {
    return (await runBatch((input, own) => this.invoke(input, own), inputs, config, options)) as never;
  }

  /** How long a superstep may take, in milliseconds. */
  get stepTimeout(): number | undefined {
    return this.spec.stepTimeout;
  }

  set stepTimeout(ms: number | undefined) {
    this.spec.stepTimeout = ms;
  }

  /** Forgets every result in the graph's cache. */
  async clearCache(): Promise<void> {
    await this.spec.cache?.clear([]);
  }

  /**
   * Runs until the graph is done or a node asks a question.
   * @param input the initial state, a Command that answers, or null to go on with a paused thread
   * @throws what a node threw
   * @throws HoldpointError refusals, by `code`; the thread is untouched then
   */
  async invoke(
    input: RunInput<I, InterruptType>,
    given: RunConfig<C> & StreamConfig = {},
  ): Promise<Result<ExtractStateType<O>>> {
    const config = mergeConfigs(this.#bound, given);
    const { streamMode, outputKeys } = config;
    if (streamMode !== undefined && streamMode !== 'values') return (await this.#collect(input, config)) as never;
    const keys = readOutputKeys(this.spec, outputKeys);
    const around = taskAround(config, this.#options);
    if (around) return pick(await this.#runInside(around, input, config), keys) as Result<ExtractStateType<O>>;
    const end = await callRun(this.spec, this.#options, input, config);
    const values = pick(end.values, keys);
    const asks = end.stopped && end.stopped !== 'drained';
    // What an entrypoint returned before is no part of where it stands now.
    const told = end.told && !this.spec.read;
    const result = asks ? { ...(told && Object(values)), [INTERRUPT]: [...end.interrupts] } : values;
    return result as Result<ExtractStateType<O>>;
  }

  /** As `invoke`, but tells what happens while it happens. The run goes on whether or not its chunks are read. */
  async stream<
    Modes extends StreamMode | readonly StreamMode[] = 'updates',
    Subgraphs extends boolean = false,
    Encoding extends 'text/event-stream' | undefined = undefined,
  >(
    input: RunInput<I, InterruptType>,
    given: RunConfig<C> & StreamConfig<Modes, Subgraphs, Encoding> = {},
  ): Promise<
    RunStream<
      StreamOutput<Modes, Subgraphs, Encoding, ExtractStateType<O>, U, N, NodeReturnType, InferWriterType<WriterType>>
    >
  > {
    const config = mergeConfigs(this.#bound, given);
    const around = taskAround(config, this.#options);
    const { streamMode = around ? 'values' : 'updates', subgraphs = false, encoding } = config;
    const modes = readStreamModes(streamMode);
    const outputKeys = readOutputKeys(this.spec, config.outputKeys);
    const start = async (listen: Listener, draining: () => boolean): Promise<void> => {
      if (around) return void (await this.#runInside(around, input, config, listen));
      await callRun(this.spec, this.#options, input, config, listen, draining);
    };
    const [several, sse] = [Array.isArray(streamMode), encoding === 'text/event-stream'];
    return new RunStream(start, { modes, several, subgraphs, outputKeys, sse, now: () => nowOf(this.#options) });
  }

  async #collect(input: unknown, config: StreamConfig): Promise<unknown[]> {
    const chunks: unknown[] = [];
    for await (const chunk of await this.stream(input as never, config as never)) chunks.push(chunk);
    return chunks;
  }

  /** Whether a result of this graph carries pending questions. */
  isInterrupted(values: unknown): values is { [INTERRUPT]: Interrupt<InferInterruptInputType<InterruptType>>[] } {
    return isInterrupted(values);
  }

  /** As LangGraph: whether this graph has threads of its own. */
  get checkpointer(): Checkpointer | boolean | undefined {
    return this.#options.checkpointer;
  }

  set checkpointer(checkpointer: Checkpointer | boolean | undefined) {
    checkSaver(checkpointer);
    this.#options = { ...this.#options, checkpointer };
  }

  get store(): BaseStore | undefined {
    return this.spec.store;
  }

  set store(store: BaseStore | undefined) {
    this.spec.store = store;
  }

  /**
   * The thread's newest state, or that of `config.configurable.checkpoint_id`; of the graph inside it that `checkpoint_ns` names.
   * An unknown thread has an empty one.
   */
  async getState(config: RunnableConfig, options: GetStateOptions = {}): Promise<StateSnapshot> {
    return callState(this.spec, this.#named(config), config, options.subgraphs ?? false);
  }

  /** One snapshot for each superstep that was saved, newest first; that of `config.configurable.checkpoint_id` alone when it is given. */
  async *getStateHistory(
    config: RunnableConfig,
    { before, ...options }: GetHistoryOptions = {},
  ): AsyncGenerator<StateSnapshot, undefined> {
    const { threadId, checkpointer, ns, at } = this.#named(config);
    if (at !== undefined) {
      const snapshot = await this.getState(config);
      if (snapshot.metadata) yield snapshot;
      return;
    }
    const page = { ...options, ns, before: before?.configurable?.checkpoint_id, live: false };
    yield* snapshotsOf(this.spec, checkpointer, threadId, page);
  }

  /** The graphs that are nodes of this one, by the name of the node. @param recurse graphs inside them too, as `outer|inner` */
  *getSubgraphs(namespace?: string, recurse = false): Generator<[string, AnyGraph]> {
    yield* subgraphsOf(this.spec, namespace, recurse) as Generator<[string, AnyGraph]>;
  }

  async *getSubgraphsAsync(namespace?: string, recurse = false): AsyncGenerator<[string, AnyGraph]> {
    yield* this.getSubgraphs(namespace, recurse);
  }

  /**
   * Makes a new checkpoint as if a node had returned `values`: its edges fire, and what was planned before is dropped.
   * @param asNode @default the node that ran last
   * @returns the config that names the new checkpoint
   * @throws InvalidUpdateError when several nodes ran last and none is named
   */
  updateState(
    config: RunnableConfig,
    values: U | Command | null,
    // A name that is not known when it is written is refused when it is used, as in LangGraph.
    asNode?: N | typeof START | typeof END | '__copy__' | '__input__' | (string & Record<never, never>),
  ): Promise<ThreadConfig> {
    return this.bulkUpdateState(config, [{ updates: [{ values, asNode }] }]);
  }

  /** Several supersteps made by hand, one after the other; the updates of one superstep are applied together. If one is refused, all are. */
  async bulkUpdateState(
    config: RunnableConfig,
    supersteps: readonly { readonly updates: readonly Update[] }[],
  ): Promise<ThreadConfig> {
    const updates = supersteps.map(({ updates }) => updates);
    return callUpdate(this.spec, this.#options, this.#named(config), updates, config.metadata);
  }

  /** @deprecated `getGraphAsync`, as in LangGraph. */
  getGraph(options?: DrawOptions): DrawableGraph {
    return this.#draw(options);
  }

  /** What to draw: nodes and edges. `.drawMermaid()` is their text in Mermaid's language. */
  async getGraphAsync(options?: DrawOptions): Promise<DrawableGraph> {
    return this.#draw(options);
  }

  #runInside(around: TaskContext, input: unknown, config: RunnableConfig, listen?: Listener): Promise<unknown> {
    return around.watch(runNested(around, this.spec, input, config, this.#options.checkpointer === true, listen));
  }

  #named(given: RunnableConfig): Named {
    return namedBy(mergeConfigs(this.#bound, given), this.#options);
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- any graph: TypeScript checks its parameters both ways
type AnyGraph = CompiledStateGraph<any, any, any, any, any, any>;
