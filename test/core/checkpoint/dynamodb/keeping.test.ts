/** What only a table can show of C12: calls, items that are left or are not, unknown outcomes, items that cannot be read. */
import { type DynamoDBClient, paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { emptyRecord } from '../../../../core/checkpoint/checkpoint.ts';
import type { Claim, Kept } from '../../../../core/checkpoint/checkpointer.ts';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';
import { hash128 } from '../../../../core/hash.ts';
import { type Call, inject, recordCalls, WRITES } from '../../../support/calls.ts';
import { createTable, startDynalite, testClient, type TestServer } from '../../../support/dynamodb.ts';
import { commitNext, makeCheckpoint, MINUTE, noise, NOW, starting, wanting } from '../../../support/threads.ts';

let server: TestServer;
let client: DynamoDBClient;
let table: string;
let store: DynamoDBSaver;
let calls: Call[];
let thread: string;
let threads = 0;

beforeAll(async () => {
  server = await startDynalite();
  client = testClient(server.endpoint);
  table = await createTable(client);
  calls = recordCalls(client);
  store = new DynamoDBSaver({ client, table });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});
beforeEach(() => {
  thread = `thread ${++threads}`;
});

function said(name: string, value: unknown = name): Kept {
  return {
    id: hash128(name),
    taskId: hash128(name),
    record: { ...emptyRecord, result: { writes: [['a', value]], targets: [] } },
  };
}

/** The sort keys of what is kept. */
async function keptKeys(): Promise<string[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `default#${thread}` } },
    },
  );
  const keys: string[] = [];
  for await (const { Items = [] } of pages) keys.push(...Items.map(({ sk }) => sk!.S!));
  return keys.filter((sk) => sk.includes('#t#'));
}

function over(runId: string, k: number, by = store): Promise<Claim> {
  const now = NOW + k * 2 * MINUTE;
  return by.claim(thread, wanting(runId, { now, expiresAt: now + MINUTE, request: { kind: 'continue' } }));
}

it('to keep is one write of one unit; a commit removes all at once, and none that is mere progress', async () => {
  const claim = await store.claim(thread, starting('r1'));
  const first = await commitNext(claim, 'running');
  calls.length = 0;
  await claim.keep(said('a'));
  await claim.keep(said('b'));
  expect(calls.map(({ operation, units }) => [operation, units])).toEqual([
    ['UpdateItem', 1],
    ['UpdateItem', 1],
  ]);
  const progress = { ...makeCheckpoint('r1', 2, { parentId: first.id }), progress: true as const };
  await claim.commit(progress, 'running');
  expect(await keptKeys()).toHaveLength(2);
  calls.length = 0;
  await commitNext(claim, 'done', {}, progress);
  expect(calls.filter(({ operation }) => WRITES.includes(operation)).map(({ operation }) => operation)).toEqual([
    'UpdateItem',
    'BatchWriteItem',
  ]);
  expect(await keptKeys()).toEqual([]);
});

it.each<[string, (claim: Claim) => Promise<unknown>]>([
  ['commit', (claim) => commitNext(claim, 'done')],
  ['release', (claim) => claim.release()],
  ['reopening', (claim) => claim.reopen()],
])('after a %s nothing is left, and nothing comes', async (_, end) => {
  await commitNext(await store.claim(thread, starting('r0')), 'done');
  const claim = await store.claim(thread, starting('r1'));
  await claim.keep(said('a'));
  await end(claim);
  await claim.keep(said('b'));
  expect(await keptKeys()).toEqual([]);
});

it('a take-over removes what it found, of claims that were dropped too; one that is released leaves it', async () => {
  await commitNext(await store.claim(thread, starting('r0')), 'done');
  const dropped = await store.claim(thread, starting('r1'));
  await (await over('r2', 1)).reopen();
  await dropped.keep(said('stray'));
  const lost = await store.claim(
    thread,
    starting('r3', { now: NOW + 3 * MINUTE, expiresAt: NOW + 3 * MINUTE, request: { kind: 'continue' } }),
  );
  await lost.keep(said('a'));
  await (await over('r4', 2)).release();
  expect(await keptKeys()).toHaveLength(2);
  await commitNext(await over('r5', 3), 'done');
  expect(await keptKeys()).toEqual([]);
});

it('only a take-over looks for what was kept', async () => {
  await commitNext(await store.claim(thread, starting('r0')), 'done');
  calls.length = 0;
  await store.claim(thread, starting('r1'));
  expect(calls.map(({ operation }) => operation)).not.toContain('Query');
  calls.length = 0;
  await over('r2', 1);
  const ranges = calls.filter(({ operation }) => operation === 'Query').map(({ input }) => input);
  expect(ranges.filter((input) => JSON.stringify(input).includes('#t#'))).toHaveLength(1);
});

it.each([
  ['checkpoint', {}],
  ['progress', { progress: true as const }],
])(
  'a late run leaves what it kept while whoever took over is at work, and removes it when that has ended: %s',
  async (_, more) => {
    const lost = await store.claim(thread, starting('r1'));
    const taken = await over('r2', 1);
    await lost.keep(said('a'));
    await expect(commitNext(lost, 'done')).rejects.toMatchObject({ code: 'claim_lost' });
    expect(await keptKeys()).toHaveLength(1);
    await commitNext(taken, 'done');

    thread += ' again';
    const late = await store.claim(thread, starting('r1'));
    await commitNext(await over('r2', 1), 'done');
    await late.keep(said('a'));
    expect(await keptKeys()).toHaveLength(1);
    await expect(late.commit({ ...makeCheckpoint('r1', 1), ...more }, 'running')).rejects.toMatchObject({
      code: 'claim_lost',
    });
    expect(await keptKeys()).toEqual([]);
  },
);

it('C9: a late run whose thread was deleted leaves nothing', async () => {
  const late = await store.claim(thread, starting('r1'));
  await store.deleteThread(thread);
  await late.keep(said('a'));
  await expect(commitNext(late, 'done')).rejects.toMatchObject({ code: 'claim_lost' });
  expect(await keptKeys()).toEqual([]);
});

it('C4: a put whose answer was lost is our own', async () => {
  const flaky = testClient(server.endpoint);
  const claim = await new DynamoDBSaver({ client: flaky, table }).claim(thread, starting('r1'));
  inject(flaky, { operation: 'UpdateItem', kind: 'lost' });
  const one = said('a');
  expect(await claim.keep(one)).toBe(one.record);
  flaky.destroy();
});

it('P2: what fits no item is not kept', async () => {
  const claim = await store.claim(thread, starting('r1'));
  const one = said('a', noise(900_000));
  expect(await claim.keep(one)).toBe(one.record);
  expect(await keptKeys()).toEqual([]);
});

it.each([
  ['another format', { f: { N: '99' } }],
  ['no text', { d: { N: '1' } }],
  ['another text', { d: { S: '[' } }],
])('an item with %s is an error that names it, and what was recorded stays', async (_, attributes) => {
  const claim = await store.claim(thread, starting('r1'));
  await claim.keep(said('a'));
  const [sk = ''] = await keptKeys();
  const [[name, value]] = Object.entries(attributes) as [[string, { N: string } | { S: string }]];
  await client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { pk: { S: `default#${thread}` }, sk: { S: sk } },
      UpdateExpression: `SET ${name} = :v`,
      ExpressionAttributeValues: { ':v': value },
    }),
  );
  await expect(over('r2', 1)).rejects.toMatchObject({ code: 'corrupt_item', details: { sk } });
  expect((await store.load(thread))?.head.claim?.request).toEqual({ kind: 'input', input: 'input of r1' });
});
