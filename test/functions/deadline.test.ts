/** X2, through the rim of Lambda: when an invocation's time runs low, the run is saved and can be continued. */
import { beforeEach, expect, it } from 'vitest';
import type { Checkpointer } from '../../core/index.ts';
import { createApp } from '../../functions/app.ts';
import { steps } from '../support/http-graphs.ts';
import { eventsOf, SSE } from '../support/http.ts';
import { type Gateway, gateway } from '../support/lambda.ts';
import { onEachStore } from '../support/stores.ts';

let threads = 0;

onEachStore((makeStore) => {
  const ran: string[] = [];
  /** How long each node takes. */
  let takes: Record<string, number>;
  let clock: { now: number };
  let store: Checkpointer;
  let send: Gateway;
  let path: string;

  beforeEach(() => {
    ran.length = 0;
    takes = {};
    clock = { now: Date.now() };
    store = makeStore(() => clock.now);
    const graph = steps((name) => {
      ran.push(name);
      clock.now += takes[name] ?? 0;
    });
    send = gateway(createApp({ graphs: { steps: graph }, checkpointer: () => store, now: () => clock.now }));
    path = `/threads/late-${++threads}`;
  });

  it('X2: 5 s before the deadline no superstep begins: paused, with what has run, and continued by input null', async () => {
    takes = { two: 25_500 };
    const first = await send('POST', `${path}/invoke`, { input: {} }, {}, { remainingMs: 30_000 });
    expect(first.body).toMatchObject({ status: 'paused', next: ['three'], values: { log: ['one', 'two'] } });
    const thread = (await send('GET', path)).body;
    expect(thread).toMatchObject({ status: 'paused', run_id: null, checkpoint_id: first.body.checkpoint_id });
    const rest = await send('POST', `${path}/invoke`, { input: null });
    expect(rest.body).toMatchObject({ status: 'done', values: { log: ['one', 'two', 'three'] } });
    expect(ran).toEqual(['one', 'two', 'three']);
  });

  it('X2: with time enough nothing is paused', async () => {
    takes = { two: 24_000 };
    const reply = await send('POST', `${path}/invoke`, { input: {} }, {}, { remainingMs: 30_000 });
    expect(reply.body.status).toBe('done');
  });

  it('X2: of a short invocation a fifth is kept', async () => {
    takes = { one: 850 };
    const reply = await send('POST', `${path}/invoke`, { input: {} }, {}, { remainingMs: 1_000 });
    expect(reply.body).toMatchObject({ status: 'paused', next: ['two'] });
  });

  it('X2: a stream ends with the same result', async () => {
    takes = { one: 56_000 };
    const reply = await send('POST', `${path}/invoke`, { input: {} }, SSE);
    expect(eventsOf(reply.text).at(-1)).toMatchObject({ event: 'result', data: { status: 'paused', next: ['two'] } });
  });

  it('C5: the same key again gets `paused`, and does not go on', async () => {
    takes = { one: 56_000 };
    const key = { 'idempotency-key': 'k' };
    const first = await send('POST', `${path}/invoke`, { input: {} }, key);
    const again = await send('POST', `${path}/invoke`, { input: {} }, key);
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect(first.body.status).toBe('paused');
    expect(ran).toEqual(['one']);
  });
});
