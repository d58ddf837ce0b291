import { describe, expect, it } from 'vitest';
import type { Checkpoint, Frame, Stored } from '../../../core/checkpoint/checkpoint.ts';
import type { ThreadSummary } from '../../../core/checkpoint/summary.ts';
import { changerOf } from '../../../core/checkpoint/values.ts';
import {
  Annotation,
  Command,
  type Durability,
  interrupt,
  MemorySaver,
  Send,
  START,
  StateGraph,
} from '../../../core/index.ts';
import { Codec } from '../../../core/checkpoint/codec.ts';
import { encodeCheckpoint, joinTexts } from '../../../core/checkpoint/serialize.ts';
import { thread, withClaims } from '../../support/engine.ts';
import { makeCheckpoint } from '../../support/threads.ts';

const inner: Frame = {
  ...makeCheckpoint('r', 1, { state: { c: 'in a call' } }).frame,
  next: [{ node: 'n', input: 'its input' }],
  kept: new Map([['k', makeCheckpoint('r', 1, { state: { c: 'kept' } }).frame]]),
};

const full: Checkpoint = {
  ...makeCheckpoint('r', 2, { state: { a: 'a channel' }, graph: 'g', metadata: { m: 1 } }),
  called: { context: 'called with' },
  failure: { name: 'Error', message: 'failure' },
  answered: [{ id: 'i', at: 'then' }],
  frame: {
    ...makeCheckpoint('r', 2, { state: { a: 'a channel' } }).frame,
    next: [{ node: 'n', index: 0, input: 'sent' }, { node: 'm' }],
    wrote: [1, ['n', 'a', ['b', 'wrote'], ['log', 0, 1]], ['m', 'a']],
    tasks: new Map([
      [
        'm',
        {
          answers: [{ slot: '0', question: 'asked', answer: 'answered' }],
          questions: [
            { id: 'q', slot: '1', value: 'asks', response_schema: { type: 'string' } },
            { id: 'p', call: '0' },
          ],
          result: { writes: [['a', 'written']], targets: ['m', { node: 'n', input: 'sent on' }] },
          error: { name: 'Error', message: 'error' },
          calls: new Map([['0', inner]]),
          kept: new Map([['k', inner]]),
          inside: new Map([['1', new Map([['t', { answers: [], questions: [], calls: new Map([['f#0', inner]]) }]])]]),
        },
      ],
    ]),
  },
};

const INNER = ['in a call', 'its input', 'kept'];

const unwrap = (one: unknown): unknown => (one as { value: unknown }).value;

describe('the values of a checkpoint', () => {
  it('are found wherever users put or see them', () => {
    const found: unknown[] = [];
    const value = (one: unknown): unknown => {
      found.push(one);
      return one;
    };
    changerOf({ value, channel: (stored) => (value(stored.value), stored) }).checkpoint(full);
    const texts = found.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).toSorted();
    const around = ['{"m":1}', '{"graph":"g"}', '{"context":"called with"}'];
    const whole = [...around, '{"name":"Error","message":"failure"}', '[{"id":"i","at":"then"}]'];
    const told = [
      'asked',
      'answered',
      'asks',
      '{"type":"string"}',
      'written',
      'wrote',
      'sent on',
      '{"name":"Error","message":"error"}',
    ];
    expect(texts).toEqual([...whole, ...told, 'a channel', 'sent', ...INNER, ...INNER, ...INNER].toSorted());
  });

  it('are changed where they stand, and nothing else is', () => {
    const there = changerOf({
      value: (value) => ({ value }),
      channel: ({ version, value }) => ({ version, value: { value } }),
    }).checkpoint(full);
    const back = changerOf({
      value: unwrap,
      channel: ({ version, value }) => ({ version, value: unwrap(value) }),
    }).checkpoint(there);
    expect(JSON.stringify([...there.frame.channels])).toBe('[["a",{"version":2,"value":{"value":"a channel"}}]]');
    expect(back).toStrictEqual(full);
  });

  it('K1: a frame of which none changes stays the very object, and so does its checkpoint', () => {
    const change = changerOf({ value: (value) => [value], channel: (stored: Stored) => stored });
    const checkpoint = makeCheckpoint('r', 1, { state: { a: 1 } });
    expect(change.checkpoint(checkpoint)).toBe(checkpoint);
    expect(change.checkpoint({ ...full, frame: checkpoint.frame }).frame).toBe(checkpoint.frame);
  });
});

it.each<Durability>(['sync', 'async', 'exit'])(
  'K1: what was saved in memory stays as it was saved, while nested graphs side by side ask and go on (%s)',
  async (durability) => {
    const codec = new Codec();
    const text = (checkpoint: Checkpoint): string => joinTexts(encodeCheckpoint(checkpoint, codec));
    const saved = new Map<string, string>();
    const checkpointer = withClaims(new MemorySaver(), (claim) => ({
      commit: (checkpoint, status) => {
        saved.set(checkpoint.id, text(checkpoint));
        return claim.commit(checkpoint, status);
      },
      release: () => claim.release(),
    }));
    const State = Annotation.Root({
      n: Annotation<number, number>({ reducer: (_, n) => n, default: () => 0 }),
      log: Annotation<string, string>({ reducer: (a, b) => a + b, default: () => '' }),
    });
    const asking = new StateGraph(State)
      .addNode('first', () => ({ log: 'first' }))
      .addNode('ask', ({ n }) => ({ log: interrupt<string, string>(`${n}?`) + interrupt<string, string>('sure?') }))
      .addEdge(START, 'first')
      .addEdge('first', 'ask')
      .compile();
    const graph = new StateGraph(State)
      .addNode('inner', asking)
      .addNode('end', () => ({ log: 'end' }))
      .addConditionalEdges(START, () => [0, 1, 2].map((n) => new Send('inner', { n, log: 'sent' })), ['inner'])
      .addEdge('inner', 'end')
      .compile({ checkpointer });
    const config = { ...thread(), durability };
    let asked = await graph.invoke({ log: 'in' }, config);
    while (asked.__interrupt__) {
      const resume = Object.fromEntries(asked.__interrupt__.slice(0, 2).map(({ id }) => [id, 'yes']));
      asked = await graph.invoke(new Command({ resume }), config);
    }
    const listed: [string, string][] = [];
    for await (const checkpoint of checkpointer.chain('thread-1')) listed.push([checkpoint.id, text(checkpoint)]);
    expect(listed.toReversed()).toEqual([...saved]);
  },
);

it('what lists and heads say of questions is the caller’s: what becomes of it changes no thread', async () => {
  const store = new MemorySaver();
  const graph = new StateGraph(Annotation.Root({ log: Annotation<string>() }))
    .addNode('ask', () => ({ log: interrupt('?') }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: store });
  await graph.invoke({}, thread());
  const [listed] = (await store.listThreads()).threads as ThreadSummary[];
  const loaded = await store.load('thread-1');
  for (const pending of [listed!.pending, loaded!.head.pending]) (pending as string[]).length = 0;
  expect(await graph.invoke(new Command({ resume: 'yes' }), thread())).toEqual({ log: 'yes' });
});
