/** C5 over HTTP: `Idempotency-Key` on every request that runs something, through the rim of Lambda, on both stores. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Checkpointer, HoldpointError } from '../../core/index.ts';
import { createApp } from '../../functions/app.ts';
import { asking, askingStrictly, askingTwice, endless, oneNode } from '../support/http-graphs.ts';
import { eventsOf, Gate, type Reply, SSE } from '../support/http.ts';
import { type Gateway, gateway } from '../support/lambda.ts';
import { onEachStore } from '../support/stores.ts';

const HOUR = 3_600_000;
let threads = 0;

/** What matters of an answer: all but the header that says that it is told again. */
function told({ status, text, headers }: Reply): unknown {
  return { status, text, type: headers.get('content-type'), etag: headers.get('etag') };
}

function replayed({ headers }: Reply): boolean {
  return headers.get('idempotency-replayed') === 'true';
}

function key(name: string): Record<string, string> {
  return { 'idempotency-key': name };
}

onEachStore((makeStore) => {
  const clock = { now: 0 };
  const effects: string[] = [];
  let began: Gate;
  let gate: Gate;
  let store: Checkpointer;
  let send: Gateway;
  let path: string;

  const graphs = {
    ask: asking(undefined, () => effects.push('finished')),
    twice: askingTwice(),
    count: oneNode(({ log }) => {
      effects.push('counted');
      return { log: [`run ${log.length + 1}`] };
    }),
    fail: oneNode(() => {
      effects.push('failed');
      throw new TypeError('no');
    }),
    endless: endless(),
    strict: askingStrictly(() => effects.push('left')),
    slow: oneNode(async () => {
      const mine = gate;
      began.resolve();
      await mine.opened;
      effects.push('slow');
    }),
  };

  beforeEach(() => {
    clock.now = Date.now();
    store = makeStore(() => clock.now);
    effects.length = 0;
    began = new Gate();
    gate = new Gate();
    send = gateway(createApp({ graphs, checkpointer: () => store, now: () => clock.now, log: () => undefined }));
    path = `/threads/key-${++threads}`;
  });

  describe('the same key and body again gets the first outcome', () => {
    it('C5: of an invoke that would otherwise run twice, also when the thread has gone on', async () => {
      const body = { graph: 'count', input: { topic: 'x' } };
      const first = await send('POST', `${path}/invoke`, body, key('a'));
      expect([first.status, replayed(first), first.body.values.log]).toEqual([200, false, ['run 1']]);
      const again = await send('POST', `${path}/invoke`, body, key('a'));
      expect([told(again), replayed(again)]).toEqual([told(first), true]);
      await send('POST', `${path}/invoke`, body, key('b'));
      clock.now += 24 * HOUR;
      const late = await send('POST', `${path}/invoke`, body, key('a'));
      expect([told(late), replayed(late)]).toEqual([told(first), true]);
      expect(effects).toEqual(['counted', 'counted']);
    });

    it('C5: of a resume, while the next question waits', async () => {
      const started = await send('POST', `${path}/invoke`, { graph: 'twice', input: {} });
      const [one, two] = started.body.interrupts;
      const body = { answers: { [one.id]: 'yes' } };
      const first = await send('POST', `${path}/resume`, body, key('a'));
      expect(first.body).toMatchObject({ status: 'interrupted', interrupts: [two] });
      expect(told(await send('POST', `${path}/resume`, body, key('a')))).toEqual(told(first));
      await send('POST', `${path}/resume`, { answers: { [two.id]: 'no' } }, key('b'));
      const again = await send('POST', `${path}/resume`, body, key('a'));
      expect([told(again), replayed(again)]).toEqual([told(first), true]);
    });

    it('C5: of a start that names no thread: the key leads to it', async () => {
      const body = { graph: 'count', input: {} };
      const first = await send('POST', '/invoke', body, key(`start ${path}`.replaceAll(' ', '-')));
      const again = await send('POST', '/invoke', body, key(`start ${path}`.replaceAll(' ', '-')));
      expect(first.body.thread_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      expect([told(again), replayed(again), effects]).toEqual([told(first), true, ['counted']]);
      const other = await send('POST', '/invoke', body, key(`other-${path}`));
      expect(other.body.thread_id).not.toBe(first.body.thread_id);
    });

    it('C5: of a run whose node failed, without running it again', async () => {
      const body = { graph: 'fail', input: {} };
      const first = await send('POST', `${path}/invoke`, body, key('a'));
      expect(first).toMatchObject({ status: 500, body: { code: 'node_failed', error: { name: 'TypeError' } } });
      const again = await send('POST', `${path}/invoke`, body, key('a'));
      expect([told(again), replayed(again), effects]).toEqual([told(first), true, ['failed']]);
    });

    it('C5: of a run that the engine ended, also when the thread has gone on', async () => {
      const body = { graph: 'endless', input: {}, config: { recursion_limit: 3 } };
      const first = await send('POST', `${path}/invoke`, body, key('a'));
      expect(first).toMatchObject({ status: 500, body: { code: 'recursion_limit' } });
      await send('POST', `${path}/invoke`, { input: null, config: { recursion_limit: 2 } });
      const again = await send('POST', `${path}/invoke`, body, key('a'));
      expect([told(again), replayed(again)]).toEqual([told(first), true]);
    });

    it('C5: as a stream: the final event; and of a stream, as JSON', async () => {
      const body = { graph: 'count', input: {} };
      const first = await send('POST', `${path}/invoke`, body, { ...key('a'), ...SSE });
      const events = eventsOf(first.text);
      const again = await send('POST', `${path}/invoke`, body, { ...key('a'), ...SSE });
      expect(again.headers.get('content-type')).toBe('text/event-stream');
      expect(eventsOf(again.text)).toEqual([events[0], events.at(-1)]);
      expect([replayed(first), replayed(again), effects]).toEqual([false, true, ['counted']]);
      expect((await send('POST', `${path}/invoke`, body, key('a'))).body).toEqual(events.at(-1)?.data);
    });

    it('C5: of a stream that failed: the error event', async () => {
      const body = { graph: 'fail', input: {} };
      const first = await send('POST', `${path}/invoke`, body, { ...key('a'), ...SSE });
      const again = await send('POST', `${path}/invoke`, body, { ...key('a'), ...SSE });
      expect(eventsOf(again.text).at(-1)).toMatchObject({ event: 'error', data: { code: 'node_failed' } });
      expect(eventsOf(again.text).at(-1)).toEqual(eventsOf(first.text).at(-1));
    });
  });

  describe('in the meantime and otherwise', () => {
    it('C5: while it runs: 409 in_progress, to be sent again', async () => {
      const body = { graph: 'slow', input: {} };
      const running = send('POST', `${path}/invoke`, body, key('a'));
      await began.opened;
      const again = await send('POST', `${path}/invoke`, body, key('a'));
      expect(again).toMatchObject({ status: 409, body: { code: 'in_progress' } });
      expect(again.headers.get('retry-after')).toBe('5');
      const other = await send('POST', `${path}/invoke`, body, key('b'));
      expect(other).toMatchObject({ status: 409, body: { code: 'thread_busy' } });
      gate.resolve();
      const first = await running;
      expect(told(await send('POST', `${path}/invoke`, body, key('a')))).toEqual(told(first));
      expect(effects).toEqual(['slow']);
    });

    it('C5: with another body, or on another route: 422, the thread untouched', async () => {
      const first = await send('POST', `${path}/invoke`, { graph: 'ask', input: { topic: 'x' } }, key('a'));
      const before = await send('GET', path);
      const [{ id }] = first.body.interrupts;
      for (const [verb, body] of [
        ['invoke', { graph: 'ask', input: { topic: 'y' } }],
        ['resume', { answers: { [id]: 'yes' } }],
      ] as const) {
        const reply = await send('POST', `${path}/${verb}`, body, key('a'));
        expect(reply).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
        expect(reply.headers.get('retry-after')).toBeNull();
      }
      expect((await send('GET', path)).body).toEqual(before.body);
    });

    it('C5: a body that only looks different is the same', async () => {
      const first = await send('POST', `${path}/invoke`, { graph: 'count', input: { topic: 1, log: [] } }, key('a'));
      const again = await send('POST', `${path}/invoke`, { input: { log: [], topic: 1 }, graph: 'count' }, key('a'));
      expect(told(again)).toEqual(told(first));
    });

    it('C5: a request that was refused has not used its key', async () => {
      const body = { graph: 'count', input: {} };
      const early = await send('POST', `${path}/resume`, { answers: { ['0'.repeat(32)]: 1 } }, key('a'));
      expect(early.status).toBe(404);
      const first = await send('POST', `${path}/invoke`, body, key('a'));
      expect([first.status, replayed(first)]).toEqual([200, false]);
    });

    it.each([[''], ['ü'], ['two words'], ['x'.repeat(256)]])('C5: the key %j is refused', async (name) => {
      const reply = await send('POST', `${path}/invoke`, { graph: 'count', input: {} }, key(name));
      expect(reply).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(effects).toEqual([]);
    });

    it('C5: a run that was cut off is continued by the same request; should it come back, it saves nothing', async () => {
      const body = { graph: 'slow', input: { topic: 'x' } };
      const [stuck, lostGate] = [began, gate];
      const lost = send('POST', `${path}/invoke`, body, key('a'));
      await stuck.opened;
      clock.now = Date.now() + 71_000;
      [began, gate] = [new Gate(), new Gate()];
      gate.resolve();
      const first = await send('POST', `${path}/invoke`, body, key('a'), { remainingMs: 200_000 });
      expect([first.status, replayed(first), first.body.status]).toEqual([200, false, 'done']);
      lostGate.resolve();
      expect((await lost).body).toMatchObject({ code: 'claim_lost' });
      const again = await send('POST', `${path}/invoke`, body, key('a'));
      expect([told(again), replayed(again)]).toEqual([told(first), true]);
      expect(effects).toEqual(['slow', 'slow']);
    });

    it('R1: a run that the store failed is continued by the same request at once', async () => {
      const claim = store.claim.bind(store);
      store.claim = async (threadId, want) => {
        store.claim = claim;
        const unavailable = new HoldpointError('store_unavailable', 'throttled', { retryable: true });
        return Object.assign(await claim(threadId, want), { commit: () => Promise.reject(unavailable) });
      };
      const body = { graph: 'count', input: { topic: 'x' } };
      const failed = await send('POST', `${path}/invoke`, body, key('a'));
      expect([failed.status, failed.body.code, failed.headers.get('retry-after')]).toEqual([
        503,
        'store_unavailable',
        '1',
      ]);
      const first = await send('POST', `${path}/invoke`, body, key('a'));
      expect([first.status, replayed(first), first.body.values.log]).toEqual([200, false, ['run 1']]);
      const again = await send('POST', `${path}/invoke`, body, key('a'));
      expect([told(again), replayed(again)]).toEqual([told(first), true]);
    });

    it('C5: a refusal beside which something was kept is told again', async () => {
      const started = await send('POST', `${path}/invoke`, { graph: 'strict', input: {} });
      const [left, right] = started.body.interrupts;
      const body = { answers: { [left.id]: 'ok', [right.id]: 'not a number' } };
      const first = await send('POST', `${path}/resume`, body, key('a'));
      expect(first).toMatchObject({ status: 422, body: { code: 'invalid_answer' } });
      expect((await send('GET', path)).body.interrupts).toEqual([right]);
      const again = await send('POST', `${path}/resume`, body, key('a'));
      expect([told(again), replayed(again)]).toEqual([told(first), true]);
      expect(effects).toEqual(['left']);
    });
  });
});
