/** An agent that asks before it acts: a model and tools of LangChain's, and an answer that comes another day. */
import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { z } from 'zod';
import { Command, interrupt, isInterrupted, MemorySaver } from '../core/langchain.ts';
import { createReactAgent } from '../core/prebuilt/index.ts';

/** Stands in for a model: it books what it is asked for, and then says so. */
class Clerk extends BaseChatModel {
  _llmType(): string {
    return 'clerk';
  }

  override bindTools(): this {
    return this;
  }

  async _generate(messages: BaseMessage[]) {
    const last = messages.at(-1)!;
    const tool_calls = [{ id: 'c1', name: 'book', args: { hotel: last.text } }];
    const message = last.getType() === 'human' ? new AIMessage({ content: '', tool_calls }) : new AIMessage(last.text);
    return { generations: [{ message, text: message.text }] };
  }
}

const book = tool(
  ({ hotel }) => (interrupt<string, boolean>(`Book the ${hotel}?`) ? `The ${hotel} is booked.` : 'Nothing is booked.'),
  { name: 'book', description: 'Books a hotel.', schema: z.object({ hotel: z.string() }) },
);

const agent = createReactAgent({ llm: new Clerk({}), tools: [book], checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: 'ann' } };
const asked = await agent.invoke({ messages: 'Ritz' }, config);
if (isInterrupted(asked)) console.log(asked.__interrupt__[0]?.value);
const { messages } = await agent.invoke(new Command({ resume: true }), config);
for (const message of messages) console.log(message.getType(), message.text);
