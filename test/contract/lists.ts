/** The contract of lists of threads (C15): what MemorySaver and DynamoDBSaver both show of their threads. Each test has a store of its own. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Checkpointer, ThreadStatus } from '../../core/checkpoint/checkpointer.ts';
import type { ListThreadsOptions } from '../../core/checkpoint/listing.ts';
import type { ThreadSummary } from '../../core/checkpoint/summary.ts';
import {
  answering,
  commitNext,
  makeCheckpoint,
  MINUTE,
  noise,
  NOW,
  questionId,
  runOnce,
  starting,
  summaries,
  waitingThread,
  wanting,
} from '../support/threads.ts';

const Q = questionId('q');
const later = (minutes: number): string => new Date(NOW + minutes * MINUTE).toISOString();

export function describeLists(name: string, makeStore: (clock: () => number) => Checkpointer): void {
  describe(`lists of threads of ${name}`, () => {
    let store: Checkpointer;
    let now: number;

    beforeEach(() => {
      now = NOW;
      store = makeStore(() => now);
    });

    const all = async (options?: ListThreadsOptions): Promise<readonly ThreadSummary[]> => {
      const page = await store.listThreads({ limit: 100, ...options });
      expect(page.cursor).toBeUndefined();
      return summaries(page);
    };
    const ids = async (options?: ListThreadsOptions): Promise<string[]> =>
      (await all(options)).map(({ threadId }) => threadId);
    const only = async (): Promise<ThreadSummary> => {
      const threads = await all();
      expect(threads).toHaveLength(1);
      return threads[0]!;
    };
    /** Whether the one thread is listed among those that wait, as in the list of all. */
    const waits = async (): Promise<boolean> => {
      const [thread] = await all();
      const waiting = await all({ waiting: true });
      expect(waiting).toEqual(thread?.waitingSince === undefined ? [] : [thread]);
      return waiting.length > 0;
    };
    const pages = async (options: ListThreadsOptions): Promise<string[][]> => {
      const found: string[][] = [];
      let cursor: string | undefined;
      do {
        const page = await store.listThreads({ ...options, ...(cursor !== undefined && { cursor }) });
        found.push(page.threads.map(({ threadId }) => threadId));
        cursor = page.cursor;
      } while (cursor !== undefined);
      return found;
    };
    const startAt = (threadId: string, minute: number, status: ThreadStatus = 'interrupted') =>
      runOnce(
        store,
        threadId,
        starting(`run of ${threadId}`, { now: NOW + minute * MINUTE, expiresAt: NOW + 99 * MINUTE }),
        status,
        {
          ...(status === 'interrupted' && { questions: [Q] }),
          createdAt: later(minute),
        },
      );

    /** Answers something, saves on the way, and asks these. */
    const resume = async (minute: number, questions: readonly string[]): Promise<void> => {
      const claim = await store.claim('a', wanting(`r${minute}`, { request: { kind: 'command', command: {} } }));
      const between = await commitNext(claim, 'running', { questions, createdAt: later(minute - 1) });
      await commitNext(claim, 'interrupted', { questions, createdAt: later(minute) }, between);
    };

    it('of an empty store are empty', async () => {
      expect(await store.listThreads()).toEqual({ threads: [] });
      expect(await store.listThreads({ waiting: true })).toEqual({ threads: [] });
    });

    describe('what is said of a thread', () => {
      it('C11: where it stands, with the ids of its questions and not their values', async () => {
        const { id } = await runOnce(store, 'a', starting('r1', { graph: 'refund' }), 'interrupted', {
          questions: [Q],
          graph: 'refund',
          state: { secret: 'value' },
          createdAt: later(3),
        });
        expect(await only()).toEqual({
          threadId: 'a',
          status: 'interrupted',
          graph: 'refund',
          checkpointId: id,
          pending: [Q],
          waitingSince: later(3),
          createdAt: later(0),
          updatedAt: later(3),
        });
        expect(await waits()).toBe(true);
      });

      it('C11: the ids of all questions, also when they are more than a head holds', async () => {
        const questions = Array.from({ length: 60 }, (_, i) => questionId(`${i}`));
        await runOnce(store, 'a', starting('r1'), 'interrupted', { questions, state: { text: noise(9_000) } });
        expect((await only()).pending).toEqual(questions);
      });

      it.each<[ThreadStatus, boolean]>([
        ['done', false],
        ['interrupted', true],
        ['paused', true],
        ['error', true],
      ])('C15: of one that is %s, and whether it waits', async (status, waiting) => {
        await startAt('a', 1, status);
        expect(await only()).toMatchObject({ status, updatedAt: later(1) });
        expect(await waits()).toBe(waiting);
      });

      it('C15: of one on which its first run is: busy, not waiting', async () => {
        await store.claim('a', starting('r1', { graph: 'refund' }));
        expect(await only()).toEqual({
          threadId: 'a',
          status: 'busy',
          graph: 'refund',
          checkpointId: undefined,
          pending: [],
          run: { runId: 'r1', expiresAt: NOW + MINUTE, state: 'running' },
          createdAt: later(0),
          updatedAt: later(0),
        });
        expect(await waits()).toBe(false);
      });

      it('C15: of one whose first run was cut off before it saved anything', async () => {
        await store.claim('a', starting('r1'));
        now += MINUTE;
        expect(await only()).toMatchObject({
          status: 'paused',
          checkpointId: undefined,
          run: { runId: 'r1', expiresAt: NOW + MINUTE, state: 'cut off' },
        });
        const taken = await store.claim(
          'a',
          wanting('r2', { now, expiresAt: now + MINUTE, request: { kind: 'continue' } }),
        );
        await commitNext(taken, 'done');
        expect(await only()).toMatchObject({ status: 'done', createdAt: later(0) });
        expect(await waits()).toBe(false);
      });

      it('C15: of one whose first run was cut off and had accepted nothing: there is none', async () => {
        await store.claim('a', wanting('r1', { create: true }));
        expect(await ids()).toEqual(['a']);
        now += MINUTE;
        expect(await ids()).toEqual([]);
      });

      it('C15: of one whose question is being answered: busy, and not waiting meanwhile', async () => {
        const { id } = await waitingThread(store, 'a');
        const claim = await store.claim('a', answering('r2', 'yes'));
        expect(await only()).toMatchObject({
          status: 'busy',
          checkpointId: id,
          pending: [Q],
          run: { runId: 'r2', state: 'running' },
        });
        expect(await waits()).toBe(false);
        await claim.release();
        expect(await only()).toMatchObject({ status: 'interrupted', pending: [Q] });
        expect(await only()).not.toHaveProperty('run');
        expect(await waits()).toBe(true);
      });

      it('C15: of one whose answer was accepted when its run was cut off: it waits to be continued', async () => {
        await waitingThread(store, 'a', { createdAt: later(0) });
        await store.claim('a', answering('r2', 'yes'));
        now += MINUTE;
        expect(await only()).toMatchObject({
          status: 'paused',
          pending: [Q],
          run: { runId: 'r2', expiresAt: NOW + MINUTE, state: 'cut off' },
          waitingSince: later(0),
        });
        expect(await waits()).toBe(true);
        const taken = await store.claim(
          'a',
          wanting('r3', { now, expiresAt: now + MINUTE, request: { kind: 'continue' } }),
        );
        await commitNext(taken, 'done');
        expect(await waits()).toBe(false);
      });

      it('C15: of one whose run was cut off with nothing accepted: its question is pending again', async () => {
        await waitingThread(store, 'a');
        await store.claim('a', wanting('update'));
        now += MINUTE;
        expect(await only()).toMatchObject({ status: 'interrupted', pending: [Q] });
        expect(await only()).not.toHaveProperty('run');
        expect(await waits()).toBe(true);
      });

      it('C15: of one whose run was cut off between supersteps', async () => {
        const claim = await store.claim('a', starting('r1'));
        await commitNext(claim, 'running', { state: { n: 1 }, createdAt: later(1) });
        expect(await only()).toMatchObject({ status: 'busy', run: { state: 'running' }, updatedAt: later(1) });
        now += MINUTE;
        expect(await only()).toMatchObject({ status: 'paused', run: { runId: 'r1', state: 'cut off' } });
        const taken = await store.claim(
          'a',
          wanting('r2', { now, expiresAt: now + MINUTE, request: { kind: 'continue' } }),
        );
        await commitNext(taken, 'interrupted', { questions: [Q] });
        expect(await only()).toMatchObject({ status: 'interrupted' });
        expect(await waits()).toBe(true);
      });

      it('C15: of one whose question was answered in a superstep that was saved before the run was cut off', async () => {
        await waitingThread(store, 'a', { createdAt: later(0) });
        const claim = await store.claim('a', answering('r2', 'yes'));
        await commitNext(claim, 'running', { createdAt: later(2) });
        expect(await waits()).toBe(false);
        now += MINUTE;
        expect(await only()).toMatchObject({
          status: 'paused',
          pending: [],
          run: { state: 'cut off' },
          updatedAt: later(2),
        });
        expect(await waits()).toBe(true);
      });

      it('C15: of one that is done and gets new input that is cut off', async () => {
        await startAt('a', 0, 'done');
        await store.claim('a', starting('r2'));
        now += MINUTE;
        expect(await only()).toMatchObject({ status: 'paused', run: { runId: 'r2', state: 'cut off' } });
      });

      it('of one with a large request, cut off: what it was asked is there', async () => {
        await waitingThread(store, 'a');
        await store.claim('a', answering('r2', noise(5_000)));
        now += MINUTE;
        expect(await only()).toMatchObject({ status: 'paused', run: { runId: 'r2', state: 'cut off' } });
      });
    });

    describe('since when a thread waits', () => {
      it('is when its question was asked, and a later question begins anew', async () => {
        await startAt('a', 1);
        expect((await only()).waitingSince).toBe(later(1));
        await resume(5, [questionId('next')]);
        expect((await only()).waitingSince).toBe(later(5));
        expect(await waits()).toBe(true);
      });

      it('stays while one of its questions does', async () => {
        const [p, q, r] = ['p', 'q', 'r'].map(questionId);
        await runOnce(store, 'a', starting('r1'), 'interrupted', { questions: [p!, q!], createdAt: later(1) });
        await resume(5, [q!, r!]);
        expect((await only()).waitingSince).toBe(later(1));
        await resume(8, [r!]);
        expect((await only()).waitingSince).toBe(later(1));
        expect(await waits()).toBe(true);
      });
    });

    describe('order and pages', () => {
      it('all threads begin with the newest, those that wait with the one that waits longest', async () => {
        await startAt('b', 2);
        await startAt('c', 1);
        await startAt('a', 3);
        await runOnce(store, 'c', answering('again', 'yes'), 'interrupted', {
          questions: [questionId('2')],
          createdAt: later(9),
        });
        expect(await ids()).toEqual(['a', 'b', 'c']);
        expect(await ids({ waiting: true })).toEqual(['b', 'a', 'c']);
      });

      it('every thread is on one page, whatever the limit, also of those that began and wait at one time', async () => {
        const names = Array.from({ length: 23 }, (_, i) => `thread ${i}`);
        for (const [i, name] of names.entries()) await startAt(name, i < 12 ? 0 : i);
        for (const waiting of [false, true]) {
          const whole = await ids({ waiting });
          expect(whole.toSorted()).toEqual(names.toSorted());
          for (const limit of [1, 5, 22, 23, 24]) {
            const found = await pages({ waiting, limit });
            expect(found.flat()).toEqual(whole);
            expect(found.map(({ length }) => length)).toEqual(
              Array.from({ length: Math.ceil(23 / limit) }, (_, i) => Math.min(limit, 23 - i * limit)),
            );
          }
        }
      });

      it('a page has 25 threads unless it is said otherwise', async () => {
        for (let i = 0; i < 27; i++) await startAt(`thread ${i}`, i);
        const { threads, cursor } = await store.listThreads();
        expect(threads).toHaveLength(25);
        expect((await store.listThreads({ cursor: cursor! })).threads.map(({ threadId }) => threadId)).toEqual([
          'thread 1',
          'thread 0',
        ]);
      });

      it('a thread that began meanwhile moves no other to another page', async () => {
        for (let i = 0; i < 6; i++) await startAt(`thread ${i}`, i);
        const first = await store.listThreads({ limit: 3 });
        await startAt('new', 7);
        await store.deleteThread('thread 4');
        const second = await store.listThreads({ limit: 3, cursor: first.cursor! });
        expect([first, second].map(({ threads }) => threads.map(({ threadId }) => threadId))).toEqual([
          ['thread 5', 'thread 4', 'thread 3'],
          ['thread 2', 'thread 1', 'thread 0'],
        ]);
        expect(second.cursor).toBeUndefined();
      });

      it('a cursor outlives the thread that it was made at', async () => {
        for (let i = 0; i < 4; i++) await startAt(`thread ${i}`, i);
        const { cursor } = await store.listThreads({ limit: 2 });
        await store.deleteThread('thread 2');
        expect(await ids({ cursor: cursor! })).toEqual(['thread 1', 'thread 0']);
      });

      it('a thread that is busy leaves its place on a page of those that wait empty', async () => {
        for (let i = 0; i < 4; i++) await startAt(`thread ${i}`, i);
        await store.claim('thread 0', answering('r2', 'yes'));
        expect(await pages({ waiting: true, limit: 2 })).toEqual([['thread 1'], ['thread 2', 'thread 3']]);
      });

      it.each([
        ['of nobody', 'abc'],
        ['of a place that is none', 't000000000000000000000000g'],
        ['that is no text', 7 as unknown as string],
        ['that is empty', ''],
      ])('a cursor %s is refused', async (_, cursor) => {
        await expect(store.listThreads({ cursor })).rejects.toMatchObject({ code: 'invalid_argument' });
      });

      it('a cursor of the other list is refused', async () => {
        for (let i = 0; i < 2; i++) await startAt(`thread ${i}`, i);
        for (const waiting of [false, true]) {
          const { cursor } = await store.listThreads({ waiting, limit: 1 });
          await expect(store.listThreads({ waiting: !waiting, cursor: cursor! })).rejects.toMatchObject({
            code: 'invalid_argument',
            details: { cursor, waiting: !waiting },
          });
        }
      });

      it.each([0, -1, 1.5, 101, Number.NaN])('a limit of %s is refused', async (limit) => {
        await expect(store.listThreads({ limit })).rejects.toMatchObject({ code: 'invalid_argument' });
      });
    });

    describe('a thread that is gone', () => {
      it('is not shown once it is deleted, and shown once when it is made again', async () => {
        await startAt('a', 0);
        await startAt('b', 1);
        await store.deleteThread('b');
        expect(await ids()).toEqual(['a']);
        expect(await ids({ waiting: true })).toEqual(['a']);
        await startAt('b', 5);
        expect(await ids()).toEqual(['b', 'a']);
        expect(await all()).toMatchObject([{ createdAt: later(5) }, {}]);
      });

      it('is not shown when its first run gave the claim back', async () => {
        await (await store.claim('a', starting('r1'))).release();
        expect(await ids()).toEqual([]);
      });

      it('C2: nor when that was a fresh one; once it has committed it is', async () => {
        await (await store.claim('a', starting('r1', { fresh: true }))).release();
        expect(await ids()).toEqual([]);
        await (await store.claim('a', starting('r2', { fresh: true }))).commit(makeCheckpoint('r2', 1), 'paused');
        expect(await only()).toMatchObject({ threadId: 'a', status: 'paused' });
        expect(await waits()).toBe(true);
      });
    });
  });
}
