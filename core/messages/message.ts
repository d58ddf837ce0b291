/**
 * Messages without a library: what a program that was written for LangChain's message classes reads, by shape.
 *
 * - M1 Whatever a caller writes (text, `[role, content]`, `{ role, content }`, `{ type, content }`, a serialized message) becomes a Message,
 *   with all fields it had. What is a message already stays the instance that it is.
 * - M2 A Message's fields are its own and plain; what LangChain computes (`getType()`, `text`) is on the prototype. LangChain's guards and
 *   `instanceof` go by shape as well, and take it for theirs.
 */
import { InvalidUpdateError, quote } from '../errors.ts';

interface ContentBlock {
  type: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  [key: string]: any;
}

export type MessageContent = string | ContentBlock[];

/** What nodes read. LangChain's messages are Messages too. */
export interface Message {
  id?: string;
  type: string;
  content: MessageContent;
  name?: string;
  readonly text: string;
  getType(): string;
  // By type: `tool_calls`, `tool_call_id`, … And whatever else the caller gave.
  // oxlint-disable-next-line typescript/no-explicit-any
  [key: string]: any;
}

/** What else messages are: "holdpoint/langchain" says that they are LangChain's. */
// oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-empty-interface
export interface MessageClasses {}

/** A message as streams tell it. */
export type ToldMessage = MessageClasses extends { readonly told: infer Told } ? Told : Message;

/** What callers and nodes may write in place of a message. */
export type MessageLike =
  | string
  | readonly [role: string, content: MessageContent]
  | {
      readonly role?: string;
      readonly type?: string;
      readonly id?: unknown;
      readonly content?: unknown;
      // oxlint-disable-next-line typescript/no-explicit-any
      readonly [key: string]: any;
    };

type Fields = Readonly<Record<string, unknown>>;

/** By what LangChain and the providers call them. */
const TYPES = new Map([
  ['user', 'human'],
  ['human', 'human'],
  ['assistant', 'ai'],
  ['ai', 'ai'],
  ['system', 'system'],
  ['developer', 'system'],
  ['tool', 'tool'],
  ['remove', 'remove'],
]);

/** Without it, a message of this type says nothing. */
const NEEDED = new Map([
  ['tool', 'tool_call_id'],
  ['remove', 'id'],
]);

class PlainMessage {
  declare readonly type: string;
  declare readonly content: MessageContent;

  get [Symbol.for('langchain.message')](): boolean {
    return true;
  }

  get text(): string {
    const { content } = this;
    return typeof content === 'string'
      ? content
      : content.map((block) => (block.type === 'text' ? String(block['text']) : '')).join('');
  }

  getType(): string {
    return this.type;
  }

  _getType(): string {
    return this.type;
  }
}

/** How storage keeps Messages: every checkpointer has this codec. */
export const messageCodec = {
  name: 'message',
  is: isPlainMessage,
  encode: (message: unknown): unknown => ({ ...(message as object) }),
  decode: (fields: unknown): unknown => asMessage(fields as object),
};

/** @throws InvalidUpdateError for what is nothing like a message */
export function coerceMessage(like: unknown): Message {
  if (isMessage(like)) return like;
  const given = fieldsOf(like);
  const said = given?.['role'] ?? given?.['type'];
  const type = TYPES.get(said as string);
  const needed = type && NEEDED.get(type);
  if (!given || !type || (needed && (given[needed] ?? '') === '')) {
    throw Object.assign(
      new InvalidUpdateError(
        `Not a message: ${quote(like)}. Give a text, [role, content] or { role, content }, with the role user, assistant, system, developer ` +
          'or tool (and a tool_call_id), or { type: "remove", id }.',
      ),
      { lc_error_code: 'MESSAGE_COERCION_FAILURE' },
    );
  }
  const { additional_kwargs = {}, response_metadata = {} } = given;
  return asMessage({
    ...given,
    type,
    content: given['content'] ?? [],
    additional_kwargs:
      said === 'developer' ? { ...(additional_kwargs as Fields), __openai_role__: said } : additional_kwargs,
    response_metadata,
    ...(type === 'ai' && {
      tool_calls: ((given['tool_calls'] ?? []) as Fields[]).map(toolCall),
      invalid_tool_calls: given['invalid_tool_calls'] ?? [],
    }),
  });
}

export function isPlainMessage(value: unknown): value is Message {
  return value instanceof PlainMessage;
}

/** One of LangChain's, whatever its version and copy, or a Message. */
export function isMessage(like: unknown): like is Message {
  return typeof (like as { _getType?: unknown } | null | undefined)?._getType === 'function';
}

function fieldsOf(like: unknown): Fields | undefined {
  if (typeof like === 'string') return { type: 'human', content: like };
  if (Array.isArray(like)) return { type: like[0], content: like[1] };
  if (typeof like !== 'object' || like === null) return undefined;
  const { lc, id, kwargs } = like as { lc?: unknown; id?: unknown; kwargs?: Fields };
  if (lc !== 1 || !Array.isArray(id)) return like as Fields;
  return { ...kwargs, type: /^(Human|AI|System|Tool)Message/.exec(String(id.at(-1)))?.[1]?.toLowerCase() };
}

/** OpenAI's form becomes LangChain's. */
function toolCall(call: Fields): Fields {
  const { name, arguments: args } = (call['function'] ?? {}) as { name?: string; arguments?: string };
  return args === undefined ? call : { id: call['id'], name, args: JSON.parse(args), type: 'tool_call' };
}

function asMessage(fields: object): Message {
  return Object.setPrototypeOf(fields, PlainMessage.prototype) as Message;
}
