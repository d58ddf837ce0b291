/** C10: how long things are kept. Time is a number that the tests set; no server removes anything meanwhile. */
import { type AttributeValue, DeleteItemCommand, type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../core/checkpoint/checkpoint.ts';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';
import { ageing, historyExpires, readRetention, restingOf } from '../../../../core/checkpoint/dynamodb/retention.ts';
import { createTable, testClient, type TestServer, testServers } from '../../../support/dynamodb.ts';
import {
  answering,
  type CheckpointSpec,
  commitNext,
  listed,
  MINUTE,
  noise,
  NOW,
  questionId,
  runOnce,
  starting,
} from '../../../support/threads.ts';

const Q = questionId('q');
const DAY = 86_400;
const WEEK = 7 * DAY;
let threads = 0;

describe('a thread that is over', () => {
  const retention = { thread: WEEK, history: WEEK };

  it('T1: is one that is done or has failed, with nothing pending', () => {
    const rests = (['done', 'error', 'interrupted', 'paused', 'running', undefined] as const).map((status) => [
      restingOf(status, false),
      restingOf(status, true),
    ]);
    expect(rests).toEqual([
      ['over', 'waiting'],
      ['over', 'waiting'],
      ['waiting', 'waiting'],
      ['waiting', 'waiting'],
      ['running', 'running'],
      ['waiting', 'waiting'],
    ]);
  });

  it('T3: is not seen after its time, and its items last a day longer, and an eighth', () => {
    expect(ageing(retention, 'over', 1000)).toEqual({
      anew: false,
      over: 1000 + WEEK,
      expires: 1000 + WEEK + DAY + WEEK / 8,
    });
  });

  it('T2: keeps the parts that last long enough, and makes those anew that do not', () => {
    const enough = 1000 + WEEK + DAY;
    expect(ageing(retention, 'over', 1000, enough)).toEqual({ anew: false, over: 1000 + WEEK, expires: enough });
    expect(ageing(retention, 'over', 1000, enough - 1)).toMatchObject({ anew: true, expires: enough + WEEK / 8 });
  });

  it('T2: keeps parts as long as its history, when that is longer', () => {
    expect(ageing({ thread: WEEK, history: 4 * WEEK }, 'over', 0).expires).toBe(4 * WEEK + DAY + WEEK / 2);
  });

  it('T2: that begins to wait has no end, nor has what it needs', () => {
    expect(ageing(retention, 'waiting', 1000)).toEqual({ anew: false });
    expect(ageing(retention, 'waiting', 1000, 9_999_999)).toEqual({ anew: true });
    expect(ageing({ thread: undefined, history: undefined }, 'over', 1000, 9_999_999)).toEqual({ anew: true });
  });

  it('T3: keeps its end while a run is on it', () => {
    expect(ageing(retention, 'running', 1000, 5000)).toEqual({ anew: false, expires: 5000 });
    expect(ageing(retention, 'running', 1000)).toEqual({ anew: false });
  });

  it('is kept for ever without options, and history as long as threads without an option of its own', () => {
    expect(ageing(readRetention({}), 'over', 1000)).toEqual({ anew: false });
    expect(historyExpires(readRetention({}), 1000)).toBeUndefined();
    expect(historyExpires(readRetention({ ttlSeconds: 60 }), 1000)).toBe(1060);
    expect(historyExpires(readRetention({ ttlSeconds: 60, historyTtlSeconds: 30 }), 1000)).toBe(1030);
  });

  it.each([0, -1, 1.5, Number.NaN, '60' as unknown as number])('refuses %s seconds', (ttlSeconds) => {
    const error = expect.objectContaining({ code: 'invalid_argument' }) as Error;
    expect(() => readRetention({ ttlSeconds })).toThrow(error);
    expect(() => readRetention({ historyTtlSeconds: ttlSeconds })).toThrow(error);
  });
});

for (const [name, start] of testServers()) {
  describe(`retention on ${name}`, () => {
    let server: TestServer;
    let client: DynamoDBClient;
    let table: string;
    let store: DynamoDBSaver;
    let thread: string;
    /** Seconds since the test began. */
    let time: number;

    beforeAll(async () => {
      server = await start();
      client = testClient(server.endpoint);
      table = await createTable(client);
    });
    afterAll(async () => {
      client.destroy();
      await server.stop();
    });
    beforeEach(() => {
      thread = `thread ${++threads}`;
      time = 0;
      store = saver({ ttlSeconds: WEEK });
    });

    const clock = () => NOW + time * 1000;
    const saver = (options: { ttlSeconds?: number; historyTtlSeconds?: number } = {}) =>
      new DynamoDBSaver({ client, table, clock, ...options });
    const now = () => ({ now: clock(), expiresAt: clock() + MINUTE });
    let runs = 0;
    const begin = (status: 'done' | 'interrupted' | 'error', spec: CheckpointSpec = {}, on = store) =>
      runOnce(on, thread, starting(`r${++runs}`, now()), status, spec);
    const answer = (status: 'done' | 'interrupted', spec: CheckpointSpec = {}, on = store) =>
      runOnce(on, thread, answering(`r${++runs}`, 'yes', now()), status, spec);
    const asking = { questions: [Q] };
    const large = { state: { text: noise(20_000) } };

    /** Sort key without the incarnation, and time to live in seconds since the test began. */
    async function lives(): Promise<Record<string, number | undefined>> {
      return Object.fromEntries((await items()).map(lifeOf));
    }

    /** What DynamoDB does in its own time. */
    async function sweep(): Promise<number> {
      const all = await items();
      const gone = all.filter(({ ttl }) => ttl && Number(ttl.N) * 1000 <= clock());
      for (const { pk, sk } of gone) {
        await client.send(new DeleteItemCommand({ TableName: table, Key: { pk: pk!, sk: sk! } }));
      }
      return all.length - gone.length;
    }

    async function items(): Promise<Record<string, AttributeValue>[]> {
      const input = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `default#${thread}` } },
      };
      const all: Record<string, AttributeValue>[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, input)) all.push(...Items);
      return all;
    }

    it('C10: nothing ages when nothing is configured', async () => {
      const kept = saver();
      await begin('interrupted', { ...asking, ...large }, kept);
      await answer('done', large, kept);
      expect(Object.values(await lives())).toEqual([undefined, undefined, undefined]);
    });

    it('C10: a thread that is done is not seen after its time, and nothing of it is left in the end', async () => {
      await begin('interrupted', { ...asking, ...large });
      const done = await answer('done', large);
      time = WEEK - 1;
      expect((await store.load(thread))?.checkpoint).toEqual(done);
      time = WEEK;
      expect(await store.load(thread)).toBeUndefined();
      expect(await listed(store, thread)).toEqual([]);
      await expect(answer('done')).rejects.toMatchObject({ code: 'unknown_thread' });
      time = 3 * WEEK;
      expect(await sweep()).toBe(0);
    });

    it('C10: a start under the name of a thread that is over begins anew', async () => {
      const old = await begin('done', large);
      time = WEEK;
      const first = await begin('done');
      expect(await listed(store, thread)).toEqual([first]);
      expect(first.incarnation).not.toBe(old.incarnation);
    });

    it('C10: a thread with a pending question does not age, nor does what it needs', async () => {
      const first = await begin('interrupted', { ...asking, ...large });
      time = 100 * WEEK;
      await sweep();
      expect((await store.load(thread))?.checkpoint).toEqual(first);
      await answer('done', large);
    });

    it('C10: a thread that was over and waits again does not age, nor does what it needs', async () => {
      await begin('done', large);
      time = DAY;
      const second = await begin('interrupted', { ...asking, ...large });
      time = 100 * WEEK;
      await sweep();
      expect((await store.load(thread))?.checkpoint).toEqual(second);
      const third = await answer('done', large);
      expect((await store.load(thread))?.checkpoint).toEqual(third);
    });

    it('C10: a superseded checkpoint ages from the run that supersedes it', async () => {
      const waits = saver({ historyTtlSeconds: DAY });
      const first = await begin('interrupted', { ...asking, ...large }, waits);
      time = 10 * DAY;
      const second = await answer('interrupted', { ...asking, state: { text: noise(20_000), n: 1 } }, waits);
      time = 11 * DAY - 1;
      await sweep();
      expect(await listed(waits, thread)).toEqual([second, first]);
      time = 11 * DAY;
      expect(await listed(waits, thread)).toEqual([second]);
      expect((await waits.load(thread, first.id))?.checkpoint).toBeUndefined();
      await sweep();
      expect((await waits.load(thread))?.checkpoint).toEqual(second);
    });

    it('C10: what only superseded checkpoints are stored against goes with them, and not before', async () => {
      const waits = saver({ historyTtlSeconds: DAY });
      const first = await begin('interrupted', { ...asking, ...large }, waits);
      const second = await answer('interrupted', { ...asking, state: { text: noise(20_000, 'new') } }, waits);
      time = DAY - 1;
      await sweep();
      expect((await waits.load(thread, first.id))?.checkpoint).toEqual(first);
      time = DAY;
      await sweep();
      expect((await waits.load(thread))?.checkpoint).toEqual(second);
      expect(Object.keys(await lives()).toSorted()).toEqual(['head', 'p#00000000-0002']);
    });

    it('C10: a thread in use every day is seen every day, and its parts are made anew when they must be', async () => {
      const turns: string[] = [];
      let last: Checkpoint | undefined;
      for (let day = 0; day < 20; day++) {
        time = day * DAY;
        turns.push(noise(2_000, `${day}`));
        last = await begin('done', { state: { turns: [...turns] } });
        await sweep();
        expect((await store.load(thread))?.checkpoint).toEqual(last);
        for (const one of await listed(store, thread)) expect(one.frame.channels.get('turns')).toBeDefined();
      }
      expect((await listed(store, thread)).length).toBe(8);
      time += WEEK;
      expect(await store.load(thread)).toBeUndefined();
      time += 2 * WEEK;
      expect(await sweep()).toBe(0);
    });

    it('C3: a run that was cut off on a thread that was about to end is taken over, a day later too', async () => {
      await begin('done', large);
      time = WEEK - 1;
      await store.claim(thread, starting('gone', now()));
      time = WEEK + DAY - 1;
      await sweep();
      const claim = await store.claim(thread, { ...starting('r', now()), request: { kind: 'continue' } });
      expect(claim).toMatchObject({ tookOver: 'gone', request: { input: 'input of gone' } });
      await commitNext(claim, 'done', large);
      time += WEEK - 1;
      await sweep();
      expect(await store.load(thread)).toBeDefined();
    });

    it('C2: a claim that is released leaves a thread that was over with an end', async () => {
      await begin('done', large);
      await (await store.claim(thread, starting('r', now()))).release();
      time = WEEK;
      expect(await store.load(thread)).toBeUndefined();
    });

    it('C10: a large request that became the state of a thread that is over goes with it', async () => {
      const text = noise(20_000);
      const request = { kind: 'input', input: { text } } as const;
      const claim = await store.claim(thread, { ...starting('r', now()), request });
      await commitNext(claim, 'done', { state: { text } });
      expect(Object.keys(await lives())).toEqual(['p#00000000-0000', 'head']);
      time = WEEK - 1;
      expect((await store.load(thread))?.checkpoint?.frame.channels.get('text')?.value).toBe(text);
      time = 3 * WEEK;
      expect(await sweep()).toBe(0);
    });

    it('C10: supersteps saved on the way age with the rest', async () => {
      await begin('done', large);
      time = DAY;
      const claim = await store.claim(thread, starting('r', now()));
      let before = await commitNext(claim, 'running', { state: { text: noise(20_000), n: 1 } });
      before = await commitNext(claim, 'running', { state: { text: noise(30_000, 'b') } }, before);
      await commitNext(claim, 'done', { state: { text: noise(30_000, 'b'), n: 2 } }, before);
      time = WEEK;
      await sweep();
      expect((await listed(store, thread)).length).toBeGreaterThan(1);
      time = 4 * WEEK;
      expect(await sweep()).toBe(0);
    });
  });
}

function shortKey(sk = ''): string {
  return sk.replace(/^c#\w+#/, '').replace(/^(.#.{13}).*/, '$1');
}

function lifeOf({ sk, ttl }: Record<string, AttributeValue>): [string, number | undefined] {
  return [shortKey(sk?.S), ttl ? Number(ttl.N) - NOW / 1000 : undefined];
}
