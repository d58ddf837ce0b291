/** C5: what every Checkpointer does with requests that bring a key. Time is what the claims say it is. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Checkpointer, ClaimRequest, RunRequest } from '../../core/checkpoint/checkpointer.ts';
import { hash128 } from '../../core/hash.ts';
import {
  commitNext,
  listed,
  MINUTE,
  NOW,
  questionId,
  runOnce,
  starting,
  waitingThread,
  wanting,
} from '../support/threads.ts';

const HOUR = 60 * MINUTE;
const Q = questionId('q');
const continuing: RunRequest = { kind: 'continue' };
let threads = 0;

function keyed(request: RunRequest, key: string, body: string = JSON.stringify(request)): RunRequest {
  return { ...request, idempotency: { key: hash128(key), body: hash128(body) } };
}

function input(runId: string, key: string, text = 'hello', more: Partial<ClaimRequest> = {}): ClaimRequest {
  return starting(runId, { request: keyed({ kind: 'input', input: text }, key), ...more });
}

function answer(runId: string, key: string, text = 'yes', more: Partial<ClaimRequest> = {}): ClaimRequest {
  const request = keyed({ kind: 'command', command: { answers: { [Q]: text } } }, key);
  return wanting(runId, { answers: [Q], request, ...more });
}

/** At a time when all claims of NOW have expired. */
function later(minutes = 2): Pick<ClaimRequest, 'now' | 'expiresAt'> {
  const now = NOW + minutes * MINUTE;
  return { now, expiresAt: now + MINUTE };
}

export function describeIdempotency(name: string, makeStore: () => Checkpointer): void {
  describe(`${name}, C5: idempotency keys`, () => {
    let store: Checkpointer;
    let thread: string;

    beforeEach(() => {
      store = makeStore();
      thread = `keyed ${++threads}`;
    });

    describe('the same key and body again', () => {
      it('C5, P6: gets the first outcome, and holds no claim', async () => {
        await waitingThread(store, thread);
        const claim = await store.claim(thread, answer('r1', 'k'));
        expect(claim.outcome).toBeUndefined();
        const done = await commitNext(claim, 'done', { state: { n: 1 } });
        const before = await store.load(thread);
        const again = await store.claim(thread, answer('r2', 'k'));
        expect(again).toMatchObject({ runId: 'r1', outcome: 'done', tookOver: undefined });
        expect(again.checkpoint).toEqual(done);
        await expect(commitNext(again, 'done')).rejects.toMatchObject({ code: 'claim_lost' });
        await again.release();
        expect(await store.load(thread)).toEqual(before);
      });

      it('C5: also after the thread has gone on, for 24 hours after the run', async () => {
        await waitingThread(store, thread);
        const asked = await runOnce(store, thread, answer('r1', 'k'), 'interrupted', { questions: [Q] });
        for (const run of ['r2', 'r3', 'r4']) await runOnce(store, thread, starting(run), 'done');
        const near = { now: NOW + 24 * HOUR, expiresAt: NOW + 25 * HOUR };
        const again = await store.claim(thread, answer('r5', 'k', 'yes', near));
        expect(again).toMatchObject({ runId: 'r1', outcome: 'interrupted' });
        expect(again.checkpoint).toEqual(asked);
      });

      it('C5: gets the last of what the run saved', async () => {
        const claim = await store.claim(thread, input('r1', 'k'));
        const first = await commitNext(claim, 'running', { state: { n: 1 } });
        const second = await commitNext(claim, 'running', { state: { n: 2 } }, first);
        const last = await commitNext(claim, 'paused', { state: { n: 3 } }, second);
        await runOnce(store, thread, starting('other'), 'done');
        const again = await store.claim(thread, input('r2', 'k'));
        expect(again).toMatchObject({ runId: 'r1', outcome: 'paused' });
        expect(again.checkpoint).toEqual(last);
      });

      it('C5: gets it while another run is on the thread', async () => {
        await runOnce(store, thread, input('r1', 'k'), 'error');
        const other = await store.claim(thread, starting('other'));
        expect(await store.claim(thread, input('r2', 'k'))).toMatchObject({ runId: 'r1', outcome: 'error' });
        await commitNext(other, 'done');
      });

      it('C5: is in progress while it runs, before and after the run has saved something', async () => {
        const claim = await store.claim(thread, input('r1', 'k'));
        const busy = { code: 'in_progress', details: { threadId: thread, runId: 'r1', retryAfterMs: MINUTE } };
        await expect(store.claim(thread, input('r2', 'k'))).rejects.toMatchObject(busy);
        const first = await commitNext(claim, 'running');
        await expect(store.claim(thread, input('r3', 'k'))).rejects.toMatchObject(busy);
        await commitNext(claim, 'done', {}, first);
        expect(await store.claim(thread, input('r4', 'k'))).toMatchObject({ runId: 'r1', outcome: 'done' });
      });

      it('C5: runs when the first was refused, even with another body', async () => {
        const asked = await waitingThread(store, thread);
        await (await store.claim(thread, answer('r1', 'k', 'nonsense'))).reopen();
        const claim = await store.claim(thread, answer('r2', 'k', 'sense'));
        expect(claim.outcome).toBeUndefined();
        const done = await commitNext(claim, 'done');
        expect(await listed(store, thread)).toEqual([done, asked]);
        expect(await store.claim(thread, answer('r3', 'k', 'sense'))).toMatchObject({ runId: 'r2', outcome: 'done' });
      });

      it('C5: runs when the first was refused, and the thread has gone on since', async () => {
        await waitingThread(store, thread);
        await (await store.claim(thread, input('r1', 'k'))).release();
        await runOnce(store, thread, starting('other'), 'done');
        const claim = await store.claim(thread, input('r2', 'k'));
        expect(claim.outcome).toBeUndefined();
        await commitNext(claim, 'done');
        expect(await store.claim(thread, input('r3', 'k'))).toMatchObject({ runId: 'r2', outcome: 'done' });
      });

      it('C5: on a thread that was deleted and begun anew, is new', async () => {
        await runOnce(store, thread, input('r1', 'k'), 'done');
        await store.deleteThread(thread);
        await runOnce(store, thread, starting('r2', { now: NOW + 1 }), 'done');
        const claim = await store.claim(thread, input('r3', 'k'));
        expect(claim.outcome).toBeUndefined();
        await commitNext(claim, 'done');
        expect(await store.claim(thread, input('r4', 'k'))).toMatchObject({ runId: 'r3', outcome: 'done' });
      });

      it('C5: on another thread is another request', async () => {
        await runOnce(store, thread, input('r1', 'k'), 'done');
        const claim = await store.claim(`${thread} b`, input('r2', 'k'));
        expect(claim.outcome).toBeUndefined();
        await claim.release();
      });
    });

    describe('the same key with another body', () => {
      const reused = { code: 'idempotency_key_reused', details: { runId: 'r1' } };

      it('C5: is refused, the thread untouched', async () => {
        await runOnce(store, thread, input('r1', 'k'), 'done');
        const before = await store.load(thread);
        await expect(store.claim(thread, input('r2', 'k', 'other'))).rejects.toMatchObject(reused);
        expect(await store.load(thread)).toEqual(before);
      });

      it('C5: is refused while the first runs, and when it was cut off', async () => {
        await store.claim(thread, input('r1', 'k'));
        const before = await store.load(thread);
        await expect(store.claim(thread, input('r2', 'k', 'other'))).rejects.toMatchObject(reused);
        await expect(store.claim(thread, input('r3', 'k', 'other', later()))).rejects.toMatchObject(reused);
        expect(await store.load(thread)).toEqual(before);
      });
    });

    describe('two keys', () => {
      it('C5: never both run on one checkpoint', async () => {
        await waitingThread(store, thread);
        await runOnce(store, thread, answer('r1', 'k1'), 'done');
        await expect(store.claim(thread, answer('r2', 'k2'))).rejects.toMatchObject({ code: 'interrupt_not_pending' });
        await store.claim(thread, input('r3', 'k3'));
        await expect(store.claim(thread, input('r4', 'k4'))).rejects.toMatchObject({ code: 'thread_busy' });
        await expect(store.claim(thread, input('r5', 'k4', 'hello', later()))).rejects.toMatchObject({
          code: 'run_unfinished',
        });
      });
    });

    describe('a run that was cut off', () => {
      it('C5: is continued by the same key, whose outcome that is', async () => {
        await store.claim(thread, input('r1', 'k'));
        const over = await store.claim(thread, input('r2', 'k', 'hello', later()));
        expect(over).toMatchObject({ tookOver: 'r1', request: { kind: 'input', input: 'hello' } });
        const done = await commitNext(over, 'done');
        await runOnce(store, thread, starting('other'), 'done');
        const again = await store.claim(thread, input('r3', 'k', 'hello', later(9)));
        expect(again).toMatchObject({ runId: 'r2', outcome: 'done' });
        expect(again.checkpoint).toEqual(done);
      });

      it('C5: is continued by anybody, and the key gets that outcome', async () => {
        await waitingThread(store, thread);
        await store.claim(thread, answer('r1', 'k'));
        const done = await runOnce(store, thread, wanting('r2', { ...later(), request: continuing }), 'done');
        const again = await store.claim(thread, answer('r3', 'k', 'yes', later(9)));
        expect(again).toMatchObject({ runId: 'r2', outcome: 'done' });
        expect(again.checkpoint).toEqual(done);
      });

      it('C5: and had saved something, is not taken for an outcome', async () => {
        const first = await commitNext(await store.claim(thread, input('r1', 'k')), 'running', { state: { n: 1 } });
        const second = await store.claim(thread, input('r2', 'k', 'hello', later()));
        expect(second).toMatchObject({ tookOver: 'r1', request: { kind: 'continue' }, checkpoint: first });
        expect(second.outcome).toBeUndefined();
        await commitNext(second, 'running', { state: { n: 2 } });
        const third = await store.claim(thread, wanting('r3', { ...later(4), request: continuing }));
        const last = await commitNext(third, 'done', { state: { n: 3 } });
        const again = await store.claim(thread, input('r4', 'k', 'hello', later(9)));
        expect(again).toMatchObject({ runId: 'r3', outcome: 'done' });
        expect(again.checkpoint).toEqual(last);
      });

      it('C5: and was continued by a keyed request, is the outcome of both keys', async () => {
        await store.claim(thread, input('r1', 'k1'));
        await runOnce(store, thread, wanting('r2', { ...later(), request: keyed(continuing, 'k2') }), 'done');
        expect(await store.claim(thread, input('r3', 'k1', 'hello', later(9)))).toMatchObject({ runId: 'r2' });
        const second = wanting('r4', { ...later(9), request: keyed(continuing, 'k2') });
        expect(await store.claim(thread, second)).toMatchObject({ runId: 'r2', outcome: 'done' });
      });
    });
  });
}
