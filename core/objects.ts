/** Objects as data: what counts as one, and parts of them. */

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Those of its entries that are to be kept. */
export function pickBy<One extends object>(object: One, keeps: (key: string, value: unknown) => boolean): Partial<One> {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => keeps(key, value))) as Partial<One>;
}

/** Without the keys that say nothing. */
export function defined<One extends object>(object: One): { [Key in keyof One]?: Exclude<One[Key], undefined> } {
  return pickBy(object, (_, value) => value !== undefined) as ReturnType<typeof defined<One>>;
}
