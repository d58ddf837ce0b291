/** Large and long threads (C7): what is written, what is read, and what becomes of what nobody needs; on every server that can run here. */
import { type AttributeValue, DeleteItemCommand, type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../core/checkpoint/checkpoint.ts';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';
import { type Call, inject, recordCalls, unitsOf, WRITES } from '../../../support/calls.ts';
import { createTable, testClient, type TestServer, testServers } from '../../../support/dynamodb.ts';
import {
  answering,
  commitNext,
  listed,
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
const READS = ['GetItem', 'Query'];
let threads = 0;

for (const [name, start] of testServers()) {
  describe(`large threads on ${name}`, () => {
    let server: TestServer;
    let table: string;
    /** Not counted. */
    let quiet: DynamoDBClient;
    let client: DynamoDBClient;
    let calls: Call[];
    let store: DynamoDBSaver;
    let thread: string;

    beforeAll(async () => {
      server = await start();
      quiet = testClient(server.endpoint);
      table = await createTable(quiet);
    });
    afterAll(async () => {
      quiet.destroy();
      client.destroy();
      await server.stop();
    });
    beforeEach(() => {
      client = testClient(server.endpoint);
      calls = recordCalls(client);
      store = new DynamoDBSaver({ client, table });
      thread = `thread ${++threads}`;
    });

    const operations = () => calls.map(({ operation }) => operation);
    const written = () => unitsOf(calls, WRITES);

    async function items(): Promise<Record<string, AttributeValue>[]> {
      const input = {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `default#${thread}` } },
      };
      const found: Record<string, AttributeValue>[] = [];
      for await (const { Items = [] } of paginateQuery({ client: quiet }, input)) found.push(...Items);
      return found;
    }

    async function keys(kind: 'v' | 'p'): Promise<string[]> {
      return (await items()).map(({ sk }) => sk?.S ?? '').filter((sk) => sk.includes(`#${kind}#`));
    }

    /** What a process that died between part and head leaves behind. */
    async function orphan(run: string): Promise<void> {
      const dying = testClient(server.endpoint);
      const saver = new DynamoDBSaver({ client: dying, table });
      const claim = await saver.claim(thread, answering(run, 'yes'));
      inject(dying, { operation: 'UpdateItem', kind: 'refused', times: 99 });
      const state = { text: noise(5_000, run) };
      await expect(commitNext(claim, 'done', { state })).rejects.toMatchObject({ code: 'store_unavailable' });
      dying.destroy();
    }

    describe('what is written', () => {
      it('C7: a channel that did not change is not written again, another process or not', async () => {
        const state = { large: noise(20_000), small: 1 };
        await waitingThread(store, thread, { state });
        calls.length = 0;
        await runOnce(store, thread, answering('r1', 'yes'), 'interrupted', {
          questions: [Q],
          state: { ...state, small: 2 },
        });
        const other = new DynamoDBSaver({ client, table });
        const last = await runOnce(other, thread, answering('r2', 'yes'), 'done', { state: { ...state, small: 3 } });
        expect(written()).toBe(6);
        expect((await store.load(thread))?.checkpoint).toEqual(last);
      });

      it('C7, P8: of a list that grew, whatever made it grow, only what was appended', async () => {
        const turns = Array.from({ length: 30 }, (_, i) => ({ content: noise(1_000, `${i}`) }));
        await waitingThread(store, thread, { state: { turns: turns.slice(0, 29), other: noise(5_000) } });
        calls.length = 0;
        const state = { turns, other: noise(5_000) };
        const second = await runOnce(store, thread, answering('r1', 'yes'), 'done', { state });
        expect(written()).toBe(4);
        expect((await store.load(thread))?.checkpoint).toEqual(second);
      });

      it('C7: of a value that was changed in place, what it is at the save', async () => {
        const list = [noise(4_000), noise(4_000, 'b')];
        const claim = await store.claim(thread, starting('r1'));
        const state = { list };
        const first = await commitNext(claim, 'running', { state: structuredClone(state) });
        list[0] = 'changed in place';
        await commitNext(claim, 'done', { state }, first);
        const loaded = await store.load(thread);
        expect(loaded?.checkpoint?.frame.channels.get('list')?.value).toEqual(['changed in place', noise(4_000, 'b')]);
        expect((await store.load(thread, first.id))?.checkpoint).toEqual(first);
      });

      it('C7: an input that becomes the state is written once', async () => {
        const text = noise(20_000);
        const request = { kind: 'input', input: { text } } as const;
        await runOnce(store, thread, starting('r1', { request }), 'interrupted', { questions: [Q], state: { text } });
        expect(operations()).toEqual(['UpdateItem', 'PutItem', 'UpdateItem']);
        const once = written();
        expect(once).toBeLessThan(15);
        const second = await runOnce(store, thread, answering('r2', 'yes'), 'done', { state: { text, by: 'dana' } });
        expect(written() - once).toBe(3);
        expect((await store.load(thread))?.checkpoint).toEqual(second);
      });

      it('C7: an input that does not is gone when its run has ended', async () => {
        const request = { kind: 'input', input: { text: noise(20_000) } } as const;
        await runOnce(store, thread, starting('r1', { request }), 'done', { state: { length: 20_000 } });
        expect(await items()).toHaveLength(1);
      });

      it('C7: turn 200 costs at most 1.5 times the write units of turn 5, and reads what the state is worth', async () => {
        const turns: string[] = [];
        const spec = () => ({ state: { turns: [...turns], count: turns.length } });
        const turn = async (): Promise<{ writes: number; reads: number; last: Checkpoint }> => {
          calls.length = 0;
          turns.push(noise(4_000, `${turns.length}`));
          const request = { kind: 'input', input: { turn: turns.at(-1) } } as const;
          const last = await runOnce(store, thread, starting(`r${turns.length}`, { request }), 'done', spec());
          return { writes: written(), reads: unitsOf(calls, READS), last };
        };
        const early = [];
        for (let i = 1; i <= 7; i++) early.push(await turn());
        const claim = await store.claim(thread, starting('many'));
        let before: Checkpoint | undefined;
        while (turns.length < 185) {
          turns.push(noise(4_000, `${turns.length}`));
          before = await commitNext(claim, 'running', spec(), before);
        }
        await commitNext(claim, 'done', spec(), before);
        const late = [];
        while (turns.length < 200) late.push(await turn());
        expect(mean(late)).toBeLessThanOrEqual(1.5 * mean(early.slice(2)));
        expect(Math.max(...late.map(({ writes }) => writes))).toBeLessThanOrEqual(1.5 * early[4]!.writes);
        const worth = (200 * 4_000 * 0.6) / 4_096;
        expect(late.at(-1)!.reads).toBeLessThan(1.5 * worth);
        expect((await store.load(thread))?.checkpoint).toEqual(late.at(-1)!.last);
      }, 60_000);

      it('C7: a state that is always replaced costs at most twice what it is worth, and reading it does not grow', async () => {
        const reads: number[] = [];
        let total = 0;
        for (let i = 1; i <= 40; i++) {
          calls.length = 0;
          await runOnce(store, thread, starting(`r${i}`), 'done', { state: { text: noise(8_000, `${i}`) } });
          total += written();
          reads.push(unitsOf(calls, READS));
        }
        expect(total / 40).toBeLessThan((2 * (8_000 * 0.6)) / 1024 + 3);
        expect(Math.max(...reads)).toBeLessThanOrEqual(3 * reads[1]!);
      }, 60_000);

      it('C7: small changes to a large state never make loading it depend on how often it was saved', async () => {
        const reads: number[] = [];
        for (let i = 1; i <= 80; i++) {
          calls.length = 0;
          const state = { large: noise(10_000), log: noise(300, `${i}`) };
          await runOnce(store, thread, starting(`r${i}`), 'done', { state });
          reads.push(unitsOf(calls, READS));
        }
        expect(Math.max(...reads)).toBeLessThanOrEqual(3 * reads[1]!);
      }, 60_000);
    });

    describe('what is read', () => {
      it('C7: 20 MB come back as they were, from several pages and many items', async () => {
        const state = { large: noise(20_000_000), list: Array.from({ length: 50 }, (_, i) => noise(20_000, `${i}`)) };
        const first = await waitingThread(store, thread, { state });
        const claim = await store.claim(thread, answering('r1', 'yes'));
        expect(claim.checkpoint).toEqual(first);
        expect(calls.filter(({ operation }) => operation === 'Query').length).toBeGreaterThan(5);
        calls.length = 0;
        const second = await commitNext(claim, 'done', { state: { ...state, small: 1 } });
        expect(written()).toBeLessThanOrEqual(2);
        expect((await store.load(thread))?.checkpoint).toEqual(second);
        await store.deleteThread(thread);
        expect(await items()).toEqual([]);
      }, 60_000);

      it('C3: a request of several MB is recorded, and the take-over continues with it', async () => {
        const request = { kind: 'input', input: { text: noise(3_000_000) } } as const;
        await store.claim(thread, starting('r1', { request }));
        expect((await keys('p')).length).toBeGreaterThan(3);
        const over = wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } });
        const claim = await store.claim(thread, over);
        expect(claim).toMatchObject({ tookOver: 'r1', request });
        const checkpoint = await commitNext(claim, 'done', { state: request.input });
        expect(await listed(store, thread)).toEqual([checkpoint]);
      });

      it('C13: every checkpoint of a long thread is as it was, in a list and by its id, with each chain read once', async () => {
        const all: Checkpoint[] = [];
        const turns: string[] = [];
        for (let i = 1; i <= 40; i++) {
          turns.push(noise(700, `${i}`));
          const state = i % 11 === 0 ? { turns: [], new: noise(9_000, `${i}`) } : { turns: [...turns], odd: i % 2 };
          all.push(await runOnce(store, thread, starting(`r${i}`), 'done', { state }));
        }
        calls.length = 0;
        expect(await listed(store, thread)).toEqual(all.toReversed());
        expect(calls.length).toBeLessThan(12);
        for (const one of all) expect((await store.load(thread, one.id))?.checkpoint).toEqual(one);
      });

      it('C6: a resume reads the newest parts once, beside the record of the checkpoint that it supersedes', async () => {
        const elsewhere = new DynamoDBSaver({ client: quiet, table });
        await waitingThread(elsewhere, thread, { state: { text: noise(20_000) } });
        await store.claim(thread, answering('r1', 'yes'));
        expect(operations()).toEqual(['UpdateItem', 'PutItem', 'Query']);
      });

      it('C6: in a process that knows the thread to be large, a resume reads them beside its claim', async () => {
        const first = await waitingThread(store, thread, { state: { text: noise(20_000) } });
        calls.length = 0;
        const claim = await store.claim(thread, answering('r1', 'yes'));
        expect(operations()).toEqual(['Query', 'UpdateItem', 'PutItem']);
        expect(claim.checkpoint).toEqual(first);
        await commitNext(claim, 'done', { state: { small: true } });
        calls.length = 0;
        await store.claim(thread, starting('r2'));
        expect(operations()).toEqual(['UpdateItem', 'PutItem']);
      });

      it('C6: what was read beside the claim is not relied upon when others have been there meanwhile', async () => {
        const elsewhere = new DynamoDBSaver({ client: quiet, table });
        const text = noise(20_000);
        await waitingThread(store, thread, { state: { text } });
        await runOnce(elsewhere, thread, answering('r1', 'yes'), 'done', { state: { text, more: noise(3_000, 'b') } });
        let claim = await store.claim(thread, starting('r2'));
        expect(claim.checkpoint?.frame.channels.get('more')?.value).toBe(noise(3_000, 'b'));
        await claim.release();
        await runOnce(elsewhere, thread, starting('r3'), 'done', { state: { text: noise(20_000, 'c') } });
        claim = await store.claim(thread, starting('r4'));
        expect(claim.checkpoint?.frame.channels.get('text')?.value).toBe(noise(20_000, 'c'));
        await claim.release();
        await elsewhere.deleteThread(thread);
        const last = await runOnce(elsewhere, thread, starting('again'), 'done', { state: { text } });
        expect((await store.claim(thread, starting('r5'))).checkpoint).toEqual(last);
      });

      it('C6: what was read beside the claim may have failed, and is read again', async () => {
        const state = { text: noise(20_000) };
        const failing = testClient(server.endpoint, { maxAttempts: 1 });
        const saver = new DynamoDBSaver({ client: failing, table });
        const first = await waitingThread(saver, thread, { state });
        inject(failing, { operation: 'Query', kind: 'refused' });
        expect((await saver.claim(thread, answering('r1', 'yes'))).checkpoint).toEqual(first);
        failing.destroy();
      });
    });

    describe('what is missing', () => {
      it.each([
        ['a piece of a part', '#001'],
        ['a part', ''],
      ])('C7: %s is an error that names the item, not an older state', async (_, piece) => {
        await waitingThread(store, thread, { state: { large: noise(1_000_000) } });
        const [sk = ''] = await keys('p');
        const Key = { pk: { S: `default#${thread}` }, sk: { S: sk + piece } };
        await quiet.send(new DeleteItemCommand({ TableName: table, Key }));
        await expect(store.load(thread)).rejects.toMatchObject({
          code: 'corrupt_item',
          message: expect.stringContaining('it is not there, or not whole') as string,
          details: { sk },
        });
      });

      it('C3: a claim whose request was not written to its end has accepted nothing', async () => {
        await waitingThread(store, thread);
        const broken = testClient(server.endpoint);
        inject(broken, { operation: 'PutItem', nth: 1, kind: 'refused', times: 9 });
        const lost = new DynamoDBSaver({ client: broken, table });
        const large = answering('r1', noise(9_000));
        inject(broken, { operation: 'UpdateItem', nth: 1, kind: 'refused', times: 9 });
        await expect(lost.claim(thread, large)).rejects.toMatchObject({ code: 'store_unavailable' });
        expect((await store.load(thread))?.head.claim).toMatchObject({ runId: 'r1', request: undefined });
        await expect(store.claim(thread, answering('r2', 'no'))).rejects.toMatchObject({ code: 'thread_busy' });
        const want = answering('r2', 'no', { now: LATER, expiresAt: LATER + MINUTE });
        const claim = await store.claim(thread, want);
        expect(claim).toMatchObject({ tookOver: undefined, request: { command: { resume: ['no'] } } });
        broken.destroy();
      });
    });

    describe('what nobody needs', () => {
      it('C1: a part that was written for nothing is removed by the run that takes over', async () => {
        await waitingThread(store, thread);
        await orphan('r1');
        expect(await keys('p')).toHaveLength(1);
        const over = wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } });
        const second = await runOnce(store, thread, over, 'done', { state: { a: 1 } });
        expect(await keys('p')).toEqual([]);
        expect((await store.load(thread))?.checkpoint).toEqual(second);
      });

      it('C1: a part that was written for nothing is not taken for one of the chain', async () => {
        const state = { text: noise(5_000) };
        await waitingThread(store, thread, { state });
        await orphan('r1');
        const over = wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } });
        const grown = { text: noise(5_000), more: noise(2_000, 'more') };
        const second = await runOnce(store, thread, over, 'done', { state: grown });
        expect((await store.load(thread))?.checkpoint).toEqual(second);
        expect(await keys('p')).toHaveLength(2);
      });

      it('C1: a run that lost its claim removes what it wrote', async () => {
        await waitingThread(store, thread, { state: { text: noise(5_000) } });
        const lost = await store.claim(thread, answering('r1', 'yes'));
        const over = wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } });
        await store.claim(thread, over);
        const before = await keys('p');
        await expect(commitNext(lost, 'done', { state: { text: noise(9_000, 'b') } })).rejects.toMatchObject({
          code: 'claim_lost',
        });
        expect(await keys('p')).toEqual(before);
      });

      it('C3: a refused claim with a large request has written nothing, a released one leaves nothing', async () => {
        await waitingThread(store, thread);
        const before = await items();
        const large = { request: { kind: 'input', input: noise(900_000) } } as const;
        await expect(store.claim(thread, wanting('r1', { newest: 'other', ...large }))).rejects.toMatchObject({
          code: 'stale_checkpoint',
        });
        expect(await items()).toEqual(before);
        await (await store.claim(thread, wanting('r2', large))).release();
        expect(await keys('p')).toEqual([]);
      });

      it('C4: what was split is written whole when a batch was applied in part', async () => {
        const throttled = testClient(server.endpoint);
        let times = 0;
        throttled.middlewareStack.add(
          (next) => async (args) => {
            const { RequestItems } = args.input as { RequestItems?: Record<string, unknown[]> };
            const requests = RequestItems?.[table];
            if (!requests || requests.length < 2 || times++ > 2) return next(args);
            const half = { ...args.input, RequestItems: { [table]: requests.slice(0, 1) } };
            const result = await next({ ...args, input: half });
            (result.output as { UnprocessedItems?: unknown }).UnprocessedItems = { [table]: requests.slice(1) };
            return result;
          },
          { step: 'initialize', name: 'throttle' },
        );
        const state = { large: noise(3_000_000) };
        const first = await waitingThread(new DynamoDBSaver({ client: throttled, table }), thread, { state });
        expect(times).toBeGreaterThan(2);
        expect((await store.load(thread))?.checkpoint).toEqual(first);
        throttled.destroy();
      });
    });
  });
}

function mean(some: readonly { readonly writes: number }[]): number {
  return some.reduce((sum, { writes }) => sum + writes, 0) / some.length;
}
