/** The DynamoDB-compatible server of `npm start`: dynalite, on disk, in this process. And the table, on whatever server. */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { tableDefinition } from '../../core/checkpoint/dynamodb/index.ts';

export interface Database {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** @param folder where the data lies: kept when the process ends, however it ends */
export async function startDynalite(folder: string): Promise<Database> {
  await mkdir(folder, { recursive: true });
  const dynalite = await importDynalite();
  const server = dynalite({ path: folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * @returns what is to be known about the table, if anything
 * @throws Error what the server said, with what to do
 */
export async function ensureTable(client: DynamoDBClient, table: string, where: string): Promise<string | undefined> {
  try {
    const { Table: found } = await client.send(new DescribeTableCommand({ TableName: table }));
    return lacking(found ?? {}, table, where);
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') {
      throw new Error(
        `No table "${table}" at ${where}: ${(error as Error).message}. Is another \`npm start\` using it?`,
        {
          cause: error,
        },
      );
    }
    await client.send(new CreateTableCommand(tableDefinition(table)));
    await untilActive(client, table);
    return undefined;
  }
}

/** Of an existing table. Not every server can add an index to one: dynalite cannot. */
function lacking(
  { GlobalSecondaryIndexes: indexes = [] }: TableDescription,
  table: string,
  where: string,
): string | undefined {
  const has = new Set(indexes.map(({ IndexName }) => IndexName));
  const lacks = tableDefinition(table).GlobalSecondaryIndexes?.filter(({ IndexName }) => !has.has(IndexName)) ?? [];
  if (lacks.length === 0) return undefined;
  return (
    `Table "${table}" in ${where} was made by an earlier version, without the indexes ${lacks.map(({ IndexName }) => IndexName).join(', ')}. ` +
    'Threads cannot be listed, everything else works. To list threads too, delete the table with the threads in it, and start again.'
  );
}

async function untilActive(client: DynamoDBClient, table: string): Promise<void> {
  const { waitUntilTableExists } = await import('@aws-sdk/client-dynamodb');
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: table });
}

type Dynalite = (options: Readonly<Record<string, unknown>>) => Server;

async function importDynalite(): Promise<Dynalite> {
  try {
    // @ts-expect-error: dynalite has no types
    const { default: dynalite } = (await import('dynalite')) as { default: Dynalite };
    return dynalite;
  } catch (error) {
    throw new Error(
      'dynalite is not installed: run `npm install` with development dependencies, or set DYNAMODB_ENDPOINT to another server.',
      { cause: error },
    );
  }
}
