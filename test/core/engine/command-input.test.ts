/** K1 to K4: a Command without an answer, given to a thread from outside. */
import { describe, expect, it } from 'vitest';
import { Command, END, interrupt, Send, START, StateGraph } from '../../../core/index.ts';
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
    .addNode('ask', ({ value }) => ({ log: `answer ${interrupt(`q ${String(value)}`)}` }))
    .addNode('last', node('last'))
    .addEdge(START, 'first')
    .addEdge('first', 'ask')
    .addEdge('ask', 'last')
    .compile({ checkpointer: store });
  return { graph, ran, store };
}

describe('K1: update', () => {
  it('on a thread that waits: the update is applied, the node asks anew with it, under a new id', async () => {
    const { graph, ran } = asking();
    const [first] = asked(await graph.invoke({ value: 1 }, thread()));
    const [second] = asked(await graph.invoke(new Command({ update: { value: 2 } }), thread()));
    expect(second!.value).toBe('q 2');
    expect(second!.id).not.toBe(first!.id);
    expect(ran).toEqual(['first']);
    const [newest, before] = await collect(graph.getStateHistory(thread()));
    expect(newest).toMatchObject({ metadata: { source: 'input', step: 2 }, values: { value: 2 }, next: ['ask'] });
    expect(before).toMatchObject({ metadata: { source: 'loop', step: 1 }, values: { value: 1 } });
  });

  it('keeps siblings that have finished', async () => {
    let runs = 0;
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ log: String(interrupt('q')) }))
      .addNode('pay', () => {
        runs += 1;
        return { log: 'paid' };
      })
      .addEdge(START, 'ask')
      .addEdge(START, 'pay')
      .compile({ checkpointer: memory() });
    await graph.invoke({}, thread());
    await graph.invoke(new Command({ update: { log: 'note' } }), thread());
    expect(await graph.invoke(new Command({ resume: 'yes' }), thread())).toEqual({ log: ['note', 'yes', 'paid'] });
    expect(runs).toBe(1);
  });

  it('on a thread that is done: applied, nothing runs', async () => {
    const { graph, ran } = asking();
    await graph.invoke({}, thread());
    await graph.invoke(new Command({ resume: 'yes' }), thread());
    ran.length = 0;
    expect(await graph.invoke(new Command({ update: { value: 5 } }), thread())).toMatchObject({ value: 5 });
    expect(ran).toEqual([]);
  });

  it('on a new thread: a thread with that state, nothing runs', async () => {
    const { graph, ran } = asking();
    expect(await graph.invoke(new Command({ update: { value: 5 } }), thread())).toEqual({ log: [], value: 5 });
    expect(ran).toEqual([]);
  });

  it('as pairs: several for one channel', async () => {
    const { graph } = asking();
    const update = [
      ['log', 'x'],
      ['log', 'y'],
      ['unknown', 1],
    ];
    expect(await graph.invoke(new Command({ update }), thread())).toEqual({ log: ['x', 'y'] });
  });

  it.each([['text'], [5], [['no pairs']]])('%j is refused, nothing is written', async (update) => {
    const { graph, store } = asking();
    await graph.invoke({}, thread());
    const before = await stored(store);
    expect(await rejection(graph.invoke(new Command({ update }), thread()))).toMatchObject({ code: 'invalid_update' });
    expect(await stored(store)).toEqual(before);
  });
});

describe('K2: resume with update', () => {
  it('the resumed node sees the update; no checkpoint of its own', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', ({ value }) => ({ log: `${interrupt('q')} and ${String(value)}` }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: memory() });
    await graph.invoke({ value: 1 }, thread());
    const result = await graph.invoke(new Command({ resume: 'yes', update: { value: 2 } }), thread());
    expect(result).toEqual({ log: ['yes and 2'], value: 2 });
    expect((await collect(graph.getStateHistory(thread()))).map(({ metadata }) => metadata!.source)).toEqual([
      'loop',
      'loop',
      'input',
    ]);
  });
});

describe('K3: goto', () => {
  it('adds to what is pending, and does not cancel it', async () => {
    const { graph, ran } = asking();
    await graph.invoke({}, thread());
    ran.length = 0;
    const result = await graph.invoke(new Command({ goto: 'last' }), thread());
    expect(asked(result)).toHaveLength(1);
    expect(ran).toEqual(['last']);
    expect(await graph.invoke(new Command({ resume: 'yes' }), thread())).toEqual({
      log: ['first', 'answer yes', 'last', 'last'],
    });
  });

  it('to the node that is pending: it is not planned twice', async () => {
    const { graph } = asking();
    await graph.invoke({}, thread());
    expect(asked(await graph.invoke(new Command({ goto: 'ask' }), thread()))).toHaveLength(1);
  });

  it('on a thread that is done, and on a new one: runs from there', async () => {
    const { graph, ran } = asking();
    await graph.invoke(new Command({ goto: 'last' }), thread());
    await graph.invoke(new Command({ goto: ['last', 'first'] }), thread());
    expect(ran).toEqual(['last', 'first', 'last']);
  });

  it('with an answer: both happen', async () => {
    const { graph } = asking();
    await graph.invoke({}, thread());
    expect(await graph.invoke(new Command({ resume: 'yes', goto: 'last' }), thread())).toEqual({
      log: ['first', 'answer yes', 'last', 'last'],
    });
  });

  it('END goes nowhere', async () => {
    const { graph, ran } = asking();
    await graph.invoke(new Command({ goto: END }), thread());
    expect(ran).toEqual([]);
  });

  it('a Send has an input of its own', async () => {
    const graph = new StateGraph(Log)
      .addNode('work', (state) => ({ log: `work ${(state as unknown as { n: number }).n}` }))
      .addEdge(START, 'work')
      .compile({ checkpointer: memory() });
    const goto = [new Send('work', { n: 1 }), new Send('work', { n: 2 })];
    expect(await graph.invoke(new Command({ goto }), thread())).toEqual({ log: ['work 1', 'work 2'] });
  });

  it('K4: to an unknown node is refused, nothing is written', async () => {
    const { graph, store } = asking();
    await graph.invoke({}, thread());
    const before = await stored(store);
    const error = await rejection(graph.invoke(new Command({ goto: 'zz' }), thread()));
    expect((error as Error).message).toBe('Command goto -> "zz": Node "zz" does not exist. Nodes: first, ask, last.');
    expect(await stored(store)).toEqual(before);
  });
});

describe('null', () => {
  it('on a thread that is done: the state, and nothing runs', async () => {
    const { graph, ran } = asking();
    await graph.invoke({}, thread());
    await graph.invoke(new Command({ resume: 'yes' }), thread());
    ran.length = 0;
    expect(await graph.invoke(null, thread())).toEqual({ log: ['first', 'answer yes', 'last'] });
    expect(ran).toEqual([]);
  });

  it('undefined is null', async () => {
    const { graph } = asking();
    const [question] = asked(await graph.invoke({}, thread()));
    expect(asked(await graph.invoke(undefined as never, thread()))).toEqual([question]);
    expect(await rejection(graph.invoke(undefined as never, thread('none')))).toMatchObject({ code: 'unknown_thread' });
  });

  it.each([{}, [], null])('K7: a Command whose update is %j is empty: refused, nothing is written', async (update) => {
    const { graph, store } = asking();
    await graph.invoke({}, thread());
    const before = await stored(store);
    const error = await rejection(graph.invoke(new Command({ update }), thread()));
    expect(error).toMatchObject({ name: 'EmptyInputError', code: 'empty_input' });
    expect(await stored(store)).toEqual(before);
  });

  it('K6: a Command for the parent is refused, nothing is written', async () => {
    const { graph, store } = asking();
    await graph.invoke({}, thread());
    const before = await stored(store);
    const error = await rejection(graph.invoke(new Command({ goto: 'last', graph: Command.PARENT }), thread()));
    expect(error).toMatchObject({ name: 'InvalidUpdateError', code: 'invalid_update' });
    expect(await stored(store)).toEqual(before);
  });

  it('without a checkpointer there is nothing to go on with', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', () => ({}))
      .addEdge(START, 'a')
      .compile();
    expect(await rejection(graph.invoke(null))).toMatchObject({ name: 'EmptyInputError' });
    expect(await graph.invoke(new Command({ update: { value: 1 } }))).toEqual({ log: [], value: 1 });
  });
});
