/** A model that is told which agent said what, within the text: for models that do not read the name of a message. */
import type { LanguageModelLike } from '@langchain/core/language_models/base';
import { AIMessage, type BaseMessage, type BaseMessageLike, isAIMessage } from '@langchain/core/messages';
import { RunnableLambda, RunnableSequence } from '@langchain/core/runnables';

export type AgentNameMode = 'inline';

const NAME = /<name>([\s\S]*?)<\/name>/;
const CONTENT = /<content>([\s\S]*?)<\/content>/;

export function withAgentName(model: LanguageModelLike, mode: AgentNameMode): LanguageModelLike {
  if (mode !== 'inline') throw new Error(`Invalid agent name mode: ${String(mode)}`);
  return RunnableSequence.from([
    RunnableLambda.from((messages: BaseMessageLike[]) => messages.map(told)),
    model as never,
    RunnableLambda.from(heard),
  ]);
}

function told(message: BaseMessageLike): BaseMessageLike {
  if (!isAIMessage(message as BaseMessage) || !(message as AIMessage).name) return message;
  const { name, content, ...fields } = message as AIMessage;
  const tagged = (text: string): string => `<name>${name}</name><content>${text}</content>`;
  if (typeof content === 'string') return renamed(fields, tagged(content), undefined);
  const blocks = content.map((block) =>
    block.type === 'text' ? { ...block, text: tagged(String(block['text'])) } : block,
  );
  return renamed(
    fields,
    blocks.some(({ type }) => type === 'text') ? blocks : [{ type: 'text', text: tagged('') }, ...blocks],
    undefined,
  );
}

function heard(message: BaseMessage): BaseMessage {
  const { content, ...fields } = message as AIMessage;
  if (!isAIMessage(message) || typeof content !== 'string') return message;
  const [name, text] = [NAME.exec(content)?.[1], CONTENT.exec(content)?.[1]];
  return name === undefined || text === undefined ? message : renamed(fields, text, name);
}

function renamed(fields: object, content: AIMessage['content'], name: string | undefined): AIMessage {
  return new AIMessage({ ...(fields as AIMessage['lc_kwargs']), content, ...(name !== undefined && { name }) });
}
