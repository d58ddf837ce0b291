/** An agent waits for a person on DynamoDB, and goes on where it asked, in another process. */
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import { RunnableLambda } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { DynamoDBSaver } from '../../../core/checkpoint/dynamodb/index.ts';
import { Command, interrupt, isInterrupted, langchain } from '../../../core/langchain.ts';
import { createReactAgent } from '../../../core/prebuilt/index.ts';
import { dynaliteTable } from '../../support/stores.ts';

const database = dynaliteTable();

it.each(['v1', 'v2'] as const)('A2: with version %s its model is not asked again', async (version) => {
  let asked = 0;
  const speak = (messages: BaseMessage[]): AIMessage => {
    asked++;
    const tool_calls = [{ id: 'c', name: 'book', args: { hotel: 'Ritz' } }];
    return messages.length === 1
      ? new AIMessage({ content: '', tool_calls })
      : new AIMessage(`${messages.at(-1)!.text}!`);
  };
  const llm = Object.assign(RunnableLambda.from(speak), { bindTools: () => RunnableLambda.from(speak) });
  const book = tool(({ hotel }: { hotel: string }) => `${interrupt<string, string>(`Book the ${hotel}?`)}: ${hotel}`, {
    name: 'book',
    schema: z.object({ hotel: z.string() }),
  });
  const { client, table } = database();
  const elsewhere = () =>
    createReactAgent({
      llm: llm as never,
      tools: [book],
      version,
      checkpointer: new DynamoDBSaver({ client, table, codecs: [langchain] }),
    });
  const config = { configurable: { thread_id: version } };
  const first = await elsewhere().invoke({ messages: 'A room, please.' }, config);
  expect(isInterrupted(first) && first.__interrupt__[0]!.value).toBe('Book the Ritz?');
  const { messages } = await elsewhere().invoke(new Command({ resume: 'booked' }), config);
  expect(messages.map(({ text }) => text)).toEqual(['A room, please.', '', 'booked: Ritz', 'booked: Ritz!']);
  expect(asked).toBe(2);
});
