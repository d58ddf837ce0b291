/** Answers bind to questions: by the interrupt's id, the checkpoint's, or both. What does not fit is refused, the thread untouched. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Checkpointer } from '../../core/index.ts';
import { createApp } from '../../functions/app.ts';
import { askingTwice, oneNode } from '../support/http-graphs.ts';
import { type Gateway, gateway } from '../support/lambda.ts';
import { onEachStore } from '../support/stores.ts';
import { interrupt } from '../../core/index.ts';

let threads = 0;

onEachStore((makeStore) => {
  const effects: unknown[] = [];
  const inARow = oneNode(() => {
    const answers = [interrupt('first?'), interrupt('second?')];
    effects.push(answers);
    return { answer: answers };
  });
  let store: Checkpointer;
  let send: Gateway;
  let path: string;
  let first: { readonly id: string; readonly checkpoint: string };
  let second: typeof first;

  /** One question answered, the next one pending. */
  beforeEach(async () => {
    effects.length = 0;
    store = makeStore(Date.now);
    send = gateway(createApp({ graphs: { inARow, twice: askingTwice() }, checkpointer: () => store }));
    path = `/threads/bound-${++threads}`;
    const asked = await send('POST', `${path}/invoke`, { graph: 'inARow', input: {} });
    first = { id: asked.body.interrupts[0].id, checkpoint: asked.body.checkpoint_id };
    const answered = await send('POST', `${path}/resume`, { answers: { [first.id]: 1 } });
    second = { id: answered.body.interrupts[0].id, checkpoint: answered.body.checkpoint_id };
  });

  const refusals = {
    'the id of a question that was answered': () => [
      { answers: { [first.id]: 'x' } },
      {},
      409,
      'interrupt_not_pending',
    ],
    'that id beside one that is pending': () => [
      { answers: { [first.id]: 'x', [second.id]: 'x' } },
      {},
      409,
      'interrupt_not_pending',
    ],
    'a checkpoint that is not the newest, as If-Match': () => [
      { resume: 'x' },
      { 'if-match': `"${first.checkpoint}"` },
      412,
      'stale_checkpoint',
    ],
    'a checkpoint that is not the newest, in the body': () => [
      { resume: 'x', checkpoint_id: first.checkpoint },
      {},
      409,
      'stale_checkpoint',
    ],
    'the id of the pending question, and an old checkpoint': () => [
      { answers: { [second.id]: 'x' }, checkpoint_id: first.checkpoint },
      {},
      409,
      'stale_checkpoint',
    ],
    'the newest checkpoint, and the id of an old question': () => [
      { answers: { [first.id]: 'x' } },
      { 'if-match': `"${second.checkpoint}"` },
      409,
      'interrupt_not_pending',
    ],
    'two checkpoints': () => [
      { resume: 'x', checkpoint_id: second.checkpoint },
      { 'if-match': `"${first.checkpoint}"` },
      400,
      'invalid_request',
    ],
  } satisfies Record<string, () => [object, Record<string, string>, number, string]>;

  describe('refused', () => {
    it.each(Object.keys(refusals))('%s', async (name) => {
      const [body, headers, status, code] = (
        refusals as Record<string, () => [object, Record<string, string>, number, string]>
      )[name]!();
      const before = [(await send('GET', path)).body, (await send('GET', `${path}/history`)).body];
      const reply = await send('POST', `${path}/resume`, body, headers);
      expect([reply.status, reply.body.code]).toEqual([status, code]);
      expect([(await send('GET', path)).body, (await send('GET', `${path}/history`)).body]).toEqual(before);
      expect(effects).toEqual([]);
    });
  });

  describe('accepted', () => {
    it.each([
      ['by id', () => ({ answers: { [second.id]: 2 } }), () => ({})],
      ['by checkpoint', () => ({ resume: 2, checkpoint_id: second.checkpoint }), () => ({})],
      ['by If-Match', () => ({ resume: 2 }), () => ({ 'if-match': `"${second.checkpoint}"` })],
      ['by both', () => ({ answers: { [second.id]: 2 }, checkpoint_id: second.checkpoint }), () => ({})],
      [
        'by all three',
        () => ({ answers: { [second.id]: 2 }, checkpoint_id: second.checkpoint }),
        () => ({ 'if-match': `"${second.checkpoint}"` }),
      ],
    ])('%s', async (_how, body, headers: () => Record<string, string>) => {
      const reply = await send('POST', `${path}/resume`, body(), headers());
      expect(reply.body).toMatchObject({ status: 'done', values: { answer: [1, 2] } });
    });

    it('C5: again with its key, the first outcome, although the checkpoint is no longer the newest', async () => {
      const body = { resume: 2, checkpoint_id: second.checkpoint };
      const headers = { 'idempotency-key': 'k', 'if-match': `"${second.checkpoint}"` };
      const reply = await send('POST', `${path}/resume`, body, headers);
      const again = await send('POST', `${path}/resume`, body, headers);
      expect([again.status, again.text]).toEqual([200, reply.text]);
      expect(effects).toEqual([[1, 2]]);
    });
  });
});
