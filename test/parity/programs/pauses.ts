/** Programs: how runs stop for people, beside `interrupt()` in one node. */
import {
  Annotation,
  Command,
  entrypoint,
  GraphInterrupt,
  interrupt,
  INTERRUPT,
  isInterrupted,
  type LangGraphRunnableConfig,
  MemorySaver,
  NodeInterrupt,
  type RetryPolicy,
  START,
  StateGraph,
  task,
} from '@langchain/langgraph';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  v: Annotation<string>,
  log: Annotation<unknown[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const fast: RetryPolicy = { initialInterval: 1, jitter: false, logWarning: false };
const ask = async (question: string) => interrupt<string, string>(question);

/** For whichever graph takes it. */
function answer(resume: unknown): Command<unknown, never, never> {
  return new Command<unknown, never, never>({ resume });
}

function asks(node: (state: typeof State.State) => unknown) {
  return new StateGraph(State)
    .addNode('node', node as () => typeof State.Update)
    .addEdge(START, 'node')
    .compile({ checkpointer: new MemorySaver() });
}

export async function questionsAtOnceInOneNode(log: Log) {
  const graph = asks(async () => ({ log: await Promise.all([ask('1?'), ask('2?')]) }));
  log(await graph.invoke({}, thread()));
  log((await graph.getState(thread())).tasks);
  log(await graph.invoke(answer('A'), thread()));
  log(await graph.invoke(answer('B'), thread()));
  const settled = asks(async () => {
    const results = await Promise.allSettled([ask('1?'), ask('2?')]);
    return { log: results.map(({ status }) => status) };
  });
  log(await settled.invoke({}, thread()));
}

export async function undefinedGoesOn(log: Log) {
  const graph = asks(async () => ({ log: [await ask('?')] }));
  log(await failure(() => graph.invoke(undefined as never, thread())));
  log(await graph.invoke({}, thread()));
  log(await graph.invoke(undefined as never, thread()));
  log(await graph.invoke(answer(1), thread()));
  log(await graph.invoke(undefined as never, thread()));
}

export async function questionsOfRetriedNodesAndTasks(log: Log) {
  let runs = 0;
  const graph = new StateGraph(State)
    .addNode(
      'node',
      async () => {
        runs++;
        const one = await ask('1?');
        if (runs === 2) throw new Error('flaky');
        return { log: [one, await ask('2?'), runs] };
      },
      { retryPolicy: fast },
    )
    .addEdge(START, 'node')
    .compile({ checkpointer: new MemorySaver() });
  for (const input of [{}, answer('A'), answer('B')]) log([await graph.invoke(input, thread()), runs]);
  let calls = 0;
  const charge = task({ name: 'charge', retry: fast }, async () => {
    const ok = await ask('charge?');
    if (++calls < 3) throw new Error('flaky');
    return `${ok} ${calls}`;
  });
  const workflow = entrypoint({ name: 'workflow', checkpointer: new MemorySaver() }, async (x: string) => [
    x,
    await charge(),
  ]);
  log(await workflow.invoke('x', thread()));
  log([await workflow.invoke(answer('yes'), thread()), calls]);
}

export async function questionsOfErrorHandlers(log: Log) {
  let runs = 0;
  const graph = new StateGraph(State)
    .addNode(
      'bad',
      (): typeof State.Update => {
        runs++;
        throw new Error('boom');
      },
      {
        errorHandler: async (_state, { error }) =>
          new Command({ update: { log: [await ask(`${error.message}: go on?`)] }, goto: 'rescue' }),
        ends: ['rescue'],
      },
    )
    .addNode('rescue', () => ({ log: ['rescue'] }))
    .addEdge(START, 'bad')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({}, thread()));
  log(await graph.invoke(answer('yes'), thread()));
  log(runs);
}

export async function questionsInEdgesOfSubgraphs(log: Log) {
  const child = new StateGraph(State)
    .addNode('i', () => ({ log: ['i'] }))
    .addNode('x', () => ({ log: ['x'] }))
    .addNode('y', () => ({ log: ['y'] }))
    .addEdge(START, 'i')
    .addConditionalEdges('i', () => ask('x or y?') as Promise<'x' | 'y'>, ['x', 'y'])
    .compile();
  const graph = new StateGraph(State)
    .addNode('child', child)
    .addNode('after', (state) => ({ log: [state.log.length] }))
    .addEdge(START, 'child')
    .addEdge('child', 'after')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({}, { ...thread(), subgraphs: true })));
  log(await graph.getState(thread(), { subgraphs: true }));
  log(await collect(graph.stream(answer('y'), { ...thread(), subgraphs: true })));
}

export async function breakpointsAroundAQuestion(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', () => ({ log: ['a'] }))
    .addNode('b', async () => ({ log: [await ask('?')] }))
    .addNode('c', () => ({ log: ['c'] }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('b', 'c')
    .compile({ checkpointer: new MemorySaver(), interruptBefore: ['b'], interruptAfter: ['b'] });
  for (const input of [{}, null, answer('R'), null]) {
    log(await graph.invoke(input, thread()));
    log(await graph.getState(thread()));
  }
  log(await collect(graph.getStateHistory(thread())));
}

export async function breakpointsMovedBy(log: Log) {
  const build = () =>
    new StateGraph(State)
      .addNode('a', () => ({ log: ['a'] }))
      .addNode('b', () => ({ log: ['b'] }))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile({ checkpointer: new MemorySaver(), interruptBefore: ['b'] });
  for (const command of [
    new Command<unknown, { v: string }, 'b'>({ update: { v: 'u' } }),
    new Command({ goto: 'b' as const }),
  ]) {
    const graph = build();
    await graph.invoke({}, thread());
    log(await graph.invoke(command, thread()));
    log(await graph.getState(thread()));
  }
  const again = build();
  await again.invoke({ v: '1' }, thread());
  log(await collect(again.stream({ v: '2' }, { ...thread(), streamMode: ['values', 'updates'] })));
  log(await again.invoke(null, thread()));
  log(await again.invoke(null, thread()));
}

export async function nodesThatInterrupt(log: Log) {
  const values = (result: unknown) => (isInterrupted(result) ? result[INTERRUPT].map(({ value }) => value) : result);
  const graph = asks(({ v }) => {
    if (v.length > 3) throw new NodeInterrupt(`too long: ${v}`);
    return { log: [v] };
  });
  for await (const chunk of await graph.stream({ v: 'longer' }, { ...thread(), streamMode: 'values' }))
    log(values(chunk));
  log((await graph.getState(thread())).next);
  log(values(await graph.invoke(null, thread())));
  await graph.updateState(thread(), { v: 'ok' });
  log(await graph.invoke(null, thread()));
  const own = asks(() => {
    throw new GraphInterrupt([{ id: 'f'.repeat(32), value: 'own' }]);
  });
  log(values(await own.invoke({}, thread())));
  log((await own.getState(thread())).next);
  const empty = asks(() => {
    throw new GraphInterrupt();
  });
  log(await empty.invoke({}, thread()));
  log(await empty.getState(thread()));
}

export async function mapsOfAnswers(log: Log) {
  for (const value of [null, undefined, false, 0, '', [], {}]) {
    const graph = asks(async () => ({ log: [{ got: await ask('?') }] }));
    const asked = await graph.invoke({}, thread());
    if (!isInterrupted(asked)) throw new Error('not interrupted');
    log(await graph.invoke(answer({ [asked[INTERRUPT][0]!.id!]: value }), thread()));
  }
  const graph = asks(async () => ({ log: [await ask('?')] }));
  const asked = await graph.invoke({}, thread());
  if (!isInterrupted(asked)) throw new Error('not interrupted');
  log(await graph.invoke(answer({ [asked[INTERRUPT][0]!.id!]: 1, other: 2 }), thread()));
}

export async function answersAtCheckpoints(log: Log) {
  const graph = new StateGraph(State)
    .addNode('before', () => ({ v: 'before' }))
    .addNode('ask', async ({ v }) => ({ log: [v, await ask('?')] }))
    .addNode('after', () => ({ log: ['after'] }))
    .addEdge(START, 'before')
    .addEdge('before', 'ask')
    .addEdge('ask', 'after')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({}, thread());
  log(await graph.invoke(answer('first'), (await graph.getState(thread())).config));
  const waited = (await collect(graph.getStateHistory(thread()))).find(({ next }) => next.includes('ask'))!;
  const forked = await graph.updateState(waited.config, { v: 'forked' });
  log(await graph.invoke(null, forked));
  log(await graph.invoke(answer('second'), thread()));
  log(await collect(graph.getStateHistory(thread())));
}

export async function answersWithAGoto(log: Log) {
  const graph = new StateGraph(State)
    .addNode('ask', async ({ v }) => ({ log: [v, await ask('?')] }))
    .addNode('next', () => ({ log: ['next'] }))
    .addNode('other', () => ({ log: ['other'] }))
    .addNode('quick', () => ({}))
    .addEdge(START, 'ask')
    .addEdge(START, 'quick')
    .addEdge('ask', 'next')
    .addConditionalEdges('quick', () => '__end__', ['other', '__end__'])
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ v: '1' }, thread());
  const command = new Command({ resume: 'R', goto: 'other' as const, update: { v: '2', log: ['update'] } });
  log(await collect(graph.stream(command, { ...thread(), streamMode: ['updates', 'values'] })));
  await graph.invoke({ v: '1' }, thread('2'));
  log(await graph.invoke(new Command({ resume: 'R', update: [['v', '3']] }) as never, thread('2')));
}

export async function aConversation(log: Log) {
  const graph = new StateGraph(State)
    .addNode(
      'agent',
      (state) => new Command({ update: { log: [`heard ${String(state.log.at(-1))}`] }, goto: 'human' }),
      {
        ends: ['human'],
      },
    )
    .addNode(
      'human',
      async (_state, config: LangGraphRunnableConfig) => {
        const said = await ask(`ready, after ${String(config.metadata?.langgraph_triggers)}`);
        return new Command({ update: { log: [said] }, goto: said === 'bye' ? '__end__' : 'agent' });
      },
      { ends: ['agent', '__end__'] },
    )
    .addEdge(START, 'agent')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ log: ['hi'] }, thread()));
  for (const said of ['more', 'and more', 'bye']) log(await collect(graph.stream(answer(said), thread())));
  log(await collect(graph.getStateHistory(thread())));
}
