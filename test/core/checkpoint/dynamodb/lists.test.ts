/** What is DynamoDB's own about lists of threads (C15); what every store does is in test/contract/lists.ts. */
import { randomUUID } from 'node:crypto';
import { CreateTableCommand, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';
import { inject, recordCalls } from '../../../support/calls.ts';
import {
  createTable,
  startDynalite,
  tableWithoutIndexes,
  testClient,
  type TestServer,
} from '../../../support/dynamodb.ts';
import {
  answering,
  commitNext,
  MINUTE,
  NOW,
  questionId,
  runOnce,
  starting,
  waitingThread,
} from '../../../support/threads.ts';

const DAY = 86_400;

let server: TestServer;
let client: DynamoDBClient;
let table: string;
let tenant: string;
let now: number;

beforeAll(async () => {
  server = await startDynalite();
  client = testClient(server.endpoint);
  table = await createTable(client);
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});
beforeEach(() => {
  tenant = randomUUID();
  now = NOW;
});

const open = (more: Partial<ConstructorParameters<typeof DynamoDBSaver>[0]> = {}): DynamoDBSaver =>
  new DynamoDBSaver({ client, table, tenant, clock: () => now, ...more });

async function ids(store: DynamoDBSaver, waiting = false): Promise<string[]> {
  const { threads, cursor } = await store.listThreads({ waiting, limit: 100 });
  expect(cursor).toBeUndefined();
  return threads.map(({ threadId }) => threadId).toSorted();
}

describe('tenants', () => {
  it('C9: one never sees threads of another, whatever they are called', async () => {
    const names = ['a', '#', 'a#b', '0', '#0'];
    const tenants = ['one', 'one-', 'one1', 'on'].map((name) => `${tenant}${name}`);
    for (const one of tenants) for (const name of names) await waitingThread(open({ tenant: one }), `${one} ${name}`);
    for (const one of tenants) {
      for (const waiting of [false, true]) {
        expect(await ids(open({ tenant: one }), waiting)).toEqual(names.map((name) => `${one} ${name}`).toSorted());
      }
    }
    expect(await ids(open({ tenant: 'nobody' }))).toEqual([]);
  });

  it('C15: the threads of one are spread over every shard, and each stays in its own', async () => {
    const calls = recordCalls(client);
    const store = open();
    for (let i = 0; i < 40; i++) await waitingThread(store, `thread ${i}`);
    const shards = new Map<string, Set<string>>();
    for (let i = 0; i < 40; i++) {
      const shard = await attribute(`thread ${i}`, 't');
      shards.set(shard!, (shards.get(shard!) ?? new Set()).add(`thread ${i}`));
    }
    expect([...shards.keys()].toSorted()).toEqual([0, 1, 2, 3].map((shard) => `${tenant}#${shard}`));
    calls.length = 0;
    await store.listThreads();
    const asked = calls.flatMap(({ operation, input }) =>
      operation === 'Query' ? Object.values(input['ExpressionAttributeValues'] as object) : [],
    );
    expect(asked).toEqual([0, 1, 2, 3].map((shard) => ({ S: `${tenant}#${shard}` })));
  });
});

describe('threads that are over', () => {
  it('C10: are not shown, while the index and the table still have them', async () => {
    const store = open({ ttlSeconds: DAY });
    await runOnce(store, 'done', starting('r1'), 'done');
    await runOnce(store, 'failed', starting('r1'), 'error');
    await waitingThread(store, 'waiting');
    expect(await ids(store)).toEqual(['done', 'failed', 'waiting']);
    expect(await ids(store, true)).toEqual(['failed', 'waiting']);
    now += DAY * 1000;
    expect(await ids(store)).toEqual(['waiting']);
    expect(await ids(store, true)).toEqual(['waiting']);
    expect(await attribute('done', 'c')).toBeDefined();
  });

  it('C10: leave their places on a page empty, and the pages go on behind them', async () => {
    const store = open({ ttlSeconds: DAY });
    for (let i = 0; i < 4; i++) {
      const begun = starting('r1', { now: NOW + i * MINUTE, expiresAt: NOW + 9 * MINUTE });
      await runOnce(store, `thread ${i}`, begun, i === 1 ? 'paused' : 'done');
    }
    now += DAY * 1000;
    const first = await store.listThreads({ limit: 2 });
    expect(first).toEqual({ threads: [], cursor: expect.any(String) });
    const second = await store.listThreads({ limit: 2, cursor: first.cursor! });
    expect(second).toMatchObject({ threads: [{ threadId: 'thread 1' }] });
    expect(second).not.toHaveProperty('cursor');
  });
});

describe('an index that lags', () => {
  const EARLY = `${'0'.repeat(9)}${'1'.repeat(16)}`;

  it('C15: names a thread that is gone, or never was: it is left out', async () => {
    await waitingThread(open(), 'there');
    await waitingThread(open(), 'gone');
    await open().deleteThread('gone');
    const lagging = open({ client: stale([named('gone', 'c', EARLY), named('never', 'c', EARLY)]) });
    expect(await ids(lagging)).toEqual(['there']);
  });

  it('C15: names a thread in two places: it is shown once', async () => {
    await waitingThread(open(), 'there');
    expect(await ids(open({ client: stale([named('there', 'y', EARLY)]) }), true)).toEqual(['there']);
  });

  it('C15: names a thread that waits no longer: it is left out, and still in the list of all', async () => {
    await waitingThread(open(), 'there');
    await runOnce(open(), 'there', answering('r2', 'yes'), 'done');
    expect(await ids(open({ client: stale([named('there', 'y', EARLY)]) }), true)).toEqual([]);
    expect(await ids(open())).toEqual(['there']);
  });
});

describe('a table from before there were lists', () => {
  it('C15: serves everything else, and a list says what to do', async () => {
    const old = `old-${tenant}`;
    await client.send(new CreateTableCommand(tableWithoutIndexes(old)));
    const store = open({ table: old });
    await waitingThread(store, 'a');
    await runOnce(store, 'a', answering('r2', 'yes'), 'done');
    expect((await store.load('a'))?.head.status).toBe('done');
    expect(await store.deleteThread('a')).toBe(true);
    for (const waiting of [false, true]) {
      await expect(store.listThreads({ waiting })).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringMatching(/has no such index.*Update the stack.*Everything but lists works without/),
        details: { operation: 'Query', table: old, index: waiting ? 'waiting' : 'threads', retryable: false },
      });
    }
  });

  it('C15: a head that it has no places on gets them with the next commit, and is listed by when it was made', async () => {
    const store = open();
    for (const name of ['old', 'new']) await waitingThread(store, name, { createdAt: new Date(NOW).toISOString() });
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: `${tenant}#old` }, sk: { S: 'head' } },
        UpdateExpression: 'REMOVE t, c, y',
      }),
    );
    const place = await attribute('new', 'c');
    expect(await ids(store)).toEqual(['new']);
    const later = { now: NOW + MINUTE, expiresAt: NOW + 2 * MINUTE };
    const claim = await store.claim('old', answering('r2', 'yes', { ...later, create: true }));
    await commitNext(claim, 'interrupted', {
      questions: [questionId('q')],
      createdAt: new Date(NOW + MINUTE).toISOString(),
    });
    expect(await ids(store)).toEqual(['new', 'old']);
    expect(await ids(store, true)).toEqual(['new', 'old']);
    expect((await attribute('old', 'c'))?.slice(0, 9)).toBe(place?.slice(0, 9));
  });
});

describe('failures', () => {
  it('C15: of one shard fail the list: no page is short of a shard', async () => {
    await waitingThread(open(), 'a');
    const failing = testClient(server.endpoint, { maxAttempts: 1 });
    inject(failing, { operation: 'Query', nth: 2, kind: 'refused' });
    await expect(open({ client: failing }).listThreads()).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { index: 'threads', retryable: true },
    });
    failing.destroy();
  });

  it('C6: a head that cannot be read is shown as that, in both lists, and closes them for no other thread', async () => {
    for (const name of ['a', 'b', 'c']) await waitingThread(open(), name);
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: `${tenant}#b` }, sk: { S: 'head' } },
        UpdateExpression: 'SET s = :none',
        ExpressionAttributeValues: { ':none': { S: 'lost' } },
      }),
    );
    for (const waiting of [false, true]) {
      const { threads } = await open().listThreads({ waiting });
      const byId = threads.toSorted((a, b) => (a.threadId < b.threadId ? -1 : 1));
      expect(byId).toMatchObject([{ status: 'interrupted' }, { threadId: 'b' }, { status: 'interrupted' }]);
      expect(byId[1]).toEqual({
        threadId: 'b',
        status: 'unreadable',
        error: {
          code: 'corrupt_item',
          message: expect.stringContaining('its status is "lost"'),
          details: expect.objectContaining({ pk: `${tenant}#b`, sk: 'head' }),
        },
      });
    }
  });

  it('a reader without the codec of what a run was asked lists it all the same', async () => {
    class Money {
      readonly amount = 1;
    }
    const money = {
      name: 'money',
      is: (value: object) => value instanceof Money,
      encode: () => 1,
      decode: () => new Money(),
    };
    await open({ codecs: [money] }).claim('a', starting('r1', { request: { kind: 'input', input: new Money() } }));
    expect(await ids(open())).toEqual(['a']);
  });
});

async function attribute(threadId: string, name: string): Promise<string | undefined> {
  const Key = { pk: { S: `${tenant}#${threadId}` }, sk: { S: 'head' } };
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
  return Item?.[name]?.S;
}

/** What the indexes say next, of each shard, is this. */
function stale(items: Record<string, unknown>[]): DynamoDBClient {
  const old = testClient(server.endpoint);
  let told = false;
  old.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      if (!('IndexName' in args.input) || told) return result;
      told = true;
      const output = result.output as { Items?: object[] };
      return { ...result, output: { ...output, Items: [...(output.Items ?? []), ...items] } as never };
    },
    { step: 'initialize' },
  );
  return old;
}
/** What an index has of a thread. */
function named(threadId: string, key: string, place: string): Record<string, unknown> {
  return {
    pk: { S: `${tenant}#${threadId}` },
    sk: { S: 'head' },
    t: { S: `${tenant}#0` },
    [key]: { S: place },
  };
}
