/**
 * `npm start`: the deployed application on this machine. Real API Gateway events go to the exported Lambda handler, and threads are kept by
 * dynalite under .holdpoint/, so that a process that was stopped or killed finds them again.
 *
 *   PORT               where to listen (default 8787)
 *   DYNAMODB_ENDPOINT  another DynamoDB-compatible server to use instead of dynalite
 *   HOLDPOINT_TABLE    the table's name (default holdpoint)
 *
 * and what else functions/lambda/environment.ts reads.
 */
import { join } from 'node:path';
import { banner } from './banner.ts';
import { type Database, ensureTable, startDynalite } from './database.ts';
import { installRuntime } from './runtime.ts';
import { type LocalServer, startServer } from './server.ts';

const DATA = join('.holdpoint', 'dynamodb');

async function main(): Promise<void> {
  const port = readPort(process.env['PORT']);
  const table = (process.env['HOLDPOINT_TABLE'] ||= 'holdpoint');
  const server = await startServer(port);
  const database = process.env['DYNAMODB_ENDPOINT'] ? undefined : await startDynalite(DATA);
  if (database) process.env['DYNAMODB_ENDPOINT'] = database.endpoint;
  const where = database ? DATA : process.env['DYNAMODB_ENDPOINT']!;

  installRuntime();
  const { dynamoClient } = await import('../lambda/environment.ts');
  const note = await ensureTable(dynamoClient(process.env), table, where);
  server.serve((await import('../http.ts')).handler);
  stopOn(['SIGINT', 'SIGTERM'], server, database);
  console.log(banner(`http://localhost:${server.port}`, where));
  if (note !== undefined) console.warn(note);
}

function readPort(text = '8787'): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Error(`PORT=${text} is not a port. Give a number from 0 to 65535.`);
}

/** The first signal lets requests that run end, the second does not. */
function stopOn(signals: readonly NodeJS.Signals[], server: LocalServer, database: Database | undefined): void {
  const stop = async (): Promise<void> => {
    for (const signal of signals) process.once(signal, () => process.exit(130));
    await server.close();
    await database?.close();
    process.exit(0);
  };
  for (const signal of signals) process.once(signal, () => void stop());
}

function fail(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const port = process.env['PORT'] ?? '8787';
  if (code === 'EADDRINUSE') {
    console.error(`Port ${port} is in use. Stop what listens there, or choose another: PORT=8788 npm start`);
  } else if (message === LOCKED) {
    console.error(`Another process has ${DATA} open. Stop it, or start this one in another folder.`);
  } else {
    // Most likely a graph of the reader's own: the stack says where.
    const said = message.startsWith('PORT=') ? message : ((error as Error).stack ?? message);
    console.error(`Holdpoint did not start: ${said}`);
  }
  process.exit(1);
}

/** dynalite's error, thrown out of a callback, when the folder is locked. */
const LOCKED = 'Database is closed';

process.setUncaughtExceptionCaptureCallback(fail);
try {
  await main();
} catch (error) {
  fail(error);
}
process.setUncaughtExceptionCaptureCallback(null);
