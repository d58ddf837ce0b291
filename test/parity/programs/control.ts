/** Programs: which node runs when. */
import {
  Annotation,
  Command,
  END,
  GraphRecursionError,
  MemorySaver,
  Send,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  which: Annotation<string>,
  aggregate: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const says = (name: string) => (state: typeof State.State) => ({ aggregate: [`${name}(${state.aggregate.length})`] });

export async function fanOutFanIn(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', says('a'))
    .addNode('b', says('b'))
    .addNode('b2', says('b2'))
    .addNode('c', says('c'))
    .addNode('d', says('d'))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('a', 'c')
    .addEdge('b', 'b2')
    .addEdge(['b2', 'c'], 'd')
    .addEdge('d', END)
    .compile();
  log(await graph.invoke({ aggregate: [] }));
  log(await collect(graph.stream({ aggregate: [] }, { streamMode: ['updates', 'debug'] })));
  log((await graph.getGraphAsync()).drawMermaid());
}

export async function deferred(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', says('a'))
    .addNode('b', says('b'))
    .addNode('b2', says('b2'))
    .addNode('c', says('c'))
    .addNode('d', says('d'), { defer: true })
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('a', 'c')
    .addEdge('b', 'b2')
    .addEdge('b2', 'd')
    .addEdge('c', 'd')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({}, { ...thread(), streamMode: ['updates', 'tasks'] })));
  log(await collect(graph.getStateHistory(thread())));
}

export async function conditionalBranches(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', says('a'))
    .addNode('b', says('b'))
    .addNode('c', says('c'))
    .addNode('d', says('d'))
    .addNode('e', says('e'))
    .addEdge(START, 'a')
    .addConditionalEdges('a', (state) => (state.which === 'cd' ? ['c', 'd'] : ['b', 'c']), ['b', 'c', 'd'])
    .addEdge('b', 'e')
    .addEdge('c', 'e')
    .addEdge('d', 'e')
    .compile();
  for (const which of ['bc', 'cd']) log(await graph.invoke({ which }));
  log((await graph.getGraphAsync()).drawMermaid());
  const mapped = new StateGraph(State)
    .addNode('a', says('a'))
    .addNode('b', says('b'))
    .addEdge(START, 'a')
    .addConditionalEdges('a', async (state) => (state.which === 'stop' ? 'no' : 'yes'), { no: END, yes: 'b' })
    .compile();
  for (const which of ['stop', 'go']) log(await mapped.invoke({ which }));
  log((await mapped.getGraphAsync()).drawMermaid());
}

export async function mapReduce(log: Log) {
  const Overall = Annotation.Root({
    topic: Annotation<string>,
    subjects: Annotation<string[]>,
    jokes: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    best: Annotation<string>,
  });
  const graph = new StateGraph(Overall)
    .addNode('topics', (state) => ({ subjects: [1, 2, 3].map((n) => `${state.topic} ${n}`) }))
    .addNode('joke', async (state: { subject: string }) => {
      await Promise.resolve();
      return { jokes: [`Why ${state.subject}?`] };
    })
    .addNode('bestJoke', (state) => ({ best: state.jokes[1]! }))
    .addEdge(START, 'topics')
    .addConditionalEdges('topics', (state) => state.subjects.map((subject) => new Send('joke', { subject })), ['joke'])
    .addEdge('joke', 'bestJoke')
    .addEdge('bestJoke', END)
    .compile({ checkpointer: new MemorySaver() });
  log(
    await collect(
      graph.stream({ topic: 'animals' }, { ...thread(), streamMode: ['updates', 'values', 'tasks', 'checkpoints'] }),
    ),
  );
  log(await collect(graph.getStateHistory(thread())));
  log(await graph.invoke({ topic: 'x' }, { ...thread('2'), maxConcurrency: 2 }));
}

export async function sendsFromCommandsAndBesideNames(log: Log) {
  const graph = new StateGraph(State)
    .addNode(
      'start',
      (state) =>
        new Command({
          update: { aggregate: ['s'] },
          goto: [
            new Send('work', { which: 'sent', aggregate: [] }),
            'plain',
            ...(state.which === 'more' ? [new Send('work', { which: 'more', aggregate: [] })] : []),
          ],
        }),
      { ends: ['work', 'plain'] },
    )
    .addNode('work', (state) => ({ aggregate: [`work ${state.which}`] }))
    .addNode('plain', says('plain'))
    .addEdge(START, 'start')
    .addConditionalEdges('plain', () => [new Send('work', { which: 'later' }), END])
    .compile();
  for (const which of ['few', 'more'])
    log(await collect(graph.stream({ which }, { streamMode: ['updates', 'tasks'] })));
}

export async function recursionLimits(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', says('a'))
    .addNode('b', says('b'))
    .addEdge(START, 'a')
    .addConditionalEdges('a', (state) => (state.aggregate.length < 7 ? 'b' : END), ['b', END])
    .addEdge('b', 'a')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({}, thread('fine')));
  for (const recursionLimit of [4, 7, 8])
    log(await failure(() => graph.invoke({ aggregate: [] }, { ...thread(String(recursionLimit)), recursionLimit })));
  try {
    await graph.invoke({}, { ...thread('error'), recursionLimit: 3 });
  } catch (error) {
    log([error instanceof GraphRecursionError, error instanceof Error]);
  }
  log(await graph.getState(thread('error')));
  log(await graph.invoke(null, thread('error')));
  log(await failure(() => graph.invoke({}, { ...thread('0'), recursionLimit: 0 })));
}

export async function commandsInsteadOfEdges(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', (state) => new Command({ update: { aggregate: ['a'] }, goto: state.which === 'b' ? 'b' : 'c' }), {
      ends: ['b', 'c'],
    })
    .addNode('b', says('b'))
    .addNode('c', says('c'))
    .addEdge(START, 'a')
    .compile();
  for (const which of ['b', 'c']) log(await collect(graph.stream({ which })));
  log((await graph.getGraphAsync()).drawMermaid());
}

export async function commandsAndEdges(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', () => new Command({ update: { aggregate: ['a'] }, goto: 'c' }), { ends: ['c'] })
    .addNode('b', says('b'))
    .addNode('c', says('c'))
    .addNode(
      'several',
      () => [new Command({ update: { aggregate: ['1'] } }), { aggregate: ['2'] }, new Command({ goto: END })] as never,
    )
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('c', 'several')
    .compile();
  log(await collect(graph.stream({}, { streamMode: ['updates', 'values', 'tasks'] })));
  log(await graph.invoke(new Command({ update: { which: 'w' }, goto: 'c' })));
}

export async function handoffToTheParent(log: Log) {
  const child = new StateGraph(State)
    .addNode('inner', () => new Command({ update: { aggregate: ['inner'] }, goto: 'other', graph: Command.PARENT }))
    .addNode('never', says('never'))
    .addEdge(START, 'inner')
    .addEdge('inner', 'never')
    .compile();
  const graph = new StateGraph(State)
    .addNode('sub', child, { ends: ['other'] })
    .addNode('other', says('other'))
    .addEdge(START, 'sub')
    .compile({ checkpointer: new MemorySaver() });
  log(
    await collect(
      graph.stream({ aggregate: ['in'] }, { ...thread(), subgraphs: true, streamMode: ['updates', 'values', 'tasks'] }),
    ),
  );
  log(await collect(graph.getStateHistory(thread())));
  log((await graph.getGraphAsync()).drawMermaid());
}

export async function agentsThatHandOver(log: Log) {
  const Shared = Annotation.Root({
    active: Annotation<string>,
    turns: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  const agent = (name: string, next: string | undefined) =>
    new StateGraph(Shared)
      .addNode('think', (state) => ({ turns: [`${name} thinks after ${state.turns.length}`] }))
      .addNode('act', () =>
        next
          ? new Command({ graph: Command.PARENT, goto: next, update: { active: next, turns: [`${name} to ${next}`] } })
          : { turns: [`${name} answers`] },
      )
      .addEdge(START, 'think')
      .addEdge('think', 'act')
      .compile({ name });
  const graph = new StateGraph(Shared)
    .addNode('triage', agent('triage', 'billing'), { ends: ['billing'] })
    .addNode('billing', agent('billing', 'human'), { ends: ['human'] })
    .addNode('human', agent('human', undefined))
    .addConditionalEdges(START, (state) => state.active ?? 'triage', ['triage', 'billing', 'human'])
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ turns: ['hi'] }, thread()));
  log(await graph.invoke({ turns: ['again'] }, thread()));
  log(await collect(graph.stream({ turns: ['x'] }, { ...thread('2'), subgraphs: true })));
}

export async function sequencesAndManyNodes(log: Log) {
  const graph = new StateGraph(State)
    .addSequence([
      ['one', says('one')],
      ['two', says('two')],
    ])
    .addNode({ three: says('three'), four: says('four') })
    .addNode([['five', says('five')] as const])
    .addEdge(START, 'one')
    .addEdge('two', 'three')
    .addEdge('three', 'four')
    .addEdge('four', 'five')
    .compile();
  log(await collect(graph.stream({})));
  log((await graph.getGraphAsync()).drawMermaid());
}

export async function mistakesInGraphs(log: Log) {
  const node = says('n');
  log(await failure(() => new StateGraph(State).addNode('a', node).addNode('a' as 'b', node)));
  log(await failure(() => new StateGraph(State).addNode('aggregate', node)));
  log(await failure(() => new StateGraph(State).addNode('a|b', node)));
  log(await failure(() => new StateGraph(State).addNode('a', node).compile()));
  log(
    await failure(() =>
      new StateGraph(State)
        .addNode('a', node)
        .addEdge(START, 'a')
        .addEdge('a', 'b' as 'a')
        .compile(),
    ),
  );
  log(await failure(() => new StateGraph(State).addNode('a', node).addNode('b', node).addEdge(START, 'a').compile()));
  log(await failure(() => new StateGraph(State).addNode('a', node).addEdge(END as never, 'a')));
  log(await failure(() => new StateGraph(State).addNode(START, node)));
  const router = (to: unknown) =>
    new StateGraph(State)
      .addNode('a', node)
      .addEdge(START, 'a')
      .addConditionalEdges('a', () => to as 'a')
      .compile();
  log(await failure(() => router(undefined).invoke({})));
  log(await failure(() => router(new Send('zz', {})).invoke({})));
  const returning = (value: unknown) =>
    new StateGraph(State)
      .addNode('a', () => value as typeof State.Update)
      .addEdge(START, 'a')
      .compile();
  for (const value of ['text', 7, [1], true, { unknown: 1 }, new Date(0)])
    log(await failure(() => returning(value).invoke({ which: 'w' })));
  const twice = new StateGraph(State)
    .addNode('a', () => ({ which: 'a' }))
    .addNode('b', () => ({ which: 'b' }))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .compile();
  log(await failure(() => twice.invoke({})));
}

export async function loopsWithAMemory(log: Log) {
  const graph = new StateGraph(State)
    .addNode('work', (state) => ({ aggregate: [`work ${state.aggregate.length}`] }))
    .addNode('review', (state) => (state.aggregate.length > 3 ? { which: 'good' } : { which: 'bad' }))
    .addEdge(START, 'work')
    .addEdge('work', 'review')
    .addConditionalEdges('review', ({ which }) => which, { good: END, bad: 'work' })
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({}, thread()));
  log(await collect(graph.getStateHistory(thread())));
  log((await graph.getGraphAsync()).drawMermaid({ withStyles: false }));
}
