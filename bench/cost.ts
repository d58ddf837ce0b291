/**
 * What a cycle costs (start, stop at a question, answer, run to the end): calls, units, and the round trips that its caller waits for.
 * The real application on the real checkpointer, driven over its HTTP interface in process, against every DynamoDB-compatible server that
 * runs here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBSaver } from '../core/checkpoint/dynamodb/index.ts';
import { Annotation, END, interrupt, START, StateGraph } from '../core/index.ts';
import { type Application, createApp } from '../functions/app.ts';
import { createTable, testClient, testServers } from '../test/support/dynamodb.ts';
import { against } from './against.ts';
import { type Call, criticalPath, type Interval, Ledger, now } from './ledger.ts';
import { PROSE } from './prose.ts';
import { round, type Row, table, verdict } from './table.ts';

/** Added to each call when round trips are counted. */
const LATENCY_MS = 100;
const DURABILITIES = ['exit', 'async', 'sync'] as const;
const SIZES = [100, 300, 1000, 4000, 20_000];
const AIMS = {
  named: { calls: 5, units: 5 },
  unnamed: { calls: 4, units: 4 },
  later: { calls: 6, units: 6 },
  prose: { calls: 7, units: 18 },
  waits: { slow: 2, instant: 3, large: 3 },
};

interface Server {
  readonly name: string;
  readonly bench: Bench;
}

type Durability = (typeof DURABILITIES)[number];

/** The tables, and the plot that belongs to them. */
export async function cost(): Promise<{ readonly text: string; readonly files: Readonly<Record<string, string>> }> {
  const servers: Server[] = [];
  const stops: (() => Promise<void>)[] = [];
  for (const [name, start] of testServers()) {
    const server = await start();
    const client = testClient(server.endpoint);
    servers.push({ name, bench: new Bench(client, await createTable(client)) });
    stops.push(async () => {
      client.destroy();
      await server.stop();
    });
  }
  try {
    const parts = [];
    for (const part of [cycles, roundTrips, durabilities, sizes]) parts.push(await part(servers));
    const { figures, plot } = await against();
    return { text: [...parts, figures].join('\n\n'), files: { 'growth.svg': plot } };
  } finally {
    for (const stop of stops) await stop();
  }
}

async function cycles(servers: readonly Server[]): Promise<string> {
  const rows: Row[] = [];
  for (const { name, bench } of servers) {
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
    for (const { kind, aim, run } of kinds) {
      await run();
      const { calls, writeUnits, readUnits } = bench.ledger;
      const met = verdict(calls.length <= aim.calls && writeUnits <= aim.units);
      rows.push([kind, name, calls.length, writeUnits, readUnits, `≤ ${aim.calls} / ${aim.units}: ${met}`]);
    }
  }
  return titled(
    'One cycle, 100 bytes of state unless said otherwise, durability `exit` (the default over HTTP):',
    table(['cycle', 'server', 'calls', 'write units', 'read units', 'aim, calls / write units'], rows),
  );
}

async function roundTrips(servers: readonly Server[]): Promise<string> {
  const rows: Row[] = [];
  for (const { name, bench } of servers) {
    await bench.cycle(crypto.randomUUID()); // Connections are open from here on.
    bench.latencyMs = LATENCY_MS;
    for (const nodes of ['slow', 'instant'] as const) {
      bench.nodeMs = nodes === 'slow' ? 3 * LATENCY_MS : 0;
      const measure = async <Result>(kind: string, aim: number | undefined, run: () => Promise<Result>) => {
        const began = now();
        const result = await run();
        rows.push(waitsRow(`${kind}, ${nodes} nodes`, name, aim, bench.ledger, began));
        return result;
      };
      await measure('start, named by the service', undefined, () => bench.start(undefined));
      const asked = await measure('start, named by the caller', undefined, () => bench.start(crypto.randomUUID()));
      await measure('resume', AIMS.waits[nodes], () => bench.resume(asked));
      const large = await bench.start(crypto.randomUUID(), { note: PROSE });
      await measure('resume of 20 KB of prose', AIMS.waits.large, () => bench.resume(large));
    }
    bench.latencyMs = bench.nodeMs = 0;
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

interface Asked {
  readonly threadId: string;
  readonly questionId: string;
}

interface Options {
  readonly durability?: Durability;
  /** The state, which comes with the input. @default 100 bytes of noise */
  readonly note?: string;
}

/** An application with one graph of three nodes, the second of which asks, and a ledger of what it does. */
class Bench {
  readonly ledger: Ledger;
  latencyMs = 0;
  nodeMs = 0;
  readonly #app: Application;

  constructor(client: DynamoDBClient, tableName: string) {
    this.ledger = new Ledger(client, () => this.latencyMs);
    const work = (): Promise<void> =>
      this.ledger.node(async () => {
        if (this.nodeMs > 0) await sleep(this.nodeMs);
      });
    const graph = new StateGraph(Annotation.Root({ note: Annotation<string>, answer: Annotation<string> }))
      .addNode('before', async () => {
        await work();
        return {};
      })
      .addNode('ask', () => ({ answer: interrupt<string, string>('Approve?') }))
      .addNode('after', async ({ answer }) => {
        await work();
        return { answer: `${answer}!` };
      })
      .addEdge(START, 'before')
      .addEdge('before', 'ask')
      .addEdge('ask', 'after')
      .addEdge('after', END)
      .compile({ name: 'bench' });
    this.#app = createApp({
      graphs: { bench: graph },
      checkpointer: (tenant) => new DynamoDBSaver({ client, table: tableName, tenant }),
    });
  }

  /** Leaves the whole cycle in the ledger. @returns the thread's id */
  async cycle(threadId: string | undefined, options: Options = {}): Promise<string> {
    const asked = await this.start(threadId, options);
    const { calls, nodes } = this.ledger;
    await this.resume(asked, options);
    this.ledger.calls.unshift(...calls);
    this.ledger.nodes.unshift(...nodes);
    return asked.threadId;
  }

  async start(threadId: string | undefined, { durability, note = noise(100) }: Options = {}): Promise<Asked> {
    const path = threadId === undefined ? '/invoke' : `/threads/${threadId}/invoke`;
    const { thread_id, status, interrupts } = await this.#post(path, {
      input: { note },
      durability,
    });
    if (status !== 'interrupted') throw new Error(`The start ended as ${status}.`);
    return { threadId: thread_id, questionId: interrupts[0]!.id };
  }

  async resume({ threadId, questionId }: Asked, { durability }: Options = {}): Promise<void> {
    const { status, values } = await this.#post(`/threads/${threadId}/resume`, {
      answers: { [questionId]: 'yes' },
      durability,
    });
    if (status !== 'done' || values['answer'] !== 'yes!') throw new Error(`The resume ended as ${status}.`);
  }

  async #post(path: string, body: unknown): Promise<Answer> {
    this.ledger.clear();
    const response = await this.#app(
      new Request(`http://bench${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
    const answer = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer}`);
    return JSON.parse(answer) as Answer;
  }
}

interface Answer {
  readonly thread_id: string;
  readonly status: string;
  readonly interrupts: readonly { readonly id: string }[];
  readonly values: Readonly<Record<string, unknown>>;
}

function noise(length: number): string {
  let text = '';
  while (text.length < length) text += Math.random().toString(36).slice(2);
  return text.slice(0, length);
}
