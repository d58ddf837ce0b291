/** C5 in the table: what a key costs, what its item holds, and what happens between two requests with one key. */
import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Claim, ClaimRequest } from '../../../../core/checkpoint/checkpointer.ts';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';
import { type Call, recordCalls } from '../../../support/calls.ts';
import { createTable, startDynalite, testClient, type TestServer } from '../../../support/dynamodb.ts';
import { commitNext, listed, MINUTE, NOW, runOnce, starting, wanting } from '../../../support/threads.ts';

const KEY = 'a'.repeat(32);
const BODY = 'b'.repeat(32);
const DAY = 24 * 60 * MINUTE;

function keyed(runId: string, more: Partial<ClaimRequest> = {}): ClaimRequest {
  return starting(runId, {
    request: { kind: 'input', input: 'hello', idempotency: { key: KEY, body: BODY } },
    ...more,
  });
}

describe('idempotency keys in the table', () => {
  let server: TestServer;
  let table: string;
  let client: DynamoDBClient;
  let calls: Call[];
  let store: DynamoDBSaver;
  let thread: string;

  beforeAll(async () => {
    server = await startDynalite();
    client = testClient(server.endpoint);
    table = await createTable(client);
    client.destroy();
  });
  afterAll(() => server.stop());

  beforeEach(() => {
    client = testClient(server.endpoint);
    calls = recordCalls(client);
    store = new DynamoDBSaver({ client, table, clock: () => NOW });
    thread = randomUUID();
  });
  afterEach(() => client.destroy());

  const cost = (): [string, number][] => calls.splice(0).map(({ operation, units }) => [operation, units]);

  it('C5: a key costs one read unit and one write unit, and no key costs nothing', async () => {
    await runOnce(store, thread, starting('r0'), 'done');
    cost();
    await runOnce(store, thread, starting('r1'), 'done');
    const without = cost();
    await runOnce(store, thread, keyed('r2'), 'done');
    const [read, ...writes] = cost();
    expect(read).toEqual(['GetItem', 1]);
    expect(writes.map(String).sort()).toEqual([...without, ['UpdateItem', 1]].map(String).sort());
  });

  it('C5: the outcome is read, and nothing written', async () => {
    await runOnce(store, thread, keyed('r1'), 'done');
    await runOnce(store, thread, starting('r2'), 'done');
    cost();
    expect(await store.claim(thread, keyed('r3'))).toMatchObject({ runId: 'r1', outcome: 'done' });
    expect(cost().map(([operation]) => operation)).toEqual(['GetItem', 'GetItem', 'Query', 'GetItem']);
  });

  it('C5: the item is hashes, run and version, and is gone a day after its run', async () => {
    await runOnce(store, thread, starting('r0'), 'done');
    await store.claim(thread, keyed('r1'));
    const Key = { pk: { S: `default#${thread}` }, sk: { S: `k#${KEY}` } };
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    expect(Item).toEqual({
      ...Key,
      f: { N: '1' },
      i: { S: expect.stringMatching(/^[0-9a-z]{9}[0-9a-f]{10}$/) as string },
      w: { S: 'r1' },
      v: { N: '1' },
      h: { S: BODY },
      ttl: { N: String((NOW + MINUTE + DAY) / 1000) },
    });
  });

  it('C10: once it has expired the key is free, whether or not its item is gone', async () => {
    await runOnce(store, thread, keyed('r1'), 'done');
    const now = NOW + 2 * DAY;
    const later = new DynamoDBSaver({ client, table, clock: () => now });
    const claim = await later.claim(thread, keyed('r2', { now, expiresAt: now + MINUTE }));
    expect(claim.outcome).toBeUndefined();
    await commitNext(claim, 'done');
    expect(await later.claim(thread, keyed('r3', { now }))).toMatchObject({ runId: 'r2', outcome: 'done' });
  });

  it('C10: an outcome that has expired with the history is not run again', async () => {
    const historyTtlSeconds = 60 * 60;
    const ageing = (now: number): DynamoDBSaver =>
      new DynamoDBSaver({ client, table, historyTtlSeconds, clock: () => now });
    await runOnce(ageing(NOW), thread, keyed('r1'), 'done');
    await runOnce(ageing(NOW), thread, starting('r2'), 'done');
    await runOnce(ageing(NOW), thread, starting('r3'), 'done');
    const now = NOW + DAY / 2;
    await expect(ageing(now).claim(thread, keyed('r4', { now }))).rejects.toMatchObject({
      code: 'unknown_checkpoint',
      details: { runId: 'r1' },
    });
    expect((await ageing(now).load(thread))?.head.claim).toBeUndefined();
  });

  /** A store whose first look at the key is followed by something that others do. */
  function interrupted(meanwhile: () => Promise<unknown>): DynamoDBSaver {
    let done = false;
    const send = async (command: object): Promise<unknown> => {
      const answer = await client.send(command as never);
      const isKey = command instanceof GetItemCommand && command.input.Key?.['sk']?.S === `k#${KEY}`;
      if (isKey && !done) {
        done = true;
        await meanwhile();
      }
      return answer;
    };
    return new DynamoDBSaver({ client: { send } as Pick<DynamoDBClient, 'send'>, table, clock: () => NOW });
  }

  /** The client of a process whose first try runs while it looks at the key, and which dies when it has its claim. */
  function dyingAfterClaim(): Pick<DynamoDBClient, 'send'> {
    let looked = false;
    let dead = false;
    const send = async (command: object): Promise<unknown> => {
      if (dead) throw Object.assign(new Error('dead'), { name: 'TimeoutError' });
      const answer = await client.send(command as never);
      if (command instanceof GetItemCommand && !looked) {
        looked = true;
        await runOnce(store, thread, keyed('r1'), 'done');
      }
      dead = command instanceof UpdateItemCommand;
      return answer;
    };
    return { send } as Pick<DynamoDBClient, 'send'>;
  }

  describe('between a request and its key', () => {
    it('C5: its first try ran from beginning to end: the second gives its claim back, and tells the outcome', async () => {
      const first = await runOnce(store, thread, starting('r0'), 'done');
      const second = interrupted(() => runOnce(store, thread, keyed('r1'), 'done'));
      expect(await second.claim(thread, keyed('r2'))).toMatchObject({ runId: 'r1', outcome: 'done' });
      expect((await store.load(thread))?.head).toMatchObject({ version: 2, claim: undefined });
      expect(await listed(store, thread)).toMatchObject([{ runId: 'r1' }, first]);
    });

    it('C5: its first try ran, and the thread asks now: the second is not refused, but told the outcome', async () => {
      const ask = { questions: [KEY] };
      const second = interrupted(() => runOnce(store, thread, keyed('r1'), 'interrupted', ask));
      const want = keyed('r2', { refusePending: true });
      expect(await second.claim(thread, want)).toMatchObject({ runId: 'r1', outcome: 'interrupted' });
    });

    it('C5: the second died before it found that out: what it left is dropped, not run', async () => {
      await runOnce(store, thread, starting('r0'), 'done');
      const dying = new DynamoDBSaver({ client: dyingAfterClaim(), table, clock: () => NOW });
      await expect(dying.claim(thread, keyed('r2'))).rejects.toMatchObject({ code: 'store_unavailable' });
      const now = NOW + 2 * MINUTE;
      const go = wanting('r3', { now, expiresAt: now + MINUTE, request: { kind: 'continue' } });
      await expect(store.claim(thread, go)).rejects.toMatchObject({ code: 'thread_busy', details: { runId: 'r3' } });
      const claim: Claim = await store.claim(thread, go);
      expect(claim).toMatchObject({ tookOver: undefined, checkpoint: { runId: 'r1' } });
    });

    it('C5: another tied its key in the same instant, and ran', async () => {
      await runOnce(store, thread, starting('r0'), 'done');
      const [one, two] = await Promise.allSettled([
        runOnce(store, thread, keyed('r1'), 'done'),
        runOnce(store, thread, keyed('r2'), 'done'),
      ]);
      expect([one.status, two.status].sort()).toEqual(['fulfilled', 'rejected']);
      expect(await listed(store, thread)).toHaveLength(2);
    });
  });
});
