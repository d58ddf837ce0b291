/**
 * `npx tsx bench/run.ts load`: two server processes on one table, under load and under `kill -9`. Not timed: every row is an invariant.
 * LOAD_THREADS (500) and LOAD_SECONDS (30) make it smaller on a busy machine.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTable, testClient, testServers } from '../test/support/dynamodb.ts';
import { WORK } from './compile.ts';
import { Cluster } from './load/cluster.ts';
import { type Driven, drive, logOf } from './load/driver.ts';
import { readLedger } from './load/ledger.ts';
import { BINDINGS, oneInterrupt, type Row, verdict } from './load/one-interrupt.ts';
import { table } from './table.ts';

const THREADS = Number(process.env['LOAD_THREADS'] ?? 500);
const SECONDS = Number(process.env['LOAD_SECONDS'] ?? 30);
/** Threads that are under way at once while servers are killed. */
const CLIENTS = 40;

export async function underLoad(): Promise<string> {
  mkdirSync(WORK, { recursive: true });
  const ledger = join(WORK, `load-ledger-${process.pid}.jsonl`);
  writeFileSync(ledger, '');
  const [, startDatabase] = [...testServers()].at(-1)!;
  const database = await startDatabase();
  const client = testClient(database.endpoint);
  try {
    const environment = {
      DYNAMODB_ENDPOINT: database.endpoint,
      HOLDPOINT_TABLE: await createTable(client),
      LEDGER: ledger,
    };
    const rows: Row[] = [];
    await withCluster({ ...environment, TIMEOUT_MS: '60000' }, async (cluster) => {
      for (const binding of BINDINGS) rows.push(await oneInterrupt(cluster, ledger, binding));
      rows.push(await sideBySide(cluster, ledger));
    });
    // A claim outlives its run by no more than 2 s.
    await withCluster({ ...environment, TIMEOUT_MS: '1800' }, async (cluster) => {
      rows.push(...(await underKills(cluster, ledger)));
    });
    return table(['two servers, one table', 'seen', 'verdict'], rows);
  } finally {
    client.destroy();
    await database.stop();
  }
}

async function withCluster(
  environment: Record<string, string>,
  work: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = await Cluster.start(environment);
  try {
    await work(cluster);
  } finally {
    await cluster.stop();
  }
}

async function sideBySide(cluster: Cluster, ledger: string): Promise<Row> {
  const names = Array.from({ length: THREADS }, (_, i) => `side-${i}`);
  const driven = await Promise.all(names.map((name, i) => drive(cluster, name, i % 2 === 0)));
  const { wrong, again } = judge(driven, ledger);
  return [
    `${THREADS} threads side by side: each has its own answers`,
    `${again} effects asked for again`,
    verdict([...wrong.lost, ...wrong.doubled]),
  ];
}

async function underKills(cluster: Cluster, ledger: string): Promise<Row[]> {
  const end = Date.now() + SECONDS * 1000;
  const driven: Driven[] = [];
  let threads = 0;
  const clients = Array.from({ length: CLIENTS }, async (_, i) => {
    while (Date.now() < end) driven.push(await drive(cluster, `killed-${threads++}`, i % 2 === 0));
  });
  for (let which = 0; Date.now() < end; which = 1 - which) {
    await sleep(200);
    await cluster.kill(which);
  }
  await Promise.all(clients);
  const { wrong, again } = judge(driven, ledger);
  const load = `${cluster.kills} kills, ${driven.length} threads`;
  return [
    ['kill -9 under load: no accepted answer is lost, every thread comes to its end', load, verdict(wrong.lost)],
    [
      'kill -9 under load: no effect is asked for under two keys',
      `${load}, ${again} effects asked for again`,
      verdict(wrong.doubled),
    ],
  ];
}

/** Every thread at its end, with its own answers; every effect under one key. */
function judge(driven: readonly Driven[], ledger: string) {
  const effects = readLedger(ledger);
  const wrong: { lost: string[]; doubled: string[] } = { lost: [], doubled: [] };
  let again = 0;
  for (const { thread, log, lost } of driven) {
    if (lost || String(log) !== String(logOf(thread))) wrong.lost.push(thread);
    for (const question of ['first', 'second']) {
      const done = effects.get(`${thread} ${question}`) ?? [];
      const distinct = new Set(done.map(({ key, answer }) => `${key} ${answer}`));
      if (distinct.size !== 1 || !logOf(thread).includes(`${question}: ${done[0]!.answer}`)) wrong.doubled.push(thread);
      again += done.length - 1;
    }
  }
  return { wrong, again };
}
