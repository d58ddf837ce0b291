/** Programs: what callers and threads see of nodes that fail. */
import {
  Annotation,
  Command,
  END,
  interrupt,
  MemorySaver,
  type NodeError,
  type RetryPolicy,
  Send,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  v: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
type Update = typeof State.Update;
const fast: RetryPolicy = { initialInterval: 1, jitter: false, logWarning: false };

function fails(error: unknown): Update {
  throw error;
}

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function several(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { name, message, errors } = error as AggregateError;
    return [name, message, errors?.map((one: Error) => `${one.name}: ${one.message}`)];
  }
}

export async function severalAtOnce(log: Log) {
  const graph = new StateGraph(State)
    .addNode('b', () => fails(new RangeError('B')))
    .addNode('a', async () => fails(new TypeError('A')))
    .addNode('fine', () => ({ log: ['fine'] }))
    .addEdge(START, 'b')
    .addEdge(START, 'a')
    .addEdge(START, 'fine')
    .compile({ checkpointer: new MemorySaver() });
  log(await several(() => graph.invoke({}, thread())));
  log(await several(() => collect(graph.stream({}, { ...thread('2'), streamMode: 'updates' }))));
  const { next, values, tasks } = await graph.getState(thread());
  log([next, values, tasks.filter(({ name }) => name !== 'fine').map(({ error }) => error)]);
}

export async function severalSends(log: Log) {
  let broken = true;
  const graph = new StateGraph(State)
    .addNode('each', async ({ n }: { n: number }) => {
      if (broken && n % 2) throw new Error(`odd ${n}`);
      return { log: [`did ${n}`] };
    })
    .addConditionalEdges(START, () => [0, 1, 2, 3].map((n) => new Send('each', { n })))
    .compile({ checkpointer: new MemorySaver() });
  log(await several(() => graph.invoke({}, thread())));
  broken = false;
  log(await graph.invoke(null, thread()));
}

export async function oneAfterTheOther(log: Log) {
  const graph = new StateGraph(State)
    .addNode('first', async () => later(5).then(() => fails(new Error('first'))))
    .addNode('second', async () => later(40).then(() => fails(new Error('second'))))
    .addEdge(START, 'first')
    .addEdge(START, 'second')
    .compile({ checkpointer: new MemorySaver() });
  log(await several(() => graph.invoke({}, thread())));
}

export async function inASubgraph(log: Log) {
  let broken = true;
  const child = new StateGraph(State)
    .addNode('x', () => (broken ? fails(new Error('x')) : { log: ['x'] }))
    .addNode('y', () => (broken ? fails(new Error('y')) : { log: ['y'] }))
    .addEdge(START, 'x')
    .addEdge(START, 'y')
    .compile();
  const graph = new StateGraph(State)
    .addNode('child', child)
    .addEdge(START, 'child')
    .compile({ checkpointer: new MemorySaver() });
  log(await several(() => graph.invoke({}, thread())));
  broken = false;
  log(await graph.invoke(null, thread()));
}

export async function besideAQuestion(log: Log) {
  let broken = true;
  const ran: string[] = [];
  const graph = new StateGraph(State)
    .addNode('ask', async () => {
      ran.push('ask');
      return { log: [interrupt<string, string>('?')] };
    })
    .addNode('bad', async () => {
      ran.push('bad');
      await later(2);
      return broken ? fails(new TypeError('bad')) : { log: ['bad'] };
    })
    .addEdge(START, 'ask')
    .addEdge(START, 'bad')
    .compile({ checkpointer: new MemorySaver() });
  const told: unknown[] = [];
  log(
    await failure(async () => {
      const stream = await graph.stream({}, { ...thread(), streamMode: ['values', 'updates'] });
      for await (const chunk of stream) told.push(chunk);
    }, true),
  );
  log(told);
  const { next, tasks } = await graph.getState(thread());
  log([next, tasks.map(({ name, interrupts, error }) => [name, interrupts, error])]);
  log(await failure(() => graph.invoke(new Command({ resume: 'yes' }), thread()), true));
  log((await graph.getState(thread())).next);
  broken = false;
  log(await graph.invoke(null, thread()));
  log(ran);
}

export async function policiesOfRouters(log: Log) {
  let [nodes, routers] = [0, 0];
  const flaky = new StateGraph(State)
    .addNode(
      'a',
      () => {
        nodes++;
        return { log: ['a'] };
      },
      { retryPolicy: fast },
    )
    .addNode('b', () => ({ log: ['b'] }))
    .addEdge(START, 'a')
    .addConditionalEdges('a', () => {
      if (++routers < 3) throw new Error('flaky');
      return 'b' as const;
    })
    .compile();
  log(await flaky.invoke({}));
  log([nodes, routers]);
  const slow = new StateGraph(State)
    .addNode('a', () => ({ log: ['a'] }), { timeout: 10 })
    .addEdge(START, 'a')
    .addConditionalEdges('a', () => later(60).then(() => END))
    .compile();
  log(await failure(() => slow.invoke({})));
}

export async function policiesOfWhatNodesReturn(log: Log) {
  let runs = 0;
  const retried = new StateGraph(State)
    .addNode(
      'a',
      () => {
        runs++;
        return 'no update' as Update;
      },
      { retryPolicy: fast },
    )
    .addEdge(START, 'a')
    .compile();
  log(await failure(() => retried.invoke({})));
  log(runs);
  const handled = new StateGraph(State)
    .addNode('a', () => 'no update' as Update, {
      errorHandler: (_state: unknown, { node, error }: NodeError) => ({ log: [`${node}: ${error.name}`] }),
    })
    .addEdge(START, 'a')
    .compile();
  log(await handled.invoke({}));
}

export async function aQuestionInARouterThatFails(log: Log) {
  let [nodes, routers] = [0, 0];
  const graph = new StateGraph(State)
    .addNode(
      'a',
      () => {
        nodes++;
        return { log: ['a'] };
      },
      { retryPolicy: fast },
    )
    .addNode('b', () => ({ log: ['b'] }))
    .addEdge(START, 'a')
    .addConditionalEdges('a', () => {
      const to = interrupt<string, 'b'>('where?');
      if (++routers < 2) throw new Error('flaky');
      return to;
    })
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({}, thread());
  log(await graph.invoke(new Command({ resume: 'b' }), thread()));
  log([nodes, routers]);
}

export async function handlersInPlaceOfNodes(log: Log) {
  const seen: unknown[] = [];
  const child = new StateGraph(State)
    .addNode('i', () => fails(new TypeError('inner')))
    .addEdge(START, 'i')
    .compile();
  const graph = new StateGraph(State)
    .addNode('child', child, {
      errorHandler: (_state: unknown, { node, error }: NodeError) => {
        seen.push([node, error.name, error.message]);
        return { log: ['rescued'] };
      },
    })
    .addNode('each', ({ v }: { v: string }) => (v === 'bad' ? fails(new Error(v)) : { log: [v] }), {
      errorHandler: (state: unknown, { error }: NodeError) => ({ log: [`${(state as Update).v} ${error.message}`] }),
    })
    .addNode('slow', () => later(50).then(() => ({ log: ['slow'] })), {
      timeout: 5,
      errorHandler: (_state: unknown, { error }: NodeError) => ({ log: [error.name] }),
    })
    .addConditionalEdges(START, () => [
      'child',
      'slow',
      new Send('each', { v: 'good' }),
      new Send('each', { v: 'bad' }),
    ])
    .compile();
  log(await graph.invoke({}));
  log(seen);
}

export async function handlersOfAllNodes(log: Log) {
  let runs = 0;
  const graph = new StateGraph(State)
    .setNodeDefaults({
      errorHandler: (_state: unknown, { node }: NodeError) => ({ log: [`default ${node}`] }),
      retryPolicy: { ...fast, maxAttempts: 2 },
    })
    .addNode('a', () => {
      runs++;
      return fails(new Error('a'));
    })
    .addNode('b', () => fails(new Error('b')), { errorHandler: () => ({ log: ['own'] }) })
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .compile();
  log(await collect(graph.stream({}, { streamMode: ['updates', 'values'] })));
  log(runs);
}
