/**
 * DynamoDB-compatible servers for tests, and what a client said to them.
 *
 * dynalite runs in this process, always. dynoxide runs when the binary of its optional package is installed, and any other server, the real one
 * included, when DYNAMODB_ENDPOINT names it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb';
import { tableDefinition } from '../../core/checkpoint/dynamodb/index.ts';

export interface TestServer {
  readonly name: string;
  readonly endpoint: string;
  stop(): Promise<void>;
}

const DYNOXIDE = fileURLToPath(new URL('../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url));

/** The servers that can run here, by name. */
export function testServers(): Map<string, () => Promise<TestServer>> {
  const servers = new Map<string, () => Promise<TestServer>>([['dynalite', startDynalite]]);
  if (existsSync(DYNOXIDE)) servers.set('dynoxide', startDynoxide);
  const endpoint = process.env['DYNAMODB_ENDPOINT'];
  if (endpoint) {
    servers.set(endpoint, () => Promise.resolve({ name: endpoint, endpoint, stop: () => Promise.resolve() }));
  }
  return servers;
}

export function testClient(endpoint: string, config: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...config,
  });
}

let tables = 0;

/** A new empty table. */
export async function createTable(client: DynamoDBClient): Promise<string> {
  const name = `holdpoint-test-${process.pid}-${Date.now()}-${++tables}`;
  await client.send(new CreateTableCommand(tableDefinition(name)));
  return name;
}

/** A table as it was before there were lists (C15). */
export function tableWithoutIndexes(name: string): CreateTableCommandInput {
  const { GlobalSecondaryIndexes: _, AttributeDefinitions = [], ...table } = tableDefinition(name);
  return { ...table, AttributeDefinitions: AttributeDefinitions.slice(0, 2) };
}

export async function startDynalite(): Promise<TestServer> {
  // @ts-expect-error: dynalite has no types
  const { default: dynalite } = (await import('dynalite')) as { default: (options: object) => Server };
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    name: 'dynalite',
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function startDynoxide(): Promise<TestServer> {
  const port = await freePort();
  const child = spawn(DYNOXIDE, ['serve', '--port', String(port)], { stdio: 'ignore' });
  await reachable(port, child);
  return {
    name: 'dynoxide',
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function reachable(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`dynoxide ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await sleep(25);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`dynoxide did not open port ${port}`);
}
