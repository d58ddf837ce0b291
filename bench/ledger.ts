/**
 * What happened between a request and its answer: every call to DynamoDB, counted at the client with the units that the server charged, and
 * every node, each with its beginning and end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export interface Interval {
  readonly start: number;
  end: number;
}

export interface Call extends Interval {
  /** As in `UpdateItem`. */
  readonly operation: string;
  /** Of the table. */
  units: number;
  /** Of its indexes. dynalite reports none of writes. */
  indexUnits: number;
}

const READS: ReadonlySet<string> = new Set(['GetItem', 'Query', 'BatchGetItem', 'Scan']);

export class Ledger {
  calls: Call[] = [];
  nodes: Interval[] = [];

  /** @param latencyMs added to each call, as a network would. A local server answers too fast to tell what waits for what. */
  constructor(client: DynamoDBClient, latencyMs: () => number) {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const call: Call = {
            operation: commandName.replace(/Command$/, ''),
            start: now(),
            end: Infinity,
            units: 0,
            indexUnits: 0,
          };
          this.calls.push(call);
          try {
            if (latencyMs() > 0) await sleep(latencyMs());
            const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } });
            Object.assign(call, unitsIn(result.output));
            return result;
          } finally {
            call.end = now();
          }
        },
      { step: 'initialize', name: 'ledger' },
    );
  }

  /** Runs the body of a node. */
  async node<Result>(body: () => Promise<Result>): Promise<Result> {
    const interval: Interval = { start: now(), end: Infinity };
    this.nodes.push(interval);
    try {
      return await body();
    } finally {
      interval.end = now();
    }
  }

  clear(): void {
    this.calls = [];
    this.nodes = [];
  }

  get writeUnits(): number {
    return sumUnits(this.calls.filter(({ operation }) => !READS.has(operation)));
  }

  /** Of writes. */
  get indexUnits(): number {
    return this.calls
      .filter(({ operation }) => !READS.has(operation))
      .reduce((sum, { indexUnits }) => sum + indexUnits, 0);
  }

  get readUnits(): number {
    return sumUnits(this.calls.filter(({ operation }) => READS.has(operation)));
  }
}

/**
 * What the end waited for: the event that ended last, before it the event that ended last before that one began, and so on.
 * What was over while something else was still awaited is not part of it.
 */
export function criticalPath<Event extends Interval>(events: readonly Event[], until: number): Event[] {
  const path: Event[] = [];
  let before = until;
  while (true) {
    const earlier = events.filter(({ end }) => end <= before);
    if (earlier.length === 0) return path.toReversed();
    const last = earlier.reduce((a, b) => (b.end > a.end ? b : a));
    path.push(last);
    before = last.start;
  }
}

export function now(): number {
  return performance.now();
}

function sumUnits(calls: readonly Call[]): number {
  return calls.reduce((sum, { units }) => sum + units, 0);
}

function unitsIn(output: object): Pick<Call, 'units' | 'indexUnits'> {
  const { ConsumedCapacity: consumed } = output as { ConsumedCapacity?: Consumed | readonly Consumed[] };
  if (!consumed) throw new Error('The server reported no consumed capacity.');
  const tables = [consumed].flat();
  const all = sumOf(tables);
  const indexUnits = sumOf(tables.flatMap(({ GlobalSecondaryIndexes = {} }) => Object.values(GlobalSecondaryIndexes)));
  return { units: all - indexUnits, indexUnits };
}

function sumOf(consumed: readonly Consumed[]): number {
  return consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}

interface Consumed {
  readonly CapacityUnits?: number;
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, Consumed>>;
}

export interface Cost {
  readonly calls: number;
  readonly writeUnits: number;
  readonly readUnits: number;
}

/** What a run costs, by a ledger. */
export function costOf(ledger: Ledger): (run: () => Promise<void>) => Promise<Cost> {
  return async (run) => {
    ledger.clear();
    await run();
    const { calls, writeUnits, readUnits } = ledger;
    return { calls: calls.length, writeUnits, readUnits };
  };
}
