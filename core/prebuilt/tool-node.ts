/**
 * Runs the tools that a model called: a node of a graph with `messages`, or a step of one of LangChain's sequences.
 *
 * - T1 The calls of the last AIMessage that no message answers yet run side by side; answers come in the order of the calls.
 * - T2 What a tool throws becomes its answer, so that the model can mend it, but questions and Commands on their way out pass, and so does the
 *   error of a question that cannot be asked, because the tool imports LangGraph's `interrupt`.
 */
import {
  type AIMessage,
  type BaseMessage,
  isAIMessage,
  isBaseMessage,
  type ToolCall,
  ToolMessage,
} from '@langchain/core/messages';
import { Runnable, type RunnableConfig, type RunnableToolLike } from '@langchain/core/runnables';
import type { DynamicTool, StructuredToolInterface } from '@langchain/core/tools';
import { Command, isCommand } from '../command.ts';
import type { LangGraphRunnableConfig } from '../config.ts';
import { END } from '../constants.ts';
import { InvalidUpdateError } from '../errors.ts';
import { isGraphBubbleUp } from '../signals.ts';

export type ClientTool = StructuredToolInterface | DynamicTool | RunnableToolLike;

export interface ToolNodeOptions {
  /** @default 'ToolNode' */
  readonly name?: string;
  readonly tags?: string[];
  /** What a tool throws is told to the model. @default true */
  readonly handleToolErrors?: boolean;
}

type Answer = ToolMessage | Command;

/** What `Send` gives a node for one call: the call, and the state beside it. */
interface OneCall {
  readonly lg_tool_call: ToolCall;
}

/**
 * @example
 * new StateGraph(MessagesAnnotation).addNode('agent', agent).addNode('tools', new ToolNode([search])).addConditionalEdges('agent', toolsCondition)
 */
// oxlint-disable-next-line typescript/no-explicit-any -- messages, or a state with them
export class ToolNode<State = any> extends Runnable<State, State> {
  readonly lc_namespace = ['langgraph'];
  override name: string;
  readonly tools: ClientTool[];
  readonly handleToolErrors: boolean;
  readonly #tags: readonly string[];

  constructor(tools: ClientTool[], { name = 'ToolNode', tags = [], handleToolErrors = true }: ToolNodeOptions = {}) {
    super();
    this.tools = tools;
    this.name = name;
    this.#tags = tags;
    this.handleToolErrors = handleToolErrors;
  }

  override async invoke(input: State, given: Partial<RunnableConfig> = {}): Promise<State> {
    const config = this.#tags.length > 0 ? { ...given, tags: [...(given.tags ?? []), ...this.#tags] } : given;
    const answers = isOneCall(input)
      ? [await this.#runOne(input, config)]
      : await Promise.all(openCalls(messagesOf(input)).map((call) => this.#run(call, config, input)));
    return updateOf(answers, Array.isArray(input)) as State;
  }

  #runOne({ lg_tool_call, ...state }: OneCall, config: LangGraphRunnableConfig): Promise<Answer> {
    return this.#run(lg_tool_call, config, state);
  }

  async #run(call: ToolCall, config: LangGraphRunnableConfig, state: unknown): Promise<Answer> {
    const { context, store = null, writer = null } = config;
    const runtime = { ...config, state, toolCallId: call.id ?? '', config, context, store, writer };
    try {
      const tool = this.tools.find(({ name }) => name === call.name);
      if (!tool) throw new Error(`Tool "${call.name}" not found.`);
      const output: unknown = await tool.invoke({ ...call, type: 'tool_call' }, runtime as never);
      return isAnswer(output) ? output : answer(call, { status: 'success', content: asText(output), name: tool.name });
    } catch (error) {
      if (!this.handleToolErrors || isGraphBubbleUp(error) || isForeignQuestion(error)) throw error;
      const content = `Error: ${(error as Error).message}\n Please fix your mistakes.`;
      return answer(call, { status: 'error', content, name: call.name });
    }
  }
}

/** Where a graph goes on after its model: to the node "tools", if it called any. */
export function toolsCondition(state: BaseMessage[] | { messages: BaseMessage[] }): 'tools' | typeof END {
  const { tool_calls = [] } = (Array.isArray(state) ? state : state.messages).at(-1) as AIMessage;
  return tool_calls.length > 0 ? 'tools' : END;
}

/** T1 */
export function openCalls(messages: readonly BaseMessage[]): ToolCall[] {
  const last = messages.findLast((message) => isAIMessage(message));
  if (!last) throw new InvalidUpdateError('ToolNode only accepts AIMessages as input.');
  const answered = new Set(messages.map((message) => (message as ToolMessage).tool_call_id));
  return (last.tool_calls ?? []).filter(({ id }) => id === undefined || !answered.has(id));
}

function messagesOf(input: unknown): readonly BaseMessage[] {
  const messages = Array.isArray(input) ? (input as unknown[]) : (input as { messages?: unknown } | null)?.messages;
  if (Array.isArray(messages) && messages.every(isBaseMessage)) return messages;
  throw new InvalidUpdateError(
    'ToolNode only accepts BaseMessage[] or { messages: BaseMessage[] } as input. With messages that are plain objects, import from "holdpoint/langchain".',
  );
}

function isOneCall(input: unknown): input is OneCall {
  return typeof input === 'object' && input !== null && 'lg_tool_call' in input;
}

function isForeignQuestion(error: unknown): boolean {
  return (error as { readonly lc_error_code?: string } | null)?.lc_error_code === 'MISSING_CHECKPOINTER';
}

function isAnswer(output: unknown): output is Answer {
  return isCommand(output) || (isBaseMessage(output) && output.getType() === 'tool');
}

function asText(output: unknown): string {
  return typeof output === 'string' ? output : JSON.stringify(output);
}

function answer({ id }: ToolCall, fields: { status: 'success' | 'error'; content: string; name: string }): ToolMessage {
  return new ToolMessage({ ...fields, tool_call_id: id ?? '' });
}

/** Messages alone where there is no Command among them. */
function updateOf(answers: readonly Answer[], bare: boolean): unknown {
  if (!answers.some(isCommand)) return bare ? answers : { messages: answers };
  return answers.map((one) => (isCommand(one) ? one : bare ? [one] : { messages: [one] }));
}
