/** The checkpoints of a thread, one for each superstep, newest first: what histories show. */
import { defined } from '../objects.ts';
import { sameValue } from '../same.ts';
import type { Checkpoint, Frame } from './checkpoint.ts';
import type { Checkpointer } from './checkpointer.ts';
import { unknownCheckpoint } from './refusals.ts';

export interface Step<Found> {
  readonly checkpoint: Checkpoint;
  readonly place: Found;
  /** The one that came of it. */
  readonly next: Found | undefined;
}

/**
 * One for each superstep. One that was saved several times, for several answers or for what nested graphs did, is shown as it was last,
 * progress left out; the newest is shown as it is.
 */
export async function* supersteps<Found extends { readonly frame: Frame }>(
  checkpointer: Pick<Checkpointer, 'load' | 'chain'>,
  threadId: string,
  before: string | undefined,
  limit: number | undefined,
  find: (checkpoint: Checkpoint) => Found | undefined,
): AsyncGenerator<Step<Found>> {
  let past: number | undefined;
  /** What came of supersteps that are still to be met. */
  const next = new Map<number, Found>();
  const stepOf = (checkpoint: Checkpoint, place: Found): Step<Found> => {
    const { planned, wrote } = place.frame;
    const came = next.get(planned);
    next.delete(planned);
    if (wrote) next.set(wrote[0], place);
    return { checkpoint, place, next: came };
  };
  if (before !== undefined) {
    const loaded = await checkpointer.load(threadId, before);
    if (!loaded) return;
    const { checkpoint } = loaded;
    if (!checkpoint) throw unknownCheckpoint(threadId, before);
    const place = find(checkpoint);
    past = place && stepOf(checkpoint, place).place.frame.planned;
  }
  let best: { readonly checkpoint: Checkpoint; readonly place: Found } | undefined;
  let newest = before === undefined;
  const page = defined({ before, limit: limit === undefined ? undefined : limit + 1 });
  for await (const checkpoint of checkpointer.chain(threadId, page)) {
    const place = find(checkpoint);
    if (!place || place.frame.planned === past) continue;
    if (best?.place.frame.planned !== place.frame.planned) {
      if (best) newest = false;
      if (best) yield stepOf(best.checkpoint, best.place);
      past = undefined;
    } else if (newest || !best.checkpoint.progress || checkpoint.progress) continue;
    best = { checkpoint, place };
  }
  if (best) yield stepOf(best.checkpoint, best.place);
}

interface Matching {
  readonly limit?: number | undefined;
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
}

/** Those whose metadata has all of the filter, at most so many. */
export async function* matching<One extends { readonly metadata?: Readonly<Record<string, unknown>> }>(
  all: AsyncIterable<One>,
  { limit = Infinity, filter = {} }: Matching,
): AsyncGenerator<One> {
  if (limit <= 0) return;
  let left = limit;
  for await (const one of all) {
    if (!Object.entries(filter).every(([key, value]) => sameValue(one.metadata?.[key], value))) continue;
    yield one;
    if (--left === 0) return;
  }
}
