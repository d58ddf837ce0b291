import { describe, expect, it } from 'vitest';
import { Command, interrupt, START, StateGraph } from '../../../core/index.ts';
import { asked, collect, Log, memory, rejection, thread } from '../../support/engine.ts';

function chain() {
  return new StateGraph(Log)
    .addNode('a', () => ({ log: 'a' }))
    .addNode('b', () => ({ log: 'b' }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer: memory() });
}

describe('H3: getStateHistory', () => {
  it('one snapshot for each superstep, newest first: -1 for the input, 0 once it is applied', async () => {
    const graph = chain();
    await graph.invoke({ log: 'in' }, thread());
    const history = await collect(graph.getStateHistory(thread()));
    expect(history.map(({ metadata, next, values }) => [metadata!.source, metadata!.step, next, values.log])).toEqual([
      ['loop', 2, [], ['in', 'a', 'b']],
      ['loop', 1, ['b'], ['in', 'a']],
      ['loop', 0, ['a'], ['in']],
      ['input', -1, ['__start__'], []],
    ]);
  });

  it('each names its parent', async () => {
    const graph = chain();
    await graph.invoke({}, thread());
    const history = await collect(graph.getStateHistory(thread()));
    expect(history.map(({ parentConfig }) => parentConfig)).toEqual([
      ...history.slice(1).map(({ config }) => config),
      undefined,
    ]);
  });

  it('a second input goes on counting', async () => {
    const graph = chain();
    await graph.invoke({}, thread());
    await graph.invoke({}, thread());
    const history = await collect(graph.getStateHistory(thread()));
    expect(history.map(({ metadata }) => [metadata!.source, metadata!.step])).toEqual([
      ['loop', 6],
      ['loop', 5],
      ['loop', 4],
      ['input', 3],
      ['loop', 2],
      ['loop', 1],
      ['loop', 0],
      ['input', -1],
    ]);
  });

  it('a superstep that stopped for several answers is one snapshot', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ log: [interrupt('q1'), interrupt('q2')] as string[] }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: memory() });
    await graph.invoke({}, thread());
    await graph.invoke(new Command({ resume: 'one' }), thread());
    await graph.invoke(new Command({ resume: 'two' }), thread());
    const history = await collect(graph.getStateHistory(thread()));
    expect(history.map(({ metadata, next }) => [metadata!.step, next])).toEqual([
      [1, []],
      [0, ['ask']],
      [-1, ['__start__']],
    ]);
  });

  it('a superstep that was saved for nested graphs too is one snapshot, and the next one names it as its parent', async () => {
    const inner = new StateGraph(Log)
      .addNode('ask', () => ({ log: String(interrupt('q')) }))
      .addNode('after', () => ({ log: 'after' }))
      .addEdge(START, 'ask')
      .addEdge('ask', 'after')
      .compile();
    const graph = new StateGraph(Log)
      .addNode('inner', inner)
      .addEdge(START, 'inner')
      .compile({ checkpointer: memory() });
    await graph.invoke({}, thread());
    await graph.invoke(new Command({ resume: 'one' }), thread());
    const history = await collect(graph.getStateHistory(thread()));
    expect(history.map(({ metadata }) => metadata!.step)).toEqual([1, 0, -1]);
    expect(history.map(({ parentConfig }) => parentConfig)).toEqual([
      ...history.slice(1).map(({ config }) => config),
      undefined,
    ]);
  });

  it('the newest is as getState shows it: after an answer that ended in a failure there is no question', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', () => {
        interrupt('q');
        throw new Error('boom');
      })
      .addEdge(START, 'ask')
      .compile({ checkpointer: memory() });
    await graph.invoke({}, thread());
    await rejection(graph.invoke(new Command({ resume: 'one' }), thread()));
    const [newest] = await collect(graph.getStateHistory(thread()));
    expect(newest!.tasks).toMatchObject([{ interrupts: [], error: { message: 'boom' } }]);
    expect(newest).toEqual(await graph.getState(thread()));
  });

  it('limit: no more than so many, none for 0', async () => {
    const graph = chain();
    await graph.invoke({}, thread());
    const steps = async (limit: number): Promise<unknown> =>
      (await collect(graph.getStateHistory(thread(), { limit }))).map(({ metadata }) => metadata!.step);
    expect(await steps(2)).toEqual([2, 1]);
    expect(await steps(0)).toEqual([]);
  });

  it('filter: those whose metadata has all of it; the limit counts what is left', async () => {
    const graph = chain();
    await graph.invoke({}, { ...thread(), metadata: { user: 'u1' } });
    await graph.updateState(thread(), { value: 1 });
    await graph.invoke({}, { ...thread(), metadata: { user: 'u2' } });
    const steps = async (options: object): Promise<unknown> =>
      (await collect(graph.getStateHistory(thread(), options))).map(({ metadata }) => metadata!.step);
    expect(await steps({ filter: { source: 'input' } })).toEqual([4, -1]);
    expect(await steps({ filter: { source: 'loop', step: 1 } })).toEqual([1]);
    expect(await steps({ filter: { source: 'loop' }, limit: 2 })).toEqual([7, 6]);
    expect(await steps({ filter: { user: 'u2' } })).toEqual([7, 6, 5, 4]);
    expect(await steps({ filter: { source: 'fork' } })).toEqual([]);
  });

  it('before: those older than that checkpoint', async () => {
    const graph = chain();
    await graph.invoke({}, thread());
    const history = await collect(graph.getStateHistory(thread()));
    expect(await collect(graph.getStateHistory(thread(), { before: history[1]!.config }))).toEqual(history.slice(2));
  });

  it('before an unknown checkpoint is refused', async () => {
    const graph = chain();
    await graph.invoke({}, thread());
    const before = thread('thread-1', '00000000-0009-8000-8000-000000000000');
    expect(await rejection(collect(graph.getStateHistory(thread(), { before })))).toMatchObject({
      code: 'unknown_checkpoint',
    });
  });

  it('a config with a checkpoint_id gives that one snapshot', async () => {
    const graph = chain();
    await graph.invoke({}, thread());
    const history = await collect(graph.getStateHistory(thread()));
    expect(await collect(graph.getStateHistory(history[2]!.config))).toEqual([history[2]]);
  });

  it('of an unknown thread is empty', async () => {
    expect(await collect(chain().getStateHistory(thread()))).toEqual([]);
  });
});

describe('H1, H2: getState', () => {
  it('of a thread that waits: next, the task, its question, metadata and configs', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ log: String(interrupt({ q: 1 })) }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: memory(), now: () => Date.UTC(2026, 0, 2), newId: () => 'run-1' });
    const [question] = asked(await graph.invoke({ log: 'in' }, { ...thread(), metadata: { user: 'u1' } }));
    const state = await graph.getState(thread());
    expect(state).toEqual({
      values: { log: ['in'] },
      next: ['ask'],
      tasks: [
        {
          id: state.tasks[0]!.id,
          name: 'ask',
          path: ['__pregel_pull', 'ask'],
          interrupts: [{ id: question!.id, value: { q: 1 } }],
        },
      ],
      metadata: { source: 'loop', step: 0, parents: {}, thread_id: 'thread-1', user: 'u1' },
      config: {
        configurable: {
          thread_id: 'thread-1',
          checkpoint_ns: '',
          checkpoint_id: state.config.configurable.checkpoint_id,
        },
      },
      createdAt: '2026-01-02T00:00:00.000Z',
      parentConfig: {
        configurable: {
          thread_id: 'thread-1',
          checkpoint_ns: '',
          checkpoint_id: state.parentConfig!.configurable.checkpoint_id,
        },
      },
    });
    expect(state.tasks[0]!.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('the newest shows what finished siblings wrote, the same checkpoint by its id does not', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ log: String(interrupt('q')) }))
      .addNode('done', () => ({ log: 'done' }))
      .addEdge(START, 'ask')
      .addEdge(START, 'done')
      .compile({ checkpointer: memory() });
    await graph.invoke({ log: 'in' }, thread());
    const state = await graph.getState(thread());
    expect(state).toMatchObject({ values: { log: ['in', 'done'] }, next: ['ask'] });
    expect(state.tasks[1]).toMatchObject({ name: 'done', interrupts: [], result: { log: 'done' } });
    expect((await graph.getState(state.config)).values).toEqual({ log: ['in'] });
  });

  it('of an unknown thread is empty', async () => {
    expect(await chain().getState(thread())).toEqual({
      values: {},
      next: [],
      tasks: [],
      config: { configurable: { thread_id: 'thread-1' } },
    });
  });

  it('of an unknown checkpoint is refused', async () => {
    const graph = chain();
    await graph.invoke({}, thread());
    const config = thread('thread-1', '00000000-0009-8000-8000-000000000000');
    expect(await rejection(graph.getState(config))).toMatchObject({ code: 'unknown_checkpoint' });
  });

  it('an old checkpoint shows the state of its time', async () => {
    const graph = chain();
    await graph.invoke({ log: 'in' }, thread());
    const history = await collect(graph.getStateHistory(thread()));
    expect(await graph.getState(history[1]!.config)).toEqual(history[1]);
  });
});
