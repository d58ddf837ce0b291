/** The stores that a test of behaviour runs on: one in memory, and one in a table of dynalite. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { DynamoDBSaver } from '../../core/checkpoint/dynamodb/index.ts';
import { type Checkpointer, MemorySaver } from '../../core/index.ts';
import { createTable, startDynalite, testClient, type TestServer } from './dynamodb.ts';

export type MakeStore = (clock: () => number) => Checkpointer;

export function onEachStore(tests: (makeStore: MakeStore) => void): void {
  describe('on MemorySaver', () => {
    tests(() => new MemorySaver());
  });

  describe('on DynamoDBSaver', () => {
    const database = dynaliteTable();
    tests((clock) => new DynamoDBSaver({ ...database(), clock }));
  });
}

/** A new table of a dynalite of its own, for the tests of the file or group that calls this. */
export function dynaliteTable(): () => { readonly client: DynamoDBClient; readonly table: string } {
  let server: TestServer;
  let client: DynamoDBClient;
  let table: string;

  beforeAll(async () => {
    server = await startDynalite();
    client = testClient(server.endpoint);
    table = await createTable(client);
  });

  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  return () => ({ client, table });
}
