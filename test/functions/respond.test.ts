/** Streams: H1 to H3 of respond.ts, E1 to E3 of event-stream.ts, and what comes in which order. */
import { describe, expect, it } from 'vitest';
import type { Invocation } from '../../functions/app.ts';
import { EventStream } from '../../functions/event-stream.ts';
import type { After } from '../../functions/options.ts';
import { asking, oneNode, steps } from '../support/http-graphs.ts';
import { BlockReader, eventsOf, Gate, type Service, service, SSE } from '../support/http.ts';

interface Wait {
  readonly ms: number;
  readonly pass: () => void;
  cancelled: boolean;
}

/** A clock whose waits end when the test says so. */
function manualAfter() {
  const waits: Wait[] = [];
  let tell: (() => void) | undefined;
  const after: After = (ms, pass) => {
    const wait = { ms, pass, cancelled: false };
    waits.push(wait);
    tell?.();
    return () => {
      wait.cancelled = true;
    };
  };
  /** The nth wait, once it has begun. */
  const begun = async (nth: number): Promise<Wait> => {
    while (waits.length < nth) {
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
    }
    return waits[nth - 1]!;
  };
  return { after, waits, begun };
}

async function stream({ app }: Service, path: string, body: unknown, invocation: Invocation = {}) {
  const request = new Request(`http://localhost${path}`, { method: 'POST', headers: SSE, body: JSON.stringify(body) });
  const response = await app(request, invocation);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.status).toBe(200);
  return new BlockReader(response.body as ReadableStream<Uint8Array>);
}

describe('what a stream tells', () => {
  it('metadata first, values, and the result that a plain answer would have been', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    const streamed = await send('POST', '/threads/t/invoke', { input: { topic: 'x' } }, SSE);
    const events = eventsOf(streamed.text);
    expect(events.map(({ event }) => event)).toEqual(['metadata', 'values', 'values', 'result']);
    const result = events.at(-1)!.data;
    expect(events[0]!.data).toEqual({ thread_id: 't', run_id: result.run_id });
    expect(events[1]!.data).toEqual({ topic: 'x', log: [] });
    expect(events[2]!.data).toEqual({ __interrupt__: result.interrupts });
    expect(result).toMatchObject({ thread_id: 't', status: 'interrupted', next: ['review'] });
    const { body } = await send('POST', '/threads/u/invoke', { input: { topic: 'x' } });
    expect(Object.keys(result)).toEqual(Object.keys(body));
  });

  it('stream_mode: one, or several side by side', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    const one = await send('POST', '/invoke', { input: {}, stream_mode: 'updates' }, SSE);
    expect(eventsOf(one.text).slice(1, -1)).toEqual(
      ['one', 'two', 'three'].map((name) => ({ event: 'updates', data: { [name]: { log: [name] } } })),
    );
    const both = await send('POST', '/invoke', { input: {}, stream_mode: ['updates', 'values'] }, SSE);
    expect(eventsOf(both.text).map(({ event }) => event)).toEqual([
      'metadata',
      'updates',
      'values',
      'updates',
      'values',
      'updates',
      'values',
      'result',
    ]);
  });

  it('a resume is streamed as well, on the thread of its question', async () => {
    const { send } = service({ graphs: { ask: asking() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    const reply = await send('POST', '/threads/t/resume', { answers: { [body.interrupts[0].id]: 'yes' } }, SSE);
    const result = eventsOf(reply.text).at(-1)!;
    expect(result.event).toBe('result');
    expect(result.data).toMatchObject({ status: 'done', values: { answer: 'yes', log: ['reviewed', 'finished'] } });
  });

  it('a nested graph is told of by what its node returns', async () => {
    const inner = steps();
    const outer = oneNode(async () => ({ log: (await inner.invoke({})).log }));
    const { send } = service({ graphs: { outer } });
    const reply = await send('POST', '/invoke', { input: {}, stream_mode: 'updates' }, SSE);
    expect(eventsOf(reply.text).slice(1, -1)).toEqual([
      { event: 'updates', data: { work: { log: ['one', 'two', 'three'] } } },
    ]);
  });

  it('a stream is asked for by the Accept header alone', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    const accepts = {
      'text/event-stream': true,
      'text/html, text/event-stream;q=0.5': true,
      '*/*': false,
      'text/event-stream;q=0': false,
    };
    for (const [accept, streamed] of Object.entries(accepts)) {
      const reply = await send('POST', '/invoke', { input: {}, stream_mode: 'values' }, { accept });
      expect([accept, reply.headers.get('content-type') === 'text/event-stream']).toEqual([accept, streamed]);
    }
  });
});

describe('H1: a refusal of a stream is a problem response', () => {
  it('what the claim refuses, and what only the graph could refuse', async () => {
    const { send, saver } = service({ graphs: { ask: asking() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    const pending = await send('POST', '/threads/t/invoke', { input: {} }, SSE);
    expect(pending.body).toMatchObject({ status: 409, code: 'pending_question' });
    expect(pending.status).toBe(409);

    const other = service({ graphs: { ask: steps() }, checkpointer: () => saver });
    const answer = { answers: { [body.interrupts[0].id]: 'yes' } };
    const gone = await other.send('POST', '/threads/t/resume', answer, SSE);
    expect(gone.status).toBe(409);
    expect(gone.body).toMatchObject({ code: 'graph_changed' });
    expect(other.logs).toEqual([]);
  });
});

describe('H2: a failure after the headers', () => {
  it('is an error event with the problem, and the stream ends as any other', async () => {
    const gate = new Gate();
    const service1 = service({ graphs: { graph: oneNode(() => gate.opened) } });
    const reader = await stream(service1, '/threads/t/invoke', { input: { topic: 'x' } });
    expect(await reader.next()).toMatchObject({ event: 'metadata' });
    expect(await reader.next()).toMatchObject({ event: 'values' });
    gate.reject(new Error('card declined'));
    const event = await reader.next();
    expect(event).toMatchObject({
      event: 'error',
      data: {
        code: 'node_failed',
        status: 500,
        title: 'A node failed',
        node: 'work',
        error: { message: 'card declined' },
      },
    });
    expect(JSON.stringify(event)).not.toContain('.test.ts');
    expect(await reader.next()).toBeUndefined();
    expect(service1.logs).toMatchObject([{ code: 'node_failed' }]);
  });

  it('also when the question is another one now: the error event has the refusal', async () => {
    let question = 'a?';
    const { send } = service({ graphs: { ask: asking(() => question) } });
    const { body } = await send('POST', '/threads/t/invoke', { input: {} });
    question = 'b?';
    const reply = await send('POST', '/threads/t/resume', { answers: { [body.interrupts[0].id]: 1 } }, SSE);
    expect(eventsOf(reply.text).at(-1)).toMatchObject({
      event: 'error',
      data: { code: 'interrupt_mismatch', status: 409 },
    });
  });
});

describe('H3: the run and its response', () => {
  it('streaming is real: the first event is there while a node still waits', async () => {
    const gate = new Gate();
    let finished = false;
    const graph = oneNode(async () => {
      await gate.opened;
      finished = true;
    });
    const reader = await stream(service({ graphs: { graph } }), '/invoke', { input: { topic: 'x' } });
    expect(await reader.next()).toMatchObject({ event: 'metadata' });
    expect(await reader.next()).toMatchObject({ event: 'values', data: { topic: 'x' } });
    expect(finished).toBe(false);
    gate.resolve();
    expect(await reader.next()).toMatchObject({ event: 'result' });
    expect(finished).toBe(true);
  });

  it('headers are sent when the run is on its way, even if it has nothing to tell for long', async () => {
    const gate = new Gate();
    const silent = service({ graphs: { graph: oneNode(() => gate.opened) } });
    const reader = await stream(silent, '/invoke', { input: {}, stream_mode: 'updates' });
    expect(await reader.next()).toMatchObject({ event: 'metadata' });
    gate.resolve();
    expect(await reader.next()).toMatchObject({ event: 'updates' });
  });

  it('a client that goes away does not end the run, and the platform is told to wait for it', async () => {
    const gate = new Gate();
    const work: Promise<unknown>[] = [];
    const gone = service({ graphs: { graph: oneNode(() => gate.opened.then(() => ({ log: ['paid'] }))) } });
    const reader = await stream(
      gone,
      '/threads/t/invoke',
      { input: {} },
      { waitUntil: (promise) => work.push(promise) },
    );
    await reader.next();
    await reader.cancel();
    expect((await gone.send('GET', '/threads/t')).body.status).toBe('busy');
    expect(work).toHaveLength(1);
    gate.resolve();
    await work[0];
    expect((await gone.send('GET', '/threads/t')).body).toMatchObject({ status: 'done', values: { log: ['paid'] } });
  });
});

describe('EventStream', () => {
  it('E1: nothing becomes text before it is read', async () => {
    let read = 0;
    const value = {
      get size() {
        return ++read;
      },
    };
    const events = new EventStream({ heartbeatMs: 15_000, after: manualAfter().after });
    for (let i = 0; i < 1000; i++) events.send('values', value);
    events.end();
    expect(read).toBe(0);
    const reader = new BlockReader(events.body);
    expect(await reader.next()).toEqual({ event: 'values', data: { size: 1 } });
    expect(await reader.next()).toEqual({ event: 'values', data: { size: 2 } });
    expect(read).toBe(2);
  });

  it('E1: what somebody waits for is told as it was when it was sent', async () => {
    const { after, begun } = manualAfter();
    const events = new EventStream({ heartbeatMs: 15_000, after });
    const next = new BlockReader(events.body).next();
    await begun(1);
    const value = { log: ['a'] };
    events.send('values', value);
    value.log.push('b');
    expect(await next).toEqual({ event: 'values', data: { log: ['a'] } });
  });

  it('E2: a heartbeat after each silence, and none while there is something to read', async () => {
    const { after, waits, begun } = manualAfter();
    const events = new EventStream({ heartbeatMs: 15_000, after });
    const reader = new BlockReader(events.body);
    events.send('a', 1);
    expect(await reader.next()).toEqual({ event: 'a', data: 1 });
    for (let beat = 1; beat <= 2; beat++) {
      const next = reader.next();
      (await begun(beat)).pass();
      expect(await next).toBe(': heartbeat');
    }
    const last = reader.next();
    await begun(3);
    events.send('b', 2);
    events.end();
    expect(await last).toEqual({ event: 'b', data: 2 });
    expect(await reader.next()).toBeUndefined();
    expect(waits.map(({ ms }) => ms)).toEqual([15_000, 15_000, 15_000]);
    expect(waits.at(-1)!.cancelled).toBe(true);
  });

  it('E3: a reader that left gets nothing, and no timer stays', async () => {
    const { after, waits, begun } = manualAfter();
    const events = new EventStream({ heartbeatMs: 15_000, after });
    const reader = new BlockReader(events.body);
    const next = reader.next();
    await begun(1);
    await reader.cancel();
    expect(await next).toBeUndefined();
    expect(waits.every(({ cancelled }) => cancelled)).toBe(true);
    events.send('late', 1);
    events.end();
  });
});

it('H1: every stream mode is an event of its name', async () => {
  const { send } = service({ graphs: { ask: asking() } });
  const body = { input: { topic: 'x' }, stream_mode: ['tasks', 'checkpoints', 'debug', 'custom', 'messages'] };
  const { text } = await send('POST', '/threads/t/invoke', body, SSE);
  const told = eventsOf(text);
  expect(new Set(told.map(({ event }) => event))).toEqual(
    new Set(['metadata', 'tasks', 'checkpoints', 'debug', 'result']),
  );
  expect(told.find(({ event }) => event === 'tasks')!.data).toMatchObject({ triggers: [expect.any(String)] });
});
