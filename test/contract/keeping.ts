/** C12, as MemorySaver and DynamoDBSaver both do it: what tasks said before their superstep was committed. Time is what the claims say. */
import { beforeEach, describe, expect, it } from 'vitest';
import { emptyRecord, type Frame, type TaskRecord } from '../../core/checkpoint/checkpoint.ts';
import type { Checkpointer, Claim, Kept } from '../../core/checkpoint/checkpointer.ts';
import { hash128 } from '../../core/hash.ts';
import {
  answering,
  commitNext,
  listed,
  makeCheckpoint,
  MINUTE,
  noise,
  NOW,
  starting,
  waitingThread,
  wanting,
} from '../support/threads.ts';

let threads = 0;

/** What a task said under one id. */
function said(name: string, value: unknown = `result of ${name}`): Kept {
  const record: TaskRecord = { ...emptyRecord, result: { writes: [['log', value]], targets: ['next'] } };
  return { id: hash128(name), taskId: hash128(name), record };
}

/** The k-th claim of a row, each of which takes over the one before. */
function over(store: Checkpointer, thread: string, runId: string, k: number): Promise<Claim> {
  const now = NOW + k * 2 * MINUTE;
  return store.claim(thread, wanting(runId, { now, expiresAt: now + MINUTE, request: { kind: 'continue' } }));
}

const sorted = (kept: readonly Kept[]): Kept[] => kept.toSorted((a, b) => (a.id < b.id ? -1 : 1));

export function describeKeeping(name: string, makeStore: () => Checkpointer): void {
  describe(`C12: what ${name} keeps of tasks`, () => {
    let store: Checkpointer;
    let thread: string;

    beforeEach(() => {
      store = makeStore();
      thread = `kept ${++threads}`;
    });

    it('is what a take-over finds, and nobody else', async () => {
      await waitingThread(store, thread);
      const lost = await store.claim(thread, answering('r1', 'yes'));
      expect(lost.kept).toEqual([]);
      expect(await lost.keep(said('a'))).toEqual(said('a').record);
      await lost.keep(said('b'));
      const before = await store.load(thread);
      expect(sorted((await over(store, thread, 'r2', 1)).kept)).toEqual(sorted([said('a'), said('b')]));
      expect((await store.load(thread))?.checkpoint).toEqual(before?.checkpoint);
      expect(await listed(store, thread)).toHaveLength(1);
    });

    it('comes back as it was, a part of a record too', async () => {
      const frame: Frame = {
        ...makeCheckpoint('r', 3, { state: { at: new Date(7), big: 10n } }).frame,
        kept: new Map([['inner', makeCheckpoint('r', 2).frame]]),
      };
      const answers = [{ slot: 'key#0', question: { ask: 1 }, answer: undefined }];
      const part: TaskRecord = { ...emptyRecord, answers, calls: new Map([['charge#0', frame]]) };
      const claim = await store.claim(thread, starting('r1'));
      const inside: TaskRecord = { ...emptyRecord, inside: new Map([['0', new Map([[hash128('within'), part]])]]) };
      const kept = { id: hash128('call'), taskId: hash128('around'), record: inside };
      await claim.keep(kept);
      const taken = await over(store, thread, 'r2', 1);
      expect(taken.kept).toEqual([kept]);
      const checkpoint = makeCheckpoint('r2', 1);
      const tasks = new Map([['node', inside]]);
      await taken.commit({ ...checkpoint, frame: { ...checkpoint.frame, tasks } }, 'paused');
      expect((await store.load(thread))?.checkpoint?.frame.tasks).toEqual(tasks);
    });

    it('is found by every take-over in a row, with what those kept', async () => {
      const first = await store.claim(thread, starting('r1'));
      await first.keep(said('a'));
      await (await over(store, thread, 'r2', 1)).keep(said('b'));
      await (await over(store, thread, 'r3', 2)).release();
      const last = await over(store, thread, 'r4', 3);
      expect(sorted(last.kept)).toEqual(sorted([said('a'), said('b')]));
    });

    it('the first wins: kept before the take-over, or late', async () => {
      const lost = await store.claim(thread, starting('r1'));
      await lost.keep(said('a', 'by r1'));
      const taken = await over(store, thread, 'r2', 1);
      expect(await taken.keep(said('a', 'by r2'))).toEqual(said('a', 'by r1').record);
      await lost.keep(said('b', 'by r1, late'));
      expect(await taken.keep(said('b', 'by r2'))).toEqual(said('b', 'by r1, late').record);
      await taken.keep(said('c', 'by r2'));
      expect(await lost.keep(said('c', 'by r1'))).toEqual(said('c', 'by r2').record);
      expect(sorted((await over(store, thread, 'r3', 2)).kept)).toEqual(
        sorted([said('a', 'by r1'), said('b', 'by r1, late'), said('c', 'by r2')]),
      );
    });

    it('C3: when the claim has lapsed, whoever comes next takes over at once: with what was asked and kept', async () => {
      await waitingThread(store, thread);
      const request = answering('r1', 'yes');
      const lost = await store.claim(thread, request);
      await lost.keep(said('a'));
      await lost.lapse();
      expect((await store.load(thread))?.head.claim).toMatchObject({ runId: 'r1', request: request.request });
      const next = await store.claim(thread, wanting('r2', { request: { kind: 'continue' } }));
      expect(next).toMatchObject({ tookOver: 'r1', request: request.request, kept: [said('a')] });
      await lost.lapse();
      await expect(commitNext(lost, 'done')).rejects.toMatchObject({ code: 'claim_lost' });
      await commitNext(next, 'done');
      await next.lapse();
      expect((await store.load(thread))?.head).toMatchObject({ status: 'done', claim: undefined });
    });

    it('of many at once under one id, one wins, and all are told which', async () => {
      const claim = await store.claim(thread, starting('r1'));
      const taken = await over(store, thread, 'r2', 1);
      const told = await Promise.all(
        Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? claim : taken).keep(said('a', i % 2))),
      );
      const [{ record }] = (await over(store, thread, 'r3', 2)).kept as [Kept];
      expect(told).toEqual(told.map(() => record));
    });

    it('is superseded by a commit, but not by mere progress', async () => {
      const claim = await store.claim(thread, starting('r1'));
      const first = await commitNext(claim, 'running');
      await claim.keep(said('a'));
      const progress = { ...makeCheckpoint('r1', 2, { parentId: first.id }), progress: true as const };
      await claim.commit(progress, 'running');
      expect((await over(store, thread, 'r2', 1)).kept).toEqual([said('a')]);
      const taken = await over(store, thread, 'r3', 2);
      await taken.keep(said('b'));
      await commitNext(taken, 'running');
      await taken.keep(said('c'));
      expect((await over(store, thread, 'r4', 3)).kept).toEqual([said('c')]);
    });

    it('what is kept while a commit is on its way is not superseded by it', async () => {
      const claim = await store.claim(thread, starting('r1'));
      const first = await commitNext(claim, 'running');
      const saving = commitNext(claim, 'running', {}, first);
      await claim.keep(said('a'));
      await saving;
      expect((await over(store, thread, 'r2', 1)).kept).toEqual([said('a')]);
    });

    it.each<[string, (claim: Claim) => Promise<unknown>]>([
      ['commits', (claim) => commitNext(claim, 'error')],
      ['releases', (claim) => claim.release()],
      ['reopens', (claim) => claim.reopen()],
    ])('is not found under another claim, once its own run %s', async (_, end) => {
      await waitingThread(store, thread);
      const claim = await store.claim(thread, answering('r1', 'yes'));
      await claim.keep(said('a', 'yes'));
      await end(claim);
      await claim.keep(said('b', 'yes, late'));
      const newest = (await store.load(thread))!.checkpoint!;
      const other = await store.claim(thread, wanting('r2', { newest: newest.id, request: { kind: 'continue' } }));
      expect(other).toMatchObject({ tookOver: undefined, kept: [] });
      expect(await other.keep(said('b', 'no'))).toEqual(said('b', 'no').record);
      expect((await over(store, thread, 'r3', 1)).kept).toEqual([said('b', 'no')]);
    });

    it('nor once a take-over has dropped what was asked', async () => {
      await waitingThread(store, thread);
      const lost = await store.claim(thread, answering('r1', 'yes'));
      await lost.keep(said('a', 'yes'));
      await (await over(store, thread, 'r2', 1)).reopen();
      await lost.keep(said('b', 'yes, late'));
      const later = { now: NOW + 3 * MINUTE, expiresAt: NOW + 3 * MINUTE };
      const other = await store.claim(thread, answering('r3', 'no', later));
      expect(other.kept).toEqual([]);
      expect(await other.keep(said('b', 'no'))).toEqual(said('b', 'no').record);
      expect((await over(store, thread, 'r4', 2)).kept).toEqual([said('b', 'no')]);
    });

    it('C9: is gone with its thread', async () => {
      const claim = await store.claim(thread, starting('r1'));
      await claim.keep(said('a'));
      await store.deleteThread(thread);
      await store.claim(thread, starting('r1', { now: NOW + 1, expiresAt: NOW + MINUTE }));
      expect((await over(store, thread, 'r2', 1)).kept).toEqual([]);
    });

    it('C2: of a fresh thread is found once that has committed', async () => {
      const claim = await store.claim(thread, starting('r1', { fresh: true }));
      await commitNext(claim, 'running');
      await claim.keep(said('a'));
      expect((await over(store, thread, 'r2', 1)).kept).toEqual([said('a')]);
    });

    it('a record of 100 KB comes back', async () => {
      const claim = await store.claim(thread, starting('r1'));
      await claim.keep(said('a', noise(100_000)));
      expect((await over(store, thread, 'r2', 1)).kept).toEqual([said('a', noise(100_000))]);
    });

    it('D3: what cannot be stored is refused, and nothing is kept', async () => {
      const claim = await store.claim(thread, starting('r1'));
      await expect(claim.keep(said('a', () => 1))).rejects.toMatchObject({ code: 'unstorable_state' });
      expect((await over(store, thread, 'r2', 1)).kept).toEqual([]);
    });
  });
}
