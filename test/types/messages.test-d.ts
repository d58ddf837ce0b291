/** The types of messages: programs that are typed for LangChain's classes compile on both entry points. */
import { AIMessage, type BaseMessage, HumanMessage, RemoveMessage } from '@langchain/core/messages';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod/v3';
import {
  addMessages,
  Annotation,
  type Message,
  MessagesAnnotation,
  type MessagesZodMeta,
  START,
  StateGraph,
} from '../../core/index.ts';
import * as langchain from '../../core/langchain.ts';

const model = new FakeListChatModel({ responses: [] });

describe('MessagesAnnotation', () => {
  it('has messages that LangChain takes for its own', () => {
    new StateGraph(MessagesAnnotation)
      .addNode('model', async ({ messages }) => {
        expectTypeOf(messages).toEqualTypeOf<Message[]>();
        const last = messages.at(-1) as AIMessage;
        expectTypeOf(last.tool_calls?.[0]?.name).toEqualTypeOf<string | undefined>();
        return { messages: [await model.invoke(messages)] };
      })
      .addNode('plain', () => ({ messages: { role: 'assistant', content: 'hi' } }))
      .addNode('text', () => ({ messages: 'hi' }))
      .addNode('many', () => ({ messages: [new HumanMessage('hi'), ['user', 'hi'], new RemoveMessage({ id: '1' })] }))
      // @ts-expect-error: a number is no message
      .addNode('wrong', () => ({ messages: 5 }))
      .addEdge(START, 'model');
    expectTypeOf<typeof MessagesAnnotation.State>().toEqualTypeOf<{ messages: Message[] }>();
    expectTypeOf<BaseMessage>().toExtend<Message>();
  });

  it('is part of a larger state', () => {
    const State = Annotation.Root({ ...MessagesAnnotation.spec, name: Annotation<string> });
    expectTypeOf<typeof State.State>().toEqualTypeOf<{ messages: Message[]; name: string }>();
  });

  it('is a Zod object on holdpoint/langchain', async () => {
    const State = langchain.MessagesZodState.extend({ turns: z.number().optional() });
    const graph = new StateGraph(State).addNode('n', ({ messages, turns = 0 }) => {
      expectTypeOf(messages).toEqualTypeOf<BaseMessage[]>();
      return { turns: turns + 1, messages: [{ role: 'assistant', content: 'hi' }] };
    });
    const result = await graph.addEdge(START, 'n').compile().invoke({ messages: [] });
    expectTypeOf(result.messages).toEqualTypeOf<BaseMessage[]>();
  });

  it('is a list of BaseMessage on holdpoint/langchain', () => {
    expectTypeOf<typeof langchain.MessagesAnnotation.State>().toEqualTypeOf<{ messages: BaseMessage[] }>();
    new StateGraph(langchain.MessagesAnnotation)
      .addNode('model', async ({ messages }) => ({ messages: await model.invoke(messages) }))
      .addNode('many', () => ({ messages: [new HumanMessage('hi'), { role: 'user', content: 'hi' }, 'hi'] }))
      .addEdge(START, 'model');
  });
});

describe('addMessages', () => {
  it('takes one or many, of any form', () => {
    expectTypeOf(addMessages([], 'hi')).toEqualTypeOf<Message[]>();
    expectTypeOf(addMessages([new AIMessage('a')], [{ role: 'user', content: [] }, ['user', 'b']])).toEqualTypeOf<
      Message[]
    >();
    expectTypeOf(langchain.addMessages([], ['hi'])).toEqualTypeOf<BaseMessage[]>();
    expectTypeOf<ReturnType<(typeof MessagesZodMeta)['default']>>().toEqualTypeOf<Message[]>();
  });
});
