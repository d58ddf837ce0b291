/** `npm start` as a process of its own: what it prints, what it refuses, and that a killed one finds its threads again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { startDynalite, tableWithoutIndexes, testClient } from '../../support/dynamodb.ts';
import { client, type Send } from '../../support/http.ts';

const MAIN = fileURLToPath(new URL('../../../functions/local/main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdpoint-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  await rm(folder, { recursive: true, force: true });
});

/** One process: tsx as a loader, not as a parent. */
function start(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--no-deprecation', '--import', TSX, MAIN], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  const read = (data: Buffer): void => {
    output += data.toString();
    child.emit('output');
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  return { child, output: () => output };
}

async function ready(started: ReturnType<typeof start>): Promise<{ output: string; base: string; send: Send }> {
  const { child, output } = started;
  const exit = once(child, 'exit').then(() => {
    throw new Error(`It ended: ${output()}`);
  });
  exit.catch(() => undefined);
  let base: string | undefined;
  while (!(base = /listens on (http:\S+\d)/.exec(output())?.[1])) await Promise.race([once(child, 'output'), exit]);
  return { output: output(), base, send: client((request) => fetch(request), base) };
}

async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
  return child.exitCode;
}

const REFUND = { graph: 'refund', input: { order: 'A-1001', amount: 250 } };

describe('npm start', { timeout: 60_000 }, () => {
  it('killed with a question pending and started again, it finishes the run', async () => {
    const first = start();
    const before = await ready(first);
    const asked = await before.send('POST', '/threads/refund-1/invoke', REFUND);
    expect(asked.body).toMatchObject({ status: 'interrupted', next: ['review'] });
    await kill(first.child, 'SIGKILL');

    const { send } = await ready(start());
    const thread = await send('GET', '/threads/refund-1');
    expect(thread.body).toMatchObject({ status: 'interrupted', interrupts: asked.body.interrupts });
    const [{ id }] = thread.body.interrupts;
    const done = await send('POST', '/threads/refund-1/resume', { answers: { [id]: { decision: 'approve' } } });
    expect(done.body).toMatchObject({ status: 'done', values: { status: 'paid', amount: 250 } });
  });

  it('prints lines that can be pasted: the address and the bodies are right', async () => {
    const { output, base, send } = await ready(start());
    const lines = [...output.matchAll(/curl -sN? (\S+)(?: -H '[^']+')?(?: -d '([^']*)')?/g)].map(([, url, body]) => ({
      url: url!,
      body,
    }));
    expect(lines.map(({ url }) => url.replace(base, ''))).toEqual([
      '/threads/refund-1/invoke',
      '/threads/refund-1',
      '/threads/refund-1/resume',
      '/threads/refund-1/history',
      '/invoke',
    ]);
    expect(JSON.parse(lines[0]!.body!)).toEqual(REFUND);
    expect((await send('POST', '/invoke', lines.at(-1)!.body)).body).toMatchObject({ status: 'done' });
  });

  it('a busy port is one clear line and exit code 1', async () => {
    const holder = createServer().listen(0);
    await once(holder, 'listening');
    const port = String((holder.address() as AddressInfo).port);
    const { child, output } = start({ PORT: port });
    await once(child, 'close');
    holder.close();
    expect(child.exitCode).toBe(1);
    expect(output().trim()).toBe(
      `Port ${port} is in use. Stop what listens there, or choose another: PORT=8788 npm start`,
    );
  });

  it('a folder that another process has open, and a port that is none, are clear lines too', async () => {
    await ready(start());
    const second = start();
    const third = start({ PORT: 'http' });
    await Promise.all([once(second.child, 'close'), once(third.child, 'close')]);
    expect([second.child.exitCode, third.child.exitCode]).toEqual([1, 1]);
    expect(second.output()).toContain('Another process has .holdpoint/dynamodb open.');
    expect(third.output()).toContain('PORT=http is not a port');
    expect(third.output()).not.toContain('    at ');
  });

  it('SIGTERM: ends with code 0; DYNAMODB_ENDPOINT: another server keeps the threads', async () => {
    const database = await startDynalite();
    const first = start({ DYNAMODB_ENDPOINT: database.endpoint });
    const { send, output } = await ready(first);
    expect(output).toContain(`threads are in ${database.endpoint}`);
    await send('POST', '/threads/t/invoke', REFUND);
    expect(await kill(first.child, 'SIGTERM')).toBe(0);
    const again = await ready(start({ DYNAMODB_ENDPOINT: database.endpoint }));
    expect((await again.send('GET', '/threads/t')).body).toMatchObject({ status: 'interrupted' });
    await Promise.all(children.splice(0).map((child) => kill(child)));
    await database.stop();
  });

  it('C15: a table from before there were lists is used as it is, and what it lacks is said', async () => {
    const database = await startDynalite();
    const client = testClient(database.endpoint);
    await client.send(new CreateTableCommand(tableWithoutIndexes('holdpoint')));
    client.destroy();
    const started = start({ DYNAMODB_ENDPOINT: database.endpoint });
    const { send } = await ready(started);
    expect((await send('POST', '/threads/t/invoke', REFUND)).body).toMatchObject({ status: 'interrupted' });
    expect(started.output()).toContain(
      'without the indexes threads, waiting. Threads cannot be listed, everything else works.',
    );
    await Promise.all(children.splice(0).map((child) => kill(child)));
    await database.stop();
  });
});
