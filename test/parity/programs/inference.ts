/** Programs that are mostly types: what users annotate, narrow and pass around. */
import {
  Annotation,
  type AnnotationRoot,
  BaseStore,
  Command,
  CompiledStateGraph,
  END,
  entrypoint,
  type ExecutionInfo,
  type GraphNode,
  InMemoryStore,
  type Interrupt,
  interrupt,
  type LangGraphRunnableConfig,
  MemorySaver,
  MessagesAnnotation,
  type RetryPolicy,
  type StateDefinition,
  type Runtime,
  Send,
  START,
  StateGraph,
  StateSchema,
  type StateSnapshot,
  type StreamMode,
  task,
} from '@langchain/langgraph';
import type { RunnableConfig } from '@langchain/core/runnables';
import { z } from 'zod';
import { collect, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  items: Annotation<{ id: number; done?: boolean }[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  user: Annotation<{ name: string } | null>({ reducer: (_, b) => b, default: () => null }),
  count: Annotation<number>,
});

export async function snapshotsAreLoose(log: Log) {
  const graph = new StateGraph(State)
    .addNode('n', () => ({ count: 1 }))
    .addEdge(START, 'n')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ items: [{ id: 1 }] }, thread());
  const state = await graph.getState(thread());
  log(state.values.items.at(-1).id);
  log(state.values.items[0].id);
  log(state.values.unknown?.deep);
  const snapshot: StateSnapshot = state;
  log(snapshot.values.items.length);
  log(snapshot.config.configurable?.thread_id);
  log(snapshot.metadata?.step);
  log(typeof snapshot.parentConfig?.configurable?.checkpoint_id);
  log(typeof snapshot.createdAt);
  const names: string[] = snapshot.tasks.map((one) => one.name);
  log(names);
  for await (const { values, next, tasks } of graph.getStateHistory(thread()))
    log([values.count, next[0], tasks[0]?.interrupts.length]);
}

export async function configsFromLangChain(log: Log) {
  const graph = new StateGraph(State)
    .addNode('n', (_state: typeof State.State, config: RunnableConfig) => ({
      count: (config.configurable?.n as number) + 1,
    }))
    .addEdge(START, 'n')
    .compile();
  const config: RunnableConfig = { configurable: { n: 4 }, tags: ['x'] };
  log(await graph.invoke({ items: [] }, config));
  const streamMode: StreamMode[] = ['updates', 'values'];
  log(await collect(graph.stream({ count: 0 }, { ...config, streamMode })));
}

export async function configsOfAContext(log: Log) {
  interface Context extends Record<string, unknown> {
    userId: string;
  }
  const Context = z.object({ userId: z.string() });
  const byConfig = (_state: typeof State.State, config: LangGraphRunnableConfig<Context>) => ({
    user: { name: config.context?.userId ?? 'none' },
  });
  const byRuntime = (state: typeof State.State, runtime: Runtime<Context>) => ({
    items: [{ id: (state.user?.name ?? '').length, done: runtime.context?.userId === 'ann' }],
  });
  const graph = new StateGraph(State, Context)
    .addNode('c', byConfig)
    .addNode('r', byRuntime)
    .addEdge(START, 'c')
    .addEdge('c', 'r')
    .compile();
  const result: typeof State.State = await graph.invoke({}, { context: { userId: 'ann' } });
  log(result);
}

function summary<SD extends StateDefinition>(root: AnnotationRoot<SD>) {
  return Object.keys(root.spec);
}

export async function rootsAsParameters(log: Log) {
  log(summary(State));
  const Bigger = Annotation.Root({ ...State.spec, ...MessagesAnnotation.spec, extra: Annotation<string> });
  type Bigger = typeof Bigger.State;
  const pick = (state: Pick<Bigger, 'extra' | 'count'>): Partial<Bigger> => ({ extra: `${state.extra}!` });
  const graph = new StateGraph(Bigger).addNode('pick', pick).addEdge(START, 'pick').compile();
  log((await graph.invoke({ extra: 'e', messages: [] })).extra);
}

export async function policiesAsValues(log: Log) {
  const retryPolicy: RetryPolicy = {
    maxAttempts: 2,
    initialInterval: 1,
    jitter: false,
    retryOn: (error: unknown) => (error as Error).name === 'Error',
    logWarning: false,
  };
  let runs = 0;
  const graph = new StateGraph(State)
    .addNode(
      'n',
      () => {
        if (++runs === 1) throw new Error('once');
        return { count: runs };
      },
      { retryPolicy },
    )
    .addEdge(START, 'n')
    .compile();
  log((await graph.invoke({})).count);
}

export async function storesOfUsers(log: Log) {
  const remember = async (store: BaseStore, name: string) => {
    await store.put(['names'], name, { name });
    const found = await store.get(['names'], name);
    return found?.value.name as string;
  };
  const graph = new StateGraph(State)
    .addNode('n', async (_, config) => ({ user: { name: await remember(config.store!, 'ann') } }))
    .addEdge(START, 'n')
    .compile({ store: new InMemoryStore() });
  const { user } = await graph.invoke({});
  log(user?.name);
  log(new InMemoryStore() instanceof BaseStore);
  log(graph instanceof CompiledStateGraph);
}

export async function workflowsAreInferred(log: Log) {
  const twice = task('twice', async (n: number) => n * 2);
  const both = task({ name: 'both' }, (a: string, b: number) => ({ a, b }));
  const flow = entrypoint({ name: 'flow', checkpointer: new MemorySaver() }, async ({ n }: { n: number }) => {
    const doubled: number = await twice(n);
    const { a, b } = await both('a', doubled);
    const ok: boolean = interrupt({ a, b });
    return ok ? b.toFixed(1) : undefined;
  });
  await flow.invoke({ n: 2 }, thread());
  const result = await flow.invoke(new Command({ resume: true }), thread());
  log(result?.length);
}

export async function routersAreInferred(log: Log) {
  const fan = ({ items }: typeof State.State): (Send | 'rest')[] => [
    ...items.map(({ id }) => new Send('each', { id })),
    'rest',
  ];
  const route = async (state: typeof State.State): Promise<'each' | typeof END> => (state.count > 100 ? 'each' : END);
  const graph = new StateGraph(State)
    .addNode('each', ({ id }: { id: number }) => ({ items: [{ id: id + 10, done: true }] }))
    .addNode('rest', () => ({ count: 7 }))
    .addConditionalEdges(START, fan, ['each', 'rest'])
    .addConditionalEdges('rest', route)
    .compile();
  log(await graph.invoke({ items: [{ id: 1 }, { id: 2 }], count: 0 }));
}

export async function nodesOfASchema(log: Log) {
  const Schema = new StateSchema({ list: z.array(z.string()).default(() => []), at: z.number().default(0) });
  type S = typeof Schema.State;
  const node: GraphNode<typeof Schema, Record<string, unknown>, 'stop' | 'node'> = (state) =>
    new Command({
      update: { at: state.at + 1, list: [...state.list, `${state.at}`] },
      goto: state.at < 2 ? 'node' : 'stop',
    });
  const stop = (state: S) => ({ list: [...state.list, 'stop'] });
  const graph = new StateGraph(Schema)
    .addNode('node', node, { ends: ['node', 'stop'] })
    .addNode('stop', stop)
    .addEdge(START, 'node')
    .compile();
  log(await graph.invoke({}));
}

export async function infosOfARun(log: Log) {
  let seen: ExecutionInfo | undefined;
  const graph = new StateGraph(State)
    .addNode('n', (_, config) => {
      seen = config.executionInfo;
      return {};
    })
    .addEdge(START, 'n')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ count: 1 }, thread());
  log(seen?.threadId);
  const asked: Interrupt<string>[] = [];
  log(asked.map(({ value }) => value?.length));
}
