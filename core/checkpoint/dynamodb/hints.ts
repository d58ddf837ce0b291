/**
 * Which threads this process has lately seen to be large, and where their parts begin: their next run reads them beside its claim, and so
 * saves a round trip. A hint is never relied upon: what was read early is used only when the claimed head leads through it.
 */
import { type FoundPart, readParts } from './parts.ts';
import type { Partition } from './partition.ts';

/** As many threads are remembered, by client: the process's one object that knows which table is meant. */
const REMEMBERED = 1000;
const remembered = new WeakMap<object, Map<string, Hint>>();

interface Hint {
  readonly inc: string;
  /** The first part of the chain. */
  readonly since: string;
}

export interface EarlyParts extends Hint {
  readonly parts: readonly FoundPart[];
}

/** @param hint undefined: the thread is small */
export function remember({ table, pk }: Partition, hint: Hint | undefined): void {
  let hints = remembered.get(table.client);
  if (!hints) remembered.set(table.client, (hints = new Map()));
  const key = `${table.name} ${pk}`;
  hints.delete(key);
  if (!hint) return;
  hints.set(key, hint);
  if (hints.size > REMEMBERED) hints.delete(hints.keys().next().value!);
}

/** What a large thread is probably stored against. Does not fail: what could not be read is read again. */
export async function readEarly(partition: Partition): Promise<EarlyParts | undefined> {
  const hint = remembered.get(partition.table.client)?.get(`${partition.table.name} ${partition.pk}`);
  if (!hint) return undefined;
  try {
    return { ...hint, parts: await readParts(partition, hint.inc, hint.since) };
  } catch {
    return undefined;
  }
}
