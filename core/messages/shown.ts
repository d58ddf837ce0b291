/** LangChain's messages as clients know them: their fields and their type, and not how they are stored. */
import { isMessage } from './message.ts';

/** Undefined for anything else: plain messages show themselves. */
export function messageShown(value: unknown): object | undefined {
  const message = value as { toDict?(): { type: string; data: object } } | null | undefined;
  if (typeof message?.toDict !== 'function' || !isMessage(message)) return undefined;
  const { type, data } = message.toDict();
  return { ...data, type };
}
