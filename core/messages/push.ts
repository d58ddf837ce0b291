/** `pushMessage()`: a message that readers of the stream get at once, and the state with the node's update. */
import type { LangGraphRunnableConfig } from '../config.ts';
import { requireTask } from '../engine/current.ts';
import { metadataOf } from '../engine/runtime.ts';
import { invalidArgument } from '../errors.ts';
import { coerceMessage } from './coerce.ts';
import { type Message, type MessageLike, telling, type ToldMessage } from './message.ts';

export interface PushMessageOptions extends LangGraphRunnableConfig {
  /** The channel that it is written to; null: none. @default 'messages' */
  readonly stateKey?: string | null;
}

/** @throws HoldpointError `invalid_argument` for a message without an id, `outside_graph` */
export function pushMessage(message: MessageLike | Message, options: PushMessageOptions = {}): ToldMessage {
  const pushed = (telling.coerce ?? coerceMessage)(message);
  if (pushed.id === undefined) throw invalidArgument('Message ID is required.');
  const context = requireTask('pushMessage()');
  const { stateKey = 'messages' } = options;
  if (stateKey !== null) (context.pushed ??= []).push([stateKey, pushed]);
  context.listen?.message?.({ ns: context.scope.toldAs(), message: pushed, metadata: metadataOf(context) });
  return pushed as unknown as ToldMessage;
}
