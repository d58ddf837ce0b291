/** Programs: as LangGraph's guides have people write, and type, what they build. */
import {
  Annotation,
  Command,
  EmptyInputError,
  entrypoint,
  getPreviousState,
  interrupt,
  type Interrupt,
  InvalidUpdateError,
  MemorySaver,
  START,
  StateGraph,
  type StateSnapshot,
  task,
} from '@langchain/langgraph';
import { RunnableLambda } from '@langchain/core/runnables';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({ question: Annotation<string>, answer: Annotation<string> });

function build() {
  return new StateGraph(State)
    .addNode('ask', ({ question }) => ({ answer: interrupt<string, string>(question) }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: new MemorySaver() });
}

export async function listsOfASnapshot(log: Log) {
  const graph = build();
  await graph.invoke({ question: '?' }, thread());
  const snapshot: StateSnapshot = await graph.getState(thread());
  const next: string[] = snapshot.next;
  const asked: Interrupt[][] = snapshot.tasks.map(({ interrupts }) => interrupts);
  log([next, asked]);
}

/** A server takes the node from its caller. */
export async function anUpdateAsANodeOfAnyName(log: Log) {
  const graph = build();
  for (const asNode of ['ask', 'nowhere'] as string[]) {
    const update = graph.updateState(thread(asNode), { answer: 'theirs' }, asNode);
    log(await failure(async () => (await graph.getState(await update)).next));
  }
}

export async function aDrawingAsAPicture(log: Log) {
  const { fetch } = globalThis;
  globalThis.fetch = (url) => {
    log(url);
    return Promise.resolve(new Response('png', { status: url.toString().includes('!red') ? 500 : 200 }));
  };
  try {
    const drawing = await build().getGraphAsync();
    const image = await drawing.drawMermaidPng();
    log(new Uint8Array(await image.arrayBuffer()));
    await drawing.drawMermaidPng({ backgroundColor: 'transparent', withStyles: false });
    log(await failure(() => drawing.drawMermaidPng({ backgroundColor: 'red' })));
  } finally {
    globalThis.fetch = fetch;
  }
}

export async function streamsOfAnEntrypoint(log: Log) {
  const double = task('double', async (n: number) => n * 2);
  const flow = entrypoint({ name: 'flow', checkpointer: new MemorySaver() }, async (n: number, config) => {
    config.writer?.('started');
    const before = getPreviousState<number>() ?? 0;
    return before + (await double(n));
  });
  for await (const [mode, chunk] of await flow.stream(1, { ...thread(), streamMode: ['updates', 'custom', 'values'] }))
    log([mode, chunk]);
  for await (const [namespace, chunk] of await flow.stream(2, { ...thread(), subgraphs: true }))
    log([namespace.length, chunk.double, chunk.flow]);
  for await (const value of await flow.stream(3, { ...thread(), streamMode: 'values' })) {
    const sum: number = value;
    log(sum);
  }
}

export async function whatAnEntrypointKept(log: Log) {
  const flow = entrypoint({ name: 'flow', checkpointer: new MemorySaver() }, async (words: string[]) => {
    const before = getPreviousState<string[]>();
    return words.length > 1 ? words : before.concat(words);
  });
  await flow.invoke(['a', 'b'], thread());
  log(await flow.invoke(['c'], thread()));
}

/** Keys of a state may be names that arrays have methods of. */
export async function answersAsTheyAreTyped(log: Log) {
  const Lists = Annotation.Root({ entries: Annotation<string>, filter: Annotation<boolean>, at: Annotation<number> });
  const graph = new StateGraph(Lists)
    .addNode('ask', () => ({ entries: interrupt('entries?'), filter: interrupt({ filter: true }) }))
    .addNode('count', () => {
      const { from, to } = interrupt('range?');
      return { at: from + to };
    })
    .addEdge(START, 'ask')
    .addEdge('ask', 'count')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({}, thread()));
  for (const resume of ['e', false, { from: 1, to: 2 }]) log(await graph.invoke(new Command({ resume }), thread()));
}

export async function codesOfErrors(log: Log) {
  const fails = new StateGraph(State)
    .addNode('a', () => ({ answer: 'a' }))
    .addNode('b', () => ({ answer: 'b' }))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .compile({ checkpointer: new MemorySaver() });
  const inputs: Parameters<typeof fails.invoke>[0][] = [{ question: '?' }, new Command({}), null];
  for (const input of inputs) {
    try {
      await fails.invoke(input, thread(input ? '1' : '2'));
    } catch (error) {
      if (error instanceof InvalidUpdateError || error instanceof EmptyInputError)
        log([error.name, error.lc_error_code]);
    }
  }
}

export async function aGraphThatANodeChooses(log: Log) {
  const asks = build();
  const says = new StateGraph(State)
    .addNode('say', ({ question }) => ({ answer: `said ${question}` }))
    .addEdge(START, 'say')
    .compile();
  const graph = new StateGraph(State)
    .addNode('choose', (({ question }: typeof State.State) => (question === '?' ? asks : says)) as never)
    .addNode('end', ({ answer }) => ({ answer: `${answer}!` }))
    .addEdge(START, 'choose')
    .addConditionalEdges('choose', (() => RunnableLambda.from(() => 'end')) as never, ['end'])
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ question: 'hi' }, { ...thread(), subgraphs: true })));
  log(await graph.invoke({ question: '?' }, thread('asks')));
  log(await graph.invoke(new Command({ resume: 'well!' }), thread('asks')));
}

export async function updatesThatAreNothing(log: Log) {
  for (const nothing of [false, 0, '', null, undefined]) {
    const graph = new StateGraph(State)
      .addNode('n', () => nothing as never)
      .addEdge(START, 'n')
      .compile();
    log(await collect(graph.stream({ question: '?' }, { streamMode: ['updates', 'values'] })));
  }
}
