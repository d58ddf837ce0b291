/**
 * C4: a write that was applied and never acknowledged. The SDK tries again by itself, and its second try meets the result of its first:
 * here for every write that a thread's life consists of, on every server that can run here.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';
import { Table } from '../../../../core/checkpoint/dynamodb/table.ts';
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
const large = { text: noise(5_000) };
let threads = 0;

for (const [name, start] of testServers()) {
  describe(`C4 on ${name}`, () => {
    let server: TestServer;
    let table: string;
    let client: DynamoDBClient;
    let calls: Call[];
    /** Struck by the faults. */
    let store: DynamoDBSaver;
    /** Another process, which is not. */
    let other: DynamoDBSaver;
    let otherClient: DynamoDBClient;
    let thread: string;

    beforeAll(async () => {
      server = await start();
      otherClient = testClient(server.endpoint);
      table = await createTable(otherClient);
      other = new DynamoDBSaver({ client: otherClient, table });
    });
    afterAll(async () => {
      otherClient.destroy();
      await server.stop();
    });
    beforeEach(() => {
      client = testClient(server.endpoint);
      calls = recordCalls(client);
      store = new DynamoDBSaver({ client, table });
      thread = `thread ${++threads}`;
    });
    afterEach(() => client.destroy());

    const operations = () => calls.map(({ operation }) => operation);

    describe('a claim', () => {
      it('C4: that creates the thread is recognised as our own', async () => {
        inject(client, { operation: 'UpdateItem', kind: 'lost' });
        const claim = await store.claim(thread, starting('r1'));
        expect(claim).toMatchObject({ runId: 'r1', incarnation: 'r1', tookOver: undefined, checkpoint: undefined });
        expect(claim.request).toEqual({ kind: 'input', input: 'input of r1' });
        expect(operations()).toEqual(['UpdateItem', 'GetItem']);
        await commitNext(claim, 'done');
      });

      it('C4: of a waiting thread is recognised as our own', async () => {
        const first = await waitingThread(other, thread);
        inject(client, { operation: 'UpdateItem', kind: 'lost' });
        const claim = await store.claim(thread, answering('r1', 'yes'));
        expect(claim).toMatchObject({ checkpoint: first, request: { command: { resume: ['yes'] } } });
        const second = await commitNext(claim, 'done');
        expect(await listed(other, thread)).toEqual([second, first]);
      });

      it('C4: with a large request is recognised as our own', async () => {
        await waitingThread(other, thread);
        inject(client, { operation: 'UpdateItem', kind: 'lost' });
        const claim = await store.claim(thread, answering('r1', noise(9_000)));
        expect(claim.request).toEqual({ kind: 'command', command: { resume: [noise(9_000)] } });
        await commitNext(claim, 'done');
      });

      it('C4: that takes over is recognised as our own, with what it continues', async () => {
        await waitingThread(other, thread);
        await other.claim(thread, answering('gone', 'yes'));
        // The first UpdateItem asks for a free thread; the second takes over.
        inject(client, { operation: 'UpdateItem', nth: 1, kind: 'lost' });
        const claim = await store.claim(
          thread,
          wanting('r1', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } }),
        );
        expect(claim).toMatchObject({ tookOver: 'gone', request: { command: { resume: ['yes'] } } });
        await commitNext(claim, 'done');
      });

      it('C4: that another run has won meanwhile is refused', async () => {
        await waitingThread(other, thread);
        inject(client, {
          operation: 'UpdateItem',
          kind: 'refused',
          meanwhile: async () => void (await other.claim(thread, answering('r2', 'no'))),
        });
        await expect(store.claim(thread, answering('r1', 'yes'))).rejects.toMatchObject({
          code: 'thread_busy',
          details: { runId: 'r2' },
        });
      });
    });

    describe('a commit', () => {
      it('R1: that makes the head of a fresh claim, and is given up: the claim lapses', async () => {
        const claim = await store.claim(thread, starting('r1', { fresh: true }));
        inject(client, { operation: 'UpdateItem', kind: 'lost', times: 9 });
        await expect(commitNext(claim, 'running')).rejects.toMatchObject({ code: 'store_unavailable' });
        await claim.lapse();
        expect(await other.claim(thread, wanting('r2', { request: { kind: 'continue' } }))).toMatchObject({
          tookOver: 'r1',
          checkpoint: { runId: 'r1' },
        });
      });

      it.each([
        ['small', {}],
        ['large', large],
      ])('C4: of a %s checkpoint that is still the newest has succeeded', async (_, state) => {
        const first = await waitingThread(other, thread);
        const claim = await store.claim(thread, answering('r1', 'yes'));
        inject(client, { operation: 'UpdateItem', kind: 'lost' });
        const second = await commitNext(claim, 'done', { state });
        expect(await listed(other, thread)).toEqual([second, first]);
      });

      it('C4: of a run that goes on has succeeded, and the run goes on', async () => {
        const claim = await store.claim(thread, starting('r1'));
        inject(client, { operation: 'UpdateItem', kind: 'lost' });
        const first = await commitNext(claim, 'running');
        const second = await commitNext(claim, 'done', {}, first);
        expect(await listed(other, thread)).toEqual([second, first]);
      });

      it('C4: that creates a fresh thread has succeeded', async () => {
        const claim = await store.claim(thread, starting('r1', { fresh: true }));
        inject(client, { operation: 'UpdateItem', kind: 'lost' });
        const first = await commitNext(claim, 'done');
        expect(await listed(other, thread)).toEqual([first]);
      });

      it.each([
        [1, 'small', {}],
        [2, 'small', {}],
        [3, 'small', {}],
        [1, 'large', large],
        [2, 'large', large],
        [3, 'large', large],
      ])('C4: has succeeded when the head has moved on by %i commits of %s checkpoints', async (later, _, state) => {
        const claim = await store.claim(thread, starting('r1'));
        inject(client, {
          operation: 'UpdateItem',
          kind: 'lost',
          meanwhile: async () => {
            for (let i = 1; i <= later; i++) await runOnce(other, thread, starting(`later${i}`), 'done', { state });
          },
        });
        const first = await commitNext(claim, 'done', { state });
        const all = await listed(other, thread);
        expect(all).toHaveLength(later + 1);
        expect(all.at(-1)).toEqual(first);
      });

      it.each([
        ['small', {}],
        ['large', large],
      ])('C4: of a %s checkpoint was lost when the claim was taken over before it', async (_, state) => {
        await waitingThread(other, thread);
        const claim = await store.claim(thread, answering('r1', 'yes'));
        inject(client, {
          operation: 'UpdateItem',
          kind: 'refused',
          meanwhile: async () => {
            const over = wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } });
            await runOnce(other, thread, over, 'interrupted', { questions: [Q], state });
            await runOnce(other, thread, answering('r3', 'yes'), 'done', { state });
          },
        });
        await expect(commitNext(claim, 'done', { state })).rejects.toMatchObject({
          code: 'claim_lost',
          details: { runId: 'r1' },
        });
        expect((await listed(other, thread)).map(({ runId }) => runId)).toEqual(['r3', 'r2', 'starter']);
      });

      it('C4: whose outcome never became known can be made again', async () => {
        const first = await waitingThread(other, thread);
        const claim = await store.claim(thread, answering('r1', 'yes'));
        const second = makeCheckpoint('r1', 2, { incarnation: 'starter', parentId: first.id });
        inject(client, { operation: 'UpdateItem', kind: 'lost', times: 9 });
        await expect(claim.commit(second, 'done')).rejects.toMatchObject({
          code: 'store_unavailable',
          details: { operation: 'UpdateItem', retryable: true, reason: 'TimeoutError' },
        });
        client.middlewareStack.remove('inject UpdateItem 0');
        await claim.commit(second, 'done');
        expect(await listed(other, thread)).toEqual([second, first]);
      });

      it('C4: whose archive fails has changed nothing, and can be made again', async () => {
        const first = await waitingThread(other, thread);
        inject(client, { operation: 'PutItem', kind: 'refused', times: 9 });
        const claim = await store.claim(thread, answering('r1', 'yes'));
        await expect(commitNext(claim, 'done')).rejects.toMatchObject({
          code: 'store_unavailable',
          details: { operation: 'PutItem' },
        });
        expect((await other.load(thread))?.checkpoint).toEqual(first);
        client.middlewareStack.remove('inject PutItem 0');
        const second = await commitNext(claim, 'done');
        expect(await listed(other, thread)).toEqual([second, first]);
      });
    });

    describe('a release', () => {
      it('C4: that was applied is done', async () => {
        await waitingThread(other, thread);
        const before = await other.load(thread);
        const claim = await store.claim(thread, answering('r1', 'yes'));
        inject(client, { operation: 'UpdateItem', kind: 'lost' });
        await claim.release();
        expect(await other.load(thread)).toEqual(before);
      });

      it('C4: that was applied leaves the next claim alone', async () => {
        await waitingThread(other, thread);
        const claim = await store.claim(thread, answering('r1', 'yes'));
        inject(client, {
          operation: 'UpdateItem',
          kind: 'lost',
          meanwhile: async () => void (await other.claim(thread, answering('r2', 'no'))),
        });
        await claim.release();
        expect((await other.load(thread))?.head.claim?.runId).toBe('r2');
      });

      it('C4: that removed the thread it had created leaves the next thread of that name alone', async () => {
        const claim = await store.claim(thread, starting('r1'));
        inject(client, {
          operation: 'DeleteItem',
          kind: 'lost',
          meanwhile: async () => void (await runOnce(other, thread, starting('r2'), 'done')),
        });
        await claim.release();
        expect((await other.load(thread))?.checkpoint?.runId).toBe('r2');
      });

      it('C4: goes through although the archive failed', async () => {
        await waitingThread(other, thread);
        inject(client, { operation: 'PutItem', kind: 'refused', times: 9 });
        const claim = await store.claim(thread, answering('r1', 'yes'));
        await claim.release();
        expect((await other.load(thread))?.head.claim).toBeUndefined();
      });
    });

    describe('a deletion', () => {
      it.each(['UpdateItem', 'BatchWriteItem', 'DeleteItem'])(
        'C4: goes on when its %s was applied',
        async (operation) => {
          await waitingThread(other, thread, { state: large });
          inject(client, { operation, kind: 'lost' });
          expect(await store.deleteThread(thread)).toBe(true);
          expect(await other.load(thread)).toBeUndefined();
          expect(await other.deleteThread(thread)).toBe(false);
        },
      );

      it('C4: does not touch the thread that took the name when its tombstone was applied and the rest done by another', async () => {
        await waitingThread(other, thread);
        let again: string | undefined;
        inject(client, {
          operation: 'UpdateItem',
          kind: 'lost',
          meanwhile: async () => {
            again = (await runOnce(other, thread, starting('again'), 'done', { state: large })).id;
          },
        });
        expect(await store.deleteThread(thread)).toBe(true);
        expect((await other.load(thread))?.checkpoint?.id).toBe(again);
      });

      it.each(['Query', 'BatchWriteItem', 'DeleteItem'])(
        'C9: cut off at its %s is not a thread any more, and the next start finishes it',
        async (operation) => {
          await waitingThread(other, thread, { state: large });
          inject(client, { operation, kind: 'refused', times: 9 });
          await expect(store.deleteThread(thread)).rejects.toMatchObject({
            code: 'store_unavailable',
            details: { operation },
          });
          expect(await other.load(thread)).toBeUndefined();
          expect(await listed(other, thread)).toEqual([]);
          await expect(other.claim(thread, answering('r1', 'yes'))).rejects.toMatchObject({ code: 'unknown_thread' });
          const first = await runOnce(other, thread, starting('again'), 'done');
          expect(await listed(other, thread)).toEqual([first]);
        },
      );

      it('C9: does not remove the tombstone of a later life, whose children are still there', async () => {
        await waitingThread(other, thread);
        const third = testClient(server.endpoint);
        inject(third, { operation: 'Query', kind: 'refused', times: 9 });
        inject(client, {
          operation: 'DeleteItem',
          kind: 'refused',
          meanwhile: async () => {
            await runOnce(other, thread, starting('again'), 'done', { state: large });
            const cutOff = new DynamoDBSaver({ client: third, table }).deleteThread(thread);
            await expect(cutOff).rejects.toMatchObject({ code: 'store_unavailable' });
          },
        });
        expect(await store.deleteThread(thread)).toBe(true);
        const left = await new Table(otherClient, table).get(`default#${thread}`, 'head');
        expect(left).toMatchObject({ i: { S: 'again' }, x: { BOOL: true } });
        third.destroy();
      });

      it('C9: cut off after its tombstone is finished by the next start itself', async () => {
        await waitingThread(other, thread, { state: large });
        inject(client, { operation: 'Query', kind: 'refused', times: 9 });
        await expect(store.deleteThread(thread)).rejects.toMatchObject({ code: 'store_unavailable' });
        const first = await runOnce(other, thread, starting('again'), 'done');
        expect(await listed(other, thread)).toEqual([first]);
      });
    });
  });
}
