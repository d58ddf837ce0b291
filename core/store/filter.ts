/** Filters of searches: which documents match. What is no known condition matches nothing. */
import type { Document } from './store.ts';

const isIn = (value: unknown, operand: unknown): boolean => Array.isArray(operand) && operand.includes(value);

const conditions = new Map<string, (value: unknown, operand: unknown) => boolean>([
  ['$eq', (value, operand) => value === operand],
  ['$ne', (value, operand) => value !== operand],
  ['$gt', (value, operand) => Number(value) > Number(operand)],
  ['$gte', (value, operand) => Number(value) >= Number(operand)],
  ['$lt', (value, operand) => Number(value) < Number(operand)],
  ['$lte', (value, operand) => Number(value) <= Number(operand)],
  ['$in', isIn],
  ['$nin', (value, operand) => !isIn(value, operand)],
]);

export function matchesFilter(document: Document, filter: Document | null | undefined): boolean {
  return Object.entries(filter ?? {}).every(([field, expected]: [string, unknown]) => {
    const value: unknown = document[field];
    return typeof expected === 'object' && expected !== null
      ? Object.entries(expected).every(([name, operand]) => conditions.get(name)?.(value, operand))
      : value === expected;
  });
}
