/** A compiled graph: LangGraph's calls, each translated to one run, read or update of a thread. */
import type { StateDefinition } from '../annotation.ts';
import type { Interrupt } from '../checkpoint/checkpoint.ts';
import type { Checkpointer } from '../checkpoint/checkpointer.ts';
import type { Command } from '../command.ts';
import type { RunnableConfig, ThreadConfig } from '../config.ts';
import { RunControl } from '../control.ts';
import { type END, INTERRUPT, type START } from '../constants.ts';
import { EmptyInputError, GraphDrained, GraphValueError, HoldpointError } from '../errors.ts';
import type { BaseStore } from '../store/store.ts';
import type { Listener } from '../engine/events.ts';
import { openRun } from '../engine/open.ts';
import { readRequest, withConfig } from '../engine/request.ts';
import { run, type RunEnd } from '../engine/run.ts';
import {
  emptySnapshot,
  historyOf,
  type HistoryOptions,
  snapshotOf,
  type StateSnapshot,
  threadConfig,
} from '../engine/snapshot.ts';
import { isInterrupted } from '../interrupt.ts';
import type { StreamOutput } from '../engine/chunk.ts';
import { RunStream } from '../engine/run-stream.ts';
import { pick, readStreamModes, type StreamMode } from '../engine/stream.ts';
import { updateState } from '../engine/update.ts';
import { unknownCheckpoint } from '../checkpoint/checkpointer.ts';
import { currentTask, type TaskContext } from '../engine/context.ts';
import { runNested } from '../engine/nested.ts';
import type { ExtractStateType, ExtractUpdateType, StateDefinitionInit } from '../schema/definition.ts';
import type { InferInterruptInputType, InferInterruptResumeType, InferWriterType } from './infer.ts';
import type { GraphSpec, State } from './spec.ts';

export interface CompileOptions {
  /**
   * Where threads are kept. Without one, a run keeps nothing and cannot stop for a person. A graph that runs inside another
   * one is kept with it; `true` there: it goes on from its last state each time its node runs.
   */
  readonly checkpointer?: Checkpointer | boolean;
  readonly name?: string;
  readonly description?: string;
  /** Long-term memory, `config.store` in nodes. */
  readonly store?: BaseStore;
  /** Stop before these nodes, `'*'`: before every one. `invoke(null)` goes on. @default [] */
  readonly interruptBefore?: readonly string[] | '*';
  /** Stop after these nodes, `'*'`: after every one. `invoke(null)` goes on. @default [] */
  readonly interruptAfter?: readonly string[] | '*';
  /**
   * On resume, compare each question without a key with the one that was answered, and refuse the answer if it differs.
   * Turn it off for graphs whose questions are not deterministic.
   * @default true
   */
  readonly checkQuestions?: boolean;
  /** Milliseconds since 1970. @default Date.now */
  now?(): number;
  /** A new unique id for a run. @default crypto.randomUUID */
  newId?(): string;
  /**
   * How long a run may hold its thread, in milliseconds. After that another run may take the thread over, so it must be
   * longer than the longest run.
   * @default 900_000
   */
  readonly claimMs?: number;
}

export interface StreamConfig<
  Modes extends StreamMode | readonly StreamMode[] = StreamMode | readonly StreamMode[],
  Subgraphs extends boolean = boolean,
  Encoding extends 'text/event-stream' | undefined = 'text/event-stream' | undefined,
> extends RunnableConfig {
  /** @default 'updates'; inside of nodes 'values' */
  readonly streamMode?: Modes | undefined;
  /** Tell of nested graphs too. @default false */
  readonly subgraphs?: Subgraphs | undefined;
  /** The channels that are told; a name alone: its bare value. @default all */
  readonly outputKeys?: string | readonly string[] | undefined;
  /** Chunks as server-sent events, in bytes. */
  readonly encoding?: Encoding;
}

/** The state, and the pending questions when the run stopped for them. */
export type Result<State> = State & { readonly [INTERRUPT]?: Interrupt[] };

const DEFAULT_CLAIM_MS = 900_000;

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
> {
  /** The graph as the engine sees it. */
  readonly spec: GraphSpec;
  readonly #options: CompileOptions;

  constructor(spec: GraphSpec, options: CompileOptions) {
    this.spec = spec;
    this.#options = options;
  }

  get name(): string {
    return this.spec.name;
  }

  /**
   * Runs until the graph is done or a node asks a question.
   * @param input the initial state, a Command that answers, or null to go on with a paused thread
   * @throws what a node threw
   * @throws HoldpointError refusals, by `code`; the thread is untouched then
   */
  async invoke(
    input: Input<I, InterruptType>,
    config: RunConfig<C> & StreamConfig = {},
  ): Promise<Result<ExtractStateType<O>>> {
    const { streamMode, outputKeys } = config;
    if (streamMode !== undefined && streamMode !== 'values') return (await this.#collect(input, config)) as never;
    const keys = this.#keys(outputKeys);
    const around = this.#around(config);
    if (around) return pick(await this.#runInside(around, input, config), keys) as Result<ExtractStateType<O>>;
    const end = await this.#run(input, config);
    const values = pick(end.values, keys);
    const asks = end.stopped && end.stopped !== 'drained';
    const result = asks ? { ...Object(values), [INTERRUPT]: [...end.interrupts] } : values;
    return result as Result<ExtractStateType<O>>;
  }

  /** As `invoke`, but tells what happens while it happens. The run goes on whether or not its chunks are read. */
  async stream<
    Modes extends StreamMode | readonly StreamMode[] = 'updates',
    Subgraphs extends boolean = false,
    Encoding extends 'text/event-stream' | undefined = undefined,
  >(
    input: Input<I, InterruptType>,
    config: RunConfig<C> & StreamConfig<Modes, Subgraphs, Encoding> = {},
  ): Promise<
    RunStream<
      StreamOutput<Modes, Subgraphs, Encoding, ExtractStateType<O>, U, N, NodeReturnType, InferWriterType<WriterType>>
    >
  > {
    const around = this.#around(config);
    const { streamMode = around ? 'values' : 'updates', subgraphs = false, encoding } = config;
    const modes = readStreamModes(streamMode);
    const outputKeys = this.#keys(config.outputKeys);
    const start = async (listen: Listener, draining: () => boolean): Promise<void> => {
      if (around) return void (await this.#runInside(around, input, config, listen));
      await this.#run(input, config, listen, draining);
    };
    const [several, sse, now] = [Array.isArray(streamMode), encoding === 'text/event-stream', () => this.#now()];
    return new RunStream(start, { modes, several, subgraphs, outputKeys, sse, now });
  }

  /** LangChain's events are not told: use `stream()`. @throws HoldpointError `invalid_argument` */
  streamEvents(): never {
    throw new HoldpointError('invalid_argument', 'streamEvents() is not here: use stream(), streamMode "messages".');
  }

  async #collect(input: unknown, config: StreamConfig): Promise<unknown[]> {
    const chunks: unknown[] = [];
    for await (const chunk of await this.stream(input as never, config as never)) chunks.push(chunk);
    return chunks;
  }

  #keys(keys: StreamConfig['outputKeys']): StreamConfig['outputKeys'] {
    const unknown = [keys ?? []].flat().find((key) => !this.spec.channels.has(key));
    if (unknown === undefined) return keys;
    throw new HoldpointError('invalid_argument', `outputKeys: Key ${unknown} not found in channels.`);
  }

  /** Whether a result of this graph carries pending questions. */
  isInterrupted(values: unknown): values is { [INTERRUPT]: Interrupt<InferInterruptInputType<InterruptType>>[] } {
    return isInterrupted(values);
  }

  /** The thread's newest state, or that of `config.configurable.checkpoint_id`. An unknown thread has an empty one. */
  async getState(config: RunnableConfig): Promise<StateSnapshot<S>> {
    const { threadId, checkpointer } = this.#thread(config);
    const id = config.configurable?.checkpoint_id;
    const loaded = await checkpointer.load(threadId, id);
    if (loaded && id !== undefined && !loaded.checkpoint) throw unknownCheckpoint(threadId, id);
    const snapshot = loaded?.checkpoint
      ? snapshotOf(this.spec, threadId, loaded.checkpoint, id === undefined)
      : emptySnapshot(threadId);
    return snapshot as StateSnapshot<S>;
  }

  /** One snapshot for each superstep that was saved, newest first; that of `config.configurable.checkpoint_id` alone when it is given. */
  async *getStateHistory(
    config: RunnableConfig,
    options: Omit<HistoryOptions, 'before'> & { readonly before?: RunnableConfig } = {},
  ): AsyncGenerator<StateSnapshot<S>, undefined> {
    const { threadId, checkpointer } = this.#thread(config);
    if (config.configurable?.checkpoint_id !== undefined) {
      const snapshot = await this.getState(config);
      if (snapshot.metadata) yield snapshot;
      return;
    }
    const before = options.before?.configurable?.checkpoint_id;
    for await (const checkpoint of historyOf(checkpointer, threadId, { limit: options.limit, before })) {
      yield snapshotOf(this.spec, threadId, checkpoint, false) as StateSnapshot<S>;
    }
  }

  /**
   * Makes a new checkpoint as if a node had returned `values`: its edges fire, and what was planned before is dropped.
   * @param asNode @default the node that ran last
   * @returns the config that names the new checkpoint
   * @throws InvalidUpdateError when several nodes ran last and none is named
   */
  async updateState(
    config: RunnableConfig,
    values: U | Command | null,
    asNode?: N | typeof START | typeof END,
  ): Promise<ThreadConfig> {
    const { threadId, checkpointer } = this.#thread(config);
    const id = await updateState(this.spec, checkpointer, {
      threadId,
      values,
      asNode,
      at: config.configurable?.checkpoint_id,
      runId: this.#newId(),
      expiresAt: this.#now() + (this.#options.claimMs ?? DEFAULT_CLAIM_MS),
      metadata: config.metadata,
      now: () => this.#now(),
    });
    return threadConfig(threadId, id);
  }

  /** The task that this call is made from, unless the call names a thread of its own. */
  #around(config: RunnableConfig): TaskContext | undefined {
    const around = currentTask();
    const threadId = config.configurable?.thread_id;
    const same = threadId === undefined || threadId === around?.config.configurable?.thread_id;
    return same || typeof this.#options.checkpointer !== 'object' ? around : undefined;
  }

  #runInside(around: TaskContext, input: unknown, config: RunnableConfig, listen?: Listener): Promise<State> {
    return around.watch(runNested(around, this.spec, input, config, this.#options.checkpointer === true, listen));
  }

  /** @throws what a node threw; GraphDrained when `config.control` stopped the run */
  async #run(input: unknown, given: RunnableConfig, listen?: Listener, draining?: () => boolean): Promise<RunEnd> {
    const { store } = this.#options;
    const config = { ...(store && { store }), control: new RunControl(), ...given };
    const end = await this.#start(input, config, listen, draining);
    if ('error' in end) throw end.error;
    const { drainReason } = config.control;
    if (end.stopped === 'drained' && drainReason !== undefined) throw new GraphDrained(drainReason);
    return end;
  }

  async #start(input: unknown, config: RunnableConfig, listen?: Listener, draining?: () => boolean): Promise<RunEnd> {
    const request = withConfig(readRequest(input, undefined, config.configurable?.checkpoint_id), config);
    const runId = this.#newId();
    const common = { graph: this.spec, runId, config, listen, now: () => this.#now(), ...(draining && { draining }) };
    if (!this.#options.checkpointer) {
      if (request.kind === 'continue')
        throw new EmptyInputError('There is nothing to continue without a checkpointer.');
      if (request.kind === 'command' && (request.command.resume || request.command.answers)) {
        throw new GraphValueError('missing_checkpointer', 'Cannot use Command({ resume }) without checkpointer.');
      }
      return run({ ...common, request, store: undefined });
    }
    const { threadId, checkpointer } = this.#thread(config);
    const now = this.#now();
    const expiresAt = now + (this.#options.claimMs ?? DEFAULT_CLAIM_MS);
    const claim = await openRun(checkpointer, threadId, { request, runId, now, expiresAt });
    return run({ ...common, request: claim.request ?? request, store: { checkpointer, claim } });
  }

  #thread(config: RunnableConfig): { threadId: string; checkpointer: Checkpointer } {
    const { checkpointer } = this.#options;
    if (typeof checkpointer !== 'object') {
      throw new GraphValueError('missing_checkpointer', 'No checkpointer set. Compile with { checkpointer }.');
    }
    const threadId: unknown = config.configurable?.thread_id;
    if (typeof threadId !== 'string' || threadId === '') {
      throw new GraphValueError(
        'missing_thread_id',
        'Missing the required "thread_id": pass { configurable: { thread_id: "…" } }, so that the checkpointer knows the thread.',
      );
    }
    return { threadId, checkpointer };
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  #newId(): string {
    return this.#options.newId?.() ?? crypto.randomUUID();
  }
}

/** What a run takes: an update, a Command that answers, or null to go on with a paused thread. */
type Input<I, InterruptType> =
  // oxlint-disable-next-line typescript/no-explicit-any -- the names and updates of a Command are checked when it is read
  ExtractUpdateType<I> | Command<InferInterruptResumeType<InterruptType>, any, any> | null;

/** A run's config, with the context that the graph was declared with. */
type RunConfig<C> = Omit<RunnableConfig, 'context'> & {
  // oxlint-disable-next-line typescript/no-explicit-any -- without a context schema it is the caller's own
  readonly context?: StateDefinition extends C ? any : ExtractStateType<C>;
};
