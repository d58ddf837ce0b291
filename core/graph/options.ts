/** What a graph is compiled with, and what its calls take and give. */
import type { StateDefinition } from '../annotation.ts';
import type { Interrupt } from '../checkpoint/checkpoint.ts';
import type { Checkpointer } from '../checkpoint/checkpointer.ts';
import type { Clock } from '../clock.ts';
import type { Command } from '../command.ts';
import type { RunnableConfig } from '../config.ts';
import type { INTERRUPT } from '../constants.ts';
import type { SnapshotsOptions } from '../engine/history.ts';
import type { StreamMode } from '../engine/stream.ts';
import type { BaseCache } from '../policies/cache.ts';
import type { ExtractStateType, ExtractUpdateType } from '../schema/definition.ts';
import type { BaseStore } from '../store/store.ts';
import type { InferInterruptResumeType } from './infer.ts';

export interface CompileOptions<Nodes extends string = string> {
  /**
   * Where threads are kept. Without one, a run keeps nothing and cannot stop for a person. A graph that runs inside another
   * one is kept with it; `true` there: it goes on from its last state each time its node runs.
   */
  readonly checkpointer?: Checkpointer | boolean | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Long-term memory, `config.store` in nodes. */
  readonly store?: BaseStore | undefined;
  /** Stop before these nodes, `'*'`: before every one. `invoke(null)` goes on. @default [] */
  readonly interruptBefore?: readonly Nodes[] | '*' | undefined;
  /** Stop after these nodes, `'*'`: after every one. `invoke(null)` goes on. @default [] */
  readonly interruptAfter?: readonly Nodes[] | '*' | undefined;
  /**
   * On resume, compare each question without a key with the one that was answered, and refuse the answer if it differs.
   * Turn it off for graphs whose questions are not deterministic.
   * @default true
   */
  readonly checkQuestions?: boolean;
  /** Milliseconds since 1970. @default Date.now */
  now?(): number;
  /** Resolves after so many milliseconds, or when the signal is aborted: waits of policies and time-outs. @default setTimeout */
  readonly sleep?: Clock['sleep'];
  /** A new unique id for a run. @default crypto.randomUUID */
  newId?(): string;
  /**
   * How long a run may hold its thread, in milliseconds. After that another run may take the thread over, so it must be
   * longer than the longest run.
   * @default 900_000
   */
  readonly claimMs?: number;
  /** How long a superstep may take, in milliseconds; also `graph.stepTimeout = ms`. @default for ever */
  readonly stepTimeout?: number | undefined;
  /** Where nodes with a `cachePolicy` keep their results. */
  readonly cache?: BaseCache | undefined;
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

export interface GetStateOptions {
  /** The states of nested graphs that wait, too. @default false */
  readonly subgraphs?: boolean;
}

export interface GetHistoryOptions extends Omit<SnapshotsOptions, 'before' | 'ns' | 'live'> {
  /** Only what is older than this checkpoint. */
  readonly before?: RunnableConfig;
}

/** The state, and the pending questions when the run stopped for them. */
export type Result<State> = State & { readonly [INTERRUPT]?: Interrupt[] };

/** What a run takes: an update, a Command that answers, or null to go on with a paused thread. */
export type RunInput<I, InterruptType> =
  // oxlint-disable-next-line typescript/no-explicit-any -- the names and updates of a Command are checked when it is read
  ExtractUpdateType<I> | Command<InferInterruptResumeType<InterruptType>, any, any> | null;

/** A run's config, with the context that the graph was declared with. */
export type RunConfig<C> = Omit<RunnableConfig, 'context'> & {
  // oxlint-disable-next-line typescript/no-explicit-any -- without a context schema it is the caller's own
  readonly context?: StateDefinition extends C ? any : ExtractStateType<C>;
};
