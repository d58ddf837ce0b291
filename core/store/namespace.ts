/** Namespaces: paths of labels. What is a namespace, and which of them match a condition. */
import { invalidArgument, InvalidNamespaceError, quote } from '../errors.ts';
import type { MatchCondition } from './store.ts';

/** @throws InvalidNamespaceError */
export function checkNamespace(
  namespace: readonly string[],
  allow: { readonly empty?: boolean; readonly reserved?: boolean } = {},
): void {
  const refuse = (why: string): never => {
    throw new InvalidNamespaceError(`Namespace ${quote(namespace)}: ${why}`);
  };
  if (!Array.isArray(namespace)) refuse('expected an array of labels.');
  if (!allow.empty && namespace.length === 0) refuse('it cannot be empty.');
  for (const label of namespace) {
    if (typeof label !== 'string') refuse('labels must be strings.');
    if (label === '') refuse('labels cannot be empty strings.');
    if (/[.:]/.test(label)) refuse('labels cannot contain periods or colons.');
  }
  if (allow.reserved === false && namespace[0] === 'langgraph') refuse('the root label "langgraph" is reserved.');
}

export function matchesCondition(namespace: readonly string[], { matchType, path }: MatchCondition): boolean {
  if (matchType !== 'prefix' && matchType !== 'suffix') {
    throw invalidArgument(`No match type ${quote(matchType)}. Match types: prefix, suffix.`);
  }
  const from = matchType === 'prefix' ? 0 : namespace.length - path.length;
  return path.length <= namespace.length && path.every((label, at) => label === '*' || label === namespace[from + at]);
}
