/** Programs: threads, their history, time travel, edits by hand. */
import { Annotation, Command, END, interrupt, MemorySaver, START, StateGraph } from '@langchain/langgraph';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  foo: Annotation<string>,
  bar: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
});

function twoNodes() {
  return new StateGraph(State)
    .addNode('nodeA', () => ({ foo: 'a', bar: ['a'] }))
    .addNode('nodeB', () => ({ foo: 'b', bar: ['b'] }))
    .addEdge(START, 'nodeA')
    .addEdge('nodeA', 'nodeB')
    .addEdge('nodeB', END);
}

export async function historyOfAThread(log: Log) {
  const graph = twoNodes().compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ foo: '', bar: [] }, thread()));
  log(await graph.getState(thread()));
  const history = await collect(graph.getStateHistory(thread()));
  log(history);
  for (const { config } of history) log(await graph.getState(config));
  log(await collect(graph.getStateHistory(thread(), { limit: 2 })));
  log(await collect(graph.getStateHistory(thread(), { before: history[1]!.config })));
  log(await collect(graph.getStateHistory(thread(), { filter: { source: 'input' } })));
  log(await collect(graph.getStateHistory(thread(), { filter: { step: 1 } })));
  log(await graph.getState(thread('unknown')));
  log(await collect(graph.getStateHistory(thread('unknown'))));
}

export async function aThreadGoesOn(log: Log) {
  const graph = twoNodes().compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ foo: 'x', bar: ['1'] }, thread()));
  log(await graph.invoke({ bar: ['2'] }, thread()));
  log(await graph.invoke({}, thread()));
  log(await collect(graph.getStateHistory(thread())));
  log(await graph.invoke({ foo: 'y' }, thread('2')));
}

export async function updateByHand(log: Log) {
  const graph = twoNodes().compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ foo: '', bar: [] }, thread());
  log(await graph.updateState(thread(), { foo: 'edited', bar: ['by hand'] }));
  log(await graph.getState(thread()));
  log(await graph.updateState(thread(), { bar: ['as A'] }, 'nodeA'));
  log(await graph.getState(thread()));
  log(await graph.invoke(null, thread()));
  log(await collect(graph.getStateHistory(thread())));
  log(await graph.updateState(thread('new'), { foo: 'from nothing' }, 'nodeA'));
  log(await graph.getState(thread('new')));
  log(await graph.invoke(null, thread('new')));
  log(await failure(() => graph.updateState(thread(), { foo: 'x' }, 'nope' as 'nodeA')));
}

export async function replayAndFork(log: Log) {
  let runs = 0;
  const graph = new StateGraph(State)
    .addNode('topic', () => ({ foo: `topic ${++runs}`, bar: ['topic'] }))
    .addNode('joke', (state) => ({ bar: [`joke about ${state.foo}`] }))
    .addEdge(START, 'topic')
    .addEdge('topic', 'joke')
    .addEdge('joke', END)
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({}, thread());
  const history = await collect(graph.getStateHistory(thread()));
  const beforeJoke = history.find((state) => state.next.includes('joke'))!;
  log(beforeJoke);
  log(await graph.invoke(null, beforeJoke.config));
  const fork = await graph.updateState(beforeJoke.config, { foo: 'chickens' });
  log(fork);
  log(await graph.getState(fork));
  log(await collect(graph.stream(null, { ...fork, streamMode: ['values', 'updates'] })));
  const beforeTopic = history.find((state) => state.next.includes('topic'))!;
  log(await graph.invoke(null, beforeTopic.config));
  log(await collect(graph.getStateHistory(thread())));
  log(await graph.getState(thread()));
  log(runs);
}

export async function timeTravelOverAQuestion(log: Log) {
  const graph = new StateGraph(State)
    .addNode('ask', () => ({ bar: [interrupt<string, string>('name?')] }))
    .addNode('end', (state) => ({ foo: state.bar.join() }))
    .addEdge(START, 'ask')
    .addEdge('ask', 'end')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({}, thread());
  await graph.invoke(new Command({ resume: 'Ann' }), thread());
  const history = await collect(graph.getStateHistory(thread()));
  log(history);
  const atQuestion = history.find((state) => state.next.includes('ask'))!;
  log(await graph.invoke(null, atQuestion.config));
  log(await graph.invoke(new Command({ resume: 'Bob' }), thread()));
  log(await collect(graph.getStateHistory(thread())));
}

export async function skipAPausedNode(log: Log) {
  const graph = new StateGraph(State)
    .addNode('ask', () => ({ bar: [interrupt<string, string>('?')] }))
    .addNode('end', (state) => ({ foo: `end of ${state.bar.join()}` }))
    .addEdge(START, 'ask')
    .addEdge('ask', 'end')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({}, thread());
  await graph.updateState(thread(), { bar: ['answered by hand'] }, 'ask');
  log(await graph.getState(thread()));
  log(await graph.invoke(null, thread()));
  await graph.invoke({}, thread('2'));
  await graph.updateState(thread('2'), { foo: 'changed' });
  log(await graph.getState(thread('2')));
  log(await graph.invoke(new Command({ resume: 'later' }), thread('2')));
  await graph.invoke({}, thread('3'));
  await graph.updateState(thread('3'), null, END);
  log(await graph.getState(thread('3')));
  await graph.invoke({}, thread('4'));
  await graph.updateState(thread('4'), null, '__copy__');
  log(await graph.getState(thread('4')));
}

export async function whoUpdatedIsUnclear(log: Log) {
  const graph = new StateGraph(State)
    .addNode('l', () => ({ bar: ['l'] }))
    .addNode('r', () => ({ bar: ['r'] }))
    .addEdge(START, 'l')
    .addEdge(START, 'r')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({}, thread());
  log(await failure(() => graph.updateState(thread(), { foo: '?' })));
  log(await graph.updateState(thread(), { foo: '!' }, 'r'));
  log(
    await graph.bulkUpdateState(thread(), [
      {
        updates: [
          { values: { bar: ['1'] }, asNode: 'l' },
          { values: { bar: ['2'] }, asNode: 'r' },
        ],
      },
      { updates: [{ values: { foo: 'last' }, asNode: 'r' }] },
    ]),
  );
  log(await collect(graph.getStateHistory(thread())));
}

export async function goOnAfterAnError(log: Log) {
  let [fails, good] = [1, 0];
  const graph = new StateGraph(State)
    .addNode('good', () => {
      good++;
      return { bar: ['good'] };
    })
    .addNode('bad', async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (fails-- > 0) throw new RangeError('not yet');
      return { bar: ['bad'] };
    })
    .addNode('end', (state) => ({ foo: state.bar.join('+') }))
    .addEdge(START, 'good')
    .addEdge(START, 'bad')
    .addEdge(['good', 'bad'], 'end')
    .compile({ checkpointer: new MemorySaver() });
  log(await failure(() => graph.invoke({ foo: '' }, thread()), true));
  log(await graph.getState(thread()));
  log(await collect(graph.stream(null, { ...thread(), streamMode: ['updates', 'values'] })));
  log([good, await graph.getState(thread())]);
  log(await collect(graph.getStateHistory(thread())));
}

export async function durabilities(log: Log) {
  for (const durability of ['exit', 'sync', 'async'] as const) {
    const graph = new StateGraph(State)
      .addNode('a', () => ({ bar: ['a'] }))
      .addNode('ask', () => ({ bar: [interrupt<string, string>('?')] }))
      .addNode('c', () => ({ bar: ['c'] }))
      .addEdge(START, 'a')
      .addEdge('a', 'ask')
      .addEdge('ask', 'c')
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({ foo: '1' }, { ...thread(), durability });
    await graph.invoke(new Command({ resume: 'r' }), { ...thread(), durability });
    log(await graph.getState(thread()));
    log(
      (await collect(graph.getStateHistory(thread()))).map(({ values, next, metadata }) => ({
        values,
        next,
        metadata,
      })),
    );
  }
}

export async function subgraphsWithThreadsOfTheirOwn(log: Log) {
  const Counter = Annotation.Root({
    foo: Annotation<string>,
    hits: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
  });
  for (const checkpointer of [undefined, true, false] as const) {
    const subgraph = new StateGraph(Counter)
      .addNode('count', (state) => ({ hits: 1, foo: `${state.foo}${state.hits}` }))
      .addEdge(START, 'count')
      .compile(checkpointer === undefined ? {} : { checkpointer });
    const graph = new StateGraph(Annotation.Root({ foo: Annotation<string> }))
      .addNode('sub', subgraph)
      .addEdge(START, 'sub')
      .compile({ checkpointer: new MemorySaver() });
    log(await graph.invoke({ foo: 'x' }, thread()));
    log(await graph.invoke({ foo: 'y' }, thread()));
    log(await graph.getState(thread(), { subgraphs: true }));
  }
}

export async function deletedThreads(log: Log) {
  const checkpointer = new MemorySaver();
  const graph = twoNodes().compile({ checkpointer });
  await graph.invoke({ foo: '' }, thread());
  log(await graph.invoke({ foo: 'other' }, thread('2')));
  await checkpointer.deleteThread('1');
  log(await graph.getState(thread()));
  log((await graph.getState(thread('2'))).values);
}

export async function metadataOfARun(log: Log) {
  const graph = twoNodes().compile({ checkpointer: new MemorySaver() });
  await graph.invoke(
    { foo: '' },
    { ...thread(), metadata: { user: 'ann', nested: { a: 1 } }, tags: ['t'], runName: 'named' },
  );
  log((await collect(graph.getStateHistory(thread()))).map(({ metadata }) => metadata));
  await graph.invoke({ foo: '' }, { configurable: { thread_id: '2', model: 'gpt', userId: 7 } });
  log((await collect(graph.getStateHistory(thread('2')))).map(({ metadata }) => metadata));
  log(await collect(graph.getStateHistory(thread(), { filter: { user: 'ann' }, limit: 1 })));
}

export async function whatThePastTasksWrote(log: Log) {
  const graph = new StateGraph(State)
    .addNode('plan', () => ({ foo: 'plan', bar: ['1', '2'] }))
    .addNode('ask', () => ({ bar: [interrupt<string, string>('go?')] }))
    .addNode('beside', () => ({ bar: ['beside'] }))
    .addEdge(START, 'plan')
    .addEdge('plan', 'ask')
    .addEdge('plan', 'beside')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ foo: '' }, thread());
  log(await collect(graph.getStateHistory(thread())));
  await graph.invoke(new Command({ resume: 'yes' }), thread());
  const history = await collect(graph.getStateHistory(thread()));
  log(history);
  for (const { config } of history) log(await graph.getState(config));
  log(await collect(graph.getStateHistory(thread(), { before: history[0]!.config, limit: 1 })));
  await graph.invoke(null, history.at(-2)!.config);
  log(await collect(graph.getStateHistory(thread())));
}

export async function editASubgraphThatWaits(log: Log) {
  const inner = new StateGraph(State)
    .addNode('draft', () => ({ bar: ['draft'] }))
    .addNode('send', (state) => ({ bar: [`send ${state.foo}`] }))
    .addEdge(START, 'draft')
    .addEdge('draft', 'send')
    .compile({ interruptBefore: ['send'] });
  const middle = new StateGraph(State).addNode('inner', inner).addEdge(START, 'inner').compile();
  const graph = new StateGraph(State)
    .addNode('middle', middle)
    .addEdge(START, 'middle')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ foo: 'x' }, thread());
  const state = await graph.getState(thread(), { subgraphs: true });
  const [around] = (state.tasks[0]!.state as typeof state).tasks;
  const { config } = around!.state as typeof state;
  log(await graph.updateState(config, { foo: 'edited' }));
  log((await graph.getState(config)).values);
  log(await graph.invoke(null, thread()));
}

export async function streamFromACheckpoint(log: Log) {
  const graph = twoNodes().compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ foo: '' }, thread());
  for (const { config, next } of await collect(graph.getStateHistory(thread()))) {
    if (next.length === 0) continue;
    for (const streamMode of ['values', 'updates', 'tasks', 'checkpoints'] as const)
      log(await collect(graph.stream(null, { ...config, streamMode })));
  }
}

export async function askTheSaver(log: Log) {
  const checkpointer = new MemorySaver();
  const graph = twoNodes()
    .addNode('ask', () => ({ foo: interrupt<string, string>('q') }))
    .addEdge('nodeB', 'ask')
    .compile({ checkpointer });
  log(await checkpointer.getTuple(thread()));
  const told = async (): Promise<void> => {
    const saved = await checkpointer.getTuple(thread());
    const state = await graph.getState(thread());
    const { foo, bar } = saved!.checkpoint.channel_values;
    log({ foo, bar, config: saved!.config, parent: saved!.parentConfig, metadata: saved!.metadata });
    log([state.createdAt === saved!.checkpoint.ts, state.config.configurable?.checkpoint_id === saved!.checkpoint.id]);
    log((await checkpointer.get(thread()))?.id === saved!.checkpoint.id);
  };
  await graph.invoke({ foo: 'in' }, thread());
  await told();
  await graph.invoke(new Command({ resume: 'yes' }), thread());
  await told();
  const all = await collect(checkpointer.list(thread()));
  log(all.map(({ metadata, config, parentConfig }) => ({ metadata, config, parentConfig })));
  log(all.map(({ checkpoint }) => checkpoint.channel_values['foo']));
  for (const { config } of all) log((await checkpointer.getTuple(config))?.metadata);
  const told2 = async (options: object): Promise<void> =>
    log((await collect(checkpointer.list(thread(), options))).map(({ metadata }) => metadata));
  await told2({ limit: 2 });
  await told2({ limit: 0 });
  await told2({ before: all[1]!.config });
  await told2({ filter: { source: 'input' } });
  await told2({ filter: { step: 1 }, limit: 1 });
  log(await checkpointer.getTuple(thread('unknown')));
  log(await collect(checkpointer.list(thread('unknown'))));
  await checkpointer.deleteThread('1');
  log(await checkpointer.getTuple(thread()));
}
