/** Calls that name an old checkpoint: they fork, and what an old checkpoint cannot answer is refused like at the newest. */
import { describe, expect, it } from 'vitest';
import { Command, interrupt, START, StateGraph } from '../../../core/index.ts';
import { asked, collect, Log, memory, rejection, stored, thread } from '../../support/engine.ts';

/** first -> ask -> last */
function asking() {
  const ran: string[] = [];
  const store = memory();
  const node = (name: string) => () => {
    ran.push(name);
    return { log: name };
  };
  const graph = new StateGraph(Log)
    .addNode('first', node('first'))
    .addNode('ask', () => ({ log: `answer ${interrupt('q')}` }))
    .addNode('last', node('last'))
    .addEdge(START, 'first')
    .addEdge('first', 'ask')
    .addEdge('ask', 'last')
    .compile({ checkpointer: store });
  /** The config of the checkpoint whose next node is `name`. */
  const at = async (name: string) => {
    const history = await collect(graph.getStateHistory(thread()));
    return history.find(({ next }) => next[0] === name)!.config;
  };
  return { graph, ran, store, at };
}

/** Two questions side by side, both answered. */
async function twoAnswered() {
  const store = memory();
  const graph = new StateGraph(Log)
    .addNode('a', () => ({ log: `a ${interrupt('qa')}` }))
    .addNode('b', () => ({ log: `b ${interrupt('qb')}` }))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .compile({ checkpointer: store });
  const questions = asked(await graph.invoke({}, thread()));
  const [a, b] = questions.map(({ id }) => id) as [string, string];
  const waiting = (await graph.getState(thread())).config;
  await graph.invoke(new Command({ resume: { [a]: 1, [b]: 2 } }), thread());
  return { graph, store, waiting, a, b };
}

describe('H7: null at an old checkpoint', () => {
  it('forks: the question is asked again under a new id, the old branch stays, the fork is the newest', async () => {
    const { graph, at } = asking();
    const [first] = asked(await graph.invoke({}, thread()));
    await graph.invoke(new Command({ resume: 'one' }), thread());
    const before = await collect(graph.getStateHistory(thread()));
    const old = await at('ask');

    const [again] = asked(await graph.invoke(null, old));
    expect(again!.value).toBe('q');
    expect(again!.id).not.toBe(first!.id);
    const history = await collect(graph.getStateHistory(thread()));
    expect(history.slice(1)).toEqual(before);
    expect(history[0]).toMatchObject({ metadata: { source: 'fork', step: 2 }, next: ['ask'], parentConfig: old });
    expect(await graph.invoke(new Command({ resume: 'two' }), thread())).toEqual({
      log: ['first', 'answer two', 'last'],
    });
  });

  it('runs everything after it again, finished siblings too', async () => {
    const { graph, ran, at } = asking();
    await graph.invoke({}, thread());
    await graph.invoke(new Command({ resume: 'one' }), thread());
    ran.length = 0;
    await graph.invoke(null, await at('first'));
    expect(ran).toEqual(['first']);
  });
});

describe('an input at an old checkpoint', () => {
  it('begins at START on top of the old state', async () => {
    const { graph, at } = asking();
    await graph.invoke({ log: 'in' }, thread());
    await graph.invoke(new Command({ resume: 'one' }), thread());
    expect(await graph.invoke({ log: 'new' }, await at('ask'))).toMatchObject({ log: ['in', 'first', 'new', 'first'] });
  });
});

describe('an answer at an old checkpoint', () => {
  it('answers the question that was pending there, on a branch of its own', async () => {
    const { graph, ran, at } = asking();
    await graph.invoke({}, thread());
    await graph.invoke(new Command({ resume: 'one' }), thread());
    const before = await collect(graph.getStateHistory(thread()));
    ran.length = 0;
    expect(await graph.invoke(new Command({ resume: 'two' }), await at('ask'))).toEqual({
      log: ['first', 'answer two', 'last'],
    });
    expect(ran).toEqual(['last']);
    expect((await collect(graph.getStateHistory(thread()))).slice(-before.length)).toEqual(before);
  });

  it('bare, while several were pending there: refused, naming them; nothing is written', async () => {
    const { graph, store, waiting, a, b } = await twoAnswered();
    const before = await stored(store);
    const error = await rejection(graph.invoke(new Command({ resume: 'which?' }), waiting));
    expect(error).toMatchObject({ code: 'ambiguous_answer', details: { pending: [a, b] } });
    expect(await stored(store)).toEqual(before);
  });

  it('to an id that was not pending there: refused, nothing is written', async () => {
    const { graph, store, waiting, a } = await twoAnswered();
    const before = await stored(store);
    const unknown = 'f'.repeat(32);
    const error = await rejection(graph.invoke(new Command({ resume: { [a]: 1, [unknown]: 2 } }), waiting));
    expect(error).toMatchObject({ code: 'interrupt_not_pending', details: { ids: [unknown] } });
    expect(await stored(store)).toEqual(before);
  });

  it('where nothing was pending: refused, nothing is written', async () => {
    const { graph, store, at } = asking();
    await graph.invoke({}, thread());
    const before = await stored(store);
    const error = await rejection(graph.invoke(new Command({ resume: 'early' }), await at('first')));
    expect(error).toMatchObject({ code: 'nothing_to_resume' });
    expect(await stored(store)).toEqual(before);
  });

  it.each(['sync', 'async', 'exit'] as const)(
    'that a replay refuses (durability %s) leaves the thread as it was',
    async (durability) => {
      let question = 'q';
      const store = memory();
      const graph = new StateGraph(Log)
        .addNode('ask', () => ({ log: String(interrupt(question)) }))
        .addEdge(START, 'ask')
        .compile({ checkpointer: store });
      await graph.invoke({}, thread());
      const old = (await graph.getState(thread())).config;
      await graph.invoke(new Command({ resume: 'one' }), thread());
      const before = await stored(store);
      question = 'another question';
      const error = await rejection(graph.invoke(new Command({ resume: 'two' }), { ...old, durability }));
      expect(error).toMatchObject({ code: 'interrupt_mismatch' });
      expect(await stored(store)).toEqual(before);
    },
  );
});

describe('the newest checkpoint by its id', () => {
  it('is no fork: the run goes on from it', async () => {
    const { graph, ran } = asking();
    await graph.invoke({}, thread());
    const { config } = await graph.getState(thread());
    ran.length = 0;
    await graph.invoke(new Command({ resume: 'one' }), config);
    expect(ran).toEqual(['last']);
    expect((await collect(graph.getStateHistory(thread()))).map(({ metadata }) => metadata!.source)).toEqual([
      'loop',
      'loop',
      'loop',
      'loop',
      'input',
    ]);
  });
});

it.each([
  ['null', null],
  ['an input', {}],
  ['an answer', new Command({ resume: 1 })],
])('H9: an unknown checkpoint is refused for %s, and an unknown thread too', async (_, input) => {
  const { graph, store } = asking();
  const id = '00000000-0009-8000-8000-000000000000';
  expect(await rejection(graph.invoke(input, thread('thread-1', id)))).toMatchObject({ code: 'unknown_thread' });
  await graph.invoke({}, thread());
  const before = await stored(store);
  expect(await rejection(graph.invoke(input, thread('thread-1', id)))).toMatchObject({
    code: 'unknown_checkpoint',
    details: { checkpointId: id },
  });
  expect(await stored(store)).toEqual(before);
});
