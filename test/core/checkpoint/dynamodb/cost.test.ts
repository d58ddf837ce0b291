/** What a cycle costs, counted at the client and by the server, on every server that can run here (C2, C11). */
import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../core/checkpoint/checkpoint.ts';
import type { ClaimRequest } from '../../../../core/checkpoint/checkpointer.ts';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';
import { type Call, recordCalls, unitsOf, WRITES } from '../../../support/calls.ts';
import { createTable, testClient, type TestServer, testServers } from '../../../support/dynamodb.ts';
import { type CheckpointSpec, commitNext, noise, NOW, MINUTE, questionId } from '../../../support/threads.ts';

const Q = questionId('q');
const READS = ['GetItem', 'Query'];

for (const [name, start] of testServers()) {
  /** dynalite counts no units of indexes. */
  const reported = (units: Record<string, number>[]) => (name === 'dynalite' ? units.map(() => ({})) : units);

  describe(`the cost of a cycle on ${name}`, () => {
    let server: TestServer;
    let table: string;
    let client: DynamoDBClient;
    let calls: Call[];
    let store: DynamoDBSaver;
    let thread: string;

    beforeAll(async () => {
      server = await start();
      client = testClient(server.endpoint);
      table = await createTable(client);
      client.destroy();
    });
    afterAll(() => server.stop());

    beforeEach(() => {
      client = testClient(server.endpoint);
      calls = recordCalls(client);
      store = new DynamoDBSaver({ client, table });
      thread = randomUUID();
    });
    afterEach(() => client.destroy());

    const begin = (more: Partial<ClaimRequest> = {}) =>
      store.claim(thread, {
        runId: randomUUID(),
        now: NOW,
        expiresAt: NOW + MINUTE,
        create: true,
        graph: 'refund',
        refusePending: true,
        request: { kind: 'input', input: { orderId: 'A-1001', amount: 250 }, origin: { graph: 'refund' } },
        ...more,
      });
    const resume = (more: Partial<ClaimRequest> = {}) =>
      store.claim(thread, {
        runId: randomUUID(),
        now: NOW,
        expiresAt: NOW + MINUTE,
        answers: [Q],
        request: { kind: 'command', command: { answers: { [Q]: { approved: true, by: 'dana' } } } },
        ...more,
      });
    const counted = () => calls.splice(0).map(({ indexUnits }) => indexUnits);

    it('named by the caller: start 2 calls and 2 units, resume 3 and 3', async () => {
      await commitNext(await begin(), 'interrupted', ask());
      expect(calls.map(({ operation, units }) => [operation, units])).toEqual([
        ['UpdateItem', 1],
        ['UpdateItem', 1],
      ]);
      await commitNext(await resume(), 'done', end());
      expect(calls.slice(2).map(({ operation, units }) => [operation, units])).toEqual([
        ['UpdateItem', 1],
        ['PutItem', 1],
        ['UpdateItem', 1],
      ]);
    });

    it('named by the service: start 1 call and 1 unit, the whole cycle 4 and 4', async () => {
      await commitNext(await begin({ fresh: true }), 'interrupted', ask());
      expect(calls.map(({ operation, units }) => [operation, units])).toEqual([['UpdateItem', 1]]);
      await commitNext(await resume(), 'done', end());
      expect(calls).toHaveLength(4);
      expect(unitsOf(calls, WRITES)).toBe(4);
    });

    it('a later cycle: 6 calls and 6 units', async () => {
      await commitNext(await begin(), 'interrupted', ask());
      await commitNext(await resume(), 'done', end());
      calls.length = 0;
      await commitNext(await begin(), 'interrupted', ask());
      await commitNext(await resume(), 'done', end());
      expect(calls).toHaveLength(6);
      expect(unitsOf(calls, WRITES)).toBe(6);
      expect(unitsOf(calls, READS)).toBe(0);
    });

    it('C15: indexes: one unit when a thread is created, one when it begins to wait, one when that ends; claims cost none', async () => {
      await commitNext(await begin(), 'interrupted', ask());
      expect(counted()).toEqual(reported([{ threads: 1 }, { waiting: 1 }]));
      const asking = (questions: string[], minute: number): CheckpointSpec => ({
        ...ask(),
        questions,
        createdAt: new Date(NOW + minute * MINUTE).toISOString(),
      });
      await commitNext(await resume(), 'interrupted', asking([questionId('next')], 2));
      expect(counted()).toEqual(reported([{}, {}, { waiting: 2 }]));
      const [other, third] = ['other', 'third'].map(questionId);
      const again = { answers: [questionId('next')] };
      await commitNext(await resume(again), 'interrupted', asking([other!, third!], 3));
      expect(counted()).toEqual(reported([{}, {}, { waiting: 2 }]));
      await commitNext(await resume({ answers: [other!] }), 'interrupted', asking([third!], 4));
      expect(counted()).toEqual(reported([{}, {}, {}]));
      const last = await resume({ answers: [third!] });
      await commitNext(last, 'done', end(), await commitNext(last, 'running', end()));
      expect(counted()).toEqual(reported([{}, {}, {}, {}, { waiting: 1 }]));
      await commitNext(await begin(), 'done', end());
      expect(counted()).toEqual(reported([{}, {}, {}]));
      await store.deleteThread(thread);
      expect(counted().flatMap((indexes) => Object.keys(indexes))).toEqual(
        reported([{ threads: 1 }]).flatMap((indexes) => Object.keys(indexes)),
      );
    });

    it('C15: indexes: a thread named by the service costs the same in fewer calls', async () => {
      await commitNext(await begin({ fresh: true }), 'interrupted', ask());
      await commitNext(await resume(), 'done', end());
      expect(calls.map(({ indexUnits }) => indexUnits)).toEqual(
        reported([{ threads: 1, waiting: 1 }, {}, {}, { waiting: 1 }]),
      );
    });

    it('C6, C11: a list reads an index and heads, nothing else, and every thread once', async () => {
      store = new DynamoDBSaver({ client, table, tenant: thread, clock: () => NOW });
      for (const id of ['a', 'b', 'c']) {
        thread = id;
        await commitNext(await begin({ fresh: true }), 'interrupted', ask(20_000));
      }
      calls.length = 0;
      expect((await store.listThreads({ limit: 2 })).threads).toHaveLength(2);
      const kinds = calls.map(({ operation, input }) => [operation, input['IndexName'], input['ConsistentRead']]);
      expect(kinds).toEqual([
        ...Array.from({ length: 4 }, () => ['Query', 'threads', undefined]),
        ['GetItem', undefined, true],
        ['GetItem', undefined, true],
      ]);
      expect(unitsOf(calls, READS)).toBe(2);
    });

    it('a resume waits for two calls, one after the other, when its nodes take longer than a write', async () => {
      await commitNext(await begin(), 'interrupted', ask());
      calls.length = 0;
      const claim = await resume();
      expect(calls.map(({ operation, ended }) => [operation, ended])).toEqual([
        ['UpdateItem', true],
        ['PutItem', false],
      ]);
      await expect.poll(() => calls[1]!.ended).toBe(true);
      const commit = commitNext(claim, 'done', end());
      await expect.poll(() => calls.length).toBe(3);
      await commit;
      expect(calls.map(({ operation }) => operation)).toEqual(['UpdateItem', 'PutItem', 'UpdateItem']);
    });

    it('nothing is left running when a claim ends', async () => {
      await commitNext(await begin(), 'interrupted', ask());
      const claim = await resume();
      await claim.release();
      expect(calls.filter(({ ended }) => !ended)).toEqual([]);
      await commitNext(await resume(), 'done', end());
      expect(calls.filter(({ ended }) => !ended)).toEqual([]);
    });

    it('C7: 20 KB: start 3 calls and resume 4, the state written once', async () => {
      await commitNext(await begin(), 'interrupted', ask(20_000));
      expect(calls.map(({ operation }) => operation)).toEqual(['UpdateItem', 'PutItem', 'UpdateItem']);
      calls.length = 0;
      await commitNext(await resume(), 'done', end(20_000));
      expect(calls.map(({ operation }) => operation)).toEqual(['Query', 'UpdateItem', 'PutItem', 'UpdateItem']);
      expect(calls.filter(({ operation }) => WRITES.includes(operation)).map(({ units }) => units)).toEqual([1, 1, 1]);
    });

    it('C7: 20 KB, in a process that has not seen the thread: its parts are read while the checkpoint is archived', async () => {
      await commitNext(await begin(), 'interrupted', ask(20_000));
      const other = testClient(server.endpoint);
      calls = recordCalls(other);
      let read: () => void;
      const parts = new Promise<void>((resolve) => (read = resolve));
      other.middlewareStack.add(
        (next, { commandName }: { commandName?: string }) =>
          async (args) => {
            if (commandName === 'PutItemCommand') await parts;
            const result = await next(args);
            if (commandName === 'QueryCommand') read();
            return result;
          },
        { step: 'initialize' },
      );
      store = new DynamoDBSaver({ client: other, table });
      await commitNext(await resume(), 'done', end(20_000));
      expect(calls.map(({ operation }) => operation)).toEqual(['UpdateItem', 'PutItem', 'Query', 'UpdateItem']);
      other.destroy();
    });

    it('a superstep saved on the way: its commit and the archive of the one before', async () => {
      const claim = await begin();
      let before: Checkpoint | undefined;
      for (let i = 0; i < 3; i++) before = await commitNext(claim, 'running', end(), before);
      await commitNext(claim, 'done', end(), before);
      expect(calls.map(({ operation }) => operation)).toEqual([
        'UpdateItem',
        'UpdateItem',
        'PutItem',
        'UpdateItem',
        'PutItem',
        'UpdateItem',
        'PutItem',
        'UpdateItem',
      ]);
      expect(unitsOf(calls, WRITES)).toBe(8);
    });

    it('C11: the fullest head is at most 4 KB', async () => {
      thread = '\uffff'.repeat(256);
      store = new DynamoDBSaver({ client, table, tenant: 't'.repeat(64), ttlSeconds: 9_000_000 });
      const graph = 'g'.repeat(128);
      let bytes = 0;
      let asked = 0;
      for (let i = 0; i < 40; i++) {
        await store.claim(thread, {
          runId: String(i).padStart(128, 'r'),
          now: NOW,
          expiresAt: NOW + MINUTE,
          create: true,
          request: { kind: 'input', input: noise(900 + 40 * i, `input ${i}`) },
        });
        const over = await store.claim(thread, {
          runId: String(i).padStart(128, 't'),
          now: NOW + MINUTE,
          expiresAt: NOW + 2 * MINUTE,
          request: { kind: 'continue' },
        });
        // Small enough for the head, or stored against a part; waiting, or over.
        const many = Array.from({ length: 30 + i }, (_, q) => questionId(`${q}`));
        const spec = { graph, state: { text: noise(i % 2 === 0 ? 0 : 9_000) } };
        const last = await commitNext(over, 'running', { ...spec, questions: many });
        await commitNext(
          over,
          i % 3 === 0 ? 'done' : 'interrupted',
          i % 3 === 0 ? spec : { ...spec, questions: many },
          last,
        );
        bytes = Math.max(bytes, unitsOf(calls, ['UpdateItem']));
        const heads = calls.filter(({ operation }) => operation === 'UpdateItem');
        asked = Math.max(asked, ...heads.map(({ units }) => units));
        await store.deleteThread(thread);
        calls.length = 0;
      }
      expect(bytes).toBeGreaterThan(2);
      expect(asked).toBeLessThanOrEqual(4);
    });

    it('C6: every read is strongly consistent', async () => {
      await commitNext(await begin(), 'interrupted', ask(20_000));
      await store.load(thread);
      await store.load(thread, (await store.load(thread))!.head.checkpointId);
      for await (const _ of store.chain(thread, { limit: 3 }));
      await expect(begin()).rejects.toMatchObject({ code: 'pending_question' });
      await store.deleteThread(thread);
      const reads = calls.filter(({ operation }) => !WRITES.includes(operation));
      expect(new Set(reads.map(({ operation }) => operation))).toEqual(new Set(READS));
      expect(reads.map(({ input }) => input['ConsistentRead'])).toEqual(reads.map(() => true));
    });
  });
}

function state(bytes: number): Record<string, unknown> {
  return { orderId: 'A-1001', amount: 250, note: noise(bytes - 30) };
}

function ask(bytes = 100): CheckpointSpec {
  return { graph: 'refund', questions: [Q], state: state(bytes) };
}

function end(bytes = 100): CheckpointSpec {
  return { graph: 'refund', state: state(bytes) };
}
