/** Programs: what happens when nodes fail, hang or were run before. */
import { Annotation, Command, END, MemorySaver, START, StateGraph, type NodeError } from '@langchain/langgraph';
import { InMemoryCache } from '@langchain/langgraph-checkpoint';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  n: Annotation<number>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

export async function retries(log: Log) {
  let runs = 0;
  const graph = new StateGraph(State)
    .addNode(
      'flaky',
      () => {
        if (++runs < 3) throw new Error(`flaky ${runs}`);
        return { n: runs };
      },
      { retryPolicy: { maxAttempts: 5, initialInterval: 1, jitter: false, logWarning: false } },
    )
    .addEdge(START, 'flaky')
    .compile();
  log(await collect(graph.stream({ n: 0 }, { streamMode: ['updates', 'tasks'] })));
}

export async function retriesThatGiveUp(log: Log) {
  for (const retryOn of [() => true, (error: unknown) => error instanceof TypeError]) {
    let runs = 0;
    const graph = new StateGraph(State)
      .addNode(
        'bad',
        (): typeof State.Update => {
          runs++;
          throw new RangeError('always');
        },
        { retryPolicy: { maxAttempts: 2, initialInterval: 1, jitter: false, retryOn, logWarning: false } },
      )
      .addEdge(START, 'bad')
      .compile({ checkpointer: new MemorySaver() });
    log(await failure(() => graph.invoke({ n: 0 }, thread()), true));
    log([runs, await graph.getState(thread())]);
  }
}

export async function errorHandlers(log: Log) {
  const graph = new StateGraph(State)
    .addNode(
      'bad',
      (): typeof State.Update => {
        throw new Error('boom');
      },
      {
        errorHandler: (state: typeof State.State, error: NodeError) =>
          new Command({ update: { log: [`${error.node}: ${error.error.message} at ${state.n}`] }, goto: 'rescue' }),
        ends: ['rescue'],
      },
    )
    .addNode('rescue', (state) => ({ n: state.n + 1 }))
    .addNode('after', () => ({ log: ['after'] }))
    .addEdge(START, 'bad')
    .addEdge('bad', 'after')
    .addEdge('rescue', END)
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ n: 1 }, { ...thread(), streamMode: ['updates', 'values', 'tasks'] })));
  log(await collect(graph.getStateHistory(thread())));
}

export async function timeouts(log: Log) {
  const graph = new StateGraph(State)
    .addNode('slow', () => new Promise<typeof State.Update>((resolve) => setTimeout(() => resolve({ n: 1 }), 200)), {
      timeout: 5,
    })
    .addEdge(START, 'slow')
    .compile();
  log(await failure(() => graph.invoke({ n: 0 })));
}

export async function caches(log: Log) {
  let runs = 0;
  const graph = new StateGraph(State)
    .addNode(
      'dear',
      (state) => {
        runs++;
        return { n: state.n * 2, log: ['ran'] };
      },
      { cachePolicy: { ttl: 60 } },
    )
    .addEdge(START, 'dear')
    .compile({ cache: new InMemoryCache() });
  log(await collect(graph.stream({ n: 2 }, { streamMode: ['updates', 'values', 'tasks'] })));
  log(await collect(graph.stream({ n: 2 }, { streamMode: ['updates', 'values', 'tasks'] })));
  log(await collect(graph.stream({ n: 3 })));
  log(runs);
}

export async function siblingsOfAFailure(log: Log) {
  let aborted = false;
  const graph = new StateGraph(State)
    .addNode('fast', () => ({ log: ['fast'] }))
    .addNode('bad', async (): Promise<typeof State.Update> => {
      await Promise.resolve();
      throw new Error('stop');
    })
    .addNode('slow', async (_state, config) => {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 300);
        config.signal?.addEventListener('abort', () => {
          aborted = true;
          clearTimeout(timer);
          resolve(undefined);
        });
      });
      return { log: ['slow'] };
    })
    .addEdge(START, 'fast')
    .addEdge(START, 'bad')
    .addEdge(START, 'slow')
    .compile({ checkpointer: new MemorySaver() });
  log(await failure(() => graph.invoke({ n: 0 }, thread()), true));
  log(aborted);
  log((await graph.getState(thread())).next.includes('bad'));
}

export async function aborted(log: Log) {
  const controller = new AbortController();
  const graph = new StateGraph(State)
    .addNode('a', () => {
      controller.abort();
      return { log: ['a'] };
    })
    .addNode('b', () => ({ log: ['b'] }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer: new MemorySaver() });
  log(await failure(() => graph.invoke({ n: 0 }, { ...thread(), signal: controller.signal })));
  log(await graph.invoke(null, thread()));
}

export async function defaultsForAllNodes(log: Log) {
  let runs = 0;
  const graph = new StateGraph(State)
    .setNodeDefaults({ retryPolicy: { maxAttempts: 2, initialInterval: 1, jitter: false, logWarning: false } })
    .addNode('flaky', () => {
      if (++runs < 2) throw new Error('once');
      return { n: runs };
    })
    .addEdge(START, 'flaky')
    .compile();
  log(await graph.invoke({ n: 0 }));
}
