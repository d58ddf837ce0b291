/** What an agent is made of, and the types that follow from it. */
import type { LanguageModelLike } from '@langchain/core/language_models/base';
import type { BaseMessage } from '@langchain/core/messages';
import type { RunnableLike } from '@langchain/core/runnables';
import { Annotation, type AnnotationRoot } from '../annotation.ts';
import type { Checkpointer } from '../checkpoint/checkpointer.ts';
import type { LangGraphRunnableConfig } from '../config.ts';
import type { START } from '../constants.ts';
import type { CompiledStateGraph } from '../graph/compiled.ts';
import { type Messages, MessagesAnnotation, messagesStateReducer } from '../langchain.ts';
import type { ExtractStateType, ExtractUpdateType, ToStateDefinition, ZodObjectLike } from '../schema/definition.ts';
import type { StandardSchema } from '../schema/standard.ts';
import type { BaseStore } from '../store/store.ts';
import type { AgentNameMode } from './agent-name.ts';
import type { AgentTool, Modifier, Prompt } from './model.ts';
import type { ToolNode } from './tool-node.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- of every state
export type Schema = AnnotationRoot<any> | ZodObjectLike;

// oxlint-disable-next-line typescript/no-explicit-any -- as in LangGraph
export type Structured = Record<string, any>;

export interface AgentState<Response extends Structured = Structured> {
  messages: BaseMessage[];
  structuredResponse: Response;
}

/** What `pre_model_hook` may give the model in place of the messages. */
export const PreHookAnnotation = Annotation.Root({
  llmInputMessages: Annotation<BaseMessage[], Messages>({
    reducer: (_, messages) => messagesStateReducer([], messages),
    default: () => [],
  }),
});

/** The state of an agent. */
export const createReactAgentAnnotation = <Response extends Structured = Structured>() =>
  Annotation.Root({ ...MessagesAnnotation.spec, structuredResponse: Annotation<Response> });

/** A schema, and what the model is told with it. */
interface Format<Response> {
  readonly schema: StandardSchema<unknown, Response> | Readonly<Record<string, unknown>>;
  readonly prompt?: string;
  readonly strict?: boolean;
}

type NodeName = typeof START | 'agent' | 'tools';
type AllOf<A, Which extends 'state' | 'update'> = Which extends 'state'
  ? ExtractStateType<A, object> & Partial<typeof PreHookAnnotation.State>
  : ExtractUpdateType<A, object> & typeof PreHookAnnotation.Update;

export interface CreateReactAgentParams<
  A extends Schema = typeof MessagesAnnotation,
  Response extends Structured = Structured,
  C extends Schema = Schema,
> {
  /** A chat model that calls tools, or a function that chooses one for each call. */
  readonly llm:
    | LanguageModelLike
    | ((state: AllOf<A, 'state'>, runtime: LangGraphRunnableConfig) => LanguageModelLike | Promise<LanguageModelLike>);
  readonly tools: ToolNode | AgentTool[];
  /** What the model is told first: text, or what makes its input of the state. */
  readonly prompt?: Prompt | undefined;
  /** @deprecated `prompt` */
  readonly stateModifier?: Prompt | undefined;
  /** @deprecated `prompt` */
  readonly messageModifier?: Modifier | undefined;
  /** With `messages`, and what else the agent keeps. @default messages, and `structuredResponse` */
  readonly stateSchema?: A | undefined;
  readonly contextSchema?: C | undefined;
  readonly checkpointer?: Checkpointer | boolean | undefined;
  /** @alias */
  readonly checkpointSaver?: Checkpointer | boolean | undefined;
  readonly interruptBefore?: NodeName[] | '*' | undefined;
  readonly interruptAfter?: NodeName[] | '*' | undefined;
  readonly store?: BaseStore | undefined;
  /** Of `structuredResponse`, for which the model is called once more. A schema (Zod or JSON), or one with a prompt of its own. */
  readonly responseFormat?:
    | StandardSchema<unknown, Response>
    | Format<Response>
    | Readonly<Record<string, unknown>>
    | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly includeAgentName?: AgentNameMode | undefined;
  /** A node before each call of the model: to shorten the history. It returns `messages`, or `llmInputMessages` for this call alone. */
  readonly preModelHook?: RunnableLike<AllOf<A, 'state'>, AllOf<A, 'update'>, LangGraphRunnableConfig> | undefined;
  /** A node after each call of the model: to check what it said. */
  readonly postModelHook?:
    | RunnableLike<ExtractStateType<A, object>, ExtractUpdateType<A, object>, LangGraphRunnableConfig>
    | undefined;
  /** "v2": a task for each call of a tool. @default 'v1' */
  readonly version?: 'v1' | 'v2' | undefined;
}

export type Agent<A extends Schema, Response extends Structured> = CompiledStateGraph<
  ExtractStateType<A, object>,
  ExtractUpdateType<A, object>,
  // oxlint-disable-next-line typescript/no-explicit-any -- the names of its nodes are its own
  any,
  typeof MessagesAnnotation.spec & ToStateDefinition<A>,
  ReturnType<typeof createReactAgentAnnotation<Response>>['spec'] & ToStateDefinition<A>
>;
