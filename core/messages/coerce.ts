/**
 * From what callers write to messages.
 *
 * - M1 Text, `[role, content]`, `{ role, content }`, `{ type, content }` and a serialized message become a Message, with all fields they had.
 *   What is a message already stays the instance that it is.
 */
import { InvalidUpdateError, quote } from '../errors.ts';
import { isObject } from '../objects.ts';
import { type Fields, isMessage, type Message, newMessage } from './message.ts';

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
  const { additional_kwargs, tool_calls } = given;
  return newMessage({
    ...given,
    type,
    ...(said === 'developer' && { additional_kwargs: { ...(additional_kwargs as Fields), __openai_role__: said } }),
    ...(type === 'ai' && Array.isArray(tool_calls) && { tool_calls: (tool_calls as Fields[]).map(toolCall) }),
  });
}

function fieldsOf(like: unknown): Fields | undefined {
  if (typeof like === 'string') return { type: 'human', content: like };
  if (Array.isArray(like)) return { type: like[0], content: like[1] };
  if (!isObject(like)) return undefined;
  const { lc, id, kwargs } = like as { lc?: unknown; id?: unknown; kwargs?: Fields };
  if (lc !== 1 || !Array.isArray(id)) return like as Fields;
  return { ...kwargs, type: /^(Human|AI|System|Tool)Message/.exec(String(id.at(-1)))?.[1]?.toLowerCase() };
}

/** OpenAI's form becomes LangChain's. */
function toolCall(call: Fields): Fields {
  const { name, arguments: args } = (call['function'] ?? {}) as { name?: string; arguments?: string };
  return args === undefined ? call : { id: call['id'], name, args: JSON.parse(args), type: 'tool_call' };
}
