/** H2, H6: the state of nested graphs, looked at and updated from outside. The same programs run on LangGraph.js 1.7.3. */
import { describe, expect, it } from 'vitest';
import type { StateSnapshot, ThreadConfig } from '../../../core/index.ts';
import { Command, interrupt, MemorySaver, START, StateGraph } from '../../../core/index.ts';
import { asked, collect, Log, rejection, thread } from '../../support/engine.ts';
import { both, type Library, logOf } from '../../support/libraries.ts';

/** outer: before -> middle -> after; middle: inner; inner: first -> ask -> last */
function nested(library: Library) {
  const { StateGraph, START, interrupt, MemorySaver } = library;
  const ran: string[] = [];
  const node = (name: string) => () => {
    ran.push(name);
    return { log: [name] };
  };
  const inner = new StateGraph(logOf(library))
    .addNode('first', node('first'))
    .addNode('ask', ({ value }) => ({ log: [`${interrupt('q')} ${String(value)}`] }))
    .addNode('last', node('last'))
    .addEdge(START, 'first')
    .addEdge('first', 'ask')
    .addEdge('ask', 'last')
    .compile();
  const middle = new StateGraph(logOf(library)).addNode('inner', inner).addEdge(START, 'inner').compile();
  const graph = new StateGraph(logOf(library))
    .addNode('before', node('before'))
    .addNode('middle', middle)
    .addNode('after', node('after'))
    .addEdge(START, 'before')
    .addEdge('before', 'middle')
    .addEdge('middle', 'after')
    .compile({ checkpointer: new MemorySaver() });
  return { graph, ran };
}

function at(checkpoint_ns: string) {
  return { configurable: { thread_id: 'thread-1', checkpoint_ns } };
}

function names(all: Iterable<[string, unknown]>): string[] {
  return [...all].map(([name]) => name);
}

type Asking = ReturnType<typeof nested>['graph'];

/** Without what Holdpoint does not know of a nested checkpoint, seen from its root: its parent. */
function shown({ values, next, tasks, metadata, config }: StateSnapshot): object {
  return {
    values,
    next,
    metadata,
    config,
    tasks: tasks.map(({ state, ...task }) => ({ ...task, state: state && 'tasks' in state ? shown(state) : state })),
  };
}

async function stateOfTask(graph: Asking, config: ThreadConfig | ReturnType<typeof thread> = thread()) {
  return (await graph.getState(config)).tasks[0]!.state as ThreadConfig;
}

describe('H2: tasks[].state', () => {
  it('the config that names the nested graph; with subgraphs: true its snapshot, all the way down', async () => {
    const { ours, theirs } = await both(async (library) => {
      const { graph } = nested(library);
      await graph.invoke({ log: ['in'] }, thread());
      const [plain, deep] = [await graph.getState(thread()), await graph.getState(thread(), { subgraphs: true })];
      return [plain, deep].map((state) => shown(state));
    });
    expect(ours).toMatchObject([
      { tasks: [{ state: { configurable: { thread_id: 'thread-1', checkpoint_ns: 'middle:id' } } }] },
      { tasks: [{ state: { next: ['inner'], tasks: [{ state: { next: ['ask'] } }] } }] },
    ]);
    expect(ours).toEqual(theirs);
  });

  it('of a graph that has not begun it is empty; a node that is no graph has none', async () => {
    const { ours, theirs } = await both(async (library) => {
      const { graph } = nested(library);
      await graph.invoke({}, { ...thread(), interruptBefore: ['middle'] });
      const waits = shown(await graph.getState(thread(), { subgraphs: true }));
      await graph.invoke({}, { ...thread(), interruptBefore: ['before'] });
      return [waits, shown(await graph.getState(thread(), { subgraphs: true }))];
    });
    expect(ours).toMatchObject([{ tasks: [{ state: { values: {}, next: [], tasks: [] } }] }, {}]);
    expect(ours).toEqual(theirs);
  });

  it('of a function that says which graph it calls: addNode(…, { subgraphs })', async () => {
    const { ours, theirs } = await both(async (library) => {
      const inner = new library.StateGraph(logOf(library))
        .addNode('ask', () => ({ log: [library.interrupt('q')] }))
        .addEdge(library.START, 'ask')
        .compile();
      const graph = new library.StateGraph(logOf(library))
        .addNode('call', (state) => inner.invoke(state), { subgraphs: [inner as never] })
        .addEdge(library.START, 'call')
        .compile({ checkpointer: new library.MemorySaver() });
      await graph.invoke({ log: ['in'] }, thread());
      return shown(await graph.getState(thread(), { subgraphs: true }));
    });
    expect(ours).toMatchObject({ tasks: [{ state: { next: ['ask'] } }] });
    expect(ours).toEqual(theirs);
  });
});

describe('H1: getState of a nested graph, by the config that its task shows', () => {
  it('while it waits', async () => {
    const { ours, theirs } = await both(async (library) => {
      const { graph } = nested(library);
      await graph.invoke({ log: ['in'] }, thread());
      const middle = await stateOfTask(graph);
      const inner = await stateOfTask(graph, middle);
      return [shown(await graph.getState(middle)), shown(await graph.getState(inner))];
    });
    expect(ours).toMatchObject([
      { next: ['inner'] },
      { next: ['ask'], config: { configurable: { checkpoint_ns: 'middle:id|inner:id' } } },
    ]);
    expect(ours).toEqual(theirs);
  });

  it('of a namespace that there is not it is empty', async () => {
    const { ours, theirs } = await both(async (library) => {
      const { graph } = nested(library);
      await graph.invoke({}, thread());
      return [await graph.getState(at('gone:1')), await graph.getState(at('middle:1'))];
    });
    expect(ours).toMatchObject([{ values: {}, next: [] }, {}]);
    expect(ours).toEqual(theirs);
  });
});

describe('H6: updateState of a nested graph', () => {
  it('the inner node sees it when the thread is resumed', async () => {
    const { ours, theirs } = await both(async (library) => {
      const { graph, ran } = nested(library);
      await graph.invoke({}, thread());
      await graph.updateState(await stateOfTask(graph, await stateOfTask(graph)), { value: 7 });
      const { next, metadata } = await graph.getState(thread());
      const result = await graph.invoke(new library.Command({ resume: 'yes' }), thread());
      return { next, metadata, result, ran };
    });
    expect(ours).toMatchObject({ result: { value: 7 }, ran: ['before', 'first', 'last', 'after'] });
    expect(ours.result.log).toContain('yes 7');
    expect(ours).toEqual(theirs);
  });

  it('by the config of its snapshot; null asks anew', async () => {
    const { ours, theirs } = await both(async (library) => {
      const { graph } = nested(library);
      await graph.invoke({}, thread());
      const { state } = (await graph.getState(thread(), { subgraphs: true })).tasks[0]!;
      const [inner] = (state as StateSnapshot).tasks;
      await graph.updateState((inner!.state as StateSnapshot).config, { value: 8 });
      const again = await graph.invoke(null, thread());
      return [again, await graph.invoke(new library.Command({ resume: 'yes' }), thread())];
    });
    expect(ours).toMatchObject([{ __interrupt__: [{ value: 'q' }] }, { value: 8 }]);
    expect(ours).toEqual(theirs);
  });

  it.each(['ask', 'last'] as const)('as %s: it goes on after that node', async (asNode) => {
    const { ours, theirs } = await both(async (library) => {
      const { graph, ran } = nested(library);
      await graph.invoke({}, thread());
      const config = await stateOfTask(graph, await stateOfTask(graph));
      await graph.updateState(config, { log: ['by hand'] }, asNode);
      const inner = shown(await graph.getState(config));
      return { inner, result: await graph.invoke(null, thread()), ran };
    });
    expect(ours.inner).toMatchObject({
      metadata: { source: 'update', step: 2 },
      next: asNode === 'ask' ? ['last'] : [],
    });
    expect(ours.result.log).toContain('by hand');
    expect(ours).toEqual(theirs);
  });

  it('the old question is gone, whatever names it', async () => {
    const { graph } = nested(await import('../../../core/index.ts'));
    const [question] = asked(await graph.invoke({}, thread()));
    await graph.updateState(await stateOfTask(graph, await stateOfTask(graph)), { value: 7 });
    const answer = new Command({ resume: { [question!.id]: 'late' } });
    expect(await rejection(graph.invoke(answer, thread()))).toMatchObject({ code: 'interrupt_not_pending' });
  });

  it('a namespace where nothing stands is refused', async () => {
    const { graph } = nested(await import('../../../core/index.ts'));
    await graph.invoke({}, thread());
    const config = { configurable: { thread_id: 'thread-1', checkpoint_ns: 'gone:1' } };
    expect(await rejection(graph.updateState(config, {}))).toMatchObject({ code: 'invalid_update' });
  });
});

it('getSubgraphs: by the name of the node, of one node, all the way down', async () => {
  const { ours, theirs } = await both(async (library) => {
    const { graph } = nested(library);
    return [
      names(graph.getSubgraphs()),
      names(graph.getSubgraphs(undefined, true)),
      names(graph.getSubgraphs('middle')),
      names(graph.getSubgraphs('gone')),
      names(await collect(graph.getSubgraphsAsync('middle|inner', true))),
    ];
  });
  expect(ours).toEqual([['middle'], ['middle', 'middle|inner'], ['middle'], [], ['middle|inner']]);
  expect(ours).toEqual(theirs);
});

it('P5: checkpointer: true at the root is an error', async () => {
  const graph = new StateGraph(Log)
    .addNode('ask', () => ({ log: String(interrupt('q')) }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: true });
  const message = 'checkpointer: true cannot be used for root graphs.';
  expect(await rejection(graph.invoke({}, thread()))).toMatchObject({
    message: expect.stringContaining(message) as string,
  });
  expect(await rejection(graph.getState(thread()))).toMatchObject({
    message: expect.stringContaining(message) as string,
  });
});

it('P5: checkpointer: true keeps its state by the name of its node, and there it can be looked at and updated', async () => {
  const counter = new StateGraph(Log)
    .addNode('count', ({ value = 0 }) => ({ value: (value as number) + 1 }))
    .addEdge(START, 'count')
    .compile({ checkpointer: true });
  const graph = new StateGraph(Log)
    .addNode('inner', counter, { input: Log })
    .addEdge(START, 'inner')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({}, thread());
  const config = { configurable: { thread_id: 'thread-1', checkpoint_ns: 'inner' } };
  expect((await graph.getState(config)).values).toMatchObject({ value: 1 });
  await graph.updateState(config, { value: 40 });
  expect((await graph.getState(config)).values).toMatchObject({ value: 40 });
});
