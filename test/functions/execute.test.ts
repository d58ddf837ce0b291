/** Deadlines, what a thread remembers, and runs that were cut off: X1 to X3 of execute.ts. */
import { describe, expect, it } from 'vitest';
import { openRun } from '../../core/engine/open.ts';
import { asking, oneNode, steps } from '../support/http-graphs.ts';
import { Gate, service, SSE, START_TIME } from '../support/http.ts';

describe('X1: the claim expires after the deadline plus a margin', () => {
  it.each([
    ['of the invocation', { deadline: START_TIME + 30_000 }, 40_000],
    ['of the limits, where the platform has none', {}, 70_000],
  ])('%s', async (_whose, invocation, expected) => {
    const gate = new Gate();
    const began = new Gate();
    const graph = oneNode(() => {
      began.resolve();
      return gate.opened;
    });
    const { send, saver } = service({ graphs: { graph } }, invocation);
    const running = send('POST', '/threads/t/invoke', { input: {} });
    await began.opened;
    expect((await saver.load('t'))?.head.claim?.expiresAt).toBe(START_TIME + expected);
    gate.resolve();
    await running;
    expect((await saver.load('t'))?.head.claim).toBeUndefined();
  });
});

describe('X2: a run stops at a superstep boundary while there is time to save it', () => {
  it('paused before the deadline, and continued with input null', async () => {
    const clock = { now: START_TIME };
    const graph = steps((name) => {
      if (name === 'one') clock.now += 26_000;
    });
    const { send } = service({ graphs: { graph }, now: () => clock.now }, { deadline: START_TIME + 30_000 });
    const paused = await send('POST', '/threads/t/invoke', { input: {} });
    expect(paused.body).toMatchObject({ status: 'paused', next: ['two'], values: { log: ['one'] }, interrupts: [] });
    expect((await send('GET', '/threads/t')).body).toMatchObject({ status: 'paused', next: ['two'] });
    clock.now = START_TIME;
    const done = await send('POST', '/threads/t/invoke', { input: null });
    expect(done.body).toMatchObject({ status: 'done', values: { log: ['one', 'two', 'three'] } });
  });

  it('an answer that is not streamed stops before the silent connection is cut, a stream does not', async () => {
    const clock = { now: START_TIME };
    const graph = steps((name) => {
      if (name === 'one') clock.now += 280_000;
    });
    const { send } = service({ graphs: { graph }, now: () => clock.now }, { deadline: START_TIME + 900_000 });
    expect((await send('POST', '/invoke', { input: {} })).body).toMatchObject({ status: 'paused', next: ['two'] });
    clock.now = START_TIME;
    expect((await send('POST', '/invoke', { input: {} }, SSE)).text).toContain('"status":"done"');
  });
});

describe('X3: what a thread was started with is stored', () => {
  it('graph, configurable and context reach every later run; a later call adds to them for itself', async () => {
    const seen: unknown[] = [];
    const graphs = {
      ask: asking(),
      echo: oneNode((_state, { configurable, context }) => {
        const { checkpoint_ns: _, ...own } = configurable ?? {};
        seen.push({ configurable: own, context });
      }),
    };
    const { send } = service({ graphs });
    const config = { configurable: { user: 'ada', plan: 'basic' } };
    await send('POST', '/threads/t/invoke', { graph: 'echo', input: {}, config, context: { locale: 'fr' } });
    await send('POST', '/threads/t/invoke', { input: {} });
    await send('POST', '/threads/t/invoke', { input: {}, config: { configurable: { plan: 'pro' } } });
    await send('POST', '/threads/t/invoke', { input: {} });
    const base = { user: 'ada', plan: 'basic', thread_id: 't' };
    expect(seen).toEqual([
      { configurable: base, context: { locale: 'fr' } },
      { configurable: base, context: { locale: 'fr' } },
      { configurable: { ...base, plan: 'pro' }, context: { locale: 'fr' } },
      { configurable: base, context: { locale: 'fr' } },
    ]);
    expect((await send('GET', '/threads/t')).body.graph).toBe('echo');
  });

  it('__proto__ is data', async () => {
    const { send } = service({ graphs: { echo: oneNode(({ topic }) => ({ answer: topic })) } });
    const topic = '{"__proto__":{"admin":true},"constructor":1}';
    const reply = await send('POST', '/threads/t/invoke', `{"input":{"topic":${topic},"__proto__":{"x":1}}}`);
    expect(reply.text).toContain(`"values":{"topic":${topic},"answer":${topic},"log":[]}`);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('metadata is kept with the checkpoints of its run', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    await send('POST', '/threads/t/invoke', { input: {}, config: { metadata: { ticket: 7 } } });
    expect((await send('GET', '/threads/t/state')).body.metadata).toMatchObject({ ticket: 7, thread_id: 't' });
  });
});

describe('a run that was cut off', () => {
  it('its thread is busy until the claim expires, then paused; its answered question is not shown; null continues it', async () => {
    const { send, saver, clock } = service({ graphs: { ask: asking() } });
    const { body } = await send('POST', '/threads/t/invoke', { input: { topic: 'x' } });
    const [{ id }] = body.interrupts;
    const request = { kind: 'command', command: { answers: { [id]: 'recorded' } } } as const;
    await openRun(saver, 't', { runId: 'lost', now: clock.now, expiresAt: clock.now + 1000, request });
    expect((await send('GET', '/threads/t')).body).toMatchObject({ status: 'busy', run_id: 'lost', interrupts: [] });

    clock.now += 2000;
    const paused = await send('GET', '/threads/t');
    expect(paused.body).toMatchObject({ status: 'paused', run_id: null, interrupts: [], next: ['review'] });
    const other = await send('POST', '/threads/t/resume', { answers: { [id]: 'too late' } });
    expect(other.body).toMatchObject({ status: 409, code: 'run_unfinished', run_id: 'lost' });
    const done = await send('POST', '/threads/t/invoke', { input: null });
    expect(done.body).toMatchObject({ status: 'done', values: { answer: 'recorded' } });
  });

  it('the start of a thread: it is there, without a checkpoint, and continued with its input, graph and context', async () => {
    const graphs = { echo: oneNode(({ topic }, { context }) => ({ answer: { topic, context } })), other: steps() };
    const { send, saver, clock } = service({ graphs });
    const origin = { graph: 'echo', context: 'c' };
    const request = { kind: 'input', input: { topic: 'x' }, origin } as const;
    await openRun(saver, 't', { runId: 'lost', now: clock.now, expiresAt: clock.now + 1000, request, graph: 'echo' });
    clock.now += 2000;
    const thread = await send('GET', '/threads/t');
    expect(thread.body).toMatchObject({ status: 'paused', graph: 'echo', checkpoint_id: null, values: {}, next: [] });
    expect((await send('GET', '/threads/t/state')).body).toMatchObject({
      checkpoint: null,
      created_at: null,
      values: {},
    });
    expect((await send('GET', '/threads/t/history')).body).toEqual({ history: [], next_before: null });
    const done = await send('POST', '/threads/t/invoke', { input: null });
    expect(done.body).toMatchObject({ status: 'done', values: { answer: { topic: 'x', context: 'c' } } });
  });
});
