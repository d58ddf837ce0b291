/** The types of nodes and routers: as the builder takes them, and for those who write them apart from a graph. */
import type { SingleReducer, StateDefinition } from '../annotation.ts';
import type { Command, Send } from '../command.ts';
import type { LangGraphRunnableConfig, Runtime } from '../config.ts';
import type { END } from '../constants.ts';
import type {
  ExtractStateType,
  ExtractUpdateType,
  StateDefinitionInit,
  ToStateDefinition,
} from '../schema/definition.ts';
import type { AnyStateSchema } from '../schema/state-schema.ts';
import type { InferInterruptResumeType } from './infer.ts';

type MaybePromise<T> = T | Promise<T>;
// oxlint-disable-next-line typescript/no-explicit-any -- as in LangGraph: whatever the caller's context is
type AnyContext = Record<string, any>;

export type Prettify<T> = { [Key in keyof T]: T[Key] } & {};

/** What a node returns: a partial update, a Command, several of them, or nothing. */
export type NodeReturn<Update> = Update | AnyCommand | readonly (Update | AnyCommand)[] | null | undefined | void;

// oxlint-disable-next-line typescript/no-explicit-any -- its update may have keys that are no channel
type AnyCommand = Command<any, any>;

export type NodeFunction<State, Update, Config = LangGraphRunnableConfig> = (
  state: State,
  config: Config,
) => MaybePromise<NodeReturn<Update>>;

/** Anything with `invoke` is a node. */
export interface RunnableLike<State, Update> {
  // oxlint-disable-next-line typescript/no-explicit-any -- its own idea of a config
  invoke(state: State, config?: any): MaybePromise<NodeReturn<Update>>;
}

export type NodeAction<State, Update, Config = LangGraphRunnableConfig> =
  | NodeFunction<State, Update, Config>
  | RunnableLike<State, Update>;

/** The config that a graph's nodes get: of its context, its questions and its custom chunks. */
export type NodeConfig<C, InterruptType, WriterType> =
  ExtractStateType<C> extends infer Context extends AnyContext
    ? Omit<LangGraphRunnableConfig<Context>, 'interrupt' | 'writer'> & Runtime<Context, InterruptType, WriterType>
    : never;

/** A node that names where its Commands go. */
export type StrictNodeAction<S, U, C, Nodes extends string, InterruptType, WriterType> = (
  state: Prettify<S>,
  config: NodeConfig<C, InterruptType, WriterType>,
) => MaybePromise<U | Command<InferInterruptResumeType<InterruptType>, unknown, Nodes>>;

/** What each of several nodes returns. */
export type ReturnsOf<Nodes> = {
  [Name in keyof Nodes]: Nodes[Name] extends
    | ((...args: never) => infer Return)
    | { invoke(...args: never): infer Return }
    ? Exclude<Awaited<Return>, AnyCommand>
    : never;
};

/** A router: the name of a node, END, a Send, or several of them; with a path map, labels. */
export type Router<State, Config = LangGraphRunnableConfig> = (
  state: State,
  config: Config,
) => MaybePromise<string | boolean | number | Send | readonly (string | Send)[]>;

export type AnyRouter<State, Config> =
  // oxlint-disable-next-line typescript/no-explicit-any -- its own idea of a config
  Router<State, Config> | { invoke(state: State, config?: any): ReturnType<Router<State>> };

/** From a router's labels to nodes, or the nodes that it may return. */
export type PathMap<Nodes extends string> =
  | Readonly<Record<string, Nodes | typeof END>>
  | readonly (Nodes | typeof END)[]
  | undefined;

export type ExtractStateDefinition<T> = T extends AnyStateSchema
  ? T
  : ToStateDefinition<T> extends infer Definition extends StateDefinition
    ? [Definition] extends [never]
      ? StateDefinition
      : Definition
    : StateDefinition;

/** Beside the state: what callers pass, what they get, and what nodes find in their config. */
export interface StateGraphOptions<
  I extends StateDefinitionInit | undefined = undefined,
  O extends StateDefinitionInit | undefined = undefined,
  C extends StateDefinitionInit | undefined = undefined,
  N extends string = string,
  InterruptType = unknown,
  WriterType = unknown,
> {
  /** What `invoke` takes. @default the state */
  readonly input?: I;
  /** What `invoke` returns. @default the state */
  readonly output?: O;
  /** Of `config.context`, which is validated by it. */
  readonly context?: C;
  /** Only a type: of `config.interrupt`. */
  readonly interrupt?: InterruptType;
  /** Only a type: of `config.writer`. */
  readonly writer?: WriterType;
  /** Only a type: the names of the nodes. */
  readonly nodes?: readonly N[];
}

export interface StateGraphInit<
  SD extends StateDefinitionInit = StateDefinitionInit,
  I extends StateDefinitionInit | undefined = undefined,
  O extends StateDefinitionInit | undefined = undefined,
  C extends StateDefinitionInit | undefined = undefined,
  N extends string = string,
  InterruptType = unknown,
  WriterType = unknown,
> extends StateGraphOptions<I, O, C, N, InterruptType, WriterType> {
  readonly state?: SD;
  readonly stateSchema?: SD;
}

/** Channels as LangGraph declared them once. */
export interface LegacyChannels<S> {
  // oxlint-disable-next-line typescript/no-explicit-any -- updates of every type
  readonly channels: { readonly [Key in keyof S]: SingleReducer<S[Key], any> | null };
}

export type GraphNodeReturnValue<Update, Nodes extends string = string> = MaybePromise<
  Update | Command<unknown, unknown, Nodes>
>;

/** A bag of types for `GraphNode`. */
export interface GraphNodeTypes<
  InputSchema = unknown,
  OutputSchema = unknown,
  ContextSchema = unknown,
  Nodes extends string = string,
> {
  InputSchema?: InputSchema;
  OutputSchema?: OutputSchema;
  ContextSchema?: ContextSchema;
  Nodes?: Nodes;
}

/** A bag of types for `ConditionalEdgeRouter`. */
export interface ConditionalEdgeRouterTypes<
  InputSchema = unknown,
  ContextSchema = unknown,
  Nodes extends string = string,
> {
  InputSchema?: InputSchema;
  ContextSchema?: ContextSchema;
  Nodes?: Nodes;
}

type BagInput<Bag> = Bag extends { InputSchema: infer Schema } ? ExtractStateType<Schema> : unknown;
type BagUpdate<Bag> = Bag extends { OutputSchema: infer Schema } ? ExtractUpdateType<Schema> : Partial<BagInput<Bag>>;
type BagNodes<Bag> = Bag extends { Nodes: infer Nodes extends string } ? Nodes : string;
type BagContext<Bag> = Bag extends { ContextSchema: infer Schema }
  ? ExtractStateType<Schema> extends infer Context extends Record<string, unknown>
    ? Context
    : Record<string, unknown>
  : Record<string, unknown>;

/**
 * A node, from its graph's schema or from a bag of types.
 * @example
 * const draft: GraphNode<typeof State> = (state) => ({ text: state.topic });
 */
export type GraphNode<Schema, Context extends AnyContext = AnyContext, Nodes extends string = string> = Schema extends
  | { InputSchema: unknown }
  | { OutputSchema: unknown }
  ? (
      state: BagInput<Schema>,
      config: LangGraphRunnableConfig<BagContext<Schema>>,
    ) => GraphNodeReturnValue<BagUpdate<Schema>, BagNodes<Schema>>
  : (
      state: ExtractStateType<Schema>,
      config: LangGraphRunnableConfig<Context>,
    ) => GraphNodeReturnValue<ExtractUpdateType<Schema>, Nodes>;

type Destination<State, Nodes extends string> =
  | Nodes
  | typeof END
  | Send<Nodes, State>
  | (Nodes | typeof END | Send<Nodes, State>)[];

/** A router, from its graph's schema or from a bag of types. */
export type ConditionalEdgeRouter<
  Schema,
  Context extends AnyContext = AnyContext,
  Nodes extends string = string,
> = Schema extends { InputSchema: unknown } | { ContextSchema: unknown }
  ? (
      state: BagInput<Schema>,
      config: LangGraphRunnableConfig<BagContext<Schema>>,
    ) => MaybePromise<Destination<BagInput<Schema>, BagNodes<Schema>>>
  : (
      state: ExtractStateType<Schema>,
      config: LangGraphRunnableConfig<Context>,
    ) => MaybePromise<Destination<ExtractStateType<Schema>, Nodes>>;
