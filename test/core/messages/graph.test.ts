/** Graphs that talk: one program, on Holdpoint's two reducers and stores, and on LangGraph.js 1.7.3, must tell the same. */
import { AIMessage, HumanMessage, RemoveMessage, ToolMessage } from '@langchain/core/messages';
import * as langgraph from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import { DynamoDBSaver } from '../../../core/checkpoint/dynamodb/index.ts';
import * as core from '../../../core/index.ts';
import * as langchain from '../../../core/langchain.ts';
import { dynaliteTable } from '../../support/stores.ts';
import { hostile } from '../../support/hostile.ts';

type Library = typeof core;
const theirs = langgraph as unknown as Library;
const withLangChain = { ...core, ...langchain } as unknown as Library;

const database = dynaliteTable();

/** An agent that asks before it pays. Every call compiles it anew, as another process would. */
function agent({ StateGraph, MessagesAnnotation, Annotation, START, END, interrupt }: Library, checkpointer: unknown) {
  const State = Annotation.Root({ ...MessagesAnnotation.spec, paid: Annotation<number> });
  return new StateGraph(State)
    .addNode('model', ({ messages }) => {
      const last = messages.at(-1)!;
      if (last.getType() === 'tool') return { messages: new AIMessage({ id: 'm2', content: `Done: ${last.text}` }) };
      const tool_calls = [{ id: 'c1', name: 'pay', args: { amount: 30 } }];
      return { messages: [new AIMessage({ id: 'm1', content: '', tool_calls })] };
    })
    .addNode('tools', ({ messages }) => {
      const call = (messages.at(-1) as AIMessage).tool_calls![0]!;
      const { ok } = interrupt({ call, said: messages[0] }) as { ok: boolean };
      const content = ok ? `paid ${call.args['amount']}` : 'refused';
      return { messages: [new ToolMessage({ id: 't1', content, tool_call_id: call.id! })], paid: ok ? 30 : 0 };
    })
    .addEdge(START, 'model')
    .addConditionalEdges('model', ({ messages }) => ((messages.at(-1) as AIMessage).tool_calls?.length ? 'tools' : END))
    .addEdge('tools', 'model')
    .compile({ checkpointer: checkpointer as core.MemorySaver });
}

async function converse(library: Library, checkpointer: unknown, input: unknown) {
  const config = { configurable: { thread_id: `${Math.random()}` } };
  const asked = await agent(library, checkpointer).invoke({ messages: input } as never, config);
  const question = (asked as unknown as { __interrupt__: { value: { said: core.Message } }[] }).__interrupt__[0]!.value;
  const resumed = await agent(library, checkpointer).invoke(new library.Command({ resume: { ok: true } }), config);
  await agent(library, checkpointer).updateState(config, { messages: [new RemoveMessage({ id: 'm1' })] });
  const { values: final } = await agent(library, checkpointer).getState(config);
  return {
    asked: asked.messages.map(read),
    question: { ...question, said: read(question.said) },
    resumed: resumed.messages.map(read),
    final: (final.messages as core.Message[]).map(read),
    paid: final.paid as unknown,
  };
}

function read(message: core.Message) {
  const { content, tool_calls, tool_call_id } = message;
  const known = message instanceof HumanMessage || message instanceof AIMessage || message instanceof ToolMessage;
  const id = message.id!.length === 36 ? 'new' : message.id;
  return { id, type: message.getType(), known, content, tool_calls, tool_call_id };
}

const stores: [string, Library, () => unknown][] = [
  ['MemorySaver', core, () => new core.MemorySaver()],
  ['a hostile MemorySaver', core, () => hostile(new core.MemorySaver())],
  ['MemorySaver, with holdpoint/langchain', withLangChain, () => new core.MemorySaver()],
  ['DynamoDBSaver', core, () => new DynamoDBSaver({ ...database(), codecs: [langchain.langchain] })],
  [
    'DynamoDBSaver, with holdpoint/langchain',
    withLangChain,
    () => new DynamoDBSaver({ ...database(), codecs: [langchain.langchain] }),
  ],
];

describe.each(stores)('MessagesAnnotation on %s', (_, library, store) => {
  it.each<[string, () => unknown]>([
    ['a HumanMessage', () => [new HumanMessage('pay 30')]],
    ['a text', () => 'pay 30'],
    ['a plain message', () => ({ role: 'user', content: 'pay 30', id: 'u1' })],
  ])('%s, a question, and its answer in another process, as in LangGraph', async (_, input) => {
    const ours = await converse(library, store(), input());
    expect(ours).toEqual(await converse(theirs, new langgraph.MemorySaver(), input()));
    expect(ours.final.map(({ content }) => content)).toEqual(['pay 30', 'paid 30', 'Done: paid 30']);
    expect(ours.final.every(({ known }) => known)).toBe(true);
    expect(ours.paid).toBe(30);
  });
});

const said = ({ messages }: { messages: core.Message[] }) => messages.find(({ text }) => text === 'said')!.id;

describe.each(stores.slice(-2))('a message that waits for its superstep on %s', (_, library, store) => {
  it('M3: has its id from the first look on', async () => {
    const checkpointer = store() as core.MemorySaver;
    const compile = () =>
      new library.StateGraph(library.MessagesAnnotation)
        .addNode('says', () => ({ messages: [new AIMessage('said')] }))
        .addNode('asks', () => ({ messages: [new AIMessage(library.interrupt<string, string>('?'))] }))
        .addEdge(library.START, 'says')
        .addEdge(library.START, 'asks')
        .compile({ checkpointer });
    const config = { configurable: { thread_id: `${Math.random()}` } };
    const looks = [said(await compile().invoke({ messages: 'hi' }, config))];
    for (let look = 0; look < 2; look++) looks.push(said((await compile().getState(config)).values as never));
    looks.push(said(await compile().invoke(new library.Command({ resume: 'yes' }), config)));
    expect(looks[0]).toHaveLength(36);
    expect(new Set(looks).size).toBe(1);
  });
});

describe('MessagesValue', () => {
  it('is that list in a StateSchema, as in LangGraph', async () => {
    const told = [core, withLangChain, theirs].map(async ({ StateGraph, StateSchema, MessagesValue, START }) => {
      const schema = new StateSchema({ messages: MessagesValue });
      const graph = new StateGraph(schema)
        .addNode('echo', () => ({ messages: { role: 'assistant', content: 'hi!', id: 'e' } }))
        .addEdge(START, 'echo')
        .compile();
      const results = [await graph.invoke({ messages: 'hi' }), await graph.invoke({})];
      return [results.map(({ messages }) => messages.map(read)), MessagesValue.jsonSchemaExtra];
    });
    const [ours, langChains, expected] = await Promise.all(told);
    expect([ours, langChains]).toEqual([expected, expected]);
    expect(ours![0]).toMatchObject([[{ content: 'hi' }, { content: 'hi!' }], [{ content: 'hi!' }]]);
  });
});

describe('DynamoDBSaver without a codec', () => {
  it('keeps plain messages', async () => {
    const graph = new core.StateGraph(core.MessagesAnnotation)
      .addNode('echo', ({ messages }) => ({ messages: { role: 'assistant', content: `${messages[0]!.text}!` } }))
      .addEdge(core.START, 'echo');
    const config = { configurable: { thread_id: 'plain' } };
    await graph.compile({ checkpointer: new DynamoDBSaver({ ...database() }) }).invoke({ messages: 'hi' }, config);
    const { values } = await graph.compile({ checkpointer: new DynamoDBSaver({ ...database() }) }).getState(config);
    expect(
      (values.messages as core.Message[]).map((message) => [message.getType(), message.text, message.id?.length]),
    ).toEqual([
      ['human', 'hi', 36],
      ['ai', 'hi!', 36],
    ]);
  });

  it("V2: refuses LangChain's before anything is written, and says what to do", async () => {
    const store = new DynamoDBSaver({ ...database() });
    const graph = new core.StateGraph(core.MessagesAnnotation)
      .addNode('echo', () => ({ messages: [] }))
      .addEdge(core.START, 'echo')
      .compile({ checkpointer: store });
    const config = { configurable: { thread_id: 'refused' } };
    await expect(graph.invoke({ messages: [new HumanMessage('hi')] }, config)).rejects.toThrow(
      'an instance of class HumanMessage (import { langchain } from "holdpoint/langchain" and give the checkpointer ' +
        '{ codecs: [langchain] }) cannot be stored.',
    );
    expect(await store.load('refused')).toBeUndefined();
  });
});

describe('L1: what is stored names no class of its own choosing', () => {
  it('a class that is not on the list is neither stored nor revived', () => {
    class Spy extends HumanMessage {}
    expect(langchain.langchain.is(new Spy('hi'))).toBe(false);
    expect(() => langchain.langchain.decode(['Spy', {}])).toThrow(
      'Stored Spy: a class that this version of "holdpoint/langchain" does not know cannot be stored.',
    );
    expect(() => langchain.langchain.decode(['constructor', {}])).toThrow('Stored constructor:');
  });

  it("another copy of LangChain's class is told by its name, and comes back as this one's", () => {
    class Copy extends HumanMessage {
      static override lc_name() {
        return 'HumanMessage';
      }
      override get lc_id() {
        return ['langchain_core', 'messages', 'HumanMessage'];
      }
    }
    const copy = new Copy({ content: 'hi', id: '1' });
    expect(langchain.langchain.is(copy)).toBe(true);
    const back = langchain.langchain.decode(langchain.langchain.encode(copy));
    expect(back.constructor).toBe(HumanMessage);
    expect(back).toMatchObject({ content: 'hi', id: '1' });
  });
});
