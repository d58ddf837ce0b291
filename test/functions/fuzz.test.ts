/** A short round of what `npx tsx bench/run.ts fuzz` does at length: the invariants are those of test/support/fuzz/world.ts. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { memoryBacking, tableBacking } from '../support/fuzz/backings.ts';
import { fuzz } from '../support/fuzz/fuzz.ts';
import { createTable, startDynalite, testClient, type TestServer } from '../support/dynamodb.ts';

let server: TestServer;
let client: DynamoDBClient;
beforeAll(async () => {
  server = await startDynalite();
  client = testClient(server.endpoint);
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

it('F1 to F4: 400 requests that nobody means, over a store in memory', { timeout: 60_000 }, async () => {
  const { answers } = await fuzz(memoryBacking, 400, 1);
  expect([...answers.keys()]).toEqual(
    expect.arrayContaining(['200', '204', '400 invalid_request', '404 unknown_thread', '409 pending_question']),
  );
});

it('F1 to F4: 100 requests that nobody means, over a table', { timeout: 60_000 }, async () => {
  const { answers } = await fuzz(tableBacking(client, await createTable(client)), 100, 2);
  expect([...answers.keys()]).toEqual(expect.arrayContaining(['200', '400 invalid_request', '404 unknown_thread']));
});
