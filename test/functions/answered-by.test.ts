/** Who answered: kept with the time, shown by the history. Through the rim of Lambda, on both stores. */
import { describe, expect, it, beforeEach } from 'vitest';
import type { Checkpointer } from '../../core/index.ts';
import { createApp } from '../../functions/app.ts';
import { asking, askingStrictly } from '../support/http-graphs.ts';
import { type Gateway, gateway } from '../support/lambda.ts';
import { onEachStore } from '../support/stores.ts';

const T0 = Date.parse('2026-11-22T12:00:00.000Z');
let threads = 0;

onEachStore((makeStore) => {
  const graphs = { ask: asking(), strict: askingStrictly() };
  let clock: { now: number };
  let store: Checkpointer;
  let send: Gateway;
  let path: string;

  const ask = async (graph: string): Promise<string[]> => {
    const { body } = await send('POST', `${path}/invoke`, { graph, input: {} });
    return body.interrupts.map(({ id }: { id: string }) => id);
  };
  /** Of every checkpoint, newest first. */
  const answeredBy = async (): Promise<unknown[]> => {
    const { body } = await send('GET', `${path}/history`);
    return body.history.map(({ metadata }: { metadata: Record<string, unknown> }) => metadata['answered_by']);
  };

  beforeEach(() => {
    clock = { now: T0 };
    store = makeStore(() => clock.now);
    send = gateway(createApp({ graphs, checkpointer: () => store, now: () => clock.now }));
    path = `/threads/who-${++threads}`;
  });

  describe('the history shows with the checkpoint that an answer led to', () => {
    it('what the request says', async () => {
      const [id] = await ask('ask');
      clock.now += 5_000;
      const body = { answers: { [id!]: 'yes' }, answered_by: 'alice' };
      expect((await send('POST', `${path}/resume`, body)).status).toBe(200);
      expect(await answeredBy()).toEqual([[{ id, by: 'alice', at: '2026-11-22T12:00:05.000Z' }], undefined]);
      const { metadata } = (await send('GET', `${path}/state`)).body;
      expect(metadata).toMatchObject({ answered_by: [{ id, by: 'alice' }] });
    });

    it.each([
      ['a Lambda authorizer', { principalId: 'user-7', team: 'refunds' }, 'user-7'],
      ['a Cognito user pool', { claims: { sub: 'c0ffee', email: 'a@example.com' } }, 'c0ffee'],
    ])('who %s says it is; the request cannot stand for it', async (_who, authorizer, verified) => {
      const [id] = await ask('ask');
      const body = { answers: { [id!]: 'yes' }, answered_by: 'bob' };
      await send('POST', `${path}/resume`, body, {}, { authorizer });
      expect(await answeredBy()).toEqual([[{ id, by: 'bob', verified, at: '2026-11-22T12:00:00.000Z' }], undefined]);
    });

    it('the verified identity alone, of a bare answer too', async () => {
      const [id] = await ask('ask');
      const { checkpoint_id } = (await send('GET', path)).body;
      const authorizer = { principalId: 'user-7' };
      await send('POST', `${path}/resume`, { resume: 'yes', checkpoint_id }, {}, { authorizer });
      expect(await answeredBy()).toMatchObject([[{ id, verified: 'user-7' }], undefined]);
    });

    it('nothing, when nobody says who it is', async () => {
      const [id] = await ask('ask');
      await send('POST', `${path}/resume`, { answers: { [id!]: 'yes' } });
      expect(await answeredBy()).toEqual([undefined, undefined]);
    });

    it('each of several answers, when they come one after the other', async () => {
      const [left, right] = await ask('strict');
      await send('POST', `${path}/resume`, { answers: { [left!]: 'yes' }, answered_by: 'alice' });
      clock.now += 1_000;
      await send('POST', `${path}/resume`, { answers: { [right!]: 5 }, answered_by: 'bob' });
      expect(await answeredBy()).toEqual([
        [{ id: right, by: 'bob', at: '2026-11-22T12:00:01.000Z' }],
        [{ id: left, by: 'alice', at: '2026-11-22T12:00:00.000Z' }],
      ]);
    });

    it('not an answer that was refused beside it', async () => {
      const [left, right] = await ask('strict');
      const body = { answers: { [left!]: 'yes', [right!]: 'not a number' }, answered_by: 'mallory' };
      expect((await send('POST', `${path}/resume`, body)).body.code).toBe('invalid_answer');
      expect(await answeredBy()).toMatchObject([[{ id: left, by: 'mallory' }]]);
    });

    it('once, when every superstep is saved; and not with the next run', async () => {
      const [id] = await ask('ask');
      const body = { answers: { [id!]: 'yes' }, answered_by: 'alice', durability: 'sync' };
      await send('POST', `${path}/resume`, body);
      await send('POST', `${path}/invoke`, { input: {} });
      const shown = await answeredBy();
      expect(shown.filter(Boolean)).toEqual([[{ id, by: 'alice', at: '2026-11-22T12:00:00.000Z' }]]);
      expect(shown[0]).toBeUndefined();
    });
  });

  it.each([[''], [7], ['x'.repeat(257)]])('answered_by %j is refused', async (answered_by) => {
    const [id] = await ask('ask');
    const reply = await send('POST', `${path}/resume`, { answers: { [id!]: 'yes' }, answered_by });
    expect(reply).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});
