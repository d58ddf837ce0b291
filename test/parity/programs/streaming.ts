/** Programs: every way to watch a run. */
import {
  Annotation,
  getWriter,
  interrupt,
  Command,
  MemorySaver,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  topic: Annotation<string>,
  joke: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

function jokes() {
  return new StateGraph(State)
    .addNode('refineTopic', (state) => ({ topic: `${state.topic} and cats` }))
    .addNode('generateJoke', (state) => ({ joke: `This is a joke about ${state.topic}`, log: ['joke'] }))
    .addEdge(START, 'refineTopic')
    .addEdge('refineTopic', 'generateJoke');
}

function parents() {
  const Child = Annotation.Root({ topic: Annotation<string>, inner: Annotation<string> });
  const child = new StateGraph(Child)
    .addNode('c1', () => ({ inner: 'bar' }))
    .addNode('c2', (state, config: LangGraphRunnableConfig) => {
      config.writer?.({ from: 'c2' });
      return { topic: `${state.topic}${state.inner}` };
    })
    .addEdge(START, 'c1')
    .addEdge('c1', 'c2')
    .compile();
  return new StateGraph(State)
    .addNode('n1', (state) => ({ topic: `hi! ${state.topic}` }))
    .addNode('n2', child)
    .addEdge(START, 'n1')
    .addEdge('n1', 'n2');
}

export async function oneModeAtATime(log: Log) {
  const graph = jokes().compile({ checkpointer: new MemorySaver() });
  const modes = ['values', 'updates', 'custom', 'tasks', 'checkpoints', 'debug', 'messages'] as const;
  for (const streamMode of modes)
    log([streamMode, await collect(graph.stream({ topic: 'ice cream' }, { ...thread(streamMode), streamMode }))]);
  log(await collect(graph.stream({ topic: 'default' }, thread('d'))));
}

export async function severalModes(log: Log) {
  const graph = jokes().compile({ checkpointer: new MemorySaver() });
  log(
    await collect(
      graph.stream(
        { topic: 'a' },
        { ...thread(), streamMode: ['updates', 'values', 'tasks', 'checkpoints', 'debug', 'custom'] },
      ),
    ),
  );
  log(await collect(graph.stream({ topic: 'a' }, { ...thread('2'), streamMode: ['updates'] })));
  log(await failure(() => collect(graph.stream({ topic: 'a' }, { ...thread('3'), streamMode: [] }))));
}

export async function subgraphsToo(log: Log) {
  const graph = parents().compile({ checkpointer: new MemorySaver() });
  for (const subgraphs of [true, false]) {
    for (const streamMode of ['updates', 'values', 'custom', 'tasks', 'checkpoints', 'debug'] as const) {
      log([
        streamMode,
        subgraphs,
        await collect(
          graph.stream({ topic: 'foo' }, { ...thread(`${streamMode}${subgraphs}`), streamMode, subgraphs }),
        ),
      ]);
    }
  }
  log(
    await collect(
      graph.stream({ topic: 'foo' }, { ...thread('m'), streamMode: ['updates', 'custom', 'values'], subgraphs: true }),
    ),
  );
}

export async function customData(log: Log) {
  const graph = new StateGraph(State)
    .addNode('tool', async (_state, config) => {
      const total = 2;
      for (let at = 0; at < total; at++) {
        config.writer?.({ progress: `${at + 1}/${total}` });
        await Promise.resolve();
      }
      getWriter()?.('plain text');
      return { log: ['tool'] };
    })
    .addEdge(START, 'tool')
    .compile();
  log(await collect(graph.stream({}, { streamMode: 'custom' })));
  log(await collect(graph.stream({}, { streamMode: ['custom', 'updates'] })));
  log(await graph.invoke({}));
}

export async function questionsInStreams(log: Log) {
  const graph = new StateGraph(State)
    .addNode('quick', () => ({ log: ['quick'] }))
    .addNode('ask', () => ({ joke: interrupt<string, string>('joke?') }))
    .addNode('after', (state) => ({ log: [state.joke] }))
    .addEdge(START, 'quick')
    .addEdge(START, 'ask')
    .addEdge(['quick', 'ask'], 'after')
    .compile({ checkpointer: new MemorySaver() });
  for (const streamMode of ['values', 'updates', 'tasks', 'checkpoints', 'debug'] as const) {
    const config = { ...thread(streamMode), streamMode };
    log([streamMode, await collect(graph.stream({ topic: 't' }, config))]);
    log([streamMode, await collect(graph.stream(new Command({ resume: 'r' }), config))]);
  }
}

export async function errorsInStreams(log: Log) {
  const graph = new StateGraph(State)
    .addNode('fine', () => ({ log: ['fine'] }))
    .addNode('bad', async (): Promise<typeof State.Update> => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new TypeError('bad luck');
    })
    .addEdge(START, 'fine')
    .addEdge('fine', 'bad')
    .compile();
  const chunks: unknown[] = [];
  const error = await failure(async () => {
    for await (const chunk of await graph.stream({ topic: 't' }, { streamMode: ['updates', 'values'] }))
      chunks.push(chunk);
  }, true);
  log([chunks, error]);
}

export async function asServerSentEvents(log: Log) {
  const graph = parents().compile();
  const decoder = new TextDecoder();
  for (const subgraphs of [false, true]) {
    const texts: string[] = [];
    const stream = await graph.stream(
      { topic: 'foo' },
      { streamMode: ['updates', 'values', 'custom'], subgraphs, encoding: 'text/event-stream' },
    );
    for await (const bytes of stream) texts.push(decoder.decode(bytes));
    log(texts);
  }
}

export async function oneKeyOfTheState(log: Log) {
  const graph = jokes().compile();
  log(await collect(graph.stream({ topic: 'k' }, { streamMode: 'values', outputKeys: 'joke' })));
  log(await collect(graph.stream({ topic: 'k' }, { streamMode: ['values', 'updates'], outputKeys: ['joke', 'log'] })));
  log(await graph.invoke({ topic: 'k' }, { outputKeys: ['joke'] }));
}

export async function invokeWithAMode(log: Log) {
  const graph = jokes().compile();
  log(await graph.invoke({ topic: 'a' }, { streamMode: 'updates' }));
  log(await graph.invoke({ topic: 'a' }, { streamMode: 'values' }));
}

export async function breakOutOfAStream(log: Log) {
  const ran: string[] = [];
  const graph = new StateGraph(State)
    .addNode('a', () => {
      ran.push('a');
      return { log: ['a'] };
    })
    .addNode('b', () => {
      ran.push('b');
      return { log: ['b'] };
    })
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile();
  for await (const chunk of await graph.stream({}, { streamMode: 'updates' })) {
    log(chunk);
    break;
  }
  const reader = (await graph.stream({ topic: 'r' }, { streamMode: 'values' })).getReader();
  const { value, done } = await reader.read();
  log([value, done, ran[0]]);
}

export async function nodesThatReturnNothing(log: Log) {
  const graph = new StateGraph(State)
    .addNode('nothing', () => undefined as unknown as typeof State.Update)
    .addNode('empty', () => ({}))
    .addNode('nil', () => null as unknown as typeof State.Update)
    .addNode('some', () => ({ topic: undefined as unknown as string }))
    .addEdge(START, 'nothing')
    .addEdge('nothing', 'empty')
    .addEdge('empty', 'nil')
    .addEdge('nil', 'some')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ topic: 't' }, { ...thread(), streamMode: ['updates', 'values', 'tasks'] })));
  log(await collect(graph.getStateHistory(thread())));
}
