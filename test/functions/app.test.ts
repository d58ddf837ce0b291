/** Every refusal and failure that the HTTP surface promises, by its code. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { DynamoDBSaver } from '../../core/checkpoint/dynamodb/index.ts';
import { MemorySaver } from '../../core/index.ts';
import { openRun } from '../../core/engine/open.ts';
import { createApp } from '../../functions/app.ts';
import { asking, askingTwice, endless, oneNode, steps } from '../support/http-graphs.ts';
import { client, Gate, service, SSE, START_TIME } from '../support/http.ts';

const NO_INTERRUPT = '0'.repeat(32);
const NO_CHECKPOINT = '00000000-0009-8abc-8def-0123456789ab';

describe('what the request itself gets wrong', () => {
  const { send } = service({ graphs: { steps: steps() } });
  const message = async (answers: unknown) =>
    (await send('POST', '/threads/t/resume', { answers })).body.errors[0].detail as string;

  it('malformed_json: 400, with the place', async () => {
    const reply = await send('POST', '/invoke', '{\n  "input": {,}\n}');
    expect(reply.body).toMatchObject({ status: 400, code: 'malformed_json', line: 2, column: 13, position: 14 });
    expect(reply.body.detail).toContain('unexpected "," at line 2, column 13');
    expect(reply.status).toBe(400);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
  });

  it('malformed_json: an empty body', async () => {
    const reply = await send('POST', '/invoke', '');
    expect(reply.body).toMatchObject({
      status: 400,
      code: 'malformed_json',
      detail: 'The body is not JSON: it is empty.',
    });
  });

  it('invalid_request: wrong types, each named with what was expected and what came', async () => {
    const reply = await send('POST', '/threads/t/invoke', {
      input: [1],
      graph: 7,
      discard: 'yes',
      checkpoint_id: 'newest',
      config: { recursion_limit: 0, tags: [1], configurable: { thread_id: 'other' } },
      stream_mode: ['values', 'everything'],
      durability: 'never',
      interrupt_before: 'work',
      discrad: true,
    });
    expect(reply.status).toBe(400);
    expect(reply.body.code).toBe('invalid_request');
    const errors = Object.fromEntries(
      reply.body.errors.map(({ pointer, detail }: { pointer: string; detail: string }) => [pointer, detail]),
    );
    expect(errors).toEqual({
      '': expect.stringContaining('unknown: discrad. Known here: graph, '),
      '/input': 'expected an object with keys of the state, or null to go on with a paused thread, got [1]',
      '/graph': 'expected a text, got 7',
      '/discard': 'expected true or false, got "yes"',
      '/checkpoint_id': expect.stringMatching(/^expected a checkpoint id.*, got "newest"$/),
      '/config/recursion_limit': 'expected at least 1, got 0',
      '/config/tags/0': 'expected a text, got 1',
      '/config/configurable': expect.stringContaining('thread_id'),
      '/stream_mode':
        'expected one or a list of messages, tools, custom, updates, values, tasks, checkpoints, debug, got ["values","everything"]',
      '/interrupt_before': 'expected a list of nodes, or "*" for every one, got "work"',
      '/durability': 'expected one of exit, sync, async, got "never"',
    });
    for (const pointer of Object.keys(errors)) expect(reply.body.detail).toContain(`body${pointer}: `);
  });

  it('invalid_request: however much is wrong, the answer is short', async () => {
    const many = Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => [`field${i}`, 1]));
    const unknown = await send('POST', '/invoke', { input: {}, ...many });
    expect(unknown.text.length).toBeLessThan(3000);
    expect(unknown.body.errors).toHaveLength(1);
    expect(unknown.body.detail).toContain('field18, field19 and 299980 more. Known here: graph, ');
    const long = await send('POST', '/invoke', { input: {}, ['x'.repeat(1_000_000)]: 1 });
    expect(long.text.length).toBeLessThan(1000);
    const tags = await send('POST', '/invoke', {
      input: {},
      config: { tags: Array.from({ length: 300_000 }, () => 1) },
    });
    expect(tags.body.errors).toEqual([{ pointer: '/config/tags/0', detail: 'expected a text, got 1' }]);
    const nodes = await send('POST', '/invoke', {
      input: {},
      interrupt_before: Array.from({ length: 300_000 }, () => 1),
    });
    expect(nodes.body.errors).toHaveLength(1);
    const empty = await send('POST', '/invoke', { input: {}, config: { tags: ['a', ''] } });
    expect(empty.body.detail).toBe('body/config/tags/1: expected a text that is not empty, got "".');
  });

  it('invalid_request: which of the answers is under no interrupt id', async () => {
    const id = 'c802f5d9749b3189b98a02b8d412ef9a';
    const expected = 'expected an object from interrupt ids (32 hex digits) to answers, with at least one, got ';
    expect(await message({ [id]: 1, deadbeef: 2 })).toBe(`${expected}"deadbeef"`);
    expect(await message({ a: 1, b: 2 })).toBe(`${expected}"a", "b"`);
    expect(await message({})).toBe(`${expected}{}`);
    expect(await message([1])).toBe(`${expected}[1]`);
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 1]));
    expect(await message(many)).toMatch(/"k19" and 99980 more$/);
    expect((await message({ ['x'.repeat(1_000_000)]: 1 })).length).toBeLessThan(300);
  });

  it('invalid_request: a body that is no object, and no input at all', async () => {
    expect((await send('POST', '/invoke', '[]')).body).toMatchObject({ code: 'invalid_request', status: 400 });
    expect((await send('POST', '/invoke', {})).body.errors).toEqual([
      { pointer: '/input', detail: 'expected an object, got nothing' },
    ]);
    expect((await send('POST', '/invoke', { input: null })).body.code).toBe('invalid_request');
  });

  it('body_too_large: 413', async () => {
    const small = service({ graphs: { steps: steps() }, limits: { bodyBytes: 100 } });
    const reply = await small.send('POST', '/invoke', { input: { topic: 'x'.repeat(100) } });
    expect(reply.body).toMatchObject({ status: 413, code: 'body_too_large', limit: 100 });
    expect(reply.status).toBe(413);
  });

  it('unknown_route, method_not_allowed', async () => {
    expect((await send('GET', '/runs')).body).toMatchObject({ status: 404, code: 'unknown_route' });
    expect((await send('GET', '/threads/t/')).body).toMatchObject({ status: 404, code: 'unknown_route' });
    const reply = await send('PATCH', '/threads/t');
    expect(reply.body).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(reply.headers.get('allow')).toBe('GET, DELETE');
  });

  it('unknown_graph: 404, with the graphs there are, and the thread is not created', async () => {
    const reply = await send('POST', '/threads/new/invoke', { graph: 'stpes', input: {} });
    expect(reply.body).toMatchObject({ status: 404, code: 'unknown_graph', graph: 'stpes', graphs: ['steps'] });
    expect((await send('GET', '/threads/new')).body.code).toBe('unknown_thread');
  });

  it('unknown_graph: none named where several are served, and the thread is not created', async () => {
    const two = service({ graphs: { a: steps(), b: steps() } });
    const reply = await two.send('POST', '/threads/new/invoke', { input: {} });
    expect(reply.body).toMatchObject({ status: 404, code: 'unknown_graph', graphs: ['a', 'b'] });
    expect((await two.send('GET', '/threads/new')).status).toBe(404);
    expect((await two.send('POST', '/invoke', { graph: 'b', input: {} })).body.status).toBe('done');
  });

  it('unknown_thread: 404 on every route that needs one', async () => {
    const replies = [
      await send('GET', '/threads/none'),
      await send('GET', '/threads/none/state'),
      await send('GET', '/threads/none/history'),
      await send('DELETE', '/threads/none'),
      await send('POST', '/threads/none/invoke', { input: null }),
      await send('POST', '/threads/none/resume', { resume: 1 }),
      await send('POST', '/threads/none/resume', { answers: { [NO_INTERRUPT]: 1 } }),
      await send('POST', '/threads/none/resume', { resume: 1, checkpoint_id: NO_CHECKPOINT }),
    ];
    for (const reply of replies)
      expect(reply.body).toMatchObject({ status: 404, code: 'unknown_thread', thread_id: 'none' });
  });
});

describe('what the thread refuses', () => {
  it('unknown_checkpoint: 404', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    await send('POST', '/threads/t/invoke', { input: { topic: 'x' } });
    const replies = [
      await send('GET', `/threads/t/state?checkpoint_id=${NO_CHECKPOINT}`),
      await send('GET', `/threads/t/history?before=${NO_CHECKPOINT}`),
      await send('POST', '/threads/t/invoke', { input: {}, checkpoint_id: NO_CHECKPOINT, discard: true }),
    ];
    for (const reply of replies)
      expect(reply.body).toMatchObject({ status: 404, code: 'unknown_checkpoint', checkpoint_id: NO_CHECKPOINT });
  });

  it('nothing_to_resume: 409', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    const reply = await send('POST', '/threads/t/resume', { resume: 'yes', checkpoint_id: body.checkpoint_id });
    expect(reply.body).toMatchObject({ status: 409, code: 'nothing_to_resume' });
  });

  it('ambiguous_answer: 409, with the questions that are pending', async () => {
    const { send } = service({ graphs: { two: askingTwice() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    const ids = body.interrupts.map(({ id }: { id: string }) => id);
    expect(ids).toHaveLength(2);
    const reply = await send('POST', '/threads/t/resume', { resume: 'yes', checkpoint_id: body.checkpoint_id });
    expect(reply.body).toMatchObject({ status: 409, code: 'ambiguous_answer', pending: ids });
  });

  it('unbound_answer: 428, with what to send, and what it says can be sent', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    const first = await send('POST', '/threads/t/invoke', { input: { topic: 'x' } });
    const reply = await send('POST', '/threads/t/resume', { resume: 'yes' });
    expect(reply.status).toBe(428);
    expect(reply.body).toMatchObject({
      code: 'unbound_answer',
      thread_id: 't',
      checkpoint_id: first.body.checkpoint_id,
      interrupts: [{ id: first.body.interrupts[0].id, value: { approve: 'x' } }],
    });
    const bound = await send('POST', '/threads/t/resume', { resume: 'yes', checkpoint_id: reply.body.checkpoint_id });
    expect(bound.body).toMatchObject({ status: 'done', values: { answer: 'yes' } });
  });

  it('unbound_answer comes second: what could not be used anyway is refused as what it is', async () => {
    const { send, saver, clock } = service({ graphs: { ask: asking(), two: askingTwice() } });
    await send('POST', '/threads/two/invoke', { graph: 'two', input: {} });
    expect((await send('POST', '/threads/two/resume', { resume: 1 })).body.code).toBe('ambiguous_answer');
    const { body } = await send('POST', '/threads/t/invoke', { graph: 'ask', input: {} });
    const request = { kind: 'command', command: { answers: { [body.interrupts[0].id]: 1 } } } as const;
    const claim = await openRun(saver, 't', { runId: 'r', now: clock.now, expiresAt: clock.now + 1000, request });
    expect((await send('POST', '/threads/t/resume', { resume: 1 })).body.code).toBe('thread_busy');
    await claim.release();
    await send('POST', '/threads/t/resume', { answers: { [body.interrupts[0].id]: 1 } });
    expect((await send('POST', '/threads/t/resume', { resume: 1 })).body.code).toBe('nothing_to_resume');
  });

  it('interrupt_not_pending: 409 for an answer that comes twice, which does not answer the next question', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    const answer = { answers: { [body.interrupts[0].id]: 'yes' } };
    expect((await send('POST', '/threads/t/resume', answer)).body.status).toBe('done');
    const again = await send('POST', '/threads/t/resume', answer);
    expect(again.body).toMatchObject({
      status: 409,
      code: 'interrupt_not_pending',
      ids: [body.interrupts[0].id],
      pending: [],
    });
  });

  it('pending_question: 409 for input over a pending question, unless discard says so', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: { topic: 'first' } });
    const reply = await send('POST', '/threads/t/invoke', { input: { topic: 'second' } });
    expect(reply.body).toMatchObject({ status: 409, code: 'pending_question', pending: [body.interrupts[0].id] });
    expect((await send('GET', '/threads/t')).body.values).toMatchObject({ topic: 'first' });
    const discarded = await send('POST', '/threads/t/invoke', { input: { topic: 'second' }, discard: true });
    expect(discarded.body).toMatchObject({ status: 'interrupted', values: { topic: 'second' } });
    expect(discarded.body.interrupts[0].id).not.toBe(body.interrupts[0].id);
  });

  it('graph_mismatch: 409 for another graph than the thread has', async () => {
    const { send } = service({ graphs: { ask: asking(), steps: steps() } });
    const { body } = await send('POST', '/threads/t/invoke', { graph: 'ask', input: {} });
    const replies = [
      await send('POST', '/threads/t/invoke', { graph: 'steps', input: {}, discard: true }),
      await send('POST', '/threads/t/resume', { graph: 'steps', answers: { [body.interrupts[0].id]: 1 } }),
    ];
    for (const reply of replies)
      expect(reply.body).toMatchObject({ status: 409, code: 'graph_mismatch', graph: 'ask', wanted: 'steps' });
    expect((await send('GET', '/threads/t')).body.status).toBe('interrupted');
  });

  it('unknown_graph: the graph of a thread is not served any more; the thread is left as it was', async () => {
    const before = service({ graphs: { ask: asking() } });
    const { body } = await before.send('POST', '/threads/t/invoke', { input: {} });
    const checkpointer = () => before.saver;
    const after = client(createApp({ graphs: { steps: steps() }, checkpointer }));
    const resume = { answers: { [body.interrupts[0].id]: 'yes' } };
    for (const reply of [
      await after('POST', '/threads/t/resume', resume),
      await after('GET', '/threads/t/state'),
      await after('GET', '/threads/t/history'),
    ]) {
      expect(reply.body).toMatchObject({ status: 404, code: 'unknown_graph', graph: 'ask', graphs: ['steps'] });
      expect(reply.body.detail).toContain('not served here (any more)');
    }
    expect((await before.send('POST', '/threads/t/resume', resume)).body.status).toBe('done');
  });

  it('stale_checkpoint: 409 in the body, 412 as If-Match', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    const first = await send('POST', '/threads/t/invoke', { input: {} });
    const stale = first.body.checkpoint_id;
    await send('POST', '/threads/t/invoke', { input: {}, discard: true });
    const inBody = await send('POST', '/threads/t/resume', { resume: 1, checkpoint_id: stale });
    expect(inBody.body).toMatchObject({ status: 409, code: 'stale_checkpoint', checkpoint_id: stale });
    const asHeader = await send('POST', '/threads/t/resume', { resume: 1 }, { 'if-match': `"${stale}"` });
    expect(asHeader.status).toBe(412);
    expect(asHeader.body).toMatchObject({ status: 412, code: 'stale_checkpoint' });
    const input = await send('POST', '/threads/t/invoke', { input: {}, discard: true }, { 'if-match': `"${stale}"` });
    expect(input.status).toBe(412);
  });

  it('thread_busy: 409 with Retry-After, while a run is on the thread', async () => {
    const gate = new Gate();
    const began = new Gate();
    const graph = oneNode(async () => {
      began.resolve();
      await gate.opened;
      return { log: ['done'] };
    });
    const { send } = service({ graphs: { graph } });
    const running = send('POST', '/threads/t/invoke', { input: {} });
    await began.opened;
    const reply = await send('POST', '/threads/t/invoke', { input: {} });
    expect(reply.body).toMatchObject({ status: 409, code: 'thread_busy', retry_after_ms: 70_000 });
    expect(reply.headers.get('retry-after')).toBe('5');
    gate.resolve();
    expect((await running).body).toMatchObject({ status: 'done', values: { log: ['done'] } });
  });

  it('run_unfinished: 409 for another request after a run that was cut off', async () => {
    const { send, saver, clock } = service({ graphs: { steps: steps() } });
    const request = { kind: 'input', input: { topic: 'first' }, origin: { graph: 'steps' } } as const;
    await openRun(saver, 't', { runId: 'lost', now: clock.now, expiresAt: clock.now + 1000, request });
    clock.now += 2000;
    const reply = await send('POST', '/threads/t/invoke', { input: { topic: 'second' } });
    expect(reply.body).toMatchObject({ status: 409, code: 'run_unfinished', run_id: 'lost' });
  });

  it('interrupt_mismatch and graph_changed: 409, and the question is still pending', async () => {
    let question = 'Pay 100?';
    const first = service({ graphs: { ask: asking(() => question) } });
    const { body } = await first.send('POST', '/threads/t/invoke', { input: {} });
    const answer = { answers: { [body.interrupts[0].id]: 'yes' } };
    question = 'Pay 1000000?';
    const mismatch = await first.send('POST', '/threads/t/resume', answer);
    expect(mismatch.body).toMatchObject({ status: 409, code: 'interrupt_mismatch', node: 'review' });
    const changed = client(
      createApp({ graphs: { ask: steps() }, checkpointer: () => first.saver, now: () => START_TIME }),
    );
    const gone = await changed('POST', '/threads/t/resume', answer);
    expect(gone.body).toMatchObject({
      status: 409,
      code: 'graph_changed',
      node: 'review',
      nodes: ['one', 'two', 'three'],
    });
    question = 'Pay 100?';
    expect((await first.send('POST', '/threads/t/resume', answer)).body).toMatchObject({ status: 'done' });
  });
});

describe('what fails while the graph runs: 500, and the thread can be invoked again', () => {
  it('node_failed: the message, never a stack; input null tries again', async () => {
    let broken = true;
    const graph = oneNode(() => {
      if (broken) throw new TypeError('card declined');
      return { log: ['paid'] };
    });
    const { send, logs } = service({ graphs: { graph } });
    const reply = await send('POST', '/threads/t/invoke', { input: { topic: 'x' } });
    expect(reply.status).toBe(500);
    expect(reply.body).toMatchObject({
      status: 500,
      code: 'node_failed',
      thread_id: 't',
      node: 'work',
      error: { name: 'TypeError', message: 'card declined' },
    });
    expect(reply.body.detail).toContain('Node "work" threw TypeError: card declined.');
    expect(reply.text).not.toMatch(/\bat .*:\d+:\d+|\.ts/);
    expect(logs).toMatchObject([{ code: 'node_failed', message: 'card declined', request: 'POST /threads/t/invoke' }]);
    expect(logs[0]!.stack).toContain('app.test.ts');

    const thread = await send('GET', '/threads/t');
    expect(thread.body).toMatchObject({ status: 'error', next: ['work'], values: { topic: 'x' } });
    expect(thread.body.checkpoint_id).toBe(reply.body.checkpoint_id);
    broken = false;
    const again = await send('POST', '/threads/t/invoke', { input: null });
    expect(again.body).toMatchObject({ status: 'done', values: { topic: 'x', log: ['paid'] } });
  });

  it('node_failed: a node may throw anything, also an error of the engine that is not about this graph', async () => {
    const inner = asking();
    const { send } = service({
      graphs: {
        text: oneNode(() => {
          throw 'just text'; // eslint-disable-line no-throw-literal -- users' code does
        }),
        engine: oneNode(() => inner.getState({ configurable: { thread_id: 'x' } })),
      },
    });
    const text = await send('POST', '/invoke', { graph: 'text', input: {} });
    expect(text.body).toMatchObject({ status: 500, code: 'node_failed', error: { message: 'just text' } });
    const engine = await send('POST', '/invoke', { graph: 'engine', input: {} });
    expect(engine.body).toMatchObject({ status: 500, code: 'node_failed', error: { name: 'GraphValueError' } });
  });

  it('recursion_limit', async () => {
    const { send } = service({ graphs: { endless: endless() } });
    const reply = await send('POST', '/threads/t/invoke', { input: {}, config: { recursion_limit: 4 } });
    expect(reply.body).toMatchObject({ status: 500, code: 'recursion_limit', limit: 4, thread_id: 't' });
    expect((await send('GET', '/threads/t')).body.status).toBe('error');
  });

  it('unstorable_state', async () => {
    const { send } = service({ graphs: { graph: oneNode(() => ({ answer: { call: () => 1 } })) } });
    const reply = await send('POST', '/threads/t/invoke', { input: {} });
    expect(reply.body).toMatchObject({ status: 500, code: 'unstorable_state' });
    expect(reply.body.detail).toContain('["call"]');
    expect((await send('GET', '/threads/t')).body.status).toBe('error');
  });

  it('invalid_update', async () => {
    const { send } = service({ graphs: { graph: oneNode(() => 'not an object') } });
    expect((await send('POST', '/invoke', { input: {} })).body).toMatchObject({ status: 500, code: 'invalid_update' });
  });
});

describe('what the deployment lacks', () => {
  it('store_unavailable: 503 with Retry-After, streamed or not', async () => {
    const database = new DynamoDBClient({
      endpoint: 'http://127.0.0.1:9',
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
    const saver = new DynamoDBSaver({ client: database, table: 'none' });
    const logs: unknown[] = [];
    const graphs = { steps: steps() };
    const send = client(createApp({ graphs, checkpointer: () => saver, log: (entry) => logs.push(entry) }));
    for (const reply of [
      await send('POST', '/threads/t/invoke', { input: {} }),
      await send('POST', '/threads/t/invoke', { input: {} }, SSE),
      await send('POST', '/invoke', { input: {} }, SSE),
      await send('GET', '/threads/t'),
    ]) {
      expect(reply.body).toMatchObject({ status: 503, code: 'store_unavailable' });
      expect(reply.headers.get('retry-after')).toBe('1');
      expect(reply.text).not.toContain('secret');
    }
    expect(logs).toHaveLength(4);
    const unnamed = await send('POST', '/invoke', { input: {} });
    expect(unnamed.body).toMatchObject({ status: 503, code: 'store_unavailable' });
    expect(unnamed.headers.get('retry-after')).toBeNull();
    expect(unnamed.body.detail).toContain('do not send this request again');
    expect((await send('GET', '/ok')).body).toEqual({ ok: true });
  });

  it('internal: what nobody foresaw shows its request id and nothing else, and is logged', async () => {
    const { send, logs } = service(
      {
        graphs: { steps: steps() },
        newId: () => {
          throw new Error('secret-token-123');
        },
      },
      { requestId: 'request-7' },
    );
    const reply = await send('POST', '/invoke', { input: {} });
    expect(reply.body).toMatchObject({ status: 500, code: 'internal', request_id: 'request-7' });
    expect(reply.text).not.toContain('secret-token-123');
    expect(logs).toMatchObject([{ code: 'internal', message: 'secret-token-123', requestId: 'request-7' }]);
  });
});

describe('createApp', () => {
  it('refuses options that make no sense', () => {
    const saver = new MemorySaver();
    const checkpointer = () => saver;
    expect(() => createApp({ graphs: {}, checkpointer })).toThrow('"graphs" is empty');
    expect(() => createApp({ graphs: { 'a b': steps() }, checkpointer })).toThrow('graph name "a b"');
    expect(() => createApp({ graphs: { a: {} as never }, checkpointer })).toThrow('not compiled');
  });

  it('lets a browser read every response', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    for (const reply of [await send('GET', '/ok'), await send('GET', '/nothing'), await send('GET', '/threads/none')]) {
      expect(reply.headers.get('access-control-allow-origin')).toBe('*');
      expect(reply.headers.get('access-control-expose-headers')).toContain('Retry-After');
    }
  });
});
