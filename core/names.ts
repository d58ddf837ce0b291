/** Types by the names that LangGraph has for them, where they are called otherwise here: programs that import them compile. */
/* oxlint-disable typescript/no-explicit-any -- as in LangGraph: whatever a graph is made of */
import type { AnnotationRoot, StateDefinition } from './annotation.ts';
import type { Reducer } from './channel.ts';
import type { Checkpointer } from './checkpoint/checkpointer.ts';
import type { Command, CommandOptions } from './command.ts';
import type { StreamOutput } from './engine/chunk.ts';
import type { RunStream } from './engine/run-stream.ts';
import type { StateSnapshot } from './engine/snapshot.ts';
import type { StreamMode } from './engine/stream.ts';
import type { CompiledStateGraph } from './graph/compiled.ts';
import type { NodeOptions } from './graph/declared.ts';
import type { LegacyChannels } from './graph/node-types.ts';
import type { StreamConfig } from './graph/options.ts';

export type BinaryOperator<Value, Update = Value> = Reducer<Value, Update>;

export type AddNodeOptions<Nodes extends string = string> = Pick<
  NodeOptions<Nodes>,
  'metadata' | 'subgraphs' | 'ends' | 'defer'
>;
export type NodePolicyOptions = Pick<NodeOptions, 'retryPolicy' | 'cachePolicy' | 'timeout'>;
export type StateGraphAddNodeOptions<Nodes extends string = string> = NodeOptions<Nodes>;

export type StateGraphArgs<State> = LegacyChannels<State>;
export interface StateGraphArgsWithStateSchema<
  State extends StateDefinition,
  Input extends StateDefinition,
  Output extends StateDefinition,
> {
  readonly stateSchema: AnnotationRoot<State>;
  readonly input?: AnnotationRoot<Input>;
  readonly output?: AnnotationRoot<Output>;
}
export interface StateGraphArgsWithInputOutputSchemas<
  State extends StateDefinition,
  Output extends StateDefinition = State,
> {
  readonly input: AnnotationRoot<State>;
  readonly output: AnnotationRoot<Output>;
}

export type CommandInstance<Resume = unknown, Update = unknown, Nodes extends string = string> = Command<
  Resume,
  Update,
  Nodes
>;
export interface CommandParams<
  Resume = unknown,
  Update = Record<string, unknown>,
  Nodes extends string = string,
> extends CommandOptions<Resume, Update, Nodes> {
  readonly lg_name?: 'Command';
}

/** What `compile` takes. LangGraph's own savers do not fit: none of them can take a claim. */
export type BaseCheckpointSaver = Checkpointer;
export type CheckpointMetadata = NonNullable<StateSnapshot['metadata']>;

type AnyGraph = CompiledStateGraph<any, any, any, any, any, any, any, any, any>;

/** Anything that runs: a compiled graph or an entrypoint. */
export interface Pregel<_Nodes = any, _Channels = any, _Context = any, Input = any, Output = any> extends Omit<
  AnyGraph,
  'invoke' | 'stream'
> {
  invoke(input: Input | Command | null, config?: StreamConfig): Promise<Output>;
  stream(input: Input | Command | null, config?: StreamConfig): Promise<RunStream<any>>;
}
export type CompiledGraph<Nodes extends string, State = any, Update = any> = CompiledStateGraph<State, Update, Nodes>;
export type CompiledGraphType<Spec extends object = object> = CompiledGraph<
  Spec extends { node: infer Nodes extends string } ? Nodes : any,
  Spec extends { state: infer State } ? State : any,
  Spec extends { update: infer Update } ? Update : any
>;

export type PregelOptions<
  _Nodes = any,
  _Channels = any,
  _Context = any,
  Modes extends StreamMode | readonly StreamMode[] = StreamMode | readonly StreamMode[],
  Subgraphs extends boolean = boolean,
  Encoding extends 'text/event-stream' | undefined = 'text/event-stream' | undefined,
> = StreamConfig<Modes, Subgraphs, Encoding>;

export type StreamOutputMap<
  Modes extends StreamMode | StreamMode[] | undefined,
  Subgraphs extends boolean,
  Updates,
  Values,
  Nodes,
  NodeReturnType,
  Custom,
  Encoding extends 'text/event-stream' | undefined,
> = StreamOutput<
  Modes extends StreamMode | StreamMode[] ? Modes : 'updates',
  Subgraphs,
  Encoding,
  Values,
  Updates,
  Nodes extends string ? Nodes : string,
  NodeReturnType,
  Custom
>;
