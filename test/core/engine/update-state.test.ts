import { describe, expect, it } from 'vitest';
import { Command, END, interrupt, InvalidUpdateError, Send, START, StateGraph } from '../../../core/index.ts';
import { asked, collect, Log, memory, rejection, stored, thread } from '../../support/engine.ts';

/** ask (waits) -> after */
function waiting() {
  const ran: string[] = [];
  const store = memory();
  const graph = new StateGraph(Log)
    .addNode('ask', () => {
      ran.push('ask');
      return { log: `answer ${interrupt('q')}` };
    })
    .addNode('after', () => {
      ran.push('after');
      return { log: 'after' };
    })
    .addEdge(START, 'ask')
    .addEdge('ask', 'after')
    .compile({ checkpointer: store });
  return { graph, ran, store };
}

/** Side by side: `left` finishes, `right` waits. */
function halfDone() {
  const ran: string[] = [];
  const node = (name: string) => () => {
    ran.push(name);
    return { log: name };
  };
  const store = memory();
  const builder = new StateGraph(Log)
    .addNode('left', node('left'))
    .addNode('right', () => ({ log: `right ${interrupt('q')}` }))
    .addNode('left2', node('left2'))
    .addNode('right2', node('right2'))
    .addNode('both', node('both'))
    .addEdge(START, 'left')
    .addEdge(START, 'right')
    .addEdge('left', 'left2')
    .addEdge('right', 'right2')
    .addEdge(['left', 'right'], 'both');
  return { graph: builder.compile({ checkpointer: store }), ran, store };
}

describe('H4: as a node', () => {
  it('as the paused node: the node is skipped, its question is gone, its edges fire', async () => {
    const { graph, ran } = waiting();
    await graph.invoke({ log: 'in' }, thread());
    ran.length = 0;
    await graph.updateState(thread(), { log: 'by hand' }, 'ask');

    const state = await graph.getState(thread());
    expect(state).toMatchObject({
      values: { log: ['in', 'by hand'] },
      next: ['after'],
      metadata: { source: 'update', step: 1 },
    });
    expect(await graph.invoke(null, thread())).toEqual({ log: ['in', 'by hand', 'after'] });
    expect(ran).toEqual(['after']);
  });

  it('without a name while a question is pending: the same node stays next, and asks anew under another id', async () => {
    const { graph } = waiting();
    const [before] = asked(await graph.invoke({ log: 'in' }, thread()));
    await graph.updateState(thread(), { log: 'by hand' });

    const state = await graph.getState(thread());
    expect(state.next).toEqual(['ask']);
    expect(state.tasks[0]!.interrupts).toEqual([]);
    const [again] = asked(await graph.invoke(null, thread()));
    expect(again!.value).toBe('q');
    expect(again!.id).not.toBe(before!.id);
    expect(await rejection(graph.invoke(new Command({ resume: { [before!.id]: 1 } }), thread()))).toMatchObject({
      code: 'interrupt_not_pending',
    });
  });

  it('without a name on a thread that is done: the node that ran last speaks', async () => {
    const { graph } = waiting();
    await graph.invoke({ log: 'in' }, thread());
    await graph.invoke(new Command({ resume: 'yes' }), thread());
    await graph.updateState(thread(), { value: 1 });
    expect(await graph.getState(thread())).toMatchObject({ values: { value: 1 }, next: [], metadata: { step: 3 } });
  });

  it('conditional edges of the node fire, and see the update', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', () => ({}))
      .addNode('yes', () => ({}))
      .addNode('no', () => ({}))
      .addEdge(START, 'a')
      .addConditionalEdges('a', ({ value }) => (value === 1 ? 'yes' : 'no'))
      .compile({ checkpointer: memory() });
    await graph.invoke({}, thread());
    await graph.updateState(thread(), { value: 1 }, 'a');
    expect((await graph.getState(thread())).next).toEqual(['yes']);
  });

  it('as START: the graph is to begin again', async () => {
    const { graph } = waiting();
    await graph.updateState(thread(), { log: 'in' }, START);
    expect((await graph.getState(thread())).next).toEqual(['ask']);
  });

  it('an unknown node is refused and nothing is written', async () => {
    const { graph, store } = waiting();
    await graph.invoke({ log: 'in' }, thread());
    const before = await stored(store);
    const error = await rejection(graph.updateState(thread(), {}, 'nobody'));
    expect(error).toBeInstanceOf(InvalidUpdateError);
    expect((error as Error).message).toContain('Node "nobody" does not exist. Nodes: ask, after.');
    expect(await stored(store)).toEqual(before);
  });

  it.each([['text'], [5], [['list']]])('%j is no update: refused, nothing is written', async (values) => {
    const { graph, store } = waiting();
    await graph.invoke({ log: 'in' }, thread());
    const before = await stored(store);
    expect(await rejection(graph.updateState(thread(), values as never, 'ask'))).toBeInstanceOf(InvalidUpdateError);
    expect(await stored(store)).toEqual(before);
  });
});

function behindJoin() {
  return new StateGraph(Log)
    .addNode('a', () => ({ log: 'a' }))
    .addNode('b', () => ({ log: 'b' }))
    .addNode('ask', () => ({ log: String(interrupt('q')) }))
    .addNode('after', () => ({ log: 'after' }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge(['a', 'b'], 'ask')
    .addEdge('ask', 'after')
    .compile({ checkpointer: memory() });
}

describe('H4: a node that waits behind a join', () => {
  it.each([
    [undefined, ['ask']],
    ['a', ['b', 'ask']],
    ['b', ['ask']],
    ['after', ['ask']],
    ['ask', ['after']],
  ] as const)('an update as %s: next is %j', async (asNode, next) => {
    const graph = behindJoin();
    await graph.invoke({}, thread());
    await graph.updateState(thread(), { log: 'by hand' }, asNode);
    expect((await graph.getState(thread())).next).toEqual(next);
  });

  it('waits through several updates, and is answered', async () => {
    const graph = behindJoin();
    await graph.invoke({}, thread());
    await graph.updateState(thread(), { log: 'one' });
    await graph.updateState(thread(), { log: 'two' });
    expect(await graph.invoke(new Command({ resume: 'yes' }), thread())).toEqual({
      log: ['a', 'b', 'one', 'two', 'yes', 'after'],
    });
  });
});

describe('while one task of a superstep has finished and another waits', () => {
  it('without a name it is ambiguous: refused, nothing is written, no task runs twice', async () => {
    const { graph, ran, store } = halfDone();
    await graph.invoke({}, thread());
    const before = await stored(store);
    const error = await rejection(graph.updateState(thread(), { log: 'by hand' }));
    expect(error).toBeInstanceOf(InvalidUpdateError);
    expect((error as Error).message).toContain('Ambiguous update, specify "asNode": left, right');
    expect(await stored(store)).toEqual(before);

    await graph.invoke(new Command({ resume: 'yes' }), thread());
    expect(ran).toEqual(['left', 'both', 'left2', 'right2']);
  });

  it('as the waiting node: what the finished one wrote is kept, and it counts for their join', async () => {
    const { graph, ran } = halfDone();
    await graph.invoke({}, thread());
    await graph.updateState(thread(), { log: 'by hand' }, 'right');
    expect(await graph.getState(thread())).toMatchObject({
      values: { log: ['left', 'by hand'] },
      next: ['right2', 'both'],
    });
    ran.length = 0;
    await graph.invoke(null, thread());
    expect(ran).toEqual(['right2', 'both']);
  });
});

describe('nothing to write', () => {
  it('H5: (null, END) clears what is planned', async () => {
    const { graph, ran } = waiting();
    await graph.invoke({ log: 'in' }, thread());
    ran.length = 0;
    await graph.updateState(thread(), null, END);
    expect(await graph.getState(thread())).toMatchObject({ values: { log: ['in'] }, next: [], tasks: [] });
    await graph.invoke(null, thread());
    expect(ran).toEqual([]);
  });

  it('H5: (null) without a name keeps what is planned, and no edge fires', async () => {
    const { graph } = waiting();
    await graph.invoke({ log: 'in' }, thread());
    await graph.updateState(thread(), null, END);
    await graph.updateState(thread(), null);
    expect((await graph.getState(thread())).next).toEqual([]);
  });

  it('H5: (null) without a name keeps finished siblings', async () => {
    const { graph, ran } = halfDone();
    await graph.invoke({}, thread());
    await graph.updateState(thread(), null);
    const state = await graph.getState(thread());
    expect(state).toMatchObject({ next: ['right'], values: { log: ['left'] } });
    await graph.invoke(null, thread());
    expect(ran).toEqual(['left']);
  });
});

describe('new threads and old checkpoints', () => {
  it('a new thread begins with step 0', async () => {
    const { graph } = waiting();
    const config = await graph.updateState(thread(), { log: 'first' }, 'ask');
    const state = await graph.getState(thread());
    expect(state).toMatchObject({
      values: { log: ['first'] },
      next: ['after'],
      metadata: { source: 'update', step: 0 },
    });
    expect(state.config).toEqual(config);
    expect(state.parentConfig).toBeUndefined();
  });

  it('H7: at an old checkpoint it forks: the old branch stays, the fork is the newest', async () => {
    const { graph } = waiting();
    await graph.invoke({ log: 'in' }, thread());
    await graph.invoke(new Command({ resume: 'one' }), thread());
    const history = await collect(graph.getStateHistory(thread()));
    const old = history.find(({ next }) => next[0] === 'ask')!;

    const fork = await graph.updateState(old.config, { log: 'by hand' }, 'ask');
    const state = await graph.getState(thread());
    expect(state).toMatchObject({ values: { log: ['in', 'by hand'] }, next: ['after'], config: fork });
    expect(state.parentConfig).toEqual(old.config);
    expect(await collect(graph.getStateHistory(thread()))).toHaveLength(history.length + 1);
    expect(await graph.invoke(null, fork)).toEqual({ log: ['in', 'by hand', 'after'] });
  });

  it('H2, H4: without a name at a checkpoint of the past, the node before it speaks, though some had finished since', async () => {
    const graph = new StateGraph(Log)
      .addNode('first', () => ({ log: 'first' }))
      .addNode('ask', () => ({ log: String(interrupt('q')) }))
      .addNode('done', () => ({ log: 'done' }))
      .addEdge(START, 'first')
      .addEdge('first', 'ask')
      .addEdge('first', 'done')
      .compile({ checkpointer: memory() });
    await graph.invoke({}, thread());
    const { config } = await graph.getState(thread());
    await graph.updateState(config, { log: 'by hand' });
    expect(await graph.getState(thread())).toMatchObject({
      values: { log: ['first', 'by hand'] },
      next: ['ask', 'done'],
    });
  });

  it('an unknown checkpoint is refused', async () => {
    const { graph } = waiting();
    await graph.invoke({ log: 'in' }, thread());
    const nowhere = thread('thread-1', '00000000-0009-8000-8000-000000000000');
    expect(await rejection(graph.updateState(nowhere, {}))).toMatchObject({ code: 'unknown_checkpoint' });
  });
});

it('after Sends to one node, that node speaks', async () => {
  const graph = new StateGraph(Log)
    .addNode('work', () => ({ log: 'work' }))
    .addConditionalEdges(START, () => [new Send('work', 1), new Send('work', 2)], ['work'])
    .compile({ checkpointer: memory() });
  await graph.invoke({}, thread());
  await graph.updateState(thread(), { log: 'by hand' });
  expect((await graph.getState(thread())).values).toEqual({ log: ['work', 'work', 'by hand'] });
});

it('two nodes ran last: ambiguous without a name', async () => {
  const graph = new StateGraph(Log)
    .addNode('a', () => ({}))
    .addNode('b', () => ({}))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .compile({ checkpointer: memory() });
  await graph.invoke({}, thread());
  const error = await rejection(graph.updateState(thread(), { value: 1 }));
  expect(error).toBeInstanceOf(InvalidUpdateError);
  expect(error).toMatchObject({ details: { nodes: ['a', 'b'] } });
  await graph.updateState(thread(), { value: 1 }, 'b');
  expect((await graph.getState(thread())).values['value']).toBe(1);
});
