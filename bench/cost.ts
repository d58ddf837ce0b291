/**
 * What a cycle costs (start, stop at a question, answer, run to the end): calls, units, and the round trips that its caller waits for.
 * The real application on the real checkpointer, driven over its HTTP interface in process, against every DynamoDB-compatible server that
 * runs here.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable, testClient, testServers } from '../test/support/dynamodb.ts';
import { against } from './against.ts';
import { Bench, type Durability, noise } from './cost-cycle.ts';
import { type Call, criticalPath, type Interval, type Ledger, now } from './ledger.ts';
import { PROSE } from './prose.ts';
import { round, type Row, table, verdict } from './table.ts';

/** Added to each call when round trips are counted. */
const LATENCY_MS = 100;
const DURABILITIES: readonly Durability[] = ['exit', 'async', 'sync'];
const SIZES = [100, 300, 1000, 4000, 20_000];
const AIMS = {
  named: { calls: 5, units: 5 },
  unnamed: { calls: 4, units: 4 },
  later: { calls: 6, units: 6 },
  prose: { calls: 7, units: 18 },
  waits: { slow: 2, instant: 3, large: 3 },
  indexes: 3,
  keys: 2,
};

interface Server {
  readonly name: string;
  readonly bench: Bench;
  /** Another process. */
  readonly other: Bench;
}

type Clients = [DynamoDBClient, DynamoDBClient, DynamoDBClient];

/** The tables, and the plot that belongs to them. */
export async function cost(): Promise<{ readonly text: string; readonly files: Readonly<Record<string, string>> }> {
  const servers: Server[] = [];
  const stops: (() => Promise<void>)[] = [];
  for (const [name, start] of testServers()) {
    const server = await start();
    const [client, other, observer] = [0, 1, 2].map(() => testClient(server.endpoint)) as Clients;
    const tableName = await createTable(client);
    servers.push({ name, bench: new Bench(client, tableName, observer), other: new Bench(other, tableName, observer) });
    stops.push(async () => {
      for (const one of [client, other, observer]) one.destroy();
      await server.stop();
    });
  }
  try {
    const parts = [];
    for (const part of [cycles, keys, roundTrips, durabilities, sizes]) parts.push(await part(servers));
    const { figures, plot } = await against();
    return { text: [...parts, figures].join('\n\n'), files: { 'growth.svg': plot } };
  } finally {
    for (const stop of stops) await stop();
  }
}

async function cycles(servers: readonly Server[]): Promise<string> {
  const rows: Row[] = [];
  const indexes: Row[] = [];
  for (const { name, bench } of servers) {
    bench.meter.on = true;
    const first = (): Promise<string> => bench.cycle(crypto.randomUUID());
    const kinds = [
      { kind: 'first cycle, thread named by the caller', aim: AIMS.named, run: first },
      { kind: 'first cycle, thread named by the service', aim: AIMS.unnamed, run: () => bench.cycle(undefined) },
      { kind: 'a later cycle of the thread', aim: AIMS.later, run: async () => bench.cycle(await first()) },
      {
        kind: '20 KB of prose in the state, thread named by the caller',
        aim: AIMS.prose,
        run: () => bench.cycle(crypto.randomUUID(), { note: PROSE }),
      },
    ];
    const metered = async (kind: string, run: () => Promise<unknown>): Promise<void> => {
      await run();
      const { ledger, meter } = bench;
      const reported = name === 'dynalite' ? '–' : ledger.indexUnits;
      indexes.push([kind, name, reported, meter.units, `≤ ${AIMS.indexes}: ${verdict(meter.units <= AIMS.indexes)}`]);
    };
    for (const { kind, aim, run } of kinds) {
      await metered(kind, run);
      const { calls, writeUnits, readUnits } = bench.ledger;
      const met = verdict(calls.length <= aim.calls && writeUnits <= aim.units);
      rows.push([kind, name, calls.length, writeUnits, readUnits, `≤ ${aim.calls} / ${aim.units}: ${met}`]);
    }
    await metered('first cycle, saved after every superstep (`sync`)', () =>
      bench.cycle(crypto.randomUUID(), { durability: 'sync' }),
    );
    bench.meter.on = false;
  }
  return [
    titled(
      'One cycle, 100 bytes of state unless said otherwise, durability `exit` (the default over HTTP), without the indexes:',
      table(['cycle', 'server', 'calls', 'write units', 'read units', 'aim, calls / write units'], rows),
    ),
    titled(
      'The same cycles in the two indexes that lists of threads are read from: by what the server reports, and by formula (an entry that comes or ' +
        'goes costs one unit, one that moves two):',
      table(['cycle', 'server', 'index units, reported', 'by formula', 'aim'], indexes),
    ),
  ].join('\n\n');
}

/** What idempotency keys add (C5), and what it costs to send the same requests again. */
async function keys(servers: readonly Server[]): Promise<string> {
  const rows: Row[] = [];
  for (const { name, bench } of servers) {
    const note = noise(100);
    const key = crypto.randomUUID();
    await bench.cycle(crypto.randomUUID(), { note });
    const without = bench.ledger.writeUnits;
    const thread = await bench.cycle(crypto.randomUUID(), { note, key });
    const { calls, writeUnits, readUnits } = bench.ledger;
    const more = writeUnits - without;
    const aim = `≤ ${AIMS.keys}: ${verdict(more <= AIMS.keys)}`;
    rows.push(['first cycle, a key with each request', name, calls.length, writeUnits, readUnits, more, aim]);
    await bench.cycle(thread, { note, key });
    const { ledger } = bench;
    rows.push(['both requests again', name, ledger.calls.length, ledger.writeUnits, ledger.readUnits, '–', '–']);
  }
  return titled(
    'The first cycle, named by the caller, with idempotency keys; an item for each:',
    table(['requests', 'server', 'calls', 'write units', 'read units', 'write units for keys', 'aim'], rows),
  );
}

async function roundTrips(servers: readonly Server[]): Promise<string> {
  const rows: Row[] = [];
  for (const { name, bench, other } of servers) {
    for (const one of [bench, other]) {
      await one.cycle(crypto.randomUUID(), { note: PROSE }); // Connections are open from here on.
      one.latencyMs = LATENCY_MS;
    }
    for (const nodes of ['slow', 'instant'] as const) {
      bench.nodeMs = other.nodeMs = nodes === 'slow' ? 3 * LATENCY_MS : 0;
      const measure = async <Result>(
        kind: string,
        aim: number | undefined,
        run: (measured: Bench) => Promise<Result>,
        measured = bench,
      ): Promise<Result> => {
        const began = now();
        const result = await run(measured);
        rows.push(waitsRow(`${kind}, ${nodes} nodes`, name, aim, measured.ledger, began));
        return result;
      };
      await measure('start, named by the service', undefined, (one) => one.start(undefined));
      const asked = await measure('start, named by the caller', undefined, (one) => one.start(crypto.randomUUID()));
      await measure('resume', AIMS.waits[nodes], (one) => one.resume(asked));
      const [here, there] = [
        await bench.start(crypto.randomUUID(), { note: PROSE }),
        await bench.start(crypto.randomUUID(), { note: PROSE }),
      ];
      await measure('resume of 20 KB of prose', AIMS.waits.large, (one) => one.resume(here));
      await measure('resume of 20 KB of prose by another process', AIMS.waits.large, (one) => one.resume(there), other);
    }
    for (const one of [bench, other]) one.latencyMs = one.nodeMs = 0;
  }
  return titled(
    `Round trips that the caller waits for, one after the other, with ${LATENCY_MS} ms added to each call; slow nodes take three times as long. The ` +
      'path is what the answer waited for, from the recorded beginnings and ends of calls and nodes. The last column is the check: the whole ' +
      'time, less the nodes on the path, in multiples of the latency (what is over is the server and the process):',
    table(['request', 'server', 'round trips', 'aim', 'path', 'time ÷ latency'], rows),
  );
}

/** What has happened since `began`. */
function waitsRow(kind: string, server: string, aim: number | undefined, ledger: Ledger, began: number): Row {
  const ended = now();
  const path = criticalPath<Call | Interval>([...ledger.calls, ...ledger.nodes], ended);
  const waited = path.flatMap((step) => ('operation' in step ? step.operation : []));
  const inNodes = path.filter((step) => !('operation' in step)).reduce((sum, { start, end }) => sum + end - start, 0);
  return [
    kind,
    server,
    waited.length,
    aim === undefined ? '–' : `≤ ${aim}: ${verdict(waited.length <= aim)}`,
    waited.join(' → '),
    round((ended - began - inNodes) / LATENCY_MS),
  ];
}

async function durabilities(servers: readonly Server[]): Promise<string> {
  const variants = DURABILITIES.map((durability) => ({ label: durability, durability, note: noise(100) }));
  return titled(
    'The same first cycle, named by the caller, by durability:',
    await variantTable(servers, 'durability', variants),
  );
}

async function sizes(servers: readonly Server[]): Promise<string> {
  const variants = SIZES.map((bytes) => ({ label: bytes, durability: 'exit' as const, note: noise(bytes) }));
  return titled(
    'And by the size of the state, which comes with the input (random letters and digits, which compress little; `exit`):',
    await variantTable(servers, 'state, bytes', variants),
  );
}

interface Variant {
  readonly label: string | number;
  readonly durability: Durability;
  readonly note: string;
}

async function variantTable(servers: readonly Server[], what: string, variants: readonly Variant[]): Promise<string> {
  const rows: Row[] = [];
  for (const { label, durability, note } of variants) {
    for (const { name, bench } of servers) {
      await bench.cycle(crypto.randomUUID(), { durability, note });
      const { calls, writeUnits, readUnits } = bench.ledger;
      rows.push([label, name, calls.length, writeUnits, readUnits, operations(bench.ledger)]);
    }
  }
  return table([what, 'server', 'calls', 'write units', 'read units', 'which calls'], rows);
}

function titled(title: string, figures: string): string {
  return `${title}\n\n${figures}`;
}

function operations({ calls }: Ledger): string {
  const counts = new Map<string, number>();
  for (const { operation } of calls) counts.set(operation, (counts.get(operation) ?? 0) + 1);
  return [...counts].map(([operation, count]) => `${count} ${operation}`).join(', ');
}
