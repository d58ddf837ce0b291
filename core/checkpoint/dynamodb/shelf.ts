/**
 * What a run's checkpoints are stored against, from its claim to its last commit: the base, the request's part, and what nobody needs any more.
 *
 * - C1 `write` comes before the head, `settle` after it. What `settle` fails to do costs storage, never state.
 * - C10 What a head has come to need no longer gets a time to live as its history has; what a thread that is over needs, as the thread has.
 */
import type { Checkpoint } from '../checkpoint.ts';
import { allOf } from './all.ts';
import { type Item, sortKey } from './item.ts';
import { TABLE_KEYS } from './keys.ts';
import { type KnownBase, lay, type Layout, type RequestPart } from './layout.ts';
import { partItems } from './parts.ts';
import type { Partition } from './partition.ts';
import { ageing, type Aging, historyExpires, type Resting } from './retention.ts';

/** The part that a claim refers to. */
export interface ClaimedRequest extends RequestPart {
  readonly items: readonly Item[];
}

export interface Contents {
  readonly base: KnownBase | undefined;
  /** The items of the parts that the base leads through. */
  readonly chain: readonly Item[];
  /** When those expire, in seconds since 1970. */
  readonly expires: number | undefined;
  readonly request: ClaimedRequest | undefined;
  /** Keys of items that nothing leads to. */
  readonly strays: readonly string[];
}

/** A checkpoint's text as it is going to be stored. */
export interface Placed extends Aging, Pick<Layout, 'data' | 'base' | 'keepsRequest'> {
  readonly items: readonly Item[];
  /** The items of the parts that its base leads through. */
  readonly chain: readonly Item[];
}

export class Shelf {
  readonly #partition: Partition;
  #contents: Contents;

  constructor(partition: Partition, contents: Contents) {
    this.#partition = partition;
    this.#contents = contents;
  }

  /** Decides, and writes nothing. @throws HoldpointError `unstorable_state` */
  place(inc: string, { id, runId }: Checkpoint, text: string, resting: Resting): Placed {
    const { clock, retention } = this.#partition;
    const { base, chain, request, expires } = this.#contents;
    const aging = ageing(retention, resting, seconds(clock()), base && expires);
    const layout = lay(id, text, aging.anew ? undefined : base, request);
    const part = layout.part && { ...layout.part, runId };
    const items = part ? partItems(this.#partition, inc, part).map((item) => lasting(item, aging.expires)) : [];
    const before = [...(leadsOn(base, layout) ? chain : []), ...(layout.keepsRequest ? (request?.items ?? []) : [])];
    return { ...aging, ...layout, items, chain: part && part.over === undefined ? items : [...before, ...items] };
  }

  /** What the head will lead to. */
  async write({ items }: Placed): Promise<void> {
    const { table, pk } = this.#partition;
    await allOf([table.putAll(items), table.removeAll(pk, this.#contents.strays)]);
    this.#contents = { ...this.#contents, strays: [] };
  }

  /** What the head led to, or leads to from now on. */
  async settle(placed: Placed): Promise<void> {
    const { table, clock, retention } = this.#partition;
    const { base, chain, request } = this.#contents;
    const history = historyExpires(retention, seconds(clock()));
    const late = [
      ...(leadsOn(base, placed) ? [] : expiring(chain, history)),
      ...(placed.over === undefined ? [] : expiring(placed.chain, placed.expires)),
    ];
    this.#contents = {
      base: placed.base,
      chain: placed.chain,
      expires: placed.expires,
      request: undefined,
      strays: [],
    };
    await quietly(table.putAll(late));
    if (request && !placed.keepsRequest) await this.#remove(request.items);
  }

  /** For a run that moved no head: what it was asked, and what it wrote. */
  async discard(placed?: Placed): Promise<void> {
    await this.#remove(placed ? placed.items : (this.#contents.request?.items ?? []));
  }

  #remove(items: readonly Item[]): Promise<void> {
    return quietly(this.#partition.table.removeAll(this.#partition.pk, items.map(sortKey)));
  }
}

function leadsOn(before: KnownBase | undefined, { base }: Pick<Layout, 'base'>): boolean {
  return before !== undefined && before.since === base?.since;
}

/** Those that have no end, or an earlier one, as they are to be. */
function expiring(items: readonly Item[], when: number | undefined): Item[] {
  if (when === undefined) return [];
  const soon = ({ [TABLE_KEYS.timeToLive]: ttl }: Item): boolean => ttl !== undefined && Number(ttl.N) >= when;
  return items.filter((item) => !soon(item)).map((item) => lasting(item, when));
}

function lasting(item: Item, expires: number | undefined): Item {
  return expires === undefined ? item : { ...item, [TABLE_KEYS.timeToLive]: { N: String(expires) } };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** The commit stands, whatever becomes of this. */
async function quietly(step: Promise<unknown>): Promise<void> {
  await step.catch(() => undefined);
}
