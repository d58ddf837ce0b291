/** M3, M4: lists of messages and their updates. Histories are made at random, and LangGraph.js 1.7.3 must come to the same list. */
import * as fc from 'fast-check';
import { AIMessage, HumanMessage, RemoveMessage } from '@langchain/core/messages';
import * as langgraph from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  addMessages,
  Annotation,
  type Message,
  type MessageLike,
  messagesStateReducer,
  MessagesZodMeta,
  REMOVE_ALL_MESSAGES,
} from '../../../core/index.ts';
import * as langchain from '../../../core/langchain.ts';
import { channelsOfFields } from '../../../core/schema/fields.ts';
import { registry } from '../../../core/zod.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd');
const update = fc.oneof(
  { weight: 6, arbitrary: fc.record({ role: fc.constantFrom('user', 'assistant'), id, content: fc.string() }) },
  { weight: 2, arbitrary: fc.string() },
  { weight: 3, arbitrary: id.map((id) => ({ type: 'remove', id })) },
  { weight: 1, arbitrary: fc.constant({ type: 'remove', id: REMOVE_ALL_MESSAGES }) },
);
const history = fc.array(fc.array(update, { maxLength: 4 }), { maxLength: 5 });

type Reducer = (left: Message[], right: MessageLike[]) => Message[];

/** The list after each update: id (a new one is a letter of its own), type and content. An update that is refused leaves the list as it was. */
function replay(reduce: Reducer, updates: readonly (readonly unknown[])[]): unknown[] {
  let list: Message[] = [];
  const fresh = new Map<string, string>();
  const name = (id: string): string => {
    if (id.length < 30) return id;
    if (!fresh.has(id)) fresh.set(id, `new ${fresh.size}`);
    return fresh.get(id)!;
  };
  return updates.map((update) => {
    try {
      list = reduce(list, structuredClone(update) as MessageLike[]);
    } catch (error) {
      return (error as Error).message.replace(/\.$/, '');
    }
    return list.map((one) => [name(one.id!), one.type, one.content]);
  });
}

describe('G6: a list of messages', () => {
  it.each([
    ['of the main entry point', messagesStateReducer as Reducer],
    ['of LangChain', langchain.messagesStateReducer as unknown as Reducer],
  ])('M3, M4: %s takes any updates as in LangGraph', (_, reduce) => {
    fc.assert(
      fc.property(history, (updates) => {
        const theirs = replay(langgraph.messagesStateReducer as unknown as Reducer, updates);
        expect(replay(reduce, updates)).toEqual(theirs);
      }),
      { numRuns: 500 },
    );
  });

  it('M3: gives ids to those that have none, and each time another', () => {
    const [first, second] = addMessages([], ['one', 'two']);
    expect(first!.id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(second!.id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(first!.id).not.toBe(second!.id);
  });

  it('M3: takes one message as a list of one, and leaves the lists that it was given', () => {
    const left = addMessages([], 'one');
    const right = { role: 'user', content: 'two' };
    const list = addMessages(left, right);
    expect(list.map(({ content }) => content)).toEqual(['one', 'two']);
    expect(left).toHaveLength(1);
    expect(right).toEqual({ role: 'user', content: 'two' });
  });

  it.each([
    ['Annotation', () => Annotation({ reducer: langchain.addMessages, default: () => [] })],
    ['MessagesValue', () => langchain.MessagesValue.getChannel()],
    [
      'a registered schema',
      () => channelsOfFields({ messages: z.any().register(registry, MessagesZodMeta) }).get('messages')!,
    ],
  ])('M3: %s gives a message its id when it is written, and leaves the rest as it was written', async (_, channel) => {
    const taking = channel();
    const parse = (update: unknown) => taking.parse!(update);
    const [human, remove, frozen] = [
      new HumanMessage('a'),
      new RemoveMessage({ id: 'r' }),
      Object.freeze(new AIMessage('b')),
    ];
    const plain = { role: 'user', content: 'c' };
    const written = (await parse([human, remove, frozen, plain, 'd'])) as { value: Message[] };
    expect(written.value.map(({ id }) => id?.length)).toEqual([36, 1, 36, undefined, undefined]);
    expect([written.value[0], written.value[1], written.value[3]]).toEqual([human, remove, plain]);
    expect(await parse(human)).toEqual({ value: human });
    expect(await parse({ __overwrite__: [plain] })).toEqual({ value: { __overwrite__: [plain] } });
  });

  it('M3: a frozen message without an id is copied, not changed', () => {
    const message = new HumanMessage('hi');
    Object.freeze(message);
    const [stored] = addMessages([], message);
    expect(stored).toBeInstanceOf(HumanMessage);
    expect(stored!.id).toHaveLength(36);
    expect(JSON.parse(JSON.stringify(stored))).toMatchObject({ kwargs: { content: 'hi', id: stored!.id } });
    expect(message.id).toBeUndefined();
  });

  it("M4: LangChain's RemoveMessage removes, one or all", () => {
    const list = addMessages([], [new HumanMessage({ content: 'a', id: '1' }), { role: 'ai', content: 'b', id: '2' }]);
    expect(addMessages(list, new RemoveMessage({ id: '2' }))).toEqual([list[0]]);
    const cleared = addMessages(list, [new RemoveMessage({ id: REMOVE_ALL_MESSAGES }), new AIMessage('c')]);
    expect(cleared.map(({ content }) => content)).toEqual(['c']);
  });

  it('M4: a removal of a message that is not there is an error', () => {
    expect(() => addMessages(['a'], { type: 'remove', id: 'x' })).toThrow(
      "Attempting to delete a message with an ID that doesn't exist ('x')",
    );
  });

  it('is one reducer by two names', () => {
    expect(addMessages).toBe(messagesStateReducer);
    expect(REMOVE_ALL_MESSAGES).toBe(langgraph.REMOVE_ALL_MESSAGES);
  });
});
