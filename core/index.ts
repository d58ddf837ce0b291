/** Holdpoint's engine. Names, argument shapes and behaviour are LangGraph.js's; docs/design.md says where it is safer. */

// Building graphs
export { StateGraph, type NodeList } from './graph/builder.ts';
export type { NodeOptions } from './graph/declared.ts';
export type {
  ConditionalEdgeRouter,
  ConditionalEdgeRouterTypes,
  GraphNode,
  GraphNodeReturnValue,
  GraphNodeTypes,
  NodeAction,
  NodeFunction,
  NodeReturn,
  ReturnsOf,
  Router,
  RunnableLike,
  StateGraphInit,
  StateGraphOptions,
} from './graph/node-types.ts';
export type { InferInterruptInputType, InferInterruptResumeType, InferWriterType } from './graph/infer.ts';
export { CompiledStateGraph } from './graph/compiled.ts';
export type { CompileOptions, GetStateOptions, Result, RunInput, StreamConfig } from './graph/options.ts';
export type { BatchOptions } from './graph/batch.ts';
export type { BareNode } from './graph/inside.ts';
export type { Piped, Step } from './graph/pipe.ts';
export type { GraphTool, ToolFields } from './graph/runnable.ts';

// Declaring state
export {
  Annotation,
  AnnotationRoot,
  type NodeType,
  type SingleReducer,
  type StateDefinition,
  type StateType,
  type UpdateType,
} from './annotation.ts';
export {
  type AnyStateSchema,
  type InferStateSchemaUpdate,
  type InferStateSchemaValue,
  StateSchema,
  type StateSchemaField,
  type StateSchemaFields,
  type StateSchemaFieldsToStateDefinition,
  type StateSchemaFieldToChannel,
} from './schema/state-schema.ts';
export {
  DeltaValue,
  type DeltaValueInit,
  ReducedValue,
  type ReducedValueInit,
  UntrackedValue,
  type UntrackedValueInit,
} from './schema/values.ts';
export type {
  ContextSchemaInit,
  ExtractStateType,
  ExtractUpdateType,
  StateDefinitionInit,
  ToStateDefinition,
} from './schema/definition.ts';
export {
  getJsonSchemaFromSchema,
  getSchemaDefaultGetter,
  isSerializableSchema,
  isStandardSchema,
  type StandardSchema,
} from './schema/standard.ts';
export { Overwrite, type OverwriteValue } from './overwrite.ts';
export type { BatchReducer as DeltaReducer, Channel, Reducer } from './channel.ts';
export {
  addMessages,
  type Messages,
  messagesDeltaReducer,
  messagesStateReducer,
  REMOVE_ALL_MESSAGES,
} from './messages/reducer.ts';
export { MessageGraph } from './messages/message-graph.ts';
export { MessagesAnnotation, MessagesDeltaValue, MessagesValue, MessagesZodMeta } from './messages/state.ts';
export type { Message, MessageContent, MessageLike } from './messages/message.ts';
export { pushMessage, type PushMessageOptions } from './messages/push.ts';
export { END, INTERRUPT, START } from './constants.ts';
export type { DrawableGraph, DrawnEdge, DrawnNode, DrawOptions } from './graph/draw.ts';
export type { MermaidOptions, PictureOptions } from './graph/mermaid.ts';

// Stopping for people
export {
  GraphCallbackHandler,
  type GraphInterruptEvent,
  type GraphLifecycleEvent,
  type GraphLifecycleStatus,
  type GraphResumeEvent,
} from './graph-callbacks.ts';
export { interrupt, isInterrupted } from './interrupt.ts';
export type { InterruptOptions } from './interrupt.ts';
export type { ResponseSchema } from './response.ts';
export {
  Command,
  type CommandOptions,
  isCommand,
  isParentCommand,
  ParentCommand,
  Send,
  type SendOptions,
} from './command.ts';
export type { Interrupt } from './checkpoint/checkpoint.ts';

// Functions instead of graphs
export { entrypoint, type Entrypoint, type EntrypointOptions, getPreviousState } from './functional/entrypoint.ts';
export type { EntrypointFinal } from './functional/function-graph.ts';
export { task, type TaskOptions } from './functional/task.ts';

// Inside nodes
export { getConfig, getCurrentTaskInput, getStore, getWriter, writer } from './ambient.ts';
export type { ExecutionInfo, LangGraphRunnableConfig, Runtime, ServerInfo } from './config.ts';

// Running and looking
export { RunControl } from './control.ts';
export type { Durability, RunnableConfig, ThreadConfig } from './config.ts';
export type { RunStream } from './engine/run-stream.ts';
export type { StreamMode } from './engine/stream.ts';
export type {
  StreamCheckpointsOutput,
  StreamDebugOutput,
  StreamMessageOutput,
  StreamOutput,
  StreamTasksOutput,
  StreamToolsOutput,
} from './engine/chunk.ts';
export type { StateSnapshot, TaskSnapshot } from './engine/snapshot.ts';

// Storage
export { MemorySaver, type MemorySaverOptions } from './checkpoint/memory.ts';
export type { ValueCodec } from './checkpoint/codec.ts';
export type { Checkpointer } from './checkpoint/checkpointer.ts';
export type { CheckpointTuple, ListCheckpointsOptions, SavedCheckpoint } from './checkpoint/saver.ts';
export type { ListThreadsOptions, ThreadPage } from './checkpoint/listing.ts';
export type { RunSummary, ThreadSummary, UnreadableThread } from './checkpoint/summary.ts';

// Memory that threads share
export {
  BaseStore,
  type GetOperation,
  type Item,
  type ListNamespacesOperation,
  type MatchCondition,
  type NameSpacePath,
  type NamespaceMatchType,
  type Operation,
  type OperationResults,
  type PutOperation,
  type SearchItem,
  type SearchOperation,
} from './store/store.ts';
export { InMemoryStore, type InMemoryStoreOptions } from './store/in-memory.ts';
export type { EmbeddingsLike, IndexConfig } from './store/embedding.ts';
export { AsyncBatchedStore } from './store/async-batched.ts';

// Policies of nodes
export {
  BaseCache,
  type CacheFullKey,
  type CacheNamespace,
  type CachePolicy,
  InMemoryCache,
} from './policies/cache.ts';
export { isNodeError, NodeError, type NodeErrorHandler } from './policies/error-handler.ts';
export type { NodePolicies } from './policies/policies.ts';
export type { RetryPolicy } from './policies/retry.ts';
export type { TimeoutPolicy } from './policies/timeout-policy.ts';

// Types by LangGraph's names for them
export type {
  AddNodeOptions,
  BaseCheckpointSaver,
  BinaryOperator,
  CheckpointMetadata,
  CommandInstance,
  CommandParams,
  CompiledGraph,
  CompiledGraphType,
  NodePolicyOptions,
  Pregel,
  PregelOptions,
  StateGraphAddNodeOptions,
  StateGraphArgs,
  StateGraphArgsWithInputOutputSchemas,
  StateGraphArgsWithStateSchema,
  StreamOutputMap,
} from './names.ts';

// Errors
export {
  EmptyInputError,
  type ErrorCode,
  GraphChanged,
  GraphRecursionError,
  GraphValidationError,
  GraphValueError,
  HoldpointError,
  InterruptMismatch,
  InvalidNamespaceError,
  InvalidResume,
  InvalidUpdateError,
  NodeTimeoutError,
  isHoldpointError,
  isNodeTimeoutError,
  StateGraphInputError,
  UnreachableNodeError,
  isInvalidResume,
  isUnknownInterruptError,
  UnknownInterruptError,
  SchemaError,
  UnstorableState,
} from './errors.ts';
export {
  GraphBubbleUp,
  GraphDrained,
  GraphInterrupt,
  isGraphBubbleUp,
  isGraphDrained,
  isGraphInterrupt,
  NodeInterrupt,
} from './signals.ts';
