/**
 * Messages without a library: what a program that was written for LangChain's message classes reads, by shape.
 *
 * - M2 A Message's fields are its own and plain; what LangChain computes (`getType()`, `text`) is on the prototype. LangChain's guards and
 *   `instanceof` go by shape as well, and take it for theirs.
 */
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

/** How messages are made that streams tell. "holdpoint/langchain" has them be LangChain's. */
export const telling = {
  /** Of a token that came as text alone. */
  token: (content: string, id: string): object => newMessage({ type: 'ai', content, id }),
  /** Of what is pushed, in place of a Message. */
  coerce: undefined as ((like: unknown) => Message) | undefined,
};

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

export type Fields = Readonly<Record<string, unknown>>;

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

/** With the fields that LangChain gives every message of its type. */
export function newMessage(given: Fields & { readonly type: string }): Message {
  const { type, content, additional_kwargs, response_metadata, tool_calls, invalid_tool_calls } = given;
  return asMessage({
    ...given,
    content: content ?? [],
    additional_kwargs: additional_kwargs ?? {},
    response_metadata: response_metadata ?? {},
    ...(type === 'ai' && { tool_calls: tool_calls ?? [], invalid_tool_calls: invalid_tool_calls ?? [] }),
  });
}

export function isPlainMessage(value: unknown): value is Message {
  return value instanceof PlainMessage;
}

/** One of LangChain's, whatever its version and copy, or a Message. */
export function isMessage(like: unknown): like is Message {
  return typeof (like as { _getType?: unknown } | null | undefined)?._getType === 'function';
}

function asMessage(fields: object): Message {
  return Object.setPrototypeOf(fields, PlainMessage.prototype) as Message;
}

interface Identified {
  readonly id?: string | null;
  readonly lc_kwargs?: Fields;
}

/** The message itself with an id, as in LangGraph: who holds it can read it. A frozen one is copied. */
export function withId<One extends object>(message: One): One {
  const { id } = message as Identified;
  if (id !== undefined && id !== null) return message;
  const own = Object.isFrozen(message)
    ? (Object.assign(Object.create(Object.getPrototypeOf(message) as object), message) as One)
    : message;
  return named(own, crypto.randomUUID());
}

export function named<One extends object>(message: One, id: string): One {
  const { lc_kwargs } = message as Identified;
  return Object.assign(message, { id }, lc_kwargs && { lc_kwargs: { ...lc_kwargs, id } });
}
