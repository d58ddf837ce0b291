/**
 * Size and cold start of the Lambda bundle, against the same graph served with LangGraph.js (bench/peer/), and what each part costs.
 * Every start is a process of its own; the bundles take turns.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable, testClient, testServers } from '../test/support/dynamodb.ts';
import { type Bundle, buildAll, CORE, NOTHING, OURS, PEER, PEER_PROGRAM, SMALL_PROGRAM } from './bundles.ts';
import { executedBytes } from './executed.ts';
import { ratioOf, sampleOf } from './stats.ts';
import { round, spread, table, verdict } from './table.ts';

const ROUNDS = 15;
/** Of the peer's import time. */
const AIM = 0.45;
const CORE_AIM = 45_000;

const run = promisify(execFile);

type Environment = Readonly<Record<string, string>>;

interface Times {
  readonly imported: number[];
  /** From the beginning of the import to the first request's answer. */
  readonly answered: number[];
}

export async function bundle(): Promise<string> {
  const bundles = await buildAll();
  const executed = await executedBytes(bundles.find(({ name }) => name === SMALL_PROGRAM)!.file);
  const [, startServer] = [...testServers()].at(-1)!;
  const server = await startServer();
  const client = testClient(server.endpoint);
  try {
    const times = await measure(bundles, await environment(client, server.endpoint));
    return report(bundles, executed, times, server.name);
  } finally {
    client.destroy();
    await server.stop();
  }
}

async function measure(bundles: readonly Bundle[], env: Environment): Promise<Map<string, Times>> {
  const times = new Map(bundles.map(({ name }): [string, Times] => [name, { imported: [], answered: [] }]));
  for (let turn = -1; turn < ROUNDS; turn++) {
    const first = (turn + 1) % bundles.length;
    for (const one of [...bundles.slice(first), ...bundles.slice(0, first)]) {
      const { imported, answered } = await coldStart(one, env);
      if (turn < 0) continue;
      times.get(one.name)!.imported.push(imported);
      if (answered !== null) times.get(one.name)!.answered.push(answered);
    }
  }
  return times;
}

function report(
  bundles: readonly Bundle[],
  executed: number,
  times: ReadonlyMap<string, Times>,
  server: string,
): string {
  const [ours, theirs] = [times.get(OURS)!, times.get(PEER)!];
  const sizeOf = (name: string): number => bundles.find((one) => one.name === name)!.bytes;
  const own = bundles.find((one) => one.name === PEER_PROGRAM)!.langgraph;
  const nothing = sampleOf(times.get(NOTHING)!.imported).median;
  const imports = ratioOf(ours.imported, theirs.imported);
  return [
    table(
      ['Holdpoint ÷ LangGraph.js', 'ratio', 'aim'],
      [
        ['import time of the Lambda bundle', spread(imports), `≤ ${AIM}: ${verdict(imports.median <= AIM)}`],
        ['import and first answer', spread(ratioOf(ours.answered, theirs.answered)), '–'],
        ['size of the Lambda bundle', round(sizeOf(OURS) / sizeOf(PEER)), '–'],
      ],
    ),
    `Core, minified: ${kb(sizeOf(SMALL_PROGRAM))} KB as a program with a graph, an interrupt and a MemorySaver uses it, ${kb(sizeOf(CORE))} KB with ` +
      `every export; aim ≤ ${kb(CORE_AIM)} KB: ${verdict(sizeOf(CORE) <= CORE_AIM)}. One question and its answer run ${kb(executed)} KB of it. Of the peer's ` +
      `${kb(sizeOf(PEER_PROGRAM))} KB for the same program ${kb(own)} KB are its own, the rest is what it depends on.`,
    table(
      ['bundle', 'KB, minified', 'KB, gzipped', 'import, ms', 'over nothing, ms', 'import and first answer, ms'],
      bundles.map(({ name, bytes, gzipped }) => {
        const { imported, answered } = times.get(name)!;
        const sample = sampleOf(imported);
        return [
          name,
          kb(bytes),
          kb(gzipped),
          spread(sample),
          round(sample.median - nothing),
          answered.length > 0 ? spread(sampleOf(answered)) : '–',
        ];
      }),
    ),
    `Medians of ${ROUNDS} fresh processes each (10th to 90th percentile in brackets; ratios are taken round by round). 1 KB is 1,000 bytes. The ` +
      `first answer is that of a start which stops at its question, saved in ${server} on this machine.`,
  ].join('\n\n');
}

interface ColdStart {
  readonly imported: number;
  readonly answered: number | null;
}

async function coldStart({ file, answers }: Bundle, env: Environment): Promise<ColdStart> {
  const program = fileURLToPath(new URL('cold-start.mjs', import.meta.url));
  const args = [program, pathToFileURL(file).href, ...(answers ? [answers] : [])];
  const { stdout } = await run(process.execPath, args, { env });
  return JSON.parse(stdout) as ColdStart;
}

/** What Lambda sets, and the tables of both handlers. */
async function environment(client: DynamoDBClient, endpoint: string): Promise<Environment> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    NODE_NO_WARNINGS: '1',
    DYNAMODB_ENDPOINT: endpoint,
    HOLDPOINT_TABLE: await createTable(client),
    CHECKPOINTS: await createPeerTable(client, 'checkpoints', 'thread_id', 'checkpoint_id'),
    WRITES: await createPeerTable(client, 'writes', 'pk', 'key'),
  };
}

async function createPeerTable(client: DynamoDBClient, name: string, partition: string, sort: string): Promise<string> {
  const TableName = `peer-${name}-${process.pid}-${Date.now()}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [partition, sort].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    }),
  );
  return TableName;
}

function kb(bytes: number): string {
  return round(bytes / 1000);
}
