/** How a task names what it asks and what it calls: by order, and by name where there is one. */

/** How many there were of each name, or without one. */
export type Counts = Map<string | undefined, number>;

/** Q1, Q4: the name of the next one. */
export function nextOf(counts: Counts, name: string | undefined): string {
  const nth = counts.get(name) ?? 0;
  counts.set(name, nth + 1);
  return name === undefined ? `${nth}` : `${name}#${nth}`;
}

/** The slots of questions that no answer settles: NodeInterrupt. */
export const AGAIN = '!';
