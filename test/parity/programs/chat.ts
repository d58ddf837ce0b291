/** Programs: what readers of a chat get of messages while they are written. */
import { Annotation, MessagesAnnotation, MessagesValue, START, StateGraph, StateSchema } from '@langchain/langgraph';
import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import { SimpleChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, AIMessageChunk, HumanMessage } from '@langchain/core/messages';
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
