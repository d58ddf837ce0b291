/** What only a table can show: tenants, items that are too large, corrupt, expired or left over, and errors of the service. */
import {
  type AttributeValue,
  paginateQuery,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkpointId } from '../../../../core/checkpoint/checkpoint.ts';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';
import { type Call, inject, recordCalls } from '../../../support/calls.ts';
import { createTable, testClient, type TestServer, testServers } from '../../../support/dynamodb.ts';
import {
  answering,
  commitNext,
  listed,
  makeCheckpoint,
  MINUTE,
  noise,
  NOW,
  questionId,
  runOnce,
  starting,
  waitingThread,
  wanting,
} from '../../../support/threads.ts';

const Q = questionId('q');
const LATER = NOW + 2 * MINUTE;
let threads = 0;

for (const [name, start] of testServers()) {
  describe(`DynamoDBSaver on ${name}`, () => {
    let server: TestServer;
    let client: DynamoDBClient;
    let table: string;
    let store: DynamoDBSaver;
    let thread: string;

    beforeAll(async () => {
      server = await start();
      client = testClient(server.endpoint);
      table = await createTable(client);
      store = new DynamoDBSaver({ client, table });
    });
    afterAll(async () => {
      client.destroy();
      await server.stop();
    });
    beforeEach(() => {
      thread = `thread ${++threads}`;
    });

    /** Everything that the partition holds. */
    async function items(tenant = 'default'): Promise<Record<string, AttributeValue>[]> {
      const input = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `${tenant}#${thread}` } },
      };
      const found: Record<string, AttributeValue>[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, input)) found.push(...Items);
      return found;
    }

    /** Changes an item behind the checkpointer's back. */
    async function tamper(sk: string, update: string, value?: AttributeValue): Promise<void> {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { pk: { S: `default#${thread}` }, sk: { S: sk } },
          UpdateExpression: update,
          ...(value && { ExpressionAttributeValues: { ':v': value } }),
          ...(update.includes('#ttl') && { ExpressionAttributeNames: { '#ttl': 'ttl' } }),
        }),
      );
    }

    /** The first superseded checkpoint, or the first part. */
    async function keyOf(kind: 'v' | 'p'): Promise<string> {
      return (await items()).map(({ sk }) => sk?.S ?? '').find((sk) => sk.includes(`#${kind}#`))!;
    }

    describe('tenants', () => {
      it('C9: see nothing of each other, whatever they call their threads', async () => {
        const [a, b] = ['a', 'b'].map((tenant) => new DynamoDBSaver({ client, table, tenant }));
        const first = await waitingThread(a!, thread);
        expect(await b!.load(thread)).toBeUndefined();
        await expect(b!.claim(thread, answering('r1', 'yes'))).rejects.toMatchObject({ code: 'unknown_thread' });
        const mine = await runOnce(b!, thread, starting('r2'), 'done');
        expect(await b!.deleteThread(thread)).toBe(true);
        expect(await listed(a!, thread)).toEqual([first]);
        expect(mine.incarnation).toBe('r2');
      });

      it('C9: cannot be told by a name that reaches into the key of another', () => {
        expect(() => new DynamoDBSaver({ client, table, tenant: 'a#b' })).toThrow('Tenant "a#b" must not contain "#".');
      });

      it('C9: every method refuses a thread id that must not become a key', async () => {
        const bad = { code: 'invalid_argument' };
        await expect(store.load('')).rejects.toMatchObject(bad);
        await expect(store.deleteThread('a\nb')).rejects.toMatchObject(bad);
        await expect(store.claim('x'.repeat(257), starting('r1'))).rejects.toMatchObject(bad);
        await expect(listed(store, 'a\u0000')).rejects.toMatchObject(bad);
      });
    });

    describe('the client', () => {
      it('may be a document client, whatever its translation', async () => {
        const documents = DynamoDBDocumentClient.from(testClient(server.endpoint), {
          unmarshallOptions: { wrapNumbers: true },
        });
        const wrapped = new DynamoDBSaver({ client: documents, table });
        const first = await waitingThread(wrapped, thread, { state: { n: 1, text: noise(3_000) } });
        expect((await wrapped.load(thread))?.checkpoint).toEqual(first);
      });
    });

    describe('an item that cannot be read', () => {
      it.each([
        ['has no version', 'REMOVE v', undefined, 'attribute "v" is missing'],
        ['has a text for a number', 'SET v = :v', { S: '1' }, 'attribute "v" is not of type N (a whole number)'],
        ['has a status that is none', 'SET s = :v', { S: 'asleep' }, 'its status is "asleep"'],
        ['has no checkpoint id', 'REMOVE k', undefined, 'version 1 and checkpoint none contradict each other'],
        ['has a checkpoint that is no JSON', 'SET d = :v', { S: '[{' }, 'its checkpoint cannot be decoded'],
        [
          'has bytes that do not inflate',
          'SET d = :v',
          { B: new Uint8Array([7, 7]) },
          'its checkpoint cannot be decoded',
        ],
        [
          'has a newer format',
          'SET f = :v',
          { N: '2' },
          'it has format 2, and this version of Holdpoint reads up to 1',
        ],
      ])('is named when a head %s, and the thread is left as it is', async (_, update, value, what) => {
        await waitingThread(store, thread);
        await tamper('head', update, value);
        const before = (await items()).find(({ sk }) => sk?.S === 'head');
        const error = {
          code: 'corrupt_item',
          message: expect.stringContaining(what) as string,
          details: { pk: `default#${thread}`, sk: 'head' },
        };
        await expect(store.load(thread)).rejects.toMatchObject(error);
        await expect(store.claim(thread, answering('r1', 'yes'))).rejects.toMatchObject(error);
        expect((await items()).find(({ sk }) => sk?.S === 'head')).toEqual(before);
      });

      it('is named when it is the newest checkpoint, and the claim is given back', async () => {
        await waitingThread(store, thread, { state: { text: noise(3_000) } });
        const sk = await keyOf('p');
        await tamper(sk, 'SET d = :v', { B: new Uint8Array([1, 2, 3]) });
        await expect(store.load(thread)).rejects.toMatchObject({ code: 'corrupt_item', details: { sk } });
        await expect(store.claim(thread, answering('r1', 'yes'))).rejects.toMatchObject({
          code: 'corrupt_item',
          details: { sk },
        });
        expect((await items()).find((item) => item['sk']?.S === 'head')).not.toHaveProperty('r');
      });

      it('C3: what was recorded survives a take-over that could not load the thread', async () => {
        await waitingThread(store, thread, { state: { text: noise(3_000) } });
        await store.claim(thread, answering('gone', 'yes'));
        const sk = await keyOf('p');
        const good = (await items()).find((item) => item['sk']?.S === sk)!;
        await tamper(sk, 'SET d = :v', { B: new Uint8Array([1, 2, 3]) });
        const over = wanting('r1', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } });
        await expect(store.claim(thread, over)).rejects.toMatchObject({ code: 'corrupt_item' });
        await client.send(new PutItemCommand({ TableName: table, Item: good }));
        const claim = await store.claim(thread, { ...over, runId: 'r2' });
        expect(claim.request).toEqual({ kind: 'command', command: { resume: ['yes'] } });
      });

      it('is named when it is in the history', async () => {
        await waitingThread(store, thread);
        await runOnce(store, thread, answering('r1', 'yes'), 'done');
        const sk = await keyOf('v');
        await tamper(sk, 'REMOVE d');
        await expect(listed(store, thread)).rejects.toMatchObject({ code: 'corrupt_item', details: { sk } });
      });
    });

    describe('expired items', () => {
      const past: AttributeValue = { N: '1000' };
      const future: AttributeValue = { N: '9999999999' };

      it('C10: are not seen in the history', async () => {
        const first = await waitingThread(store, thread);
        const second = await runOnce(store, thread, answering('r1', 'yes'), 'done');
        await tamper(await keyOf('v'), 'SET #ttl = :v', future);
        expect(await listed(store, thread)).toEqual([second, first]);
        await tamper(await keyOf('v'), 'SET #ttl = :v', past);
        expect(await listed(store, thread)).toEqual([second]);
        expect((await store.load(thread, first.id))?.checkpoint).toBeUndefined();
      });

      it('C10: a thread that has expired is gone, and a start under its name begins anew', async () => {
        const old = await waitingThread(store, thread);
        await tamper('head', 'SET #ttl = :v', past);
        expect(await store.load(thread)).toBeUndefined();
        expect(await listed(store, thread)).toEqual([]);
        await expect(store.claim(thread, answering('r1', 'yes'))).rejects.toMatchObject({ code: 'unknown_thread' });
        const first = await runOnce(store, thread, starting('again'), 'done');
        expect(await listed(store, thread)).toEqual([first]);
        expect((await store.load(thread, old.id))?.checkpoint).toBeUndefined();
      });
    });

    describe('what is left behind', () => {
      it('C9: nothing, after a deletion of more than one batch', async () => {
        const claim = await store.claim(thread, starting('r1'));
        let before = await commitNext(claim, 'running');
        for (let i = 0; i < 60; i++) before = await commitNext(claim, 'running', { state: { i } }, before);
        await commitNext(claim, 'done', {}, before);
        expect((await items()).length).toBe(62);
        await store.deleteThread(thread);
        expect(await items()).toEqual([]);
      });

      it.each([
        [
          'commits',
          async (claim: Awaited<ReturnType<DynamoDBSaver['claim']>>) => {
            await expect(commitNext(claim, 'done', { state: { text: noise(3_000) } })).rejects.toMatchObject({
              code: 'claim_lost',
            });
          },
        ],
        ['is released', (claim: Awaited<ReturnType<DynamoDBSaver['claim']>>) => claim.release()],
      ])('C9: nothing, by a run that %s when its thread has been deleted', async (_, end) => {
        await waitingThread(store, thread);
        const late = testClient(server.endpoint);
        inject(late, {
          operation: 'PutItem',
          kind: 'refused',
          meanwhile: async () => void (await store.deleteThread(thread)),
        });
        const claim = await new DynamoDBSaver({ client: late, table }).claim(thread, answering('r1', 'yes'));
        await end(claim);
        expect(await items()).toEqual([]);
        late.destroy();
      });

      it('C3: no request, when a claim that recorded a large one is released', async () => {
        const claim = await store.claim(thread, starting('r1', { request: { kind: 'input', input: noise(3_000) } }));
        expect(await items()).toHaveLength(2);
        await claim.release();
        expect(await items()).toEqual([]);
      });

      it('C4: every item names the run that wrote it, and its format', async () => {
        const want = starting('r1', { request: { kind: 'input', input: noise(3_000) } });
        await runOnce(store, thread, want, 'interrupted', { questions: [Q], state: { text: noise(1_000_000) } });
        for (const item of await items()) expect(item).toMatchObject({ w: { S: 'r1' }, f: { N: '1' } });
      });
    });

    describe('a refused claim', () => {
      it('C2: with a large request has written nothing', async () => {
        await waitingThread(store, thread);
        const before = await items();
        const want = wanting('r1', { newest: 'other', request: { kind: 'input', input: noise(9_000) } });
        await expect(store.claim(thread, want)).rejects.toMatchObject({ code: 'stale_checkpoint' });
        expect(await items()).toEqual(before);
      });

      it('C2: costs its write and one read', async () => {
        await waitingThread(store, thread);
        const counted = testClient(server.endpoint);
        const calls: Call[] = recordCalls(counted);
        const other = new DynamoDBSaver({ client: counted, table });
        await expect(other.claim(thread, wanting('r1', { newest: 'other' }))).rejects.toMatchObject({
          code: 'stale_checkpoint',
        });
        expect(calls.map(({ operation }) => operation)).toEqual(['UpdateItem', 'GetItem']);
        counted.destroy();
      });
    });

    describe('history', () => {
      it('C13: is not read to its end for a checkpoint that it does not have', async () => {
        const claim = await store.claim(thread, starting('r1'));
        let before = await commitNext(claim, 'running');
        for (let i = 0; i < 12; i++) before = await commitNext(claim, 'running', {}, before);
        const counted = testClient(server.endpoint);
        const calls = recordCalls(counted);
        const other = new DynamoDBSaver({ client: counted, table });
        expect(await listed(other, thread, { before: checkpointId(12, 'nobody'), limit: 1 })).toEqual([]);
        expect(calls.map(({ operation }) => operation)).toEqual(['GetItem', 'Query']);
        counted.destroy();
      });

      it('C13: is read in pages of what was asked for', async () => {
        const claim = await store.claim(thread, starting('r1'));
        let before = await commitNext(claim, 'running');
        for (let i = 0; i < 12; i++) before = await commitNext(claim, 'running', {}, before);
        await commitNext(claim, 'done', {}, before);
        const counted = testClient(server.endpoint);
        const calls = recordCalls(counted);
        const versions: number[] = [];
        for await (const { version } of new DynamoDBSaver({ client: counted, table }).chain(thread, { limit: 4 })) {
          versions.push(version);
          if (versions.length === 4) break;
        }
        expect(versions).toEqual([14, 13, 12, 11]);
        expect(calls.map(({ operation }) => operation)).toEqual(['GetItem', 'Query']);
        counted.destroy();
      });
    });

    describe('a store that fails', () => {
      it('is reported as unavailable, with its cause', async () => {
        const broken = testClient(server.endpoint, { maxAttempts: 1 });
        inject(broken, { operation: 'GetItem', kind: 'refused', times: 9, error: 'ThrottlingException' });
        await expect(new DynamoDBSaver({ client: broken, table }).load(thread)).rejects.toMatchObject({
          code: 'store_unavailable',
          details: { operation: 'GetItem', table, retryable: true },
          cause: { name: 'ThrottlingException' },
        });
        broken.destroy();
      });

      it('because nobody listens is reported as unavailable', async () => {
        const nobody = testClient('http://127.0.0.1:1', { maxAttempts: 1 });
        await expect(new DynamoDBSaver({ client: nobody, table }).load(thread)).rejects.toMatchObject({
          code: 'store_unavailable',
          details: { retryable: true },
        });
        nobody.destroy();
      });

      it('because the table is missing says so', async () => {
        await expect(new DynamoDBSaver({ client, table: 'no-such-table' }).load(thread)).rejects.toMatchObject({
          code: 'store_unavailable',
          message: expect.stringContaining('create it (see tableDefinition)') as string,
          details: { retryable: false },
        });
      });

      it('C3: while a claim loads gives the claim back', async () => {
        await waitingThread(store, thread, { state: { text: noise(3_000) } });
        const before = await store.load(thread);
        const broken = testClient(server.endpoint);
        inject(broken, { operation: 'Query', kind: 'refused', times: 9 });
        const failing = new DynamoDBSaver({ client: broken, table });
        await expect(failing.claim(thread, answering('r1', 'yes'))).rejects.toMatchObject({
          code: 'store_unavailable',
        });
        expect(await store.load(thread)).toEqual(before);
        broken.destroy();
      });
    });

    describe('a checkpoint', () => {
      it('whose id is not one of its version is refused', async () => {
        const claim = await store.claim(thread, starting('r1'));
        await expect(claim.commit({ ...makeCheckpoint('r1', 2), version: 1 }, 'done')).rejects.toMatchObject({
          code: 'invalid_argument',
        });
      });
    });
  });
}
