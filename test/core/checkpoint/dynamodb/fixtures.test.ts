/** Deploys: items that an earlier version wrote are read, and their threads go on. The files stay when the format changes. */
import { readdirSync, readFileSync } from 'node:fs';
import { type AttributeValue, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';
import { NOW, threads } from '../../../fixtures/items/threads.ts';
import { createTable, startDynalite, testClient, type TestServer } from '../../../support/dynamodb.ts';
import { listed } from '../../../support/threads.ts';

const FIXTURES = new URL('../../../fixtures/items/', import.meta.url);
const HOUR = 3_600_000;

type Item = Record<string, AttributeValue>;

/** Bytes are base64 in the files. */
function itemsOf(format: string, name: string): Item[] {
  const text = readFileSync(new URL(`${format}/${name.replaceAll(' ', '-')}.json`, FIXTURES), 'utf8');
  return JSON.parse(text, (key, value: unknown) =>
    key === 'B' && typeof value === 'string' ? Buffer.from(value, 'base64') : value,
  ) as Item[];
}

describe.each(readdirSync(FIXTURES).filter((name) => name.startsWith('format-')))('items of %s', (format) => {
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

  it.each(threads)('a thread $name: goes on', async (thread) => {
    const { name, ends, history } = thread;
    const table = await createTable(client);
    for (const Item of itemsOf(format, name)) await client.send(new PutItemCommand({ TableName: table, Item }));
    const store = new DynamoDBSaver({ client, table, clock: () => NOW });
    const threadId = `fixture ${name}`;
    const config = { configurable: { thread_id: threadId }, durability: 'exit' };
    const place = { graph: thread.graph({ checkpointer: store, now: () => NOW + HOUR }), store, threadId, config };
    expect(await thread.goOn(place)).toEqual(ends);
    // Written before there were lists or after: the next commit puts the thread where they find it, and that of `keyed` was made before.
    const { threads: found } = await store.listThreads();
    expect(found).toMatchObject(name === 'keyed' ? [] : [{ threadId, status: 'done' }]);
    expect(await listed(store, threadId)).toHaveLength(history);
  });

  it('of a newer format: refused, naming the item, and nothing of it is changed', async () => {
    const table = await createTable(client);
    const [head] = itemsOf(format, 'waiting').filter(({ sk }) => sk?.S === 'head');
    await client.send(new PutItemCommand({ TableName: table, Item: { ...head, f: { N: '99' } } }));
    const store = new DynamoDBSaver({ client, table, clock: () => NOW });
    await expect(store.load('fixture waiting')).rejects.toMatchObject({
      code: 'corrupt_item',
      details: { pk: 'default#fixture waiting', sk: 'head' },
    });
  });
});

/** What a deployment of today adds is in the files of today. */
it('every fixture thread has a file in the newest format', () => {
  const newest = readdirSync(FIXTURES)
    .filter((name) => name.startsWith('format-'))
    .sort()
    .at(-1)!;
  const files = readdirSync(new URL(newest, FIXTURES));
  expect(files.sort()).toEqual(threads.map(({ name }) => `${name.replaceAll(' ', '-')}.json`).sort());
});
