/** Programs: as LangGraph's guides have people write, and type, what they build. */
import {
  Annotation,
  entrypoint,
  getPreviousState,
  interrupt,
  type Interrupt,
  MemorySaver,
  START,
  StateGraph,
  type StateSnapshot,
  task,
} from '@langchain/langgraph';
import { failure, type Log, thread } from '../telling.ts';

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
