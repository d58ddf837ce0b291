/** Programs: what readers of a chat get of messages while they are written. */
import {
  Annotation,
  entrypoint,
  MessagesAnnotation,
  MessagesValue,
  pushMessage,
  START,
  StateGraph,
  StateSchema,
} from '@langchain/langgraph';
import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import { SimpleChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, AIMessageChunk, HumanMessage } from '@langchain/core/messages';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import type { Log } from '../telling.ts';

const question = { messages: [new HumanMessage({ id: 'h', content: 'q' })] };

/** Tells its tokens as text alone. */
class Teller extends SimpleChatModel {
  _llmType(): string {
    return 'teller';
  }

  async _call(_messages: unknown, _options: unknown, run?: CallbackManagerForLLMRun): Promise<string> {
    for (const token of ['x', 'y']) await run?.handleLLMNewToken(token);
    return 'xy';
  }
}

export async function tokensThatAreTextAlone(log: Log) {
  for (const model of [new Teller({}), new FakeListChatModel({ responses: ['hey'] })]) {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addEdge(START, 'model')
      .compile();
    let whole: AIMessageChunk | undefined;
    for await (const [message] of await graph.stream(question, { streamMode: 'messages' })) {
      log([message.content, AIMessageChunk.isInstance(message), message.id]);
      if (AIMessageChunk.isInstance(message)) whole = whole ? whole.concat(message) : message;
    }
    log([whole?.content, whole?.getType()]);
  }
}

/** A chunk is written down as soon as it is read: its messages have the ids that they keep. */
export async function idsInUpdates(log: Log) {
  const schemas = [
    MessagesAnnotation,
    new StateSchema({ messages: MessagesValue }),
    Annotation.Root({ ...MessagesAnnotation.spec, other: Annotation<string> }),
  ] as unknown as (typeof MessagesAnnotation)[];
  for (const schema of schemas) {
    const graph = new StateGraph(schema)
      .addNode('list', () => ({ messages: [new AIMessage('list')] }))
      .addNode('one', () => ({ messages: new AIMessage('one') }))
      .addNode('plain', () => ({ messages: [{ role: 'ai', content: 'plain' }] }))
      .addEdge(START, 'list')
      .addEdge('list', 'one')
      .addEdge('one', 'plain')
      .compile();
    for await (const chunk of await graph.stream(question, { streamMode: ['updates', 'tasks', 'values'] }))
      log(JSON.parse(JSON.stringify(chunk)));
  }
}

/** Gives some of its chunks an id, as providers do. */
class Named extends Teller {
  readonly #ids: readonly (string | undefined)[];

  constructor(...ids: readonly (string | undefined)[]) {
    super({});
    this.#ids = ids;
  }

  override async *_streamResponseChunks(_messages: unknown, _options: unknown, run?: CallbackManagerForLLMRun) {
    for (const id of this.#ids) {
      const chunk = new ChatGenerationChunk({
        text: 't',
        message: new AIMessageChunk({ content: 't', ...(id && { id }) }),
      });
      yield chunk;
      await run?.handleLLMNewToken('t', undefined, undefined, undefined, undefined, { chunk });
    }
  }
}

export async function idsOfTokens(log: Log) {
  for (const model of [new Named('a', undefined, 'b'), new Named(undefined, 'a', undefined), new Named(undefined)]) {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addEdge(START, 'model')
      .compile();
    for await (const [message] of await graph.stream(question, { streamMode: 'messages' })) log(message.id);
    log((await graph.invoke(question)).messages.map(({ id }) => id));
  }
}

export async function messagesThatArePushed(log: Log) {
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('node', (_, config) => {
      pushMessage({ role: 'assistant', content: 'plain', id: 'p' }, config);
      return {};
    })
    .addEdge(START, 'node')
    .compile();
  for await (const [message] of await graph.stream(question, { streamMode: 'messages' }))
    log([message.content, message.id, message.constructor.name]);
}

export async function messagesOfFunctions(log: Log) {
  const [first, second] = [new AIMessage({ id: '1', content: 'first' }), new AIMessage({ id: '2', content: 'second' })];
  for (const returned of [first, [first, second], { messages: [first], last: second, deep: { first } }]) {
    const flow = entrypoint('flow', async () => returned);
    for await (const [message, { langgraph_node }] of await flow.stream('q', { streamMode: 'messages' }))
      log([message.id, langgraph_node]);
  }
}
