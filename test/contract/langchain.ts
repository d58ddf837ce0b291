/** LangChain's objects in storage (L1, L2): one of every class, with all that it can carry, through a store of any kind. */
import { Document } from '@langchain/core/documents';
import * as messages from '@langchain/core/messages';
import { ChatPromptValue } from '@langchain/core/prompt_values';
import { describe, expect, it } from 'vitest';
import type { Checkpointer, RunRequest } from '../../core/checkpoint/checkpointer.ts';
import { sameValue } from '../../core/same.ts';
import { commitNext, starting } from '../support/threads.ts';

export function describeLangChain(name: string, makeStore: () => Checkpointer): void {
  describe(`${name}, holding LangChain's objects`, () => {
    it.each(objects())("L2: LangChain's %s comes back as what it was", async (label, value) => {
      const store = makeStore();
      const thread = `${name} ${label}`;
      const request: RunRequest = { kind: 'input', input: { value } };
      const claim = await store.claim(thread, starting('r1', { request }));
      expect(claim.request).toStrictEqual(request);
      await commitNext(claim, 'done', { state: { list: [value, { deep: [value] }] } });
      const list = (await store.load(thread))?.checkpoint?.frame.channels.get('list')?.value as object[];
      expect(list).toStrictEqual([value, { deep: [value] }]);
      expect(list[0]).not.toBe(value);
      expect(list[0]!.constructor).toBe(value.constructor);
      expect(sameValue(list[0], value)).toBe(true);
      expect(JSON.stringify(list[0])).toBe(JSON.stringify(value));
    });
  });
}

function objects(): [string, object][] {
  const all = {
    id: '1',
    name: 'ann',
    additional_kwargs: { camelCase: 1 },
    response_metadata: { snake_case: new Date(0) },
  };
  const calls = [{ id: 'c1', name: 'pay', args: { amount: 3 }, type: 'tool_call' as const }];
  const usage_metadata = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
  const tool = {
    ...all,
    content: 'paid',
    tool_call_id: 'c1',
    status: 'error' as const,
    artifact: { raw: new Map([[1, 2]]) },
  };
  const changed = new messages.AIMessage('draft');
  Object.assign(changed, { content: 'final', name: 'bo', usage_metadata, mood: 'calm' });
  return [
    ['HumanMessage', new messages.HumanMessage('hi')],
    ['HumanMessage in blocks', new messages.HumanMessage({ ...all, content: [{ type: 'text', text: 'a' }] })],
    ['HumanMessageChunk', new messages.HumanMessageChunk('hi')],
    [
      'AIMessage',
      Object.assign(new messages.AIMessage({ ...all, content: '', tool_calls: calls }), { usage_metadata }),
    ],
    ['AIMessageChunk', new messages.AIMessageChunk({ ...all, content: 'x', tool_call_chunks: [{ args: '{"a' }] })],
    ['AIMessageChunks, joined', new messages.AIMessageChunk('a').concat(new messages.AIMessageChunk('b'))],
    ['SystemMessage', new messages.SystemMessage({ ...all, content: 'be kind' })],
    ['SystemMessageChunk', new messages.SystemMessageChunk('be kind')],
    ['ToolMessage', new messages.ToolMessage(tool)],
    ['ToolMessageChunk', new messages.ToolMessageChunk(tool)],
    ['FunctionMessage', new messages.FunctionMessage({ ...all, content: 'x', name: 'f' })],
    ['FunctionMessageChunk', new messages.FunctionMessageChunk({ content: 'x', name: 'f' })],
    ['ChatMessage', new messages.ChatMessage({ content: 'x', role: 'critic' })],
    ['ChatMessageChunk', new messages.ChatMessageChunk({ content: 'x', role: 'critic' })],
    ['RemoveMessage', new messages.RemoveMessage({ id: '1' })],
    ['AIMessage that was changed', changed],
    ['ChatPromptValue', new ChatPromptValue([new messages.HumanMessage('hi')])],
    ['Document', new Document({ pageContent: 'text', metadata: { camelCase: new Set([1]) }, id: 'd' })],
  ];
}
