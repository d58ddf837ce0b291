/** Programs: chats, with LangChain's messages, fake models and tools. */
import {
  AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  isAIMessage,
  isAIMessageChunk,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { FakeListChatModel, FakeStreamingChatModel } from '@langchain/core/utils/testing';
import { createReactAgent, ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';
import {
  addMessages,
  Annotation,
  Command,
  END,
  interrupt,
  MemorySaver,
  MessageGraph,
  MessagesAnnotation,
  messagesDeltaReducer,
  MessagesDeltaValue,
  messagesStateReducer,
  MessagesZodState,
  REMOVE_ALL_MESSAGES,
  START,
  StateGraph,
  StateSchema,
} from '@langchain/langgraph';
import { z } from 'zod';
import { collect, failure, type Log, thread } from '../telling.ts';

const brief = (messages: readonly { type?: string; content: unknown; id?: string | undefined }[]) =>
  messages.map((message) => [message.type, message.content, typeof message.id]);

export async function aChatbot(log: Log) {
  const model = new FakeListChatModel({ responses: ['Hello Bob!', 'Your name is Bob.'] });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('model', async (state) => {
      const response = await model.invoke(state.messages);
      return { messages: response };
    })
    .addEdge(START, 'model')
    .addEdge('model', END)
    .compile({ checkpointer: new MemorySaver() });
  const first = await graph.invoke({ messages: [{ role: 'user', content: "hi! I'm bob" }] }, thread());
  log(brief(first.messages));
  const second = await graph.invoke({ messages: [new HumanMessage('what is my name?')] }, thread());
  log(brief(second.messages));
  log(second.messages.at(-1) instanceof AIMessage);
  log(second.messages.map((message) => message.text));
  log((await graph.getState(thread())).values.messages.length);
}

export async function tokensOfAModel(log: Log) {
  const model = new FakeListChatModel({ responses: ['one two'], sleep: 0 });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('model', async (state) => ({ messages: [await model.invoke(state.messages)] }))
    .addNode('fixed', () => ({ messages: [new AIMessage({ id: 'fixed', content: 'fixed' })] }))
    .addEdge(START, 'model')
    .addEdge('model', 'fixed')
    .compile();
  for await (const [chunk, metadata] of await graph.stream(
    { messages: [new HumanMessage('hi')] },
    { streamMode: 'messages' },
  )) {
    log([
      chunk.type,
      chunk.content,
      metadata.langgraph_node,
      metadata.langgraph_step,
      metadata.langgraph_triggers,
      metadata.langgraph_path,
      metadata.tags,
    ]);
  }
  const chunks = await collect(
    graph.stream({ messages: [new HumanMessage('hi')] }, { streamMode: ['messages', 'updates'] }),
  );
  log(
    chunks.map(([mode, chunk]) => [
      mode,
      mode === 'messages' ? (chunk as unknown as [BaseMessage])[0].content : Object.keys(chunk as object),
    ]),
  );
}

export async function toolsAndAModel(log: Log) {
  const weather = tool(async ({ city }: { city: string }) => `Sunny in ${city}`, {
    name: 'weather',
    description: 'Weather of a city',
    schema: z.object({ city: z.string() }),
  });
  let turn = 0;
  const call = new AIMessage({
    id: 'm1',
    content: '',
    tool_calls: [{ id: 'c1', name: 'weather', args: { city: 'Rome' } }],
  });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('agent', () => ({
      messages: [turn++ === 0 ? call : new AIMessage({ id: 'm2', content: 'It is sunny.' })],
    }))
    .addNode('tools', new ToolNode([weather]))
    .addEdge(START, 'agent')
    .addConditionalEdges('agent', toolsCondition, ['tools', END])
    .addEdge('tools', 'agent')
    .compile({ checkpointer: new MemorySaver() });
  const result = await graph.invoke(
    { messages: [new HumanMessage({ id: 'h', content: 'weather in Rome?' })] },
    thread(),
  );
  log(result.messages.map((message) => [message.type, message.content, message.name]));
  log((await graph.getState(thread())).next);
}

export async function aToolThatAsks(log: Log) {
  const book = tool(
    ({ hotel }: { hotel: string }) => {
      const answer = interrupt<unknown, { type: string; hotel?: string }>({ question: 'Book?', hotel });
      if (answer.type === 'edit') return `booked ${answer.hotel}`;
      return answer.type === 'accept' ? `booked ${hotel}` : 'not booked';
    },
    { name: 'book', description: 'Book a hotel', schema: z.object({ hotel: z.string() }) },
  );
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('agent', (state) =>
      state.messages.at(-1)?.type === 'tool'
        ? { messages: [new AIMessage({ id: 'm2', content: 'done' })] }
        : {
            messages: [
              new AIMessage({
                id: 'm1',
                content: '',
                tool_calls: [{ id: 'c1', name: 'book', args: { hotel: 'Ritz' } }],
              }),
            ],
          },
    )
    .addNode('tools', new ToolNode([book]))
    .addEdge(START, 'agent')
    .addConditionalEdges(
      'agent',
      (state) => ((state.messages.at(-1) as AIMessage).tool_calls?.length ? 'tools' : END),
      ['tools', END],
    )
    .addEdge('tools', 'agent')
    .compile({ checkpointer: new MemorySaver() });
  const asked = await graph.invoke({ messages: [new HumanMessage({ id: 'h', content: 'book' })] }, thread());
  log((asked as { __interrupt__?: unknown }).__interrupt__);
  const done = await graph.invoke(new Command({ resume: { type: 'edit', hotel: 'Savoy' } }), thread());
  log(brief(done.messages));
}

export async function anAgentInsideAGraph(log: Log) {
  const model = new FakeStreamingChatModel({ responses: [new AIMessage({ id: 'r', content: 'I am an agent' })] });
  const agent = createReactAgent({ llm: model, tools: [] });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('agent', async (state) => ({
      messages: (await agent.invoke({ messages: state.messages as BaseMessage[] })).messages.slice(-1),
    }))
    .addEdge(START, 'agent')
    .compile();
  const result = await graph.invoke({ messages: [new HumanMessage('hi')] });
  log(brief(result.messages));
}

export async function managingTheHistory(log: Log) {
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('answer', (state) => ({
      messages: [new AIMessage({ id: `ai${state.messages.length}`, content: `answer ${state.messages.length}` })],
    }))
    .addNode('trim', (state) =>
      state.messages.length > 3
        ? { messages: state.messages.slice(0, -2).map((message) => new RemoveMessage({ id: message.id! })) }
        : {},
    )
    .addEdge(START, 'answer')
    .addEdge('answer', 'trim')
    .compile({ checkpointer: new MemorySaver() });
  for (const id of ['h1', 'h2', 'h3'])
    log(brief((await graph.invoke({ messages: [new HumanMessage({ id, content: id })] }, thread())).messages));
  await graph.updateState(thread(), { messages: [new HumanMessage({ id: 'h3', content: 'edited' })] });
  log(brief((await graph.getState(thread())).values.messages));
  log(await failure(() => graph.updateState(thread(), { messages: [new RemoveMessage({ id: 'nope' })] })));
  await graph.updateState(thread(), {
    messages: [new RemoveMessage({ id: REMOVE_ALL_MESSAGES }), new SystemMessage({ id: 's', content: 'fresh' })],
  });
  log(brief((await graph.getState(thread())).values.messages));
}

export async function messagesBesideOtherState(log: Log) {
  const State = Annotation.Root({ ...MessagesAnnotation.spec, summary: Annotation<string> });
  const graph = new StateGraph(State)
    .addNode('summarise', (state) => ({ summary: `${state.messages.length} messages`, messages: [] }))
    .addEdge(START, 'summarise')
    .compile();
  const result = await graph.invoke({
    messages: ['hello', ['ai', 'tuple'], { type: 'human', content: 'typed' }, { role: 'system', content: 'sys' }],
  });
  log([brief(result.messages), result.summary]);
}

export async function theReducerAlone(log: Log) {
  const left = [new HumanMessage({ id: '1', content: 'a' }), new AIMessage({ id: '2', content: 'b' })];
  log(brief(addMessages(left, [new AIMessage({ id: '2', content: 'replaced' }), { role: 'user', content: 'new' }])));
  log(brief(messagesStateReducer(left, new RemoveMessage({ id: '1' }))));
  log(messagesStateReducer([], 'text').map((message) => [message.type, message.content]));
}

export async function aHandoffByATool(log: Log) {
  const transfer = tool(
    async (_args: Record<string, never>, config) =>
      new Command({
        goto: 'bob',
        graph: Command.PARENT,
        update: {
          messages: [
            new ToolMessage({
              id: 't',
              content: 'transferred',
              tool_call_id: (config as unknown as { toolCall: { id: string } }).toolCall.id,
            }),
          ],
        },
      }),
    { name: 'to_bob', description: 'Transfer to Bob', schema: z.object({}) },
  );
  const alice = new StateGraph(MessagesAnnotation)
    .addNode('agent', () => ({
      messages: [new AIMessage({ id: 'a', content: '', tool_calls: [{ id: 'c', name: 'to_bob', args: {} }] })],
    }))
    .addNode('tools', new ToolNode([transfer]))
    .addEdge(START, 'agent')
    .addEdge('agent', 'tools')
    .compile();
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('alice', alice, { ends: ['bob'] })
    .addNode('bob', () => ({ messages: [new AIMessage({ id: 'b', content: 'Bob here' })] }))
    .addEdge(START, 'alice')
    .compile({ checkpointer: new MemorySaver() });
  const result = await graph.invoke({ messages: [new HumanMessage({ id: 'h', content: 'hi' })] }, thread());
  log(brief(result.messages));
}

export async function guardsOnMessages(log: Log) {
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('n', ({ messages }: typeof MessagesAnnotation.State) => {
      const last = messages[messages.length - 1]!;
      return { messages: [new AIMessage({ id: 'x', content: isAIMessage(last as BaseMessage) ? 'ai' : 'not ai' })] };
    })
    .addEdge(START, 'n')
    .compile();
  log(brief((await graph.invoke({ messages: [new HumanMessage({ id: 'h', content: 'x' })] })).messages));
}

export async function modelsWithConfigsOfTheirOwn(log: Log) {
  const model = new FakeListChatModel({ responses: ['ab'] });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('n', async (_, config) => {
      await model.invoke('q', { metadata: { mine: 1 }, tags: ['tagged'] });
      await model.invoke('q', { ...config, tags: ['spread'] });
      return {};
    })
    .addEdge(START, 'n')
    .compile();
  const chunks = await collect(graph.stream({ messages: ['x'] }, { streamMode: 'messages', tags: ['run'] }));
  log(chunks.map(([{ content }, { tags, mine, langgraph_node }]) => [content, tags, mine, langgraph_node]));
}

export async function messagesAsServerSentEvents(log: Log) {
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('n', () => ({ messages: [new AIMessage({ id: 'a', content: 'hi' })] }))
    .addEdge(START, 'n')
    .compile();
  const options = { streamMode: ['values', 'updates', 'messages'] as const, encoding: 'text/event-stream' as const };
  const input = { messages: [new HumanMessage({ id: 'h', content: 'x' })] };
  const decoder = new TextDecoder();
  for await (const bytes of await graph.stream(input, { ...options, streamMode: [...options.streamMode] })) {
    const [event, data] = decoder.decode(bytes).split('\ndata: ');
    log([event, JSON.parse(data!)]);
  }
}

export async function messagesOfZod(log: Log) {
  // LangGraph's own types take no Zod 3 object when optional properties are exact.
  const graph = new StateGraph(MessagesZodState as never as typeof MessagesAnnotation)
    .addNode('n', ({ messages }) => ({ messages: [new AIMessage({ id: 'a', content: `after ${messages.length}` })] }))
    .addEdge(START, 'n')
    .compile({ checkpointer: new MemorySaver() });
  log(brief((await graph.invoke({ messages: [{ role: 'user', content: 'hi', id: 'h' }] }, thread())).messages));
  log(brief((await graph.invoke({ messages: [new RemoveMessage({ id: 'h' })] }, thread())).messages));
}

export async function streamedMessagesAreLangChains(log: Log) {
  const model = new FakeListChatModel({ responses: ['ab'] });
  const graph = new StateGraph(Annotation.Root({ topic: Annotation<string> }))
    .addNode('n', async ({ topic }, config) => ({ topic: String((await model.invoke(topic, config)).content) }))
    .addEdge(START, 'n')
    .compile();
  const describe = (message: BaseMessage) => [message.getType(), message.content];
  for await (const [message, { langgraph_node }] of await graph.stream({ topic: 'x' }, { streamMode: 'messages' }))
    log([...describe(message), isAIMessageChunk(message as AIMessageChunk), langgraph_node]);
}

export async function deltaMessages(log: Log) {
  const graph = new StateGraph(new StateSchema({ messages: MessagesDeltaValue }))
    .addNode('a', () => ({ messages: [new AIMessage({ id: '1', content: 'draft' }), 'a question'] }))
    .addNode('b', () => ({ messages: [{ role: 'user', content: 'hi', id: '2' }] }))
    .addNode('c', () => ({
      messages: [
        new RemoveMessage({ id: '2' }),
        new RemoveMessage({ id: 'unknown' }),
        new AIMessage({ id: '1', content: 'done' }),
        'no id',
      ],
    }))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .addEdge(['a', 'b'], 'c')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ messages: 'start' }, { ...thread(), streamMode: ['values', 'updates'] })));
  log((await graph.getState(thread())).values);
  log(await graph.invoke({ messages: [new RemoveMessage({ id: REMOVE_ALL_MESSAGES }), 'anew'] }, thread()));
  log(messagesDeltaReducer([new HumanMessage('one')], [['human', 'two'], new AIMessage('three')]));
}

export async function messageGraph(log: Log) {
  const model = new FakeListChatModel({ responses: ['one', 'two', 'three'] });
  const graph = new MessageGraph()
    .addNode('model', model)
    .addNode('more', (messages: BaseMessage[]) => new HumanMessage({ id: `more ${messages.length}`, content: 'more' }))
    .addNode('ask', () => new HumanMessage({ id: 'answer', content: interrupt<string, string>('done?') }))
    .addEdge(START, 'model')
    .addConditionalEdges('model', (messages: BaseMessage[]) => (messages.length < 4 ? 'more' : 'ask'))
    .addEdge('more', 'model')
    .compile({ checkpointer: new MemorySaver() });
  const input = new HumanMessage({ id: 'start', content: 'hi' });
  log(await collect(graph.stream(input as never, { ...thread(), streamMode: ['values', 'updates'] })));
  log(await graph.getState(thread()).then(({ values, next }) => ({ values, next })));
  log(await graph.invoke(new Command({ resume: 'yes' }), thread()));
  await graph.updateState(thread(), [new RemoveMessage({ id: 'start' })], 'ask');
  log((await graph.getState(thread())).values);
  const bare = new MessageGraph()
    .addNode('a', () => ['said'])
    .addEdge(START, 'a')
    .addEdge('a', END)
    .compile();
  log(
    ((await bare.invoke(['hi', ['ai', 'there']] as never)) as unknown as BaseMessage[]).map(({ type, content }) => [
      type,
      content,
    ]),
  );
}
