/** Programs: in which order what happens side by side is told. */
import {
  Annotation,
  Command,
  END,
  interrupt,
  INTERRUPT,
  isInterrupted,
  MemorySaver,
  Send,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import { collect, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  v: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
type Update = typeof State.Update;
type Node = (state: typeof State.State, config: LangGraphRunnableConfig) => unknown;

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function steps(name: string) {
  const step = (one: string) => (_: typeof State.State, config: LangGraphRunnableConfig) => {
    config.writer?.(one);
    return { log: [one] };
  };
  return new StateGraph(State)
    .addNode(`${name}1`, step(`${name}1`))
    .addNode(`${name}2`, step(`${name}2`))
    .addEdge(START, `${name}1`)
    .addEdge(`${name}1`, `${name}2`)
    .compile();
}

const kinds: Record<string, Node> = {
  promise: async () => ({ log: ['promise'] }),
  awaits: async () => {
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    return { log: ['awaits'] };
  },
  plain: () => ({ log: ['plain'] }),
  nothing: () => null,
  command: () => new Command({ update: { log: ['command'] } }),
  goes: () => new Command({ update: { log: ['goes'] }, goto: 'end' }),
  promisesCommand: async () => new Command({ update: { log: ['promisesCommand'] } }),
  list: () => [{ log: ['list'] }, new Command({ update: { log: ['list too'] } })],
  graph: () => steps('inner').invoke({}),
};

function sideBySide(names: readonly string[], routes?: string) {
  const graph = new StateGraph(State).addNode('end', () => ({}));
  for (const name of names) {
    graph.addNode(name, kinds[name] as () => Update, { ends: ['end'] });
    graph.addEdge(START, name as never);
  }
  if (routes) graph.addConditionalEdges(routes as never, () => END, ['end', END]);
  return graph.compile();
}

export async function functionsThatNeedNoTime(log: Log) {
  const names = Object.keys(kinds);
  log((await collect(sideBySide(names).stream({}))).map((chunk) => Object.keys(chunk)));
  for (const first of names) {
    for (const second of names) {
      if (first === second) continue;
      const routed = first === 'graph' ? undefined : first;
      for (const routes of [undefined, routed]) {
        const chunks = await collect(sideBySide([first, second], routes).stream({}));
        log([first, second, routes, chunks.map((chunk) => Object.keys(chunk))]);
      }
    }
  }
}

export async function nodesThatLeadSomewhere(log: Log) {
  const wirings: Record<string, (name: 'p' | 'q') => void> = {
    nowhere: () => undefined,
    end: (name) => graph.addEdge(name, END),
    edge: (name) => graph.addEdge(name, 'next'),
    edges: (name) => graph.addEdge(name, 'next').addEdge(name, 'other'),
    join: (name) => graph.addEdge([name, 'r'], 'next'),
    ended: (name) => graph.addConditionalEdges(name, () => END, ['next', END]),
    routed: (name) => graph.addConditionalEdges(name, () => 'next', ['next', END]),
    routedBesideAnEdge: (name) => graph.addEdge(name, 'other').addConditionalEdges(name, () => END, ['next', END]),
  };
  const build = () =>
    new StateGraph(State)
      .addNode('p', () => ({ log: ['p'] }), { ends: ['next', 'other'] })
      .addNode('q', async () => ({ log: ['q'] }), { ends: ['next', 'other'] })
      .addNode('r', () => ({}))
      .addNode('next', () => ({}))
      .addNode('other', () => ({}))
      .addEdge(START, 'p')
      .addEdge(START, 'q')
      .addEdge(START, 'r');
  let graph = build();
  for (const [first, wireFirst] of Object.entries(wirings)) {
    for (const [second, wireSecond] of Object.entries(wirings)) {
      graph = build();
      wireFirst('p');
      wireSecond('q');
      const chunks = await collect(graph.compile().stream({}));
      log([first, second, chunks.map((chunk) => Object.keys(chunk))]);
    }
  }
}

export async function graphsSideBySide(log: Log) {
  const builders = [
    () =>
      new StateGraph(State).addNode('p', steps('p')).addNode('q', steps('q')).addEdge(START, 'p').addEdge(START, 'q'),
    () =>
      new StateGraph(State)
        .addNode('p', steps('p'))
        .addNode('q', () => ({ log: ['q'] }))
        .addEdge(START, 'p')
        .addEdge(START, 'q'),
    () =>
      new StateGraph(State)
        .addNode('w', steps('w'))
        .addConditionalEdges(START, () => ['1', '2'].map((one) => new Send('w', { log: [one] }))),
  ];
  const modes = ['custom', ['values', 'updates'], ['values', 'updates', 'tasks', 'custom'], 'debug'] as const;
  for (const build of builders) {
    for (const streamMode of modes) {
      const graph = build().compile({ checkpointer: new MemorySaver() });
      const config = { ...thread(), streamMode: streamMode as 'debug', subgraphs: true };
      log(await collect(graph.stream({ log: ['in'] }, config)));
    }
  }
}

export async function questionsAsTheyAreAsked(log: Log) {
  const asks = (question: string, turns: number) => async () => {
    for (let turn = 0; turn < turns; turn++) await later(1);
    return { log: [interrupt<string, string>(question)] };
  };
  const graph = new StateGraph(State)
    .addNode('late', asks('late?', 8))
    .addNode('now', asks('now?', 0))
    .addNode('soon', asks('soon?', 3))
    .addEdge(START, 'late')
    .addEdge(START, 'now')
    .addEdge(START, 'soon')
    .compile({ checkpointer: new MemorySaver() });
  const asked = await graph.invoke({}, thread());
  log(isInterrupted<string>(asked) && asked[INTERRUPT].map(({ value }) => value));
  log((await graph.getState(thread())).tasks.map(({ name }) => name));
  log(await collect(graph.stream({}, { ...thread('2'), streamMode: ['updates', 'values', 'tasks'] })));
}

export async function questionsInsideComeFirst(log: Log) {
  const asks = (name: string) =>
    new StateGraph(State)
      .addNode(name, () => ({ log: [interrupt<string, string>(`${name}?`)] }))
      .addEdge(START, name)
      .compile();
  const middle = new StateGraph(State)
    .addNode('low', asks('lower'))
    .addNode('here', () => ({ log: [interrupt<string, string>('here?')] }))
    .addEdge(START, 'low')
    .addEdge(START, 'here')
    .compile();
  const graph = new StateGraph(State)
    .addNode('middle', middle)
    .addNode('top', () => ({ log: [interrupt<string, string>('top?')] }))
    .addEdge(START, 'middle')
    .addEdge(START, 'top')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({}, thread()));
  const { tasks } = await graph.getState(thread());
  log(tasks.map(({ name, interrupts }) => [name, interrupts]));
  const both = new StateGraph(State)
    .addNode('p', asks('p1'))
    .addNode('q', asks('q1'))
    .addEdge(START, 'p')
    .addEdge(START, 'q')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(both.stream({}, { ...thread(), subgraphs: true })));
}
