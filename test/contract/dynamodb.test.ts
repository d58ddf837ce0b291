import { afterAll, beforeAll, describe } from 'vitest';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Codec } from '../../core/checkpoint/codec.ts';
import { DynamoDBSaver } from '../../core/checkpoint/dynamodb/index.ts';
import { createTable, testClient, type TestServer, testServers } from '../support/dynamodb.ts';
import { hostile } from '../support/hostile.ts';
import { NOW } from '../support/threads.ts';
import { langchain } from '../../core/langchain.ts';
import { describeCheckpointer } from './checkpointer.ts';
import { describeIdempotency } from './idempotency.ts';
import { describeKeeping } from './keeping.ts';
import { describeLangChain } from './langchain.ts';
import { describeLists } from './lists.ts';

for (const [name, start] of testServers()) {
  describe(`on ${name}`, () => {
    let server: TestServer;
    let client: DynamoDBClient;
    let table: string;

    beforeAll(async () => {
      server = await start();
      client = testClient(server.endpoint);
      table = await createTable(client);
    });

    afterAll(async () => {
      client.destroy();
      await server.stop();
    });

    describeCheckpointer('DynamoDBSaver', (options) => new DynamoDBSaver({ client, table, ...options }));

    describeLangChain(
      'DynamoDBSaver with the codec of holdpoint/langchain',
      () => new DynamoDBSaver({ client, table, codecs: [langchain] }),
    );

    describeCheckpointer('DynamoDBSaver behind a hostile wrapper', (options) =>
      hostile(new DynamoDBSaver({ client, table, ...options }), new Codec(options?.codecs)),
    );

    describeKeeping('DynamoDBSaver', () => new DynamoDBSaver({ client, table }));

    let tenants = 0;
    describeLists('DynamoDBSaver, each a tenant of one table', (clock) =>
      hostile(new DynamoDBSaver({ client, table, clock, tenant: `tenant-${++tenants}` })),
    );

    // The claims say what time it is: the store's own clock stays behind them.
    describeIdempotency('DynamoDBSaver', () => new DynamoDBSaver({ client, table, clock: () => NOW }));
  });
}
