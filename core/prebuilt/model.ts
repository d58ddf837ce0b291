/** What an agent calls: its model with its tools bound, and before it the prompt that makes the model's input of the state. */
import type { LanguageModelLike } from '@langchain/core/language_models/base';
import { type BaseMessage, type BaseMessageLike, SystemMessage } from '@langchain/core/messages';
import {
  Runnable,
  RunnableBinding,
  type RunnableConfig,
  RunnableLambda,
  RunnableSequence,
} from '@langchain/core/runnables';
import type { LangGraphRunnableConfig } from '../config.ts';
import { invalidArgument } from '../errors.ts';
import type { ClientTool } from './tool-node.ts';

/** One that runs here, or by its definition one of the provider's. */
export type AgentTool = ClientTool | Readonly<Record<string, unknown>>;

interface Messages {
  messages: BaseMessage[];
}

type PromptOf<Input> =
  | SystemMessage
  | string
  | ((input: Input, config: LangGraphRunnableConfig) => BaseMessageLike[] | Promise<BaseMessageLike[]>)
  | Runnable;
export type Prompt = PromptOf<Messages>;
export type Modifier = PromptOf<BaseMessage[]>;

interface Prompts {
  readonly prompt?: Prompt | undefined;
  readonly stateModifier?: Prompt | undefined;
  readonly messageModifier?: Modifier | undefined;
}

/** Makes the messages that the model gets. @throws HoldpointError `invalid_argument` */
export function promptOf({ prompt, stateModifier, messageModifier }: Prompts): Runnable {
  const given = [prompt, stateModifier, messageModifier].filter((one) => one !== undefined);
  if (given.length > 1) {
    throw invalidArgument('Expected only one of prompt, stateModifier and messageModifier.');
  }
  if (messageModifier === undefined) return asRunnable(prompt ?? stateModifier, (state: Messages) => state.messages);
  return RunnableLambda.from(({ messages }: Messages) => messages).pipe(
    asRunnable(messageModifier, (messages: BaseMessage[]) => messages) as never,
  );
}

function asRunnable<Input>(prompt: PromptOf<Input> | undefined, messagesOf: (input: Input) => BaseMessage[]): Runnable {
  if (prompt instanceof Runnable) return prompt;
  return RunnableLambda.from(functionOf(prompt, messagesOf) as never).withConfig({ runName: 'prompt' });
}

function functionOf<Input>(prompt: PromptOf<Input> | undefined, messagesOf: (input: Input) => BaseMessage[]): unknown {
  if (prompt === undefined) return messagesOf;
  if (typeof prompt === 'function') return prompt;
  const system = typeof prompt === 'string' ? new SystemMessage(prompt) : prompt;
  if (system instanceof SystemMessage) return (input: Input) => [system, ...messagesOf(input)];
  throw invalidArgument(`Got unexpected type for 'prompt': ${typeof prompt}`);
}

/** Binds the tools, unless the caller has. @throws HoldpointError `invalid_argument` */
export function withTools(llm: LanguageModelLike, tools: readonly AgentTool[]): LanguageModelLike {
  if (llm instanceof RunnableSequence) {
    const { steps } = llm as { steps: Runnable[] };
    const at = steps.findIndex((step) => step instanceof RunnableBinding || canBind(step));
    const bound = steps.map((step, i) => (i === at ? withTools(step as LanguageModelLike, tools) : step));
    if (at >= 0) return RunnableSequence.from(bound as never);
  }
  if (llm instanceof RunnableBinding) {
    const { bound, config } = llm as {
      bound: LanguageModelLike;
      config: Partial<RunnableConfig> & { tools?: unknown[] };
    };
    if (config.tools) {
      checkTools(config.tools, tools);
      return llm;
    }
    return (withTools(bound, tools) as Runnable).withConfig(config);
  }
  if (canBind(llm)) return llm.bindTools([...tools]) as LanguageModelLike;
  throw invalidArgument('The llm must define a bindTools method.');
}

function canBind(llm: unknown): llm is { bindTools(tools: unknown[]): unknown } {
  return typeof (llm as { bindTools?: unknown }).bindTools === 'function';
}

function checkTools(bound: readonly unknown[], tools: readonly AgentTool[]): void {
  if (bound.length !== tools.length) {
    throw invalidArgument('Number of tools in the model.bindTools() and tools passed to createReactAgent must match');
  }
  const names = new Set(bound.map(nameOf));
  const missing = tools.map(nameOf).filter((name) => name !== undefined && !names.has(name));
  if (missing.length > 0) {
    throw invalidArgument(
      `Missing tools '${missing.join(',')}' in the model.bindTools(). Tools in the model.bindTools() must match the tools passed to createReactAgent.`,
    );
  }
}

/** Of a tool, or its definition for a provider. */
function nameOf(tool: unknown): string | undefined {
  const { name, function: fn } = tool as { name?: string; function?: { name?: string } };
  return fn?.name ?? name;
}

interface Format {
  readonly schema: object;
  readonly prompt?: string;
}

/** The node that asks the model for an object of a schema. */
export function structuredResponse(
  modelOf: (state: Messages, config: LangGraphRunnableConfig) => unknown,
  format: object,
) {
  const isFormat = 'schema' in format && typeof format.schema === 'object';
  const { schema, prompt, ...options } = (isFormat ? format : { schema: format }) as Format;
  return async (state: Messages, config: LangGraphRunnableConfig): Promise<object> => {
    const model = (await modelOf(state, config)) as {
      withStructuredOutput?(schema: object, options?: object): Runnable;
    };
    if (!model.withStructuredOutput) throw invalidArgument('responseFormat needs a model with withStructuredOutput().');
    const messages = prompt === undefined ? state.messages : [new SystemMessage(prompt), ...state.messages];
    const structured = model.withStructuredOutput(schema, isFormat ? options : undefined);
    return { structuredResponse: (await structured.invoke(messages, config as never)) as unknown };
  };
}
