/**
 * For programs that have `@langchain/core`: entry point "holdpoint/langchain". It is the main entry point, with LangChain's classes as messages.
 *
 * - M5 Its reducer makes LangChain's message classes of whatever is written, chunks included, as LangGraph does. The main entry point's makes
 *   Messages, and leaves LangChain's as they are.
 * - L4 A graph is one of LangChain's Runnables, with all their methods, and its nodes are given LangChain's callback managers.
 * - L3 Its codec stores LangChain's messages, documents and chat prompts, and gives back instances of this list's classes, and of no others.
 */
import { CallbackManager } from '@langchain/core/callbacks/manager';
import { Document } from '@langchain/core/documents';
import {
  AIMessage,
  AIMessageChunk,
  type BaseMessage,
  type BaseMessageLike,
  ChatMessage,
  ChatMessageChunk,
  coerceMessageLikeToMessage,
  FunctionMessage,
  FunctionMessageChunk,
  HumanMessage,
  HumanMessageChunk,
  RemoveMessage,
  SystemMessage,
  SystemMessageChunk,
  ToolMessage,
  ToolMessageChunk,
} from '@langchain/core/messages';
import { ChatPromptValue } from '@langchain/core/prompt_values';
import { Runnable, type RunnableToolLike } from '@langchain/core/runnables';
import type { StreamEvent } from '@langchain/core/types/stream';
import type { IterableReadableStream } from '@langchain/core/utils/stream';
import { callbacks } from './engine/chain.ts';
import type { RunConfig, StreamConfig } from './graph/options.ts';
import { GraphRunnable } from './graph/runnable.ts';
import { Piped } from './graph/pipe.ts';
import { z } from 'zod/v3';
import type { ValueCodec } from './checkpoint/codec.ts';
import { capture, type Captured, type Constructor, revive } from './checkpoint/instances.ts';
import { UnstorableState } from './errors.ts';
import { isMessage, isPlainMessage, type Message, telling } from './messages/message.ts';
import { MessageGraph as PlainMessageGraph } from './messages/message-graph.ts';
import { messagesBatchReducer, messagesReducer } from './messages/reducer.ts';
import { messagesState } from './messages/state.ts';
import { isGraphBubbleUp } from './signals.ts';
import { withLangGraph } from './zod.ts';

export * from './index.ts';

declare module './messages/message.ts' {
  interface MessageClasses {
    readonly told: BaseMessage;
  }
}

declare module './graph/runnable.ts' {
  interface ToolClasses {
    // oxlint-disable-next-line typescript/no-explicit-any -- the schemas of every version of Zod
    readonly tool: RunnableToolLike<any, any>;
    readonly streamEvents: (
      input: unknown,
      // oxlint-disable-next-line typescript/no-explicit-any -- the context and the modes of every graph
      options: RunConfig<any> & StreamConfig<any> & { readonly version: 'v1' | 'v2' },
      streamOptions?: Parameters<Runnable['streamEvents']>[2],
    ) => IterableReadableStream<StreamEvent>;
  }
}

declare module './graph/pipe.ts' {
  interface RunnableMethods<Input, Output> extends Pick<
    Runnable<Input, Awaited<Output>>,
    'assign' | 'pick' | 'streamLog' | 'withFallbacks' | 'withListeners' | 'withRetry'
  > {}
}

// L4
for (const { prototype } of [GraphRunnable, Piped]) Object.setPrototypeOf(prototype, Runnable.prototype);
const { streamEvents } = Runnable.prototype as { readonly streamEvents: unknown };
Object.assign(GraphRunnable.prototype, { streamEvents, withRetry });
Object.assign(Piped.prototype, { withRetry });
Object.assign(callbacks, {
  ofNode: (handlers, runId) => {
    const manager = new CallbackManager(runId);
    for (const handler of handlers) manager.addHandler(handler as never);
    return manager;
  },
  ofEnvironment: () => (CallbackManager.configure()?.handlers ?? []) as never[],
} satisfies typeof callbacks);

Object.assign(telling, {
  coerce: coerceLike as unknown as (like: unknown) => Message,
  token: (content, id) => new AIMessageChunk({ content, id }),
} satisfies typeof telling);

/** A question on its way out is no failed attempt. */
function withRetry(
  this: Runnable,
  { onFailedAttempt, ...fields }: NonNullable<Parameters<Runnable['withRetry']>[0]> = {},
): Runnable {
  const refuse: typeof onFailedAttempt = (error: unknown, input) => {
    if (isGraphBubbleUp(error)) throw error;
    onFailedAttempt?.(error, input);
  };
  return Runnable.prototype.withRetry.call(this, { ...fields, onFailedAttempt: refuse });
}

/** One message, or several. */
export type Messages = BaseMessageLike | readonly BaseMessageLike[];

/** By the name that they are stored under. */
const CLASSES = new Map<string, unknown>(
  Object.entries({
    AIMessage,
    AIMessageChunk,
    ChatMessage,
    ChatMessageChunk,
    ChatPromptValue,
    Document,
    FunctionMessage,
    FunctionMessageChunk,
    HumanMessage,
    HumanMessageChunk,
    RemoveMessage,
    SystemMessage,
    SystemMessageChunk,
    ToolMessage,
    ToolMessageChunk,
  }),
);

const NAMES = new Map([...CLASSES].map(([name, type]) => [type, name]));

/**
 * Stores LangChain's messages and documents as what they are.
 * @example
 * new DynamoDBSaver({ client, table, codecs: [langchain] })
 */
export const langchain: ValueCodec<object> = {
  name: 'lc',
  is: (value) => nameOf(value) !== undefined,
  encode: (value) => [nameOf(value), ...capture(value)],
  decode: (stored) => {
    const [name, ...captured] = stored as [string, ...Captured];
    const type = CLASSES.get(name);
    if (!type)
      throw new UnstorableState(`Stored ${name}`, 'a class that this version of "holdpoint/langchain" does not know');
    return revive(type as Constructor, captured);
  },
};

/** What a class says of itself, when it comes from another copy of the package. */
function nameOf(value: object): string | undefined {
  const known = NAMES.get(value.constructor);
  if (known !== undefined || !isMessage(value)) return known;
  const { lc_id } = value as { lc_id?: readonly string[] };
  const [namespace, module, name] = lc_id ?? [];
  return namespace === 'langchain_core' && module === 'messages' && CLASSES.has(name!) ? name : undefined;
}

/** What a finished chunk is, by its type. */
const FINISHED = new Map<string, unknown>(
  Object.entries({
    ai: AIMessage,
    function: FunctionMessage,
    generic: ChatMessage,
    human: HumanMessage,
    system: SystemMessage,
    tool: ToolMessage,
  }),
);

/**
 * The reducer of a list of LangChain's messages: appends, replaces by id, removes.
 * @throws Error `MESSAGE_COERCION_FAILURE` for what is nothing like a message
 */
export const messagesStateReducer: (left: Messages, right: Messages) => BaseMessage[] = messagesReducer(coerced);

function coerced(like: unknown): BaseMessage {
  const message = coerceLike(like);
  const type = 'concat' in message && FINISHED.get(message.type);
  if (!type) return message;
  const [{ tool_call_chunks: _, ...kwargs }, changed] = capture(message);
  return new (type as Constructor)({ ...kwargs, ...changed }) as BaseMessage;
}

/** A Message of the main entry point is coerced from its fields. */
function coerceLike(like: unknown): BaseMessage {
  return coerceMessageLikeToMessage((isPlainMessage(like) ? { ...like } : like) as BaseMessageLike);
}

/** @alias */
export const addMessages = messagesStateReducer;

/** The reducer of a list of LangChain's messages for a DeltaValue: all updates of a superstep in one pass. */
export const messagesDeltaReducer: (state: BaseMessage[], writes: Messages[]) => BaseMessage[] =
  messagesBatchReducer(coerced);

const state = messagesState(messagesStateReducer, messagesDeltaReducer);

/** A state with `messages`. */
export const MessagesAnnotation = state.annotation;

/** @deprecated `new StateGraph(MessagesAnnotation)` */
export class MessageGraph extends PlainMessageGraph<BaseMessage, Messages> {
  protected override readonly reducer = messagesStateReducer;
}

/** A list of messages as a field of a StateSchema. */
export const MessagesValue = state.value;

/** The same with `messagesDeltaReducer`. */
export const MessagesDeltaValue = state.deltaValue;

/** The same for a Zod object. */
export const MessagesZodMeta = state.zodMeta;

/**
 * The same as a Zod object, of Zod 3 as in LangGraph.
 * @example
 * const State = MessagesZodState.extend({ name: z.string() }); // import { z } from 'zod/v3'
 */
export const MessagesZodState = /* @__PURE__ */ (() =>
  z.object({ messages: withLangGraph(z.custom<BaseMessage[]>(), MessagesZodMeta) }))();
