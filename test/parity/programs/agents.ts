/** Programs: LangGraph's prebuilt parts in a graph. */
import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { createReactAgent, ToolNode } from '@langchain/langgraph/prebuilt';
import {
  Annotation,
  Command,
  END,
  getCurrentTaskInput,
  interrupt,
  isInterrupted,
  MemorySaver,
  MessagesAnnotation,
  Send,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import { RunnableLambda, type RunnableToolLike } from '@langchain/core/runnables';
import { convertToOpenAITool } from '@langchain/core/utils/function_calling';
import { z } from 'zod';
import { collect, failure, type Log, thread } from '../telling.ts';

const brief = (messages: readonly { type?: string; content: unknown; name?: string | undefined }[]) =>
  messages.map(({ type, content, name }) => [type, content, name]);
const calls = (...names: string[]) =>
  new AIMessage({
    id: `calls ${names.length}`,
    content: '',
    tool_calls: names.map((name, index) => ({ id: `c${names.length}.${index}`, name, args: { n: index } })),
  });

/** A model that first calls tools, then answers: what it says depends on how often tools have answered. */
function scripted(...answers: AIMessage[]) {
  const model = new FakeListChatModel({ responses: ['unused'] });
  return Object.assign(model, {
    bindTools: () =>
      RunnableLambda.from(
        (input: BaseMessage[]) =>
          answers[input.filter(({ type }) => type === 'tool').length] ?? new AIMessage({ id: 'end', content: 'end' }),
      ),
  });
}

export async function severalToolsAtOnce(log: Log) {
  const double = tool(({ n }: { n: number }) => `${n * 2}`, {
    name: 'double',
    description: 'd',
    schema: z.object({ n: z.number() }),
  });
  const fail = tool(
    (_args: { n: number }): string => {
      throw new Error('tool failed');
    },
    { name: 'fail', description: 'f', schema: z.object({ n: z.number() }) },
  );
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('tools', new ToolNode([double, fail]))
    .addEdge(START, 'tools')
    .compile();
  const result = await graph.invoke({ messages: [calls('double', 'double', 'fail', 'unknown')] });
  log(brief(result.messages));
  const strict = new StateGraph(MessagesAnnotation)
    .addNode('tools', new ToolNode([fail], { handleToolErrors: false }))
    .addEdge(START, 'tools')
    .compile();
  log(await failure(() => strict.invoke({ messages: [calls('fail')] }), true));
}

export async function toolsThatAskAtOnce(log: Log) {
  const ask = tool(({ n }: { n: number }) => `answer ${n}: ${interrupt<string, string>(`question ${n}`)}`, {
    name: 'ask',
    description: 'a',
    schema: z.object({ n: z.number() }),
  });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('tools', new ToolNode([ask]))
    .addEdge(START, 'tools')
    .compile({ checkpointer: new MemorySaver() });
  const first = await graph.invoke({ messages: [calls('ask', 'ask')] }, thread());
  log((first as { __interrupt__?: { value?: unknown }[] }).__interrupt__?.map(({ value }) => value));
}

export async function toolsThatReadTheState(log: Log) {
  const count = tool(
    async (_args: { n: number }) =>
      `${getCurrentTaskInput<typeof MessagesAnnotation.State>().messages.length} messages`,
    { name: 'count', description: 'c', schema: z.object({ n: z.number() }) },
  );
  const remember = tool(
    async (_args: { n: number }, config: LangGraphRunnableConfig) =>
      `${String(config.configurable?.['user'])} ${typeof config.store}`,
    { name: 'remember', description: 'r', schema: z.object({ n: z.number() }) },
  );
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('tools', new ToolNode([count, remember]))
    .addEdge(START, 'tools')
    .compile();
  const result = await graph.invoke({ messages: [calls('count', 'remember')] }, { configurable: { user: 'ann' } });
  log(brief(result.messages));
}

export async function toolsThatUpdateTheState(log: Log) {
  const update = tool(
    async ({ n }: { n: number }) =>
      new Command({
        update: { messages: [new ToolMessage({ id: `t${n}`, content: `updated ${n}`, tool_call_id: `c2.${n}` })] },
        goto: n === 1 ? 'after' : [],
      }),
    { name: 'update', description: 'u', schema: z.object({ n: z.number() }) },
  );
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('tools', new ToolNode([update]), { ends: ['after'] })
    .addNode('after', () => ({ messages: [new AIMessage({ id: 'after', content: 'after' })] }))
    .addEdge(START, 'tools')
    .compile();
  const result = await graph.invoke({ messages: [calls('update', 'update')] });
  log(brief(result.messages));
}

export async function aReactAgentAsANode(log: Log) {
  const double = tool(({ n }: { n: number }) => `${n * 2}`, {
    name: 'double',
    description: 'd',
    schema: z.object({ n: z.number() }),
  });
  const agent = createReactAgent({
    llm: scripted(calls('double'), new AIMessage({ id: 'done', content: 'done' })),
    tools: [double],
    name: 'doubler',
  });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('agent', agent)
    .addNode('after', (state) => ({ messages: [new AIMessage({ id: 'x', content: `${state.messages.length}` })] }))
    .addEdge(START, 'agent')
    .addEdge('agent', 'after')
    .addEdge('after', END)
    .compile({ checkpointer: new MemorySaver() });
  const result = await graph.invoke({ messages: [new HumanMessage({ id: 'h', content: 'hi' })] }, thread());
  log(brief(result.messages));
  log(
    (await collect(graph.stream({ messages: [new HumanMessage({ id: 'h2', content: 'again' })] }, thread()))).map(
      (chunk) => Object.keys(chunk),
    ),
  );
}

export async function aReactAgentThatAsks(log: Log) {
  const ask = tool(({ n }: { n: number }) => `answer ${n}: ${interrupt<string, string>(`question ${n}`)}`, {
    name: 'ask',
    description: 'a',
    schema: z.object({ n: z.number() }),
  });
  const agent = createReactAgent({
    llm: scripted(calls('ask'), calls('ask', 'ask'), new AIMessage({ id: 'done', content: 'done' })),
    tools: [ask],
  });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('agent', agent)
    .addEdge(START, 'agent')
    .compile({ checkpointer: new MemorySaver() });
  const first = await graph.invoke({ messages: [new HumanMessage({ id: 'h', content: 'hi' })] }, thread());
  log((first as { __interrupt__?: { value?: unknown }[] }).__interrupt__?.map(({ value }) => value));
  log((await graph.getState(thread())).next);
  for (const resume of ['one', 'two', 'three']) {
    const result = await graph.invoke(new Command({ resume }), thread());
    log((result as { __interrupt__?: { value?: unknown }[] }).__interrupt__?.map(({ value }) => value));
    log(brief(result.messages));
  }
}

export async function agentsInStreams(log: Log) {
  const double = tool(({ n }: { n: number }) => `${n * 2}`, {
    name: 'double',
    description: 'd',
    schema: z.object({ n: z.number() }),
  });
  const tokens = new FakeListChatModel({ responses: ['ab'] });
  const agent = createReactAgent({
    llm: scripted(calls('double'), new AIMessage({ id: 'done', content: 'done' })),
    tools: [double],
  });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('asNode', agent)
    .addNode('called', async ({ messages }) => {
      await createReactAgent({ llm: tokens, tools: [] }).invoke({ messages: messages.slice(0, 1) as BaseMessage[] });
      return {};
    })
    .addEdge(START, 'asNode')
    .addEdge('asNode', 'called')
    .compile();
  for (const streamMode of ['updates', 'values', 'messages', 'tools'] as const) {
    for (const subgraphs of [true, false]) {
      const chunks = await collect(
        graph.stream({ messages: [new HumanMessage({ id: 'h', content: 'hi' })] }, { streamMode, subgraphs }),
      );
      log([streamMode, subgraphs, JSON.parse(JSON.stringify(chunks, withoutIds)) as unknown]);
    }
  }
}

/** LangGraph makes a tool's answer an id of its run's. A token is plain where LangChain's class is not at hand. */
function withoutIds(this: Readonly<Record<string, unknown>>, key: string, json: unknown): unknown {
  const value = this[key];
  if (key === 'id' || key === 'versions') return undefined;
  if (typeof value !== 'object' || value === null || !('_getType' in value)) return json;
  const { type, content, name } = value as BaseMessage;
  return { type, content, name };
}

export async function aGraphAsATool(log: Log) {
  const Research = Annotation.Root({
    topic: Annotation<string>,
    depth: Annotation<number>,
    report: Annotation<string>,
  });
  const research = new StateGraph(Research)
    .addNode('look', ({ topic, depth }, { configurable }) => ({
      report: `${topic} ${depth}: ${interrupt<string, string>('deeper?')} ${String(configurable?.user)}`,
    }))
    .addEdge(START, 'look')
    .compile({ name: 'research' });
  const schema = z.object({ topic: z.string(), depth: z.number().default(2) }).describe('Looks it up.') as never;
  const lookUp: RunnableToolLike = research.asTool({ schema });
  log(convertToOpenAITool(lookUp));
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('tools', new ToolNode([research.asTool({ name: 'look_up', description: 'Looks.', schema })]))
    .addEdge(START, 'tools')
    .compile({ checkpointer: new MemorySaver() });
  const config = { configurable: { thread_id: '1', user: 'ann' } };
  const call = { id: 'c', name: 'look_up', args: { topic: 'cats' } };
  const asked = await graph.invoke({ messages: [new AIMessage({ id: 'a', content: '', tool_calls: [call] })] }, config);
  log(isInterrupted(asked) && asked.__interrupt__.map(({ value }) => value));
  log(brief((await graph.invoke(new Command({ resume: 'yes' }), config)).messages));
  log(await failure(() => lookUp.invoke({ ...call, type: 'tool_call', args: { topic: 5 } }).catch(() => 'refused')));
}

/** Tools hand the conversation over, in an agent that is a node. */
export async function agentsThatHandOver(log: Log) {
  const to = (agent: string) =>
    tool(
      async (_args: { n: number }, config: LangGraphRunnableConfig) => {
        const { messages } = getCurrentTaskInput<typeof MessagesAnnotation.State>(config);
        const { id } = (config as unknown as { toolCall: { id: string } }).toolCall;
        const said = new ToolMessage({
          id: `to ${agent}`,
          content: `${messages.length} to ${agent}`,
          tool_call_id: id,
        });
        return new Command({ graph: Command.PARENT, goto: agent, update: { messages: [...messages, said] } });
      },
      { name: `to_${agent}`, description: 't', schema: z.object({ n: z.number() }) },
    );
  const agent = (name: string, other: string) =>
    createReactAgent({
      llm: scripted(calls(`to_${other}`), new AIMessage({ id: `end ${name}`, content: `${name} here` })),
      tools: [to(other)],
      name: `agent ${name}`,
    });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('alice', agent('alice', 'bob'), { ends: ['bob'] })
    .addNode('bob', agent('bob', 'alice'), { ends: ['alice'] })
    .addEdge(START, 'alice')
    .compile({ checkpointer: new MemorySaver() });
  const input = { messages: [new HumanMessage({ id: 'h', content: 'hi' })] };
  for await (const chunk of await graph.stream(input, { ...thread(), streamMode: ['messages', 'updates', 'values'] }))
    log(JSON.parse(JSON.stringify(chunk, withoutIds)));
  log(brief((await graph.getState(thread())).values.messages));
}

/** A ToolNode makes one Command of them. */
export async function severalHandoffsAtOnce(log: Log) {
  const to = (agent: string) =>
    tool(
      async ({ n }: { n: number }) =>
        new Command({ graph: Command.PARENT, goto: [new Send(agent, { messages: [`task ${n}`] })] }),
      { name: agent, description: 't', schema: z.object({ n: z.number() }) },
    );
  const boss = new StateGraph(MessagesAnnotation)
    .addNode('call', () => ({ messages: [calls('bob', 'carol')] }))
    .addNode('tools', new ToolNode([to('bob'), to('carol')]))
    .addEdge(START, 'call')
    .addEdge('call', 'tools')
    .compile();
  const work =
    (name: string) =>
    ({ messages }: typeof MessagesAnnotation.State) => ({
      messages: [new AIMessage({ id: name, content: `${name}: ${String(messages[0])}` })],
    });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('boss', boss, { ends: ['bob', 'carol'] })
    .addNode('bob', work('bob'))
    .addNode('carol', work('carol'))
    .addEdge(START, 'boss')
    .compile();
  log(await collect(graph.stream({ messages: [new HumanMessage({ id: 'h', content: 'go' })] })));
}

/** The node goes on with what the agent said, once it has. */
export async function anAgentThatAsksInANode(log: Log) {
  const ask = tool(() => `answer: ${interrupt<string, string>('question')}`, {
    name: 'ask',
    description: 'a',
    schema: z.object({ n: z.number() }),
  });
  const agent = createReactAgent({ llm: scripted(calls('ask')), tools: [ask] });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('called', async ({ messages }) => {
      const { messages: all } = await agent.invoke({ messages: messages as BaseMessage[] });
      return { messages: all.slice(-2) };
    })
    .addEdge(START, 'called')
    .compile({ checkpointer: new MemorySaver() });
  const asked = await graph.invoke({ messages: [new HumanMessage({ id: 'h', content: 'hi' })] }, thread());
  log(isInterrupted(asked) && asked.__interrupt__.map(({ value }) => value));
  log(brief((await graph.invoke(new Command({ resume: 'yes' }), thread())).messages));
}
