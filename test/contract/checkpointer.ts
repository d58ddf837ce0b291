/**
 * The contract of a Checkpointer: what MemorySaver and DynamoDBSaver both do, by invariant of docs/design.md.
 * Time is what the claims say it is: no test waits.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Checkpoint, checkpointId } from '../../core/checkpoint/checkpoint.ts';
import type { Checkpointer, ClaimRequest, RunRequest } from '../../core/checkpoint/checkpointer.ts';
import type { ValueCodec } from '../../core/checkpoint/codec.ts';
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
} from '../support/threads.ts';

export interface StoreOptions {
  readonly codecs?: readonly ValueCodec[];
}

const Q = questionId('q');
const LATER = NOW + 2 * MINUTE;
let threads = 0;

export function describeCheckpointer(name: string, makeStore: (options?: StoreOptions) => Checkpointer): void {
  describe(`${name} as a Checkpointer`, () => {
    let store: Checkpointer;
    let thread: string;

    beforeEach(() => {
      store = makeStore();
      thread = `thread ${++threads}`;
    });

    describe('an unknown thread', () => {
      it('is undefined when loaded, empty when listed, and false when deleted', async () => {
        expect(await store.load(thread)).toBeUndefined();
        expect(await listed(store, thread)).toEqual([]);
        expect(await store.deleteThread(thread)).toBe(false);
      });

      it('C2: is refused by a claim that may not create it, and stays unknown', async () => {
        await expect(store.claim(thread, answering('r', 'yes'))).rejects.toMatchObject({ code: 'unknown_thread' });
        expect(await store.load(thread)).toBeUndefined();
      });
    });

    describe('a start', () => {
      it('creates the thread with its claim, and commits its first checkpoint', async () => {
        const claim = await store.claim(thread, starting('r1', { graph: 'refund' }));
        expect(claim).toMatchObject({ threadId: thread, runId: 'r1', incarnation: 'r1', expiresAt: NOW + MINUTE });
        expect(claim.request).toEqual({ kind: 'input', input: 'input of r1' });
        expect(claim.tookOver).toBeUndefined();
        expect(claim.checkpoint).toBeUndefined();
        expect((await store.load(thread))?.head).toEqual({
          version: 0,
          checkpointId: undefined,
          status: undefined,
          pending: [],
          graph: 'refund',
          claim: { runId: 'r1', expiresAt: NOW + MINUTE, request: { kind: 'input', input: 'input of r1' } },
          createdAt: '2026-01-02T03:04:05.000Z',
          updatedAt: '2026-01-02T03:04:05.000Z',
        });
        const checkpoint = await commitNext(claim, 'interrupted', { questions: [Q], graph: 'refund', state: { a: 1 } });
        expect(await store.load(thread)).toEqual({
          head: {
            version: 1,
            checkpointId: checkpoint.id,
            status: 'interrupted',
            pending: [Q],
            graph: 'refund',
            claim: undefined,
            createdAt: '2026-01-02T03:04:05.000Z',
            updatedAt: '2026-01-02T03:04:05.678Z',
          },
          checkpoint,
        });
      });

      it('C2: of a fresh thread is the same to a reader once it has committed', async () => {
        const claim = await store.claim(thread, starting('r1', { fresh: true, graph: 'refund' }));
        expect(claim).toMatchObject({ incarnation: 'r1', checkpoint: undefined, tookOver: undefined });
        expect(claim.request).toEqual({ kind: 'input', input: 'input of r1' });
        const checkpoint = await commitNext(claim, 'done', { graph: 'refund' });
        expect(await store.load(thread)).toEqual({
          head: {
            version: 1,
            checkpointId: checkpoint.id,
            status: 'done',
            pending: [],
            graph: 'refund',
            claim: undefined,
            createdAt: '2026-01-02T03:04:05.000Z',
            updatedAt: '2026-01-02T03:04:05.678Z',
          },
          checkpoint,
        });
      });

      it('C2: of a fresh thread that is released leaves nothing', async () => {
        const claim = await store.claim(thread, starting('r1', { fresh: true }));
        await claim.release();
        expect(await store.load(thread)).toBeUndefined();
      });

      it('C2: that is released leaves no thread', async () => {
        const claim = await store.claim(thread, starting('r1'));
        await claim.release();
        expect(await store.load(thread)).toBeUndefined();
        await expect(store.claim(thread, wanting('r2'))).rejects.toMatchObject({ code: 'unknown_thread' });
      });
    });

    describe('C1: commits', () => {
      it('C1: the next claim knows how the thread was left', async () => {
        const claim = await store.claim(thread, starting('r1'));
        expect(claim.status).toBeUndefined();
        await commitNext(claim, 'done');
        const next = await store.claim(thread, wanting('r2'));
        expect(next.status).toBe('done');
        await next.release();
        expect(await store.load(thread)).toMatchObject({ head: { version: 1, status: 'done', claim: undefined } });
      });

      it('C1: a run that goes on keeps its claim, and what it has saved can be continued', async () => {
        const claim = await store.claim(thread, starting('r1'));
        const first = await commitNext(claim, 'running', { state: { n: 1 } });
        expect(await store.load(thread)).toMatchObject({
          head: { version: 1, status: 'paused', claim: { runId: 'r1', request: { kind: 'continue' } } },
          checkpoint: first,
        });
        const second = await commitNext(claim, 'running', { state: { n: 2 } }, first);
        const third = await commitNext(claim, 'done', { state: { n: 3 } }, second);
        expect(await store.load(thread)).toMatchObject({ head: { version: 3, status: 'done', claim: undefined } });
        expect(await listed(store, thread)).toEqual([third, second, first]);
      });

      it('C1: a claim that has ended commits nothing', async () => {
        const claim = await store.claim(thread, starting('r1'));
        const first = await commitNext(claim, 'done');
        await expect(commitNext(claim, 'done', {}, first)).rejects.toMatchObject({ code: 'claim_lost' });
        expect((await store.load(thread))?.checkpoint).toEqual(first);
      });

      it('C1: a released claim commits nothing', async () => {
        const first = await waitingThread(store, thread);
        const claim = await store.claim(thread, answering('r1', 'yes'));
        await claim.release();
        await expect(commitNext(claim, 'done')).rejects.toMatchObject({ code: 'claim_lost' });
        expect((await store.load(thread))?.checkpoint).toEqual(first);
      });

      it('C1: a run that lost its claim to a take-over commits nothing, before and after the other has', async () => {
        const first = await waitingThread(store, thread);
        const lost = await store.claim(thread, answering('r1', 'yes'));
        const taken = await store.claim(
          thread,
          wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } }),
        );
        await expect(commitNext(lost, 'done', { state: { by: 'r1' } })).rejects.toMatchObject({ code: 'claim_lost' });
        const second = await commitNext(taken, 'done', { state: { by: 'r2' } });
        await expect(commitNext(lost, 'done', { state: { by: 'r1' } })).rejects.toMatchObject({ code: 'claim_lost' });
        expect(await listed(store, thread)).toEqual([second, first]);
      });

      it('C1: the release of a lost claim does not end the claim that replaced it', async () => {
        await waitingThread(store, thread);
        const lost = await store.claim(thread, answering('r1', 'yes'));
        const taken = await store.claim(
          thread,
          wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } }),
        );
        await lost.release();
        expect((await store.load(thread))?.head.claim?.runId).toBe('r2');
        await commitNext(taken, 'done');
      });

      it('C1: the release of a start that was taken over does not remove the thread', async () => {
        const lost = await store.claim(thread, starting('r1'));
        const over = wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } });
        const taken = await store.claim(thread, over);
        await lost.release();
        const first = await commitNext(taken, 'done');
        expect(await listed(store, thread)).toEqual([first]);
      });

      it("C1: another run's checkpoint, or one that is not newer, is refused", async () => {
        await waitingThread(store, thread);
        const claim = await store.claim(thread, answering('r1', 'yes'));
        await expect(claim.commit(makeCheckpoint('r2', 2), 'done')).rejects.toMatchObject({ code: 'claim_lost' });
        await expect(claim.commit(makeCheckpoint('r1', 1), 'done')).rejects.toMatchObject({ code: 'claim_lost' });
        await commitNext(claim, 'done');
      });

      it('C1: a checkpoint that cannot be stored changes nothing, and the run may commit another', async () => {
        const first = await waitingThread(store, thread);
        const claim = await store.claim(thread, answering('r1', 'yes'));
        await expect(commitNext(claim, 'done', { state: { f: () => 1 } })).rejects.toMatchObject({
          code: 'unstorable_state',
          message: 'Channel "f": a function cannot be stored.',
        });
        expect((await store.load(thread))?.checkpoint).toEqual(first);
        const second = await commitNext(claim, 'error', { state: { f: 'no' } });
        expect((await store.load(thread))?.checkpoint).toEqual(second);
      });
    });

    describe('C2: claims', () => {
      const refusals: { what: string; want: Partial<ClaimRequest>; code: string; details?: object }[] = [
        {
          what: 'another graph',
          want: { graph: 'other' },
          code: 'graph_mismatch',
          details: { graph: 'refund', wanted: 'other' },
        },
        {
          what: 'a checkpoint that is not the newest',
          want: { newest: checkpointId(7, 'x') },
          code: 'stale_checkpoint',
          details: { pending: [Q] },
        },
        {
          what: 'an id that is not pending',
          want: { answers: [questionId('other')] },
          code: 'interrupt_not_pending',
          details: { ids: [questionId('other')], pending: [Q] },
        },
        {
          what: 'an id that is pending with one that is not',
          want: { answers: [Q, questionId('other')] },
          code: 'interrupt_not_pending',
          details: { ids: [questionId('other')] },
        },
        {
          what: 'an id that is no id',
          want: { answers: ['nonsense'] },
          code: 'interrupt_not_pending',
          details: { ids: ['nonsense'] },
        },
        {
          what: 'new input over a pending question',
          want: { refusePending: true },
          code: 'pending_question',
          details: { pending: [Q] },
        },
        {
          what: 'new input over a pending question, may create',
          want: { refusePending: true, create: true },
          code: 'pending_question',
        },
        { what: 'another graph, may create', want: { graph: 'other', create: true }, code: 'graph_mismatch' },
      ];
      it.each(refusals)('C2: $what is refused, and nothing has changed', async ({ want, code, details = {} }) => {
        await waitingThread(store, thread, { graph: 'refund' });
        const before = await store.load(thread);
        await expect(store.claim(thread, wanting('r1', want))).rejects.toMatchObject({
          code,
          details: { threadId: thread, ...details },
        });
        expect(await store.load(thread)).toEqual(before);
        await runOnce(store, thread, answering('r2', 'yes'), 'done');
      });

      it('C2: a busy thread refuses, says who is on it, how long and what is pending, and the claim stays what it was', async () => {
        await waitingThread(store, thread);
        const { pending } = (await store.load(thread))!.head;
        const claim = await store.claim(thread, answering('r1', 'yes'));
        const before = await store.load(thread);
        const want = answering('r2', 'no', { now: NOW + 20_000, expiresAt: NOW + 80_000 });
        await expect(store.claim(thread, want)).rejects.toMatchObject({
          code: 'thread_busy',
          details: { threadId: thread, runId: 'r1', expiresAt: NOW + MINUTE, retryAfterMs: 40_000, pending },
        });
        expect(pending).toHaveLength(1);
        expect(await store.load(thread)).toEqual(before);
        await commitNext(claim, 'done');
      });

      it('C2: an answer is refused when nothing is pending', async () => {
        await runOnce(store, thread, starting('r1'), 'done');
        await expect(store.claim(thread, answering('r2', 'yes'))).rejects.toMatchObject({ code: 'nothing_to_resume' });
      });

      it('C2: one answer to two questions is ambiguous; naming one of them is not', async () => {
        const [first, second] = [questionId('first'), questionId('second')];
        await waitingThread(store, thread, { questions: [second, first] });
        await expect(store.claim(thread, answering('r2', 'yes'))).rejects.toMatchObject({
          code: 'ambiguous_answer',
          details: { pending: [second, first] },
        });
        const claim = await store.claim(thread, wanting('r2', { answers: [first] }));
        expect(claim.checkpoint?.version).toBe(1);
      });

      it('C2: everything that may be asked of the head at once is granted', async () => {
        const first = await waitingThread(store, thread, { graph: 'refund' });
        const claim = await store.claim(
          thread,
          answering('r1', 'yes', { graph: 'refund', newest: first.id, answers: [Q], create: true }),
        );
        expect(claim.checkpoint).toEqual(first);
        expect(claim.incarnation).toBe('starter');
      });

      it('C2: a graph may be named for a thread that has none', async () => {
        await waitingThread(store, thread);
        const claim = await store.claim(thread, answering('r1', 'yes', { graph: 'refund', create: true }));
        await claim.release();
        expect((await store.load(thread))?.head.graph).toBeUndefined();
      });

      it('C2: a released claim leaves checkpoint and question as they were', async () => {
        await waitingThread(store, thread);
        const before = await store.load(thread);
        const claim = await store.claim(thread, answering('r1', 'yes'));
        await claim.release();
        await claim.release();
        expect(await store.load(thread)).toEqual(before);
        await runOnce(store, thread, answering('r2', 'no'), 'done');
      });

      it('C2: of two claims at once exactly one is taken', async () => {
        await waitingThread(store, thread);
        const outcomes = await Promise.allSettled(['r1', 'r2'].map((run) => store.claim(thread, answering(run, run))));
        const taken = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
        const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
        expect(taken).toHaveLength(1);
        expect(refused).toEqual([expect.objectContaining({ code: 'thread_busy' })]);
        await commitNext(taken[0]!, 'done');
      });

      it('C2: of twenty starts of one thread at once exactly one is taken', async () => {
        const runs = Array.from({ length: 20 }, (_, i) => `r${i}`);
        const outcomes = await Promise.allSettled(runs.map((run) => store.claim(thread, starting(run))));
        const taken = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
        expect(taken).toHaveLength(1);
        expect((await store.load(thread))?.head.claim?.runId).toBe(taken[0]!.runId);
      });
    });

    describe('C3: recorded requests', () => {
      const requests: { what: string; request: RunRequest }[] = [
        {
          what: 'an input',
          request: { kind: 'input', input: { text: 'hello', at: new Date(0) }, origin: { graph: 'g' } },
        },
        { what: 'a large input', request: { kind: 'input', input: noise(20_000) } },
        { what: 'an answer', request: { kind: 'command', command: { resume: [undefined] } } },
        {
          what: 'answers by id',
          request: { kind: 'command', command: { answers: { [Q]: { ok: true } }, update: { x: 1 } } },
        },
        { what: 'a continuation', request: { kind: 'continue', at: checkpointId(1, 'starter') } },
      ];
      it.each(requests)('C3: $what is recorded, and the take-over continues with it', async ({ request }) => {
        await waitingThread(store, thread);
        await store.claim(thread, wanting('r1', { request }));
        expect((await store.load(thread))?.head.claim?.request).toEqual(request);
        const claim = await store.claim(
          thread,
          wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } }),
        );
        expect(claim).toMatchObject({ runId: 'r2', tookOver: 'r1', expiresAt: LATER + MINUTE, incarnation: 'starter' });
        expect(claim.request).toEqual(request);
        expect((await store.load(thread))?.head.claim).toEqual({ runId: 'r2', expiresAt: LATER + MINUTE, request });
        await commitNext(claim, 'done');
      });

      it('C3: a start that was cut off is taken over, under its incarnation', async () => {
        await store.claim(thread, starting('r1'));
        const claim = await store.claim(
          thread,
          wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } }),
        );
        expect(claim).toMatchObject({ incarnation: 'r1', tookOver: 'r1', checkpoint: undefined });
        expect(claim.request).toEqual({ kind: 'input', input: 'input of r1' });
        const checkpoint = await commitNext(claim, 'done');
        expect(await listed(store, thread)).toEqual([checkpoint]);
      });

      it('C3: a take-over can be taken over', async () => {
        await waitingThread(store, thread);
        await store.claim(thread, answering('r1', noise(5_000)));
        await store.claim(thread, wanting('r2', { now: LATER, expiresAt: LATER + 1, request: { kind: 'continue' } }));
        const claim = await store.claim(
          thread,
          wanting('r3', { now: LATER + 1, expiresAt: LATER + MINUTE, request: { kind: 'continue' } }),
        );
        expect(claim.tookOver).toBe('r2');
        expect(claim.request).toEqual({ kind: 'command', command: { resume: [noise(5_000)] } });
      });

      it('C3: a claim holds until the instant of its expiry', async () => {
        await waitingThread(store, thread);
        await store.claim(thread, answering('r1', 'yes'));
        const early = wanting('r2', { now: NOW + MINUTE - 1, expiresAt: LATER, request: { kind: 'continue' } });
        await expect(store.claim(thread, early)).rejects.toMatchObject({ code: 'thread_busy' });
        const claim = await store.claim(thread, { ...early, now: NOW + MINUTE });
        expect(claim.tookOver).toBe('r1');
      });

      it('C3: the same answer again takes over', async () => {
        await waitingThread(store, thread);
        await store.claim(thread, answering('r1', { amount: 5 }));
        const claim = await store.claim(
          thread,
          answering('r2', { amount: 5 }, { now: LATER, expiresAt: LATER + MINUTE }),
        );
        expect(claim).toMatchObject({ tookOver: 'r1', request: { command: { resume: [{ amount: 5 }] } } });
      });

      it('C3: another answer is told who came first, and what was recorded stays', async () => {
        await waitingThread(store, thread);
        await store.claim(thread, answering('r1', 'yes'));
        const before = await store.load(thread);
        const other = answering('r2', 'no', { now: LATER, expiresAt: LATER + MINUTE });
        await expect(store.claim(thread, other)).rejects.toMatchObject({
          code: 'run_unfinished',
          details: { threadId: thread, runId: 'r1' },
        });
        expect(await store.load(thread)).toEqual(before);
      });

      it('C3: an expired claim without a request is void: the next one is free', async () => {
        await waitingThread(store, thread);
        await store.claim(thread, wanting('r1'));
        const claim = await store.claim(thread, answering('r2', 'yes', { now: LATER, expiresAt: LATER + MINUTE }));
        expect(claim.tookOver).toBeUndefined();
        expect(claim.request).toEqual({ kind: 'command', command: { resume: ['yes'] } });
      });

      it('C3: a claim without a request does not take over a recorded one', async () => {
        await waitingThread(store, thread);
        await store.claim(thread, answering('r1', 'yes'));
        const update = wanting('r2', { now: LATER, expiresAt: LATER + MINUTE });
        await expect(store.claim(thread, update)).rejects.toMatchObject({ code: 'run_unfinished' });
      });

      it('C3: a take-over that is released leaves what was recorded, to be taken over at once', async () => {
        await waitingThread(store, thread);
        await store.claim(thread, answering('r1', noise(3_000)));
        const again = { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } } as const;
        await (await store.claim(thread, wanting('r2', again))).release();
        const other = answering('r3', 'no', { now: LATER, expiresAt: LATER + MINUTE });
        await expect(store.claim(thread, other)).rejects.toMatchObject({ code: 'run_unfinished' });
        const claim = await store.claim(thread, wanting('r4', again));
        expect(claim.request).toEqual({ kind: 'command', command: { resume: [noise(3_000)] } });
        await commitNext(claim, 'done');
      });

      it('C3: a start that was taken over and released is still there', async () => {
        await store.claim(thread, starting('r1'));
        const again = { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } } as const;
        await (await store.claim(thread, wanting('r2', again))).release();
        const claim = await store.claim(thread, wanting('r3', again));
        expect(claim).toMatchObject({ incarnation: 'r1', request: { kind: 'input', input: 'input of r1' } });
        await commitNext(claim, 'done');
      });

      it('C3: once its run has saved something, the same request still takes over, and is not applied again', async () => {
        const config = { interruptBefore: ['pay'], metadata: { case: 7 } };
        const request = { kind: 'input', input: noise(3_000), config } as const;
        await commitNext(await store.claim(thread, starting('r1', { request })), 'running');
        const later = { now: LATER, expiresAt: LATER + MINUTE };
        const second = await store.claim(thread, starting('r2', { ...later, request }));
        expect(second).toMatchObject({
          tookOver: 'r1',
          request: { kind: 'continue', config: { interruptBefore: ['pay'] } },
        });
        await commitNext(second, 'running');
        const third = await store.claim(thread, starting('r3', { now: LATER * 2, expiresAt: LATER * 3, request }));
        expect(third).toMatchObject({ tookOver: 'r2', request: { kind: 'continue' } });
        const other = starting('r4', { now: LATER * 4, expiresAt: LATER * 5, request: { ...request, input: 'other' } });
        await expect(store.claim(thread, other)).rejects.toMatchObject({ code: 'run_unfinished' });
      });

      it('C3: a take-over that is reopened drops the answer: the question is pending again', async () => {
        await waitingThread(store, thread);
        const before = await store.load(thread);
        await store.claim(thread, answering('r1', noise(3_000)));
        const claim = await store.claim(
          thread,
          wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } }),
        );
        await claim.reopen();
        expect(await store.load(thread)).toEqual(before);
      });

      it('C3: a run that was cut off between supersteps is continued from what it saved', async () => {
        const lost = await store.claim(thread, starting('r1', { request: { kind: 'input', input: noise(3_000) } }));
        const first = await commitNext(lost, 'running', { state: { n: 1 } });
        const claim = await store.claim(
          thread,
          wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } }),
        );
        expect(claim).toMatchObject({ tookOver: 'r1', incarnation: 'r1', request: { kind: 'continue' } });
        expect(claim.checkpoint).toEqual(first);
        const second = await commitNext(claim, 'done', { state: { n: 2 } });
        expect(await listed(store, thread)).toEqual([second, first]);
      });

      it('C3: of ten take-overs at once exactly one is granted', async () => {
        await waitingThread(store, thread);
        await store.claim(thread, answering('r1', 'yes'));
        const outcomes = await Promise.allSettled(
          Array.from({ length: 10 }, (_, i) =>
            store.claim(
              thread,
              wanting(`t${i}`, { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } }),
            ),
          ),
        );
        const codes = outcomes.map((outcome) =>
          outcome.status === 'fulfilled' ? 'taken' : (outcome.reason as { code: string }).code,
        );
        expect(codes.toSorted()).toEqual(['taken', ...Array<string>(9).fill('thread_busy')].toSorted());
      });
    });

    describe('C7: sizes', () => {
      it.each([100, 1_000, 20_000, 300_000])('C7: %i bytes of state come back as they were', async (size) => {
        const state = { text: noise(size), small: 1 };
        const first = await waitingThread(store, thread, { state });
        const claim = await store.claim(thread, answering('r1', 'yes'));
        expect(claim.checkpoint).toEqual(first);
        const second = await commitNext(claim, 'done', { state: { text: noise(size, 'other') } });
        expect((await store.load(thread))?.checkpoint).toEqual(second);
        expect((await store.load(thread, first.id))?.checkpoint).toEqual(first);
        expect(await listed(store, thread)).toEqual([second, first]);
      });
    });

    describe('C7: long threads', () => {
      it('C7: a list that grows with every request is whole at every turn', async () => {
        const turns: { role: string; content: string }[] = [];
        const saved: Checkpoint[] = [];
        for (let i = 0; i < 12; i++) {
          turns.push({ role: 'user', content: noise(1_500, `${i}`) });
          const request: RunRequest = { kind: 'input', input: { turns: turns.slice(-1) } };
          const claim = await store.claim(thread, starting(`r${i}`, { request }));
          expect(claim.checkpoint).toEqual(saved.at(-1));
          const on = await commitNext(claim, 'running', { state: { turns: [...turns] } });
          saved.push(await commitNext(claim, 'done', { state: { turns: [...turns], count: i } }, on));
        }
        expect((await listed(store, thread)).filter(({ version }) => version % 2 === 0)).toEqual(saved.toReversed());
        for (const one of saved) expect((await store.load(thread, one.id))?.checkpoint).toEqual(one);
      });

      it('C7: what changes in the middle, at the front, or altogether, is stored as it is at the save', async () => {
        const list = Array.from({ length: 12 }, (_, i) => noise(600, `${i}`));
        const big = { list, other: { deep: noise(4_000) } };
        const changes: ((state: typeof big) => void)[] = [
          () => undefined,
          (state) => state.list.unshift('first'),
          (state) => state.list.splice(5, 3, 'middle'),
          (state) => void (state.other.deep += '🙂'),
          (state) => void (state.other = { deep: 'short' }),
          (state) => state.list.splice(0),
          (state) => state.list.push(noise(9_000, 'new')),
        ];
        const claim = await store.claim(thread, starting('r1'));
        const saved: Checkpoint[] = [];
        for (const change of changes) {
          change(big);
          const was = await commitNext(claim, 'running', { state: big }, saved.at(-1));
          saved.push(structuredClone(was));
        }
        expect(await listed(store, thread)).toEqual(saved.toReversed());
      });

      it('C7: a large question, and a large answer to it, come back as they were', async () => {
        const claim = await store.claim(thread, starting('r1'));
        const asked = makeCheckpoint('r1', 1, { questions: [Q] });
        const record = { answers: [], questions: [{ id: Q, slot: '0', value: noise(30_000) }] };
        const first = { ...asked, frame: { ...asked.frame, tasks: new Map([['ask', record]]) } };
        await claim.commit(first, 'interrupted');
        const resumed = await store.claim(thread, answering('r2', noise(40_000, 'answer')));
        expect(resumed.checkpoint).toEqual(first);
        expect(resumed.request).toEqual({ kind: 'command', command: { resume: [noise(40_000, 'answer')] } });
        const second = await commitNext(resumed, 'done', { state: { answer: noise(40_000, 'answer') } });
        expect(await listed(store, thread)).toEqual([second, first]);
      });

      it('C3: a request of a megabyte is recorded, taken over, and its run goes on', async () => {
        const request: RunRequest = { kind: 'input', input: { text: noise(1_000_000) } };
        await store.claim(thread, starting('r1', { request }));
        const claim = await store.claim(
          thread,
          wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } }),
        );
        expect(claim).toMatchObject({ tookOver: 'r1', request });
        const first = await commitNext(claim, 'interrupted', { questions: [Q], state: { text: noise(1_000_000) } });
        const second = await runOnce(store, thread, answering('r3', 1), 'done', {
          state: { text: noise(1_000_000), n: 1 },
        });
        expect(await listed(store, thread)).toEqual([second, first]);
      });

      it('C13: a fork from an old checkpoint leaves what came after it as it was', async () => {
        const first = await waitingThread(store, thread, { state: { text: noise(6_000) } });
        const second = await runOnce(store, thread, answering('r1', 1), 'done', { state: { text: noise(6_000, 'b') } });
        const fork = await runOnce(store, thread, starting('r2'), 'done', {
          parentId: first.id,
          state: { text: noise(6_000), n: 1 },
        });
        expect(await listed(store, thread)).toEqual([fork, second, first]);
        expect((await store.load(thread, first.id))?.checkpoint).toEqual(first);
      });
    });

    describe('C9: deletion', () => {
      it('C9: removes the thread and its history', async () => {
        const first = await waitingThread(store, thread, { state: { text: noise(5_000) } });
        await runOnce(store, thread, answering('r1', 'yes'), 'done');
        expect(await store.deleteThread(thread)).toBe(true);
        expect(await store.load(thread)).toBeUndefined();
        expect(await store.load(thread, first.id)).toBeUndefined();
        expect(await listed(store, thread)).toEqual([]);
        expect(await store.deleteThread(thread)).toBe(false);
      });

      it('C9: a re-created thread sees nothing of its former life', async () => {
        const old = await waitingThread(store, thread);
        await runOnce(store, thread, answering('r1', 'yes'), 'done');
        await store.deleteThread(thread);
        const first = await runOnce(
          store,
          thread,
          starting('again', { now: LATER, expiresAt: LATER + MINUTE }),
          'done',
        );
        expect(first.incarnation).toBe('again');
        expect(await listed(store, thread)).toEqual([first]);
        expect((await store.load(thread, old.id))?.checkpoint).toBeUndefined();
        expect(await listed(store, thread, { before: old.id })).toEqual([]);
      });

      it('C9: a run whose thread was deleted commits nothing', async () => {
        await waitingThread(store, thread);
        const claim = await store.claim(thread, answering('r1', 'yes'));
        expect(await store.deleteThread(thread)).toBe(true);
        await expect(commitNext(claim, 'done', { state: { text: noise(5_000) } })).rejects.toMatchObject({
          code: 'claim_lost',
        });
        await claim.release();
        expect(await store.load(thread)).toBeUndefined();
      });

      it('C9: a run whose thread was deleted and re-created commits nothing, and its release ends no claim', async () => {
        await waitingThread(store, thread);
        const lost = await store.claim(thread, answering('r1', 'yes'));
        await store.deleteThread(thread);
        const claim = await store.claim(thread, starting('again'));
        await expect(commitNext(lost, 'done')).rejects.toMatchObject({ code: 'claim_lost' });
        await lost.release();
        const first = await commitNext(claim, 'done');
        expect(await listed(store, thread)).toEqual([first]);
      });
    });

    describe('C11: many questions', () => {
      const ids = Array.from({ length: 200 }, (_, i) => questionId(`question ${i}`));

      it('C11: two hundred are all pending, in their order', async () => {
        await waitingThread(store, thread, { questions: ids });
        expect((await store.load(thread))?.head.pending).toEqual(ids);
      });

      it('C11: any of them, and all of them, can be answered by id', async () => {
        await waitingThread(store, thread, { questions: ids });
        const one = await store.claim(thread, wanting('r1', { answers: [ids[150]!] }));
        expect(one.checkpoint?.version).toBe(1);
        await one.release();
        const all = await store.claim(thread, wanting('r2', { answers: ids }));
        expect(all.checkpoint?.version).toBe(1);
      });

      it('C11: what is not among them is refused, and so is one answer to all', async () => {
        await waitingThread(store, thread, { questions: ids });
        const other = wanting('r1', { answers: [ids[0]!, Q] });
        await expect(store.claim(thread, other)).rejects.toMatchObject({
          code: 'interrupt_not_pending',
          details: { ids: [Q], pending: ids },
        });
        await expect(store.claim(thread, answering('r1', 'yes'))).rejects.toMatchObject({ code: 'ambiguous_answer' });
        const input = starting('r1', { refusePending: true });
        await expect(store.claim(thread, input)).rejects.toMatchObject({ code: 'pending_question' });
      });

      it('C11: more ids than are pending are refused', async () => {
        await waitingThread(store, thread);
        await expect(store.claim(thread, wanting('r1', { answers: ids }))).rejects.toMatchObject({
          code: 'interrupt_not_pending',
        });
      });
    });

    describe('C13: history', () => {
      it('C13: is listed newest first', async () => {
        const ids = await fiveRuns(store, thread);
        expect((await listed(store, thread)).map(({ id }) => id)).toEqual(ids);
        expect((await listed(store, thread, { limit: 1 })).slice(0, 1).map(({ id }) => id)).toEqual(ids.slice(0, 1));
        expect((await listed(store, thread, { limit: 2 })).slice(0, 2).map(({ id }) => id)).toEqual(ids.slice(0, 2));
      });

      it('C13: begins after `before`, wherever that is in the chain', async () => {
        const ids = await fiveRuns(store, thread);
        for (const [i, id] of ids.entries()) {
          expect((await listed(store, thread, { before: id, limit: 2 })).map((c) => c.id)).toEqual(ids.slice(i + 1));
        }
      });

      it('C13: what came after a checkpoint is listed oldest first', async () => {
        const ids = await fiveRuns(store, thread);
        for (const [i, id] of ids.entries()) {
          const later = await listed(store, thread, { after: id, limit: 1 });
          expect(later.map((c) => c.id)).toEqual(ids.slice(0, i).toReversed());
        }
        expect(await listed(store, thread, { after: 'nonsense' })).toEqual([]);
      });

      it('C13: before a checkpoint that the thread does not have, there is nothing', async () => {
        await fiveRuns(store, thread);
        expect(await listed(store, thread, { before: checkpointId(3, 'nobody') })).toEqual([]);
        expect(await listed(store, thread, { before: checkpointId(9, 'nobody') })).toEqual([]);
        expect(await listed(store, thread, { before: 'nonsense' })).toEqual([]);
      });

      it('C13: keeps a fork: its parent is old, and the commits stay in time', async () => {
        const first = await waitingThread(store, thread);
        const second = await runOnce(store, thread, answering('r1', 'yes'), 'done');
        const fork = await runOnce(store, thread, starting('r2'), 'done', { parentId: first.id });
        const all = await listed(store, thread);
        expect(all).toEqual([fork, second, first]);
        expect(all.map(({ parentId }) => parentId)).toEqual([first.id, first.id, undefined]);
      });

      it('C13: any checkpoint is loaded by its id, beside the head', async () => {
        const ids = await fiveRuns(store, thread);
        for (const id of ids) {
          const loaded = await store.load(thread, id);
          expect(loaded?.checkpoint?.id).toBe(id);
          expect(loaded?.head.checkpointId).toBe(ids[0]);
        }
      });

      it('C13: an id that the thread does not have loads no checkpoint', async () => {
        await waitingThread(store, thread);
        for (const id of [checkpointId(1, 'nobody'), checkpointId(7, 'nobody'), 'nonsense', '', '#']) {
          const loaded = await store.load(thread, id);
          expect(loaded?.head.version).toBe(1);
          expect(loaded?.checkpoint).toBeUndefined();
        }
      });

      it('C13: what a run wrote that lost its claim is not seen', async () => {
        const first = await waitingThread(store, thread);
        const lost = await store.claim(thread, answering('r1', 'yes'));
        const taken = await store.claim(
          thread,
          wanting('r2', { now: LATER, expiresAt: LATER + MINUTE, request: { kind: 'continue' } }),
        );
        const orphan = makeCheckpoint('r1', 2, {
          incarnation: 'starter',
          parentId: first.id,
          state: { text: noise(5_000) },
        });
        await expect(lost.commit(orphan, 'done')).rejects.toMatchObject({ code: 'claim_lost' });
        const second = await commitNext(taken, 'interrupted', { questions: [Q], state: { text: noise(5_000) } });
        const third = await runOnce(store, thread, answering('r3', 'yes'), 'done');
        expect(await listed(store, thread)).toEqual([third, second, first]);
        expect(await listed(store, thread, { before: second.id })).toEqual([first]);
        expect((await store.load(thread, orphan.id))?.checkpoint).toBeUndefined();
        expect((await store.load(thread, second.id))?.checkpoint).toEqual(second);
      });
    });

    describe('C14: contents', () => {
      it('C14: a checkpoint comes back whole, whatever its frame holds', async () => {
        const claim = await store.claim(thread, starting('r1'));
        const base = makeCheckpoint('r1', 1, {
          graph: 'refund',
          metadata: { source: 'mine', nested: { $date: 'text' } },
        });
        const checkpoint = {
          ...base,
          origin: { graph: 'refund', configurable: { user: 'u1' }, context: { locale: 'de' } },
          frame: {
            step: -1,
            planned: 0,
            channels: new Map([
              ['__proto__', { version: 1, value: 'a' }],
              ['', { version: 0, value: null }],
              ['a#b', { version: 1, value: undefined }],
              ['$map', { version: 1, value: { constructor: 1, $: 2 } }],
            ]),
            next: [
              { node: 'ask' },
              { node: 'ask', index: 0, input: undefined },
              { node: 'sub', index: 1, input: { $: 1 } },
            ],
            ran: ['a', 'b'],
            joins: new Map([['a+b', ['a']]]),
            tasks: new Map([
              ['ask', { answers: [], questions: [{ id: Q, slot: '0', value: { ask: 'ok?' } }] }],
              [
                'sub:1|inner:0',
                {
                  answers: [{ slot: 'key#1', question: 1n, answer: undefined, unchecked: true as const }],
                  questions: [],
                  result: { writes: [['a', new Set([1])] as const], targets: ['x', { node: 'y', input: Number.NaN }] },
                },
              ],
              ['ask:0', { answers: [], questions: [], error: { name: 'TypeError', message: 'no' } }],
            ]),
          },
        };
        await claim.commit(checkpoint, 'interrupted');
        expect(await store.load(thread)).toMatchObject({ head: { pending: [Q], graph: 'refund' } });
        expect((await store.load(thread))?.checkpoint).toStrictEqual(checkpoint);
        expect((await store.claim(thread, answering('r2', 'yes'))).checkpoint).toStrictEqual(checkpoint);
      });

      it.each([...kinds()])('V1: %s comes back as what it was', async (_, value) => {
        const request: RunRequest = { kind: 'input', input: value };
        const claim = await store.claim(thread, starting('r1', { request }));
        expect(claim.request).toStrictEqual(request);
        await commitNext(claim, 'done', { state: { value, list: [value], deep: { value } } });
        const channels = (await store.load(thread))?.checkpoint?.frame.channels;
        expect(channels?.get('value')?.value).toStrictEqual(value);
        expect(channels?.get('list')?.value).toStrictEqual([value]);
        expect(channels?.get('deep')?.value).toStrictEqual({ value });
      });

      it('V2: an instance of a class comes back through its codec, and is refused without one', async () => {
        const url: ValueCodec<URL> = {
          name: 'URL',
          is: (value) => value instanceof URL,
          encode: ({ href }) => href,
          decode: (href) => new URL(href as string),
        };
        const taught = makeStore({ codecs: [url] });
        await runOnce(taught, thread, starting('r1'), 'done', { state: { link: new URL('https://example.com/a') } });
        const link = (await taught.load(thread))?.checkpoint?.frame.channels.get('link')?.value;
        expect(link).toBeInstanceOf(URL);
        expect(String(link)).toBe('https://example.com/a');
        expect(() => store.check({ link: new URL('https://example.com/a') }, 'Input')).toThrow(
          'Input, at ["link"]: an instance of class URL (give the checkpointer a codec for it) cannot be stored.',
        );
      });

      it('V2: what cannot be recorded with a claim is refused, and nothing is claimed', async () => {
        const first = await waitingThread(store, thread);
        await expect(store.claim(thread, answering('r1', Symbol('no')))).rejects.toMatchObject({
          code: 'unstorable_state',
        });
        expect(await store.load(thread)).toMatchObject({ head: { claim: undefined }, checkpoint: { id: first.id } });
      });
    });
  });
}

/** Five checkpoints, small and large in turn. @returns their ids, newest first */
async function fiveRuns(store: Checkpointer, thread: string): Promise<string[]> {
  const made = [await waitingThread(store, thread, { state: { n: 0 } })];
  for (let i = 1; i < 5; i++) {
    const state = { n: i, text: i % 2 === 0 ? noise(4_000) : 'short' };
    made.push(await runOnce(store, thread, answering(`r${i}`, i), 'interrupted', { questions: [Q], state }));
  }
  return made.map(({ id }) => id).toReversed();
}

/** A value of every kind that the codec knows. */
function* kinds(): Iterable<[string, unknown]> {
  yield ['null', null];
  yield ['undefined', undefined];
  yield ['text with every kind of character', 'a\u0000"\\\u2028 é 你好 🙂 \ud800'];
  yield ['the empty text', ''];
  yield ['a number', 12345.678];
  yield ['negative zero', -0];
  yield ['NaN', Number.NaN];
  yield ['infinity', Number.NEGATIVE_INFINITY];
  yield ['a BigInt', 2n ** 70n];
  yield ['a Date', new Date(86_400_000)];
  yield ['a Date that is none', new Date(Number.NaN)];
  yield [
    'a Map',
    new Map<unknown, unknown>([
      ['a', 1],
      [{ key: 1 }, new Map([[1n, undefined]])],
    ]),
  ];
  yield ['a Set', new Set<unknown>(['a', new Date(0)])];
  yield ['bytes', new Uint8Array([0, 127, 255])];
  yield ['an Error with its cause', new RangeError('too far', { cause: { code: 7 } })];
  yield ['the empty list and object', { list: [], object: {} }];
  yield ['an object that looks like a tag', { $date: '2026-01-01' }];
  yield ['an object that looks like an escaped tag', { $: { $: 1 } }];
  yield ['keys that are special elsewhere', JSON.parse('{"__proto__":{"a":1},"constructor":2,"toString":3}')];
}
