/** A compiled graph as the engine sees it: immutable, and with every name resolved. */
import type { Channel } from '../channel.ts';
import type { Planned, Stored, TaskResult } from '../checkpoint/checkpoint.ts';
import type { LangGraphRunnableConfig } from '../config.ts';
import type { Attempt } from '../engine/attempt.ts';
import type { Transient } from '../engine/transient.ts';
import type { StandardSchema } from '../schema/standard.ts';
import type { BaseCache, CachePolicy } from '../policies/cache.ts';
import type { BaseStore } from '../store/store.ts';

export interface GraphSpec {
  readonly name: string;
  readonly channels: ReadonlyMap<string, Channel>;
  /** What a run's input may write. @default all channels */
  readonly input?: ReadonlyMap<string, Channel> | undefined;
  /** Of the whole input, where it is not just part of the state. */
  readonly inputSchema?: StandardSchema | undefined;
  /** What callers get. @default all channels */
  readonly output?: readonly string[] | undefined;
  readonly contextSchema?: StandardSchema | undefined;
  /** Some channel parses its updates. */
  readonly parses?: boolean;
  /** The channels that are never saved, if there are any. */
  readonly transient?: Transient | undefined;
  readonly nodes: ReadonlyMap<string, NodeSpec>;
  /** The node that takes the run's input: START, or what a graph of one function has instead. */
  readonly entry: string;
  /** The state as callers see it. @default every channel that is set, or has an initial value, by name */
  read?(channels: ReadonlyMap<string, Stored>): unknown;
  readonly breakpoints: Breakpoints;
  /** Whether there are deferred nodes. */
  readonly defers?: boolean;
  /** Where nodes with a `cachePolicy` keep their results, unless the call has another. */
  readonly cache?: BaseCache | undefined;
  /** How long a superstep may take, in milliseconds. */
  stepTimeout?: number | undefined;
  /** What `config.store` is unless the call has one. */
  store?: BaseStore | undefined;
  /** What `config.interrupt` is: a function, or several by name. @default interrupt */
  readonly interrupt?: LangGraphRunnableConfig['interrupt'];
  /** Compare a replayed question with the recorded one. */
  readonly checkQuestions: boolean;
}

/** Where runs stop without a question: at all nodes, or at those named. */
export interface Breakpoints {
  readonly before: readonly string[] | '*';
  readonly after: readonly string[] | '*';
}

export type State = Readonly<Record<string, unknown>>;

export interface NodeSpec {
  readonly name: string;
  readonly run: (input: unknown, config: LangGraphRunnableConfig) => unknown;
  /** The channels that it sees. @default all */
  readonly reads?: readonly string[] | undefined;
  /** The node with its policies. @default one attempt */
  readonly attempt?: Attempt | undefined;
  /** The node with another time-out: that of a Send. */
  readonly timed?: ((timeout: NonNullable<Planned['timeout']>) => Attempt) | undefined;
  /** Waits until nothing else is planned. */
  readonly defer?: boolean | undefined;
  readonly cachePolicy?: CachePolicy | undefined;
  /** What the node returned as writes and targets. @default an update of the state, or Commands */
  interpret?(output: unknown): TaskResult;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** The graph that the node is, or calls: its state can be looked at. */
  readonly graph?: NestedGraph | undefined;
  /** Static edges out of this node, END left out. */
  readonly edges: readonly string[];
  readonly branches: readonly Branch[];
  /** Joins that wait for this node among others. */
  readonly joins: readonly Join[];
}

/** A compiled graph. */
export interface NestedGraph {
  readonly spec: GraphSpec;
}

/** A join edge: `target` runs once all of `sources` have finished. */
export interface Join {
  readonly id: string;
  readonly sources: readonly string[];
  readonly target: string;
}

/** A conditional edge. */
export interface Branch {
  decide(state: State, config: LangGraphRunnableConfig): unknown;
  /** It is LangChain's, and tells callbacks of itself. */
  readonly isRunnable: boolean;
  /** From what `decide` returns to a node. Absent: it returns node names. */
  readonly ends: ReadonlyMap<string, string> | undefined;
}
