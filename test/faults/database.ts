/** A table for the tests of a file, on the strictest server there is, and a client that makes many calls in little time. */
import { afterAll, beforeAll } from 'vitest';
import { createTable, testClient, type TestServer, testServers } from '../support/dynamodb.ts';
import { type WireClient, wireClient } from '../support/wire.ts';

/** What a saver needs of a client. */
export type Client = Pick<WireClient, 'send'>;

export interface Database {
  readonly client: Client;
  readonly table: string;
}

/** @returns what is there once the tests begin */
export function useDatabase(): Database {
  const database: { -readonly [name in keyof Database]?: Database[name] } = {};
  let server: TestServer;
  let client: WireClient;
  beforeAll(async () => {
    const [, startServer] = [...testServers()].at(-1)!;
    server = await startServer();
    database.client = client = wireClient(server.endpoint);
    const creator = testClient(server.endpoint);
    database.table = await createTable(creator);
    creator.destroy();
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });
  return database as Database;
}
