/** Programs: agents as LangGraph builds them, with the import of its prebuilt parts changed too. */
import {
  AIMessage,
  type BaseMessage,
  type BaseMessageLike,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages';
import { RunnableLambda } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import {
  createReactAgent,
  createReactAgentAnnotation,
  ToolNode,
  toolsCondition,
  withAgentName,
} from '@langchain/langgraph/prebuilt';
import {
  Annotation,
  Command,
  interrupt,
  type LangGraphRunnableConfig,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { z } from 'zod';
import { collect, failure, type Log, thread } from '../telling.ts';

const human = (content: string) => new HumanMessage({ id: content, content });
const call = (id: string, name: string, args: object = {}) => ({
  id,
  name,
  args: { ...args },
  type: 'tool_call' as const,
});
const calls = (id: string, ...tool_calls: ReturnType<typeof call>[]) => new AIMessage({ id, content: '', tool_calls });
const says = (content: string) => new AIMessage({ id: content, content });
const brief = (messages: readonly BaseMessage[]) =>
  messages.map(({ type, content, name, ...more }) => [type, content, name, (more as ToolMessage).tool_call_id]);

const add = tool(async ({ a, b }: { a: number; b: number }) => `${a + b}`, {
  name: 'add',
  schema: z.object({ a: z.number(), b: z.number() }),
});
const ask = tool(async ({ q }: { q: string }) => `said ${interrupt<string, string>(q)}`, {
  name: 'ask',
  schema: z.object({ q: z.string() }),
});
const direct = tool(async () => 'direct', { name: 'direct', schema: z.object({}), returnDirect: true });
const fails = tool(
  async (): Promise<string> => {
    throw new Error('no way');
  },
  { name: 'fails', schema: z.object({}) },
);

/** Says one thing after the other, and remembers what it was told and bound to. */
function scripted(...answers: AIMessage[]) {
  const told: unknown[] = [];
  const bound: unknown[] = [];
  const speak = RunnableLambda.from(async (messages: BaseMessage[]) => {
    told.push(brief(messages));
    return answers[told.length - 1]!;
  });
  const bindTools = (tools: { name: string }[]) => {
    bound.push(tools.map(({ name }) => name));
    return speak;
  };
  const withStructuredOutput = (_schema: object, options?: object) =>
    RunnableLambda.from(async (messages: BaseMessage[]) => ({ of: brief(messages), options }));
  const model = new FakeListChatModel({ responses: ['unused'] });
  return {
    llm: Object.assign(model, { bindTools, withStructuredOutput }) as never,
    told,
    bound,
    speak: speak as never,
  };
}

const streamed = async (log: Log, stream: Promise<AsyncIterable<unknown>>) => {
  for await (const chunk of await stream) log(JSON.parse(JSON.stringify(chunk, plainly)));
};

/** Tools' answers have ids by chance. */
function plainly(this: Readonly<Record<string, unknown>>, key: string, json: unknown): unknown {
  const value = this[key] as { _getType?: unknown } | null;
  return typeof value === 'object' && value && '_getType' in value ? brief([value as unknown as BaseMessage])[0] : json;
}

export async function anAgentOnAThread(log: Log) {
  const { llm, told, bound } = scripted(calls('1', call('c', 'add', { a: 1, b: 2 })), says('3'), says('again'));
  const agent = createReactAgent({
    llm,
    tools: [add],
    prompt: 'Be brief.',
    checkpointer: new MemorySaver(),
    name: 'adder',
  });
  log([agent.getName(), agent.name]);
  const config = { ...thread(), streamMode: ['updates', 'values', 'tasks'] as ('updates' | 'values' | 'tasks')[] };
  await streamed(log, agent.stream({ messages: [human('1+2')] }, config));
  log(brief((await agent.invoke({ messages: [human('and?')] }, thread())).messages));
  log([told, bound]);
  log((await collect(agent.getStateHistory(thread()))).map(({ next, metadata }) => [next, metadata?.step]));
}

export async function toolsThatAskInAnAgent(log: Log) {
  for (const version of ['v1', 'v2'] as const) {
    const { llm, told } = scripted(
      calls('1', call('c1', 'ask', { q: 'one?' })),
      calls('2', call('c2', 'ask', { q: 'two?' }), call('c3', 'add', { a: 1, b: 1 })),
      says('end'),
    );
    const agent = createReactAgent({ llm, tools: [ask, add], checkpointer: new MemorySaver(), version });
    await agent.invoke({ messages: [human('q')] }, thread());
    for (const resume of ['A', 'B']) {
      const { next, tasks } = await agent.getState(thread());
      log([next, tasks.flatMap(({ interrupts }) => interrupts.map(({ value }) => value as string))]);
      log(brief((await agent.invoke(new Command({ resume }), thread())).messages));
    }
    log(told.length);
  }
}

export async function hooksOfAnAgent(log: Log) {
  for (const version of ['v1', 'v2'] as const) {
    const both = calls('1', call('c1', 'add', { a: 1, b: 2 }), call('c2', 'add', { a: 3, b: 4 }));
    const { llm, told } = scripted(both, says('end'));
    const agent = createReactAgent({
      llm,
      tools: [add],
      version,
      preModelHook: ({ messages }: { messages: BaseMessage[] }) => ({ llmInputMessages: messages.slice(-1) }),
      postModelHook: ({ messages }: { messages: BaseMessage[] }) => {
        const asked = (messages.at(-1) as AIMessage).tool_calls?.length;
        return { messages: asked ? [new ToolMessage({ id: 't', content: 'refused', tool_call_id: 'c1' })] : [] };
      },
    });
    await streamed(log, agent.stream({ messages: [human('q')] }, { streamMode: ['updates', 'values'] }));
    log(told);
  }
}

export async function answersOfASchema(log: Log) {
  const schema = z.object({ sum: z.number() });
  for (const responseFormat of [schema, { schema, prompt: 'Sum up.', strict: true }]) {
    const { llm } = scripted(calls('1', call('c', 'add', { a: 1, b: 2 })), says('3'));
    const agent = createReactAgent({ llm, tools: [add], responseFormat });
    await streamed(log, agent.stream({ messages: [human('q')] }));
  }
}

export async function promptsOfAnAgent(log: Log) {
  type State = typeof MessagesAnnotation.State;
  const forUser = ({ messages }: State, { configurable }: LangGraphRunnableConfig): BaseMessageLike[] => [
    ['system', `For ${String(configurable?.['user'])}`],
    ...messages,
  ];
  const prompts = [
    new SystemMessage('system'),
    forUser,
    async ({ messages }: State) => messages.toReversed(),
    RunnableLambda.from(({ messages }: State) => [new SystemMessage('runnable'), ...messages]),
  ];
  for (const prompt of prompts) {
    const { llm, told } = scripted(says('a'));
    await createReactAgent({ llm, tools: [], prompt }).invoke(
      { messages: [human('q')] },
      { configurable: { user: 'u' } },
    );
    log(told);
  }
  const { llm, told } = scripted(says('a'));
  const messageModifier = (messages: BaseMessage[]) => messages.slice(-1);
  await createReactAgent({ llm, tools: [], messageModifier }).invoke({ messages: [human('p'), human('q')] });
  log(told);
  log(await failure(() => createReactAgent({ llm, tools: [], prompt: 5 as never }).invoke({ messages: ['q'] })));
}

export async function modelsOfAnAgent(log: Log) {
  const { llm, speak, told } = scripted(says('a'), says('b'));
  const chosen = createReactAgent({
    llm: (state, { context }) => {
      log([state.messages.length, context]);
      return speak;
    },
    tools: [add],
    contextSchema: Annotation.Root({ who: Annotation<string> }),
  });
  log(brief((await chosen.invoke({ messages: [human('q')] }, { context: { who: 'ann' } })).messages));
  log(told);
  const bound = (name: string) =>
    (llm as FakeListChatModel).withConfig({ tools: [{ type: 'function', function: { name } }] } as never) as never;
  for (const model of [bound('add'), bound('other'), RunnableLambda.from(() => says('x')) as never])
    log(await failure(() => createReactAgent({ llm: model, tools: [add] }).invoke({ messages: [human('q')] })));
}

export async function directReturns(log: Log) {
  for (const version of ['v1', 'v2'] as const) {
    const { llm } = scripted(calls('1', call('c1', 'direct'), call('c2', 'add', { a: 1, b: 1 })), says('never'));
    const agent = createReactAgent({ llm, tools: [direct, add], version });
    log(brief((await agent.invoke({ messages: [human('q')] })).messages));
  }
}

export async function statesOfAnAgent(log: Log) {
  const State = Annotation.Root({ ...createReactAgentAnnotation().spec, user: Annotation<string> });
  const name = tool(
    async (_: object, { toolCallId }: { toolCallId: string }) =>
      new Command({
        update: { user: 'ann', messages: [new ToolMessage({ content: 'ok', tool_call_id: toolCallId })] },
      }),
    { name: 'name', schema: z.object({}) },
  );
  const { llm } = scripted(calls('1', call('c', 'name')), says('end'));
  const agent = createReactAgent({
    llm,
    tools: [name],
    stateSchema: State,
    checkpointSaver: new MemorySaver(),
    interruptBefore: ['tools'],
  });
  await streamed(log, agent.stream({ messages: [human('q')] }, thread()));
  const { user, messages } = await agent.invoke(null, thread());
  log([user, brief(messages)]);
}

export async function toolNodesAlone(log: Log) {
  const node = new ToolNode([add, direct, fails], { name: 'mine' });
  log([node.name, node.getName(), node.handleToolErrors, node.tools.map(({ name }) => name)]);
  const asked = calls(
    '1',
    call('c1', 'add', { a: 1, b: 2 }),
    call('c2', 'fails'),
    call('c3', 'unknown'),
    call('c4', 'add'),
  );
  log(brief(((await node.invoke({ messages: [asked] })) as { messages: BaseMessage[] }).messages));
  log(brief((await node.invoke([asked, new ToolMessage({ content: 'done', tool_call_id: 'c1' })])) as BaseMessage[]));
  log(
    await failure(
      () => new ToolNode([fails], { handleToolErrors: false }).invoke([calls('1', call('c', 'fails'))]),
      true,
    ),
  );
  for (const input of [[human('x')], 'text', { other: 1 }]) log(await failure(() => node.invoke(input)));
  log([toolsCondition([says('a')]), toolsCondition({ messages: [asked] }), toolsCondition([human('x')])]);
}

export async function namesInTheText(log: Log) {
  const { llm, told } = scripted(new AIMessage({ id: 'a', content: 'hello' }));
  const agent = createReactAgent({ llm, tools: [], name: 'bob', includeAgentName: 'inline' });
  const before = [
    new AIMessage({ id: '1', content: 'text', name: 'al' }),
    new AIMessage({ id: '2', content: [{ type: 'text', text: 'block' }], name: 'al' }),
  ];
  log(brief((await agent.invoke({ messages: [human('q'), ...before, says('nameless')] })).messages));
  log(told);
  const tagged = RunnableLambda.from(() => says('<name>zed</name><content>inner</content>'));
  const { content, name } = (await (withAgentName(tagged as never, 'inline') as typeof tagged).invoke([])) as AIMessage;
  log([content, name]);
}

/** What an agent was asked is answered inside of it: its model is not called again. */
export async function aSupervisorOfAgents(log: Log) {
  const toMath = tool(
    async (_: object, { state, toolCallId }: { state: typeof MessagesAnnotation.State; toolCallId: string }) => {
      const told = new ToolMessage({ id: 'h', content: 'to math', tool_call_id: toolCallId });
      return new Command({ graph: Command.PARENT, goto: 'math', update: { messages: [...state.messages, told] } });
    },
    { name: 'to_math', schema: z.object({}) },
  );
  const boss = scripted(calls('b1', call('b', 'to_math')), says('all done'));
  const math = scripted(
    calls('m1', call('m', 'add', { a: 1, b: 2 })),
    calls('m2', call('n', 'ask', { q: 'sure?' })),
    says('3'),
  );
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('boss', createReactAgent({ llm: boss.llm, tools: [toMath], name: 'boss' }), { ends: ['math'] })
    .addNode('math', createReactAgent({ llm: math.llm, tools: [add, ask], name: 'math' }))
    .addEdge(START, 'boss')
    .addEdge('math', 'boss')
    .compile({ checkpointer: new MemorySaver() });
  const config = {
    ...thread(),
    streamMode: ['updates', 'messages'] as ('updates' | 'messages')[],
    subgraphs: true as const,
  };
  await streamed(log, graph.stream({ messages: [human('q')] }, config));
  const { tasks } = await graph.getState(thread(), { subgraphs: true });
  log(tasks.map(({ name, state }) => [name, state && 'values' in state && [state.next, brief(state.values.messages)]]));
  await streamed(log, graph.stream(new Command({ resume: 'yes' }), config));
  log([boss.told.length, math.told.length]);
}
