/**
 * The agent that most people need: a model that calls tools until it has the answer.
 *
 * - A1 `agent` calls the model, `tools` runs what it called; `pre_model_hook`, `post_model_hook` and `generate_structured_response` are there when they are asked for.
 * - A2 With version "v2" each call of a tool is a task of its own: a question in one does not run the others again.
 */
import type { LanguageModelLike } from '@langchain/core/language_models/base';
import { type AIMessage, type BaseMessage, isAIMessage, isToolMessage, type ToolCall } from '@langchain/core/messages';
import type { AnnotationRoot, StateDefinition } from '../annotation.ts';
import { Send } from '../command.ts';
import type { LangGraphRunnableConfig } from '../config.ts';
import { END, START } from '../constants.ts';
import { StateGraph } from '../graph/builder.ts';
import type { MessagesAnnotation } from '../langchain.ts';
import { readSchema } from '../schema/read.ts';
import { withAgentName } from './agent-name.ts';
import { type AgentTool, promptOf, structuredResponse, withTools } from './model.ts';
import {
  type Agent,
  createReactAgentAnnotation,
  type CreateReactAgentParams,
  PreHookAnnotation,
  type Schema,
  type Structured,
} from './params.ts';
import { type ClientTool, openCalls, ToolNode } from './tool-node.ts';

interface State {
  readonly messages: BaseMessage[];
  readonly llmInputMessages?: BaseMessage[];
}

/**
 * @example
 * const agent = createReactAgent({ llm: model, tools: [search, book], checkpointer: new DynamoDBSaver({ client, table, codecs: [langchain] }) });
 * await agent.invoke({ messages: [{ role: 'user', content: 'Book me a room' }] }, { configurable: { thread_id: 'ann' } });
 */
export function createReactAgent<
  A extends Schema = typeof MessagesAnnotation,
  Response extends Structured = Structured,
  C extends Schema = Schema,
>(params: CreateReactAgentParams<A, Response, C>): Agent<A, Response> {
  const {
    tools,
    stateSchema,
    contextSchema,
    responseFormat,
    preModelHook,
    postModelHook,
    name,
    description,
    includeAgentName,
  } = params;
  const toolNode = tools instanceof ToolNode ? tools : new ToolNode(tools.filter(isClientTool));
  const classes: readonly AgentTool[] = tools instanceof ToolNode ? tools.tools : tools;
  const chosen = modelOf(params.llm, classes);
  const prompt = promptOf(params);
  const direct = new Set(
    toolNode.tools.filter((tool) => 'returnDirect' in tool && tool.returnDirect).map((tool) => tool.name),
  );

  const callModel = async (state: State, config: LangGraphRunnableConfig): Promise<object> => {
    const { llmInputMessages = [], ...input } = state;
    const messages = llmInputMessages.length > 0 ? llmInputMessages : state.messages;
    const model = await chosen(state, config);
    const named = includeAgentName ? withAgentName(model, includeAgentName) : model;
    const response = (await prompt.pipe(named as never).invoke({ ...input, messages }, config as never)) as AIMessage;
    if (name !== undefined) Object.assign(response, { name, lc_kwargs: { ...response.lc_kwargs, name } });
    return { messages: [response] };
  };
  const entry = preModelHook ? 'pre_model_hook' : 'agent';
  const end = responseFormat ? 'generate_structured_response' : END;
  const toTools = (state: State, calls: readonly ToolCall[]): 'tools' | Send[] =>
    params.version === 'v2' ? calls.map((call) => new Send('tools', { ...state, lg_tool_call: call })) : 'tools';
  const afterModel = (state: State) => {
    const { tool_calls = [] } = state.messages.at(-1) as AIMessage;
    return tool_calls.length > 0 ? toTools(state, tool_calls) : end;
  };
  const afterHook = (state: State) => {
    const open = openCalls(state.messages);
    if (open.length > 0) return toTools(state, open);
    return isToolMessage(state.messages.at(-1)!) ? entry : end;
  };
  const afterTools = ({ messages }: State) => {
    const last = messages.slice(messages.findLastIndex(isAIMessage) + 1);
    return last.some((message) => message.name !== undefined && direct.has(message.name)) ? END : entry;
  };

  const schema = stateSchema ?? createReactAgentAnnotation<Response>();
  // Its nodes are known by name only at run time.
  // oxlint-disable-next-line typescript/no-explicit-any
  const graph: StateGraph<any, any, any, string> = new StateGraph(
    schema as AnnotationRoot<StateDefinition>,
    contextSchema as never,
  );
  graph.addNode('tools', toolNode as never);
  if (preModelHook) graph.addNode('pre_model_hook', preModelHook as never);
  graph.addNode('agent', callModel as never, preModelHook && { input: withHook(schema) });
  if (postModelHook) graph.addNode('post_model_hook', postModelHook as never);
  if (responseFormat)
    graph.addNode(
      'generate_structured_response',
      structuredResponse(chosenBare(params.llm) as never, responseFormat) as never,
    );
  graph.addEdge(START, entry);
  if (preModelHook) graph.addEdge('pre_model_hook', 'agent');
  if (postModelHook) graph.addEdge('agent', 'post_model_hook');
  if (responseFormat) graph.addEdge('generate_structured_response', END);
  const ends = ['tools', ...(postModelHook ? [entry] : []), end];
  graph.addConditionalEdges(
    postModelHook ? 'post_model_hook' : 'agent',
    (postModelHook ? afterHook : afterModel) as never,
    ends,
  );
  if (direct.size > 0) graph.addConditionalEdges('tools', afterTools as never, [entry, END]);
  else graph.addEdge('tools', entry);
  const { checkpointer = params.checkpointSaver, interruptBefore, interruptAfter, store } = params;
  return graph.compile({ checkpointer, interruptBefore, interruptAfter, store, name, description }) as unknown as Agent<
    A,
    Response
  >;
}

type Chosen = (state: unknown, config: LangGraphRunnableConfig) => LanguageModelLike | Promise<LanguageModelLike>;

/** A model that a function chooses has its tools already. */
function modelOf(llm: unknown, tools: readonly AgentTool[]): Chosen {
  if (typeof llm === 'function') return llm as Chosen;
  let bound: LanguageModelLike | undefined;
  return () => (bound ??= withTools(llm as LanguageModelLike, tools));
}

/** Without tools. */
function chosenBare(llm: unknown): Chosen {
  return typeof llm === 'function' ? (llm as Chosen) : () => llm as LanguageModelLike;
}

function isClientTool(tool: AgentTool): tool is ClientTool {
  return (tool as { lc_runnable?: unknown }).lc_runnable === true;
}

function withHook(schema: Schema): AnnotationRoot<StateDefinition> {
  const channels = new Map([...readSchema(schema), ...readSchema(PreHookAnnotation)]);
  return { getChannels: () => Object.fromEntries(channels) } as AnnotationRoot<StateDefinition>;
}
