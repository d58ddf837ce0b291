/** The routes where all goes well. What they refuse is in app.test.ts. */
import { describe, expect, it } from 'vitest';
import { asking, askingTwice, steps } from '../support/http-graphs.ts';
import { Gate, service, START_TIME } from '../support/http.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('POST /invoke and POST /threads/{thread_id}/invoke', () => {
  it('the service names the thread, and the caller finds it under that name', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    const { body, status, headers } = await send('POST', '/invoke', { input: { topic: 'x' } });
    expect(status).toBe(200);
    expect(body).toEqual({
      thread_id: expect.stringMatching(UUID),
      run_id: expect.stringMatching(UUID),
      checkpoint_id: expect.stringMatching(UUID),
      status: 'interrupted',
      values: { topic: 'x', log: [] },
      interrupts: [{ id: expect.stringMatching(/^[0-9a-f]{32}$/), value: { approve: 'x' } }],
      next: ['review'],
    });
    expect(headers.get('etag')).toBe(`"${body.checkpoint_id}"`);
    expect(headers.get('content-type')).toBe('application/json');
    expect((await send('GET', `/threads/${body.thread_id}`)).body).toMatchObject({ status: 'interrupted' });
  });

  it('JSON is read whatever the content type says', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    const body = '\uFEFF{"input":{}}';
    expect((await send('POST', '/invoke', body, { 'content-type': 'text/plain' })).body).toMatchObject({
      status: 'done',
    });
  });

  it('new input on a finished thread goes on from its state', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    await send('POST', '/threads/t/invoke', { input: { log: ['hello'] } });
    const { body } = await send('POST', '/threads/t/invoke', { input: { log: ['again'] } });
    expect(body.values.log).toEqual(['hello', 'one', 'two', 'three', 'again', 'one', 'two', 'three']);
  });

  it('checkpoint_id: from an older checkpoint', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    const first = await send('POST', '/threads/t/invoke', { input: { topic: 1 } });
    await send('POST', '/threads/t/invoke', { input: { topic: 2 } });
    const fork = { input: { topic: 3 }, checkpoint_id: first.body.checkpoint_id };
    const { body } = await send('POST', '/threads/t/invoke', fork);
    expect(body.values).toEqual({ topic: 3, log: ['one', 'two', 'three', 'one', 'two', 'three'] });
  });

  it('interrupt_before and interrupt_after: paused there, and continued with input null', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    const before = await send('POST', '/threads/t/invoke', { input: {}, interrupt_before: ['two'] });
    expect(before.body).toMatchObject({ status: 'paused', next: ['two'], interrupts: [], values: { log: ['one'] } });
    const after = await send('POST', '/threads/t/invoke', { input: null, interrupt_after: '*' });
    expect(after.body).toMatchObject({ status: 'paused', next: ['three'] });
    expect((await send('POST', '/threads/t/invoke', { input: null })).body.status).toBe('done');
  });

  it('input null where nothing is to be run: the state, and the checkpoint that was there', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    const done = await send('POST', '/threads/t/invoke', { input: {} });
    const again = await send('POST', '/threads/t/invoke', { input: null });
    expect(again.status).toBe(200);
    expect(again.body).toEqual({ ...done.body, run_id: expect.not.stringMatching(done.body.run_id) });
    expect(again.headers.get('etag')).toBe(done.headers.get('etag'));
    const bound = { 'if-match': done.headers.get('etag')! };
    expect((await send('POST', '/threads/t/invoke', { input: null }, bound)).body.status).toBe('done');
    const key = { 'idempotency-key': 'k' };
    const keyed = await send('POST', '/threads/t/invoke', { input: null }, key);
    await send('POST', '/threads/t/invoke', { input: { log: ['later'] } });
    const replayed = await send('POST', '/threads/t/invoke', { input: null }, key);
    expect(replayed.body).toEqual(keyed.body);
  });

  it('durability sync: every superstep is in the history', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    await send('POST', '/threads/exit/invoke', { input: {} });
    await send('POST', '/threads/sync/invoke', { input: {}, durability: 'sync' });
    const countOf = async (id: string) => (await send('GET', `/threads/${id}/history`)).body.history.length;
    expect(await countOf('exit')).toBe(1);
    expect(await countOf('sync')).toBe(5);
  });
});

describe('POST /threads/{thread_id}/resume', () => {
  it('answers by interrupt id, one now and one later', async () => {
    const { send } = service({ graphs: { two: askingTwice() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    const [left, right] = body.interrupts;
    const half = await send('POST', '/threads/t/resume', { answers: { [right.id]: 'R' } });
    expect(half.body).toMatchObject({ status: 'interrupted', interrupts: [left], next: ['left'] });
    const whole = await send('POST', '/threads/t/resume', { answers: { [left.id]: 'L' } });
    expect(whole.body).toMatchObject({ status: 'done', values: { log: ['left L', 'right R'] } });
  });

  it('answers and a checkpoint: both must hold', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    const answers = { [body.interrupts[0].id]: 'yes' };
    const { status } = await send('POST', '/threads/t/resume', { answers, checkpoint_id: body.checkpoint_id });
    expect(status).toBe(200);
  });

  it.each([[null], [false], [0], [''], [{ resume: 1 }]])('%j is an answer', async (answer) => {
    const { send } = service({ graphs: { ask: asking() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    const reply = await send('POST', '/threads/t/resume', { resume: answer, checkpoint_id: body.checkpoint_id });
    expect(reply.body).toMatchObject({ status: 'done', values: { answer } });
  });

  it('two answers at once: one runs, the other is told', async () => {
    let finished = 0;
    const gate = new Gate();
    const graph = asking(undefined, async () => {
      finished++;
      await gate.opened;
    });
    const { send } = service({ graphs: { graph } });
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    const answer = { answers: { [body.interrupts[0].id]: 'yes' } };
    const both = [send('POST', '/threads/t/resume', answer), send('POST', '/threads/t/resume', answer)];
    const loser = await Promise.race(both);
    gate.resolve();
    const statuses = (await Promise.all(both)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 409]));
    expect(loser.body.code).toBe('thread_busy');
    expect(finished).toBe(1);
  });

  it('If-Match with the entity tag of the thread says the same as checkpoint_id', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    const { headers } = await send('POST', '/threads/t/invoke', { input: {} });
    const reply = await send('POST', '/threads/t/resume', { resume: 'yes' }, { 'if-match': headers.get('etag')! });
    expect(reply.body).toMatchObject({ status: 'done' });
  });

  it('a bare resume, where the deployment allows it', async () => {
    const { send } = service({ graphs: { ask: asking() }, allowBareResume: true });
    await send('POST', '/threads/t/invoke', { input: {} });
    expect((await send('POST', '/threads/t/resume', { resume: 'yes' })).body).toMatchObject({ status: 'done' });
    expect((await send('POST', '/threads/t/resume', { resume: 'yes' })).body).toMatchObject({
      code: 'nothing_to_resume',
    });
  });

  it('neither, both, or no ids: 400', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    const id = body.interrupts[0].id;
    for (const wrong of [
      {},
      { answers: {} },
      { answers: { review: 1 } },
      { answers: { [id]: 1 }, resume: 1 },
      { answers: [1] },
    ]) {
      const reply = await send('POST', '/threads/t/resume', wrong);
      expect([wrong, reply.body.code]).toEqual([wrong, 'invalid_request']);
      expect(reply.status).toBe(400);
    }
    expect((await send('GET', '/threads/t')).body.status).toBe('interrupted');
  });
});

describe('GET /threads/{thread_id}', () => {
  it('where the thread stands', async () => {
    const { send, clock } = service({ graphs: { ask: asking() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: { topic: 'x' } });
    const { thread_id, checkpoint_id, values, interrupts, next } = body;
    const time = new Date(START_TIME).toISOString();
    const reply = await send('GET', '/threads/t');
    expect(reply.body).toEqual({
      thread_id,
      status: 'interrupted',
      graph: 'ask',
      created_at: time,
      updated_at: time,
      checkpoint_id,
      run_id: null,
      values,
      interrupts,
      next,
    });
    expect(reply.headers.get('etag')).toBe(`"${checkpoint_id}"`);
    clock.now += 1000;
    await send('POST', '/threads/t/resume', { answers: { [interrupts[0].id]: 'yes' } });
    const done = (await send('GET', '/threads/t')).body;
    expect(done).toMatchObject({ status: 'done', interrupts: [], next: [], created_at: time });
    expect(done.updated_at).toBe(new Date(START_TIME + 1000).toISOString());
  });
});

describe('GET /threads/{thread_id}/state', () => {
  it('the newest checkpoint, or the one named', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    const first = await send('POST', '/threads/t/invoke', { input: { topic: 'x' } });
    const [{ id, value }] = first.body.interrupts;
    await send('POST', '/threads/t/resume', { answers: { [id]: 'yes' } });
    const newest = (await send('GET', '/threads/t/state')).body;
    expect(newest).toMatchObject({
      next: [],
      tasks: [],
      values: { answer: 'yes' },
      metadata: { source: 'loop', step: 2 },
    });
    const old = (await send('GET', `/threads/t/state?checkpoint_id=${first.body.checkpoint_id}`)).body;
    expect(old).toMatchObject({
      values: { topic: 'x' },
      next: ['review'],
      tasks: [{ name: 'review', interrupts: [{ id, value }], error: null, result: null }],
      created_at: new Date(START_TIME).toISOString(),
      checkpoint: { thread_id: 't', checkpoint_id: first.body.checkpoint_id, checkpoint_ns: '', checkpoint_map: null },
    });
    expect(newest.parent_checkpoint.checkpoint_id).toBe(first.body.checkpoint_id);
  });
});

function stepsOf(body: { history: { metadata: { step: number } }[] }): number[] {
  return body.history.map(({ metadata }) => metadata.step);
}

describe('GET /threads/{thread_id}/history', () => {
  it('page by page, newest first, each checkpoint once', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    await send('POST', '/threads/t/invoke', { input: {}, durability: 'sync' });
    const all = (await send('GET', '/threads/t/history')).body;
    expect(stepsOf(all)).toEqual([3, 2, 1, 0, -1]);
    expect(all.next_before).toBeNull();
    const pages: number[][] = [];
    let before: string | null = '';
    while (before !== null) {
      const { body } = await send('GET', `/threads/t/history?limit=2${before && `&before=${before}`}`);
      pages.push(stepsOf(body));
      before = body.next_before;
    }
    expect(pages).toEqual([[3, 2], [1, 0], [-1]]);
  });

  it('a page has at most as many entries as the deployment allows', async () => {
    const { send } = service({ graphs: { steps: steps() }, limits: { historyPage: 3 } });
    await send('POST', '/threads/t/invoke', { input: {}, durability: 'sync' });
    expect((await send('GET', '/threads/t/history?limit=1000')).body.history).toHaveLength(3);
    for (const limit of ['0', '-1', 'all', '1.5', '']) {
      expect((await send('GET', `/threads/t/history?limit=${limit}`)).body).toMatchObject({ code: 'invalid_request' });
    }
  });
});

function results(history: { tasks: { name: string; result: unknown }[] }[]): unknown[][][] {
  return history.map(({ tasks }) => tasks.map(({ name, result }) => [name, result]));
}

describe('H2: the past shows what its tasks wrote', () => {
  it('in the history, and in the state of each checkpoint', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    await send('POST', '/threads/t/invoke', { input: { log: ['in'] }, durability: 'sync' });
    const expected = [
      [],
      [['three', { log: ['three'] }]],
      [['two', { log: ['two'] }]],
      [['one', { log: ['one'] }]],
      [['__start__', { log: ['in'] }]],
    ];
    const { history } = (await send('GET', '/threads/t/history')).body;
    expect(results(history)).toEqual(expected);
    const second = (await send('GET', '/threads/t/history?limit=2')).body;
    expect(results(second.history)).toEqual(expected.slice(0, 2));
    const rest = (await send('GET', `/threads/t/history?before=${second.next_before}`)).body;
    expect(results(rest.history)).toEqual(expected.slice(2));
    for (const [i, { checkpoint }] of history.entries()) {
      const { body } = await send('GET', `/threads/t/state?checkpoint_id=${checkpoint.checkpoint_id}`);
      expect(results([body])).toEqual([expected[i]]);
    }
  });
});

describe('DELETE /threads/{thread_id}', () => {
  it('the thread is gone, and its name can be used again', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    await send('POST', '/threads/t/invoke', { input: { topic: 'old' } });
    const { status, text } = await send('DELETE', '/threads/t');
    expect([status, text]).toEqual([204, '']);
    expect((await send('GET', '/threads/t')).status).toBe(404);
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    expect(body.values).toEqual({ log: [] });
  });
});
