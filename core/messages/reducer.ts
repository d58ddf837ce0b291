/**
 * How a list of messages takes updates.
 *
 * - M3 Every message gets an id, once (`withId`): when it is written, so that streams and kept results have it as well. What is not yet a message
 *   gets it with its class. One with an id that the list has replaces that message in its place; others are appended, in order.
 * - M4 A removal (`{ type: 'remove', id }`, LangChain's RemoveMessage) takes away the message with its id, and is an error when there is none.
 *   `REMOVE_ALL_MESSAGES` as its id takes away everything before it.
 */
import { InvalidUpdateError } from '../errors.ts';
import { coerceMessage } from './coerce.ts';
import { isMessage, type Message, type MessageLike, withId } from './message.ts';

/** The id of a removal that removes all messages before it. */
export const REMOVE_ALL_MESSAGES = '__remove_all__';

/** One message, or several. */
export type Messages = MessageLike | readonly MessageLike[];

/** @param coerce makes a message of what a caller wrote */
export function messagesReducer<One extends object, Likes>(coerce: (like: unknown) => One) {
  const listOf = (messages: Likes): One[] =>
    (Array.isArray(messages) ? messages : [messages]).map((like) => withId(coerce(like)));
  const reduce = (left: Likes, right: Likes): One[] => {
    const list = listOf(left);
    const updates = listOf(right);
    const cleared = updates.findLastIndex((one) => isRemoval(one) && idOf(one) === REMOVE_ALL_MESSAGES);
    if (cleared >= 0) return updates.slice(cleared + 1);
    const places = new Map(list.map((one, index) => [idOf(one), index]));
    const removed = new Set<unknown>();
    for (const one of updates) {
      const id = idOf(one);
      const place = places.get(id);
      if (isRemoval(one)) {
        if (place === undefined) {
          throw new InvalidUpdateError(`Attempting to delete a message with an ID that doesn't exist ('${id}').`, {
            id,
          });
        }
        removed.add(id);
      } else {
        removed.delete(id);
        places.set(id, place ?? list.length);
        list[place ?? list.length] = one;
      }
    }
    return removed.size > 0 ? list.filter((one) => !removed.has(idOf(one))) : list;
  };
  return Object.assign(reduce, { parseUpdate: (update: unknown) => ({ value: identified(update) }) });
}

/**
 * The same for all updates of a superstep at once, in one pass: removals of what is not there remove nothing. What has no id becomes a message
 * with one when it is written.
 * @param coerce makes a message of what a caller wrote
 */
export function messagesBatchReducer<One extends object, Likes>(coerce: (like: unknown) => One) {
  const reduce = (state: One[], writes: Likes[]): One[] => {
    const nameless: object[] = []; // each under a name of its own
    const nameOf = (one: object): unknown => idOf(one) ?? nameless[nameless.push(one) - 1];
    const list = new Map(state.map(coerce).map((one) => [nameOf(one), one]));
    for (const one of writes.flat().map(coerce)) {
      const removal = isRemoval(one);
      if (removal && idOf(one) === REMOVE_ALL_MESSAGES) list.clear();
      else if (removal) list.delete(idOf(one));
      else list.set(nameOf(one), one);
    }
    return [...list.values()];
  };
  const written = (like: unknown): unknown => (idOf(like as object) === undefined ? withId(coerce(like)) : like);
  return Object.assign(reduce, {
    parseUpdate: (update: unknown) => ({ value: Array.isArray(update) ? update.map(written) : written(update) }),
  });
}

function identified(update: unknown): unknown {
  if (Array.isArray(update)) return update.map((one: unknown) => (isMessage(one) ? withId(one) : one));
  return isMessage(update) ? withId(update) : update;
}

/**
 * The reducer of a list of messages: appends, replaces by id, removes.
 * @example
 * Annotation<Message[], Messages>({ reducer: messagesStateReducer, default: () => [] })
 */
export const messagesStateReducer: (left: Messages, right: Messages) => Message[] = messagesReducer(coerceMessage);

/** @alias */
export const addMessages = messagesStateReducer;

/**
 * The reducer of a list of messages for a DeltaValue: all updates of a superstep in one pass. Called by itself it gives no ids.
 */
export const messagesDeltaReducer: (state: Message[], writes: Messages[]) => Message[] =
  messagesBatchReducer(coerceMessage);

function idOf(message: object): string | undefined {
  return (message as { id?: string }).id;
}

function isRemoval(message: object): boolean {
  return (message as { _getType(): string })._getType() === 'remove';
}
