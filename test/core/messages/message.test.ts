/** M1, M2: what may be written in place of a message, and what may be read of it. LangChain's classes, by LangGraph.js 1.7.3, read the same. */
import {
  AIMessage,
  AIMessageChunk,
  BaseMessage,
  getBufferString,
  HumanMessage,
  isAIMessage,
  trimMessages,
} from '@langchain/core/messages';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import * as langgraph from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import { addMessages, type Message, type MessageLike } from '../../../core/index.ts';
import * as langchain from '../../../core/langchain.ts';

const theirs = langgraph.addMessages as unknown as typeof addMessages;
const libraries: [string, typeof addMessages][] = [
  ['core', addMessages],
  ['holdpoint/langchain', langchain.addMessages as unknown as typeof addMessages],
];

/** What LangChain's users read of a message. */
function read(message: Message | undefined) {
  const { type, content, name, additional_kwargs, response_metadata, tool_calls, invalid_tool_calls } = message!;
  const { tool_call_id, status, artifact, usage_metadata, text } = message!;
  const said = { type, content, name, additional_kwargs, response_metadata, text, getType: message!.getType() };
  return { ...said, tool_calls, invalid_tool_calls, tool_call_id, status, artifact, usage_metadata };
}

const calls = [{ id: 'c1', name: 'pay', args: { amount: 3 }, type: 'tool_call' }];
const blocks = [
  { type: 'text', text: 'a' },
  { type: 'image_url', image_url: 'x' },
  { type: 'text', text: 'b' },
];
const written: [string, MessageLike][] = [
  ['a text', 'hi'],
  ['a user', { role: 'user', content: 'hi', name: 'ann' }],
  ['a human', { role: 'human', content: blocks }],
  [
    'an assistant',
    { role: 'assistant', content: 'hi', response_metadata: { model: 'm' }, usage_metadata: { total_tokens: 1 } },
  ],
  ['an ai with tool calls', { role: 'ai', content: '', tool_calls: calls }],
  [
    "tool calls in OpenAI's form",
    {
      role: 'ai',
      content: '',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'pay', arguments: '{"amount":3}' } }],
    },
  ],
  ['a system', { role: 'system', content: 'be kind', additional_kwargs: { a: 1 } }],
  ['a developer', { role: 'developer', content: 'be kind', additional_kwargs: { a: 1 } }],
  ['a tool', { role: 'tool', content: 'paid', tool_call_id: 'c1', name: 'pay', status: 'error', artifact: [1] }],
  ['a type', { type: 'human', content: 'hi' }],
  ['a type of the other name', { type: 'assistant', content: 'hi' }],
  ['a role and a type', { role: 'user', type: 'ai', content: 'hi' }],
  ['no content', { role: 'user' }],
  [
    'a serialized message',
    JSON.parse(JSON.stringify(new AIMessage({ content: 'hi', tool_calls: [{ name: 'f', args: {} }] }))),
  ],
  ['a serialized chunk', JSON.parse(JSON.stringify(new AIMessageChunk('hi')))],
];

describe.each(libraries)('a message of %s', (_, add) => {
  it.each(written)('M1: %s reads as in LangGraph', (_, like) => {
    expect(read(add([], [like])[0])).toEqual(read(theirs([], [like])[0]));
  });

  it('M1: [role, content]', () => {
    const pairs: MessageLike[] = [
      ['user', 'a'],
      ['assistant', blocks],
      ['system', 'c'],
    ];
    expect(add([], pairs).map(read)).toEqual(theirs([], pairs).map(read));
  });

  it('M1: an instance stays that instance, and gets its id', () => {
    const message = new HumanMessage('hi');
    const [stored] = add([], message);
    expect(stored).toBe(message);
    expect(message.id).toHaveLength(36);
  });

  it.each<[string, unknown]>([
    ['an unknown role', { role: 'robot', content: 'hi' }],
    ['a function', { role: 'function', content: 'hi' }],
    ['no role', { content: 'hi' }],
    ['nothing', null],
    ['a number', 5],
    ['a tool without a tool_call_id', { role: 'tool', content: 'hi' }],
    ['a removal without an id', { type: 'remove' }],
    ['an unknown role in a pair', ['robot', 'hi']],
  ])('M1: %s is refused', (_, like) => {
    expect(() => theirs([], [like as MessageLike])).toThrow(/coerce|null/);
    expect(() => add([], [like as MessageLike])).toThrow(/coerce|null|Not a message/);
  });
});

describe('a plain message', () => {
  it('M1: says what it was refused for', () => {
    expect(() => addMessages([], { role: 'robot', content: 'hi' })).toThrow(
      'Not a message: {"role":"robot","content":"hi"}. Give a text, [role, content] or { role, content }',
    );
    expect(() => addMessages([], { content: 'hi' })).toThrow(
      expect.objectContaining({ lc_error_code: 'MESSAGE_COERCION_FAILURE' }),
    );
  });

  it('M1: keeps every field that it had', () => {
    expect(addMessages([], { role: 'user', content: 'hi', id: '1', mood: 'calm' })).toEqual([
      {
        role: 'user',
        type: 'human',
        content: 'hi',
        id: '1',
        mood: 'calm',
        additional_kwargs: {},
        response_metadata: {},
      },
    ]);
  });

  it('M2: is JSON with its own fields only', () => {
    expect(JSON.parse(JSON.stringify(addMessages([], [{ type: 'ai', content: 'hi', id: '1' }])))).toEqual([
      {
        type: 'ai',
        content: 'hi',
        id: '1',
        additional_kwargs: {},
        response_metadata: {},
        tool_calls: [],
        invalid_tool_calls: [],
      },
    ]);
  });

  it("M2: is taken by LangChain's guards, functions and models", async () => {
    const list = addMessages([], ['hi', { role: 'assistant', content: 'yes?' }]) as unknown as BaseMessage[];
    expect(list[0]).toBeInstanceOf(HumanMessage);
    expect(list[0]).not.toBeInstanceOf(AIMessage);
    expect(isAIMessage(list[1]!)).toBe(true);
    expect(getBufferString(list)).toBe('Human: hi\nAI: yes?');
    const last = await trimMessages(list, { maxTokens: 1, tokenCounter: (some) => some.length, strategy: 'last' });
    expect(last.map(({ content }) => content)).toEqual(['yes?']);
    const model = new FakeListChatModel({ responses: ['hello'] });
    expect((await model.invoke(list)).content).toBe('hello');
  });

  it("M5: becomes LangChain's when it goes through the other reducer", () => {
    const [converted] = langchain.addMessages(addMessages([], { role: 'user', content: 'hi', id: '1' }), []);
    expect(converted).toBeInstanceOf(HumanMessage);
    expect(converted!.lc_id).toEqual(['langchain_core', 'messages', 'HumanMessage']);
    expect(converted).toMatchObject({ id: '1', content: 'hi' });
  });
});
