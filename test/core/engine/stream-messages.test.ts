/** S2: the modes `messages` and `tools`: LangChain's models and tools in nodes, met by shape, beside LangGraph.js 1.7.3. */
import { CallbackManager } from '@langchain/core/callbacks/manager';
import { AIMessage, AIMessageChunk, HumanMessage } from '@langchain/core/messages';
import { RunnableLambda } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { FakeListChatModel, FakeStreamingChatModel } from '@langchain/core/utils/testing';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { both, type Library } from '../../support/libraries.ts';
import { collect } from '../../support/engine.ts';

const model = () => new FakeListChatModel({ responses: ['abc'] });
const streaming = () => new FakeStreamingChatModel({ chunks: [new AIMessageChunk('x'), new AIMessageChunk('y')] });

const saysHi = async () => ({ messages: [await model().invoke('hi')] });

interface Chunk {
  readonly content: unknown;
  readonly metadata: Record<string, unknown>;
}

/** What a test compares of a token or a message. */
function shown(chunk: unknown): Chunk {
  const [message, { versions: _, ...metadata }] = chunk as [{ content: unknown }, Record<string, unknown>];
  return { content: message.content, metadata };
}

type Node = (library: Library, config: object) => unknown;

function graphOf(library: Library, node: Node) {
  const { Annotation, StateGraph, START } = library;
  const State = Annotation.Root({
    messages: Annotation<unknown[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    value: Annotation<unknown>,
  });
  return new StateGraph(State)
    .addNode('node', (_, config) => node(library, config) as object)
    .addEdge(START, 'node')
    .compile();
}

async function sameMessages(node: Node, options: object = {}): Promise<Chunk[]> {
  const { ours, theirs } = await both(async (library) => {
    const stream = graphOf(library, node).stream({}, { streamMode: 'messages', ...options });
    return (await collect(stream)).map(shown);
  });
  expect(ours).toEqual(theirs);
  return ours;
}

const contents = (chunks: readonly Chunk[]): unknown[] => chunks.map(({ content }) => content);

describe('S2: tokens', () => {
  it.each([
    ['called with the config of the node', async (_: Library, config: object) => [await model().invoke('hi', config)]],
    ['called without it', async () => [await model().invoke('hi')]],
    ['called in a RunnableLambda', async () => [await RunnableLambda.from(() => model().invoke('hi')).invoke({})]],
    ['streamed by the node', async () => [(await collect(model().stream('hi'))).reduce((a, b) => a.concat(b))]],
  ])('of a model that is %s, once', async (_, call) => {
    const options = { tags: ['tag'], metadata: { um: 1 }, configurable: { thread_id: 't' } };
    const told = await sameMessages(async (library, config) => ({ messages: await call(library, config) }), options);
    expect(contents(told)).toEqual(['a', 'b', 'c']);
    expect(told[0]!.metadata).toMatchObject({ langgraph_node: 'node', langgraph_step: 1, tags: ['tag'], um: 1 });
  });

  it('are the very chunks that the model makes', async () => {
    const { ours } = await both(async (library) => {
      const graph = graphOf(library, async () => ({ messages: [await streaming().invoke('hi')] }));
      const told = await collect(graph.stream({}, { streamMode: 'messages' }));
      return told.map((chunk) => (chunk as unknown as [object])[0] instanceof AIMessageChunk);
    });
    expect(ours).toEqual([true, true]);
  });

  it('a model tagged nostream is silent', async () => {
    expect(
      await sameMessages(
        async () =>
          void (await model()
            .withConfig({ tags: ['nostream'] })
            .invoke('hi')),
      ),
    ).toEqual([]);
  });

  it('a model that fails ends what it told', async () => {
    const told = await sameMessages(async () => {
      const failing = new FakeListChatModel({ responses: ['abc'], errorOnTokenNumber: 1 } as never);
      await collect(failing.stream('hi')).catch(() => undefined);
      return { messages: [await model().invoke('again')] };
    });
    expect(contents(told).slice(-3)).toEqual(['a', 'b', 'c']);
  });

  it('of nested graphs: with subgraphs under their namespace, without as the message that the node returns', async () => {
    for (const subgraphs of [true, false]) {
      const { ours, theirs } = await both(async (library) => {
        const graph = graphOf(library, async () => graphOf(library, saysHi).invoke({ messages: [] }));
        const told = await collect(graph.stream({}, { streamMode: 'messages', subgraphs }));
        return told.map((chunk) => {
          const [ns, message] = subgraphs ? chunk : [[], chunk];
          return { ns, ...shown(message) };
        });
      });
      expect(ours).toEqual(theirs);
      expect(contents(ours)).toEqual(subgraphs ? ['a', 'b', 'c'] : ['abc']);
    }
  });

  it('in a stream that a node reads itself', async () => {
    const { ours, theirs } = await both(async (library) => {
      const inner = graphOf(library, async () => ({ messages: [await model().invoke('hi')] }));
      const graph = graphOf(library, async () => {
        const told = await collect(inner.stream({}, { streamMode: 'messages' }));
        return { value: told.map((chunk) => shown(chunk).content) };
      });
      return graph.invoke({});
    });
    expect(ours).toEqual(theirs);
    expect(ours).toMatchObject({ value: ['a', 'b', 'c'] });
  });
});

describe('S2: whole messages', () => {
  it('are told once: not what the node was given, not what was streamed', async () => {
    const { ours, theirs } = await both(async (library) => {
      const graph = graphOf(library, async () => ({
        messages: [
          await model().invoke('hi'),
          new AIMessage({ content: 'whole', id: 'w' }),
          new HumanMessage({ content: 'in', id: 'i' }),
        ],
      }));
      const input = { messages: [new HumanMessage({ content: 'in', id: 'i' })] };
      return (await collect(graph.stream(input, { streamMode: 'messages' }))).map(shown);
    });
    expect(ours).toEqual(theirs);
    expect(contents(ours)).toEqual(['a', 'b', 'c', 'whole']);
    expect(ours.at(-1)!.metadata).toMatchObject({ name: 'node', tags: ['graph:step:1'], langgraph_node: 'node' });
  });

  it('come before the update, and have the id that the state gets', async () => {
    const { ours } = await both(async (library) => {
      const graph = graphOf(library, () => ({ messages: [new AIMessage('no id')] }));
      const ids: unknown[] = [];
      for await (const [mode, chunk] of await graph.stream({}, { streamMode: ['updates', 'messages'] })) {
        const message =
          mode === 'messages' ? chunk[0] : (chunk as { node: { messages: AIMessage[] } }).node.messages[0];
        ids.push(mode, message?.id);
      }
      return [ids[0], ids[2], ids[1] === ids[3], typeof ids[1]];
    });
    expect(ours).toEqual(['messages', 'updates', true, 'string']);
  });

  it('plain objects that are messages are told too', async () => {
    const { ours } = await both(async (library) => {
      const graph = graphOf(library, () => ({
        messages: [{ role: 'assistant', content: 'plain', id: 'p' }],
        value: { a: 1 },
      }));
      return (await collect(graph.stream({}, { streamMode: 'messages' }))).map(shown);
    });
    expect(contents(ours)).toEqual(['plain']);
  });

  it('pushMessage: told at once, written before the update', async () => {
    const { ours, theirs } = await both(async (library) => {
      const { START, StateGraph, MessagesAnnotation, pushMessage } = library;
      const graph = new StateGraph(MessagesAnnotation)
        .addNode('node', (_, config) => {
          pushMessage(new AIMessage({ content: 'one', id: '1' }));
          pushMessage(new AIMessage({ content: 'shown only', id: '2' }), { ...config, stateKey: null });
          return { messages: [new AIMessage({ content: 'three', id: '3' }) as never] };
        })
        .addEdge(START, 'node')
        .compile();
      const told = (await collect(graph.stream({ messages: [] }, { streamMode: 'messages' }))).map(shown);
      const { messages } = await graph.invoke({ messages: [] });
      return { told: told.map(({ content }) => content), state: messages.map(({ content }) => content) };
    });
    expect(ours).toEqual(theirs);
    expect(ours).toEqual({ told: ['one', 'shown only', 'three'], state: ['one', 'three'] });
  });
});

describe("S6: the caller's callbacks", () => {
  it.each([
    ['a list', (handler: object) => [handler]],
    ['a CallbackManager', (handler: object) => CallbackManager.fromHandlers(handler as never)],
  ])('%s reaches the models beside the stream', async (_, wrap) => {
    const { ours, theirs } = await both(async (library) => {
      const tokens: string[] = [];
      const handler = {
        name: 'mine',
        awaitHandlers: true,
        handleLLMNewToken: (token: string) => void tokens.push(token),
      };
      const graph = graphOf(library, async () => ({ messages: [await model().invoke('hi')] }));
      const options = { streamMode: 'messages' as const, callbacks: wrap(handler) as never };
      const told = (await collect(graph.stream({}, options))).map(shown);
      return { tokens, told: told.map(({ content }) => content) };
    });
    expect(ours).toEqual(theirs);
    expect(ours.tokens).toEqual(['a', 'b', 'c']);
  });
});

it('S2: tools', async () => {
  const add = tool(async ({ a, b }) => a + b, { name: 'add', schema: z.object({ a: z.number(), b: z.number() }) });
  const bad = tool(
    async () => {
      throw new Error('no');
    },
    { name: 'bad', schema: z.object({}) },
  );
  const { ours, theirs } = await both(async (library) => {
    const graph = graphOf(library, async (_, config) => {
      await add.invoke({ a: 1, b: 2 });
      await bad.invoke({ type: 'tool_call', id: 'call', name: 'bad', args: {} }, config).catch(() => undefined);
      return {};
    });
    return collect(graph.stream({}, { streamMode: 'tools' }));
  });
  expect(ours).toEqual(theirs);
  expect(ours).toEqual([
    { event: 'on_tool_start', name: 'add', input: '{"a":1,"b":2}' },
    { event: 'on_tool_end', name: 'add', output: 3 },
    { event: 'on_tool_start', toolCallId: 'call', name: 'bad', input: '{}' },
    { event: 'on_tool_error', toolCallId: 'call', name: 'bad', error: {} },
  ]);
});
