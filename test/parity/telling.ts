/** What the programs of this folder have in common: threads, streams read to their end, and how an error looks from outside. */

/** Takes what a program tells. It is written down at once: what changes later is not seen. */
export type Log = (told: unknown) => void;

export function thread(id = '1') {
  return { configurable: { thread_id: id } };
}

export async function collect<T>(chunks: AsyncIterable<T> | Promise<AsyncIterable<T>>): Promise<T[]> {
  const all: T[] = [];
  for await (const chunk of await chunks) all.push(chunk);
  return all;
}

/** The name and code of what a call throws; its message too where it is the program's own. */
export async function failure(call: () => unknown, own = false): Promise<unknown> {
  try {
    return { value: await call() };
  } catch (error) {
    const { name, message, lc_error_code } = error as Error & { lc_error_code?: string };
    return {
      name: name.replace('$', ''),
      ...(lc_error_code !== undefined && { lc_error_code }),
      ...(own && { message }),
    };
  }
}
