/** Programs: configs, contexts, drawings, and the calls around a run. */
import {
  Annotation,
  END,
  getConfig,
  getCurrentTaskInput,
  GraphDrained,
  InMemoryStore,
  getStore,
  interrupt,
  MemorySaver,
  RunControl,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
  type Runtime,
} from '@langchain/langgraph';
import { RunnableLambda } from '@langchain/core/runnables';
import { z } from 'zod';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  text: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

export async function configurableValues(log: Log) {
  const graph = new StateGraph(State)
    .addNode('n', (_state, config: LangGraphRunnableConfig) => ({
      log: [
        config.configurable?.model,
        config.configurable?.thread_id,
        config.metadata?.user as string,
        String(config.tags),
        String(config.recursionLimit),
      ],
    }))
    .addEdge(START, 'n')
    .compile({ checkpointer: new MemorySaver() });
  log(
    await graph.invoke(
      { text: '' },
      { configurable: { thread_id: '1', model: 'gpt' }, metadata: { user: 'ann' }, tags: ['a'], recursionLimit: 7 },
    ),
  );
}

export async function contexts(log: Log) {
  const Context = z.object({ userId: z.string(), limit: z.number().default(3) });
  const graph = new StateGraph(State, Context)
    .addNode('n', (_state, runtime: Runtime<z.infer<typeof Context>>) => ({
      log: [`${runtime.context?.userId} ${runtime.context?.limit}`],
    }))
    .addEdge(START, 'n')
    .compile();
  log(await graph.invoke({ text: '' }, { context: { userId: 'u', limit: 1 } }));
  log(await failure(() => graph.invoke({ text: '' }, { context: { userId: 1 as unknown as string, limit: 1 } })));
  log(await failure(() => graph.invoke({ text: '' })));
  const Plain = Annotation.Root({ lang: Annotation<string> });
  const plain = new StateGraph(State, Plain)
    .addNode('n', (_state, config) => ({ log: [String(config.context?.lang), String(config.configurable?.lang)] }))
    .addEdge(START, 'n')
    .compile();
  log(await plain.invoke({ text: '' }, { context: { lang: 'it' } }));
  log(await plain.invoke({ text: '' }, { configurable: { lang: 'de' } }));
}

export async function ambientValues(log: Log) {
  const store = new InMemoryStore();
  const graph = new StateGraph(State)
    .addNode('n', async () => {
      await Promise.resolve();
      const input = getCurrentTaskInput<typeof State.State>();
      await getStore()!.put(['a'], 'k', { text: input.text });
      return { log: [String(getConfig().configurable?.user), input.text] };
    })
    .addEdge(START, 'n')
    .compile({ store });
  log(await graph.invoke({ text: 't' }, { configurable: { user: 'ann' } }));
  log((await store.get(['a'], 'k'))?.value);
}

export async function executionInfo(log: Log) {
  const infos: unknown[] = [];
  const graph = new StateGraph(State)
    .addNode('n', (_state, config: LangGraphRunnableConfig) => {
      const info = config.executionInfo;
      infos.push([
        info?.threadId,
        info?.nodeAttempt,
        typeof info?.taskId,
        info?.checkpointNs === `n:${info?.taskId}`,
        typeof info?.checkpointId,
      ]);
      infos.push([
        config.metadata?.langgraph_node,
        config.metadata?.langgraph_step,
        config.metadata?.langgraph_triggers,
        config.metadata?.langgraph_path,
      ]);
      return { log: ['n'] };
    })
    .addEdge(START, 'n')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ text: '' }, thread());
  log(infos);
}

export async function runnablesAsNodes(log: Log) {
  const graph = new StateGraph(State)
    .addNode(
      'runnable',
      RunnableLambda.from((state: typeof State.State) => ({ log: [`runnable ${state.text}`] })),
    )
    .addNode(
      'piped',
      RunnableLambda.from((state: typeof State.State) => state.text).pipe((text) => ({ log: [`piped ${text}`] })),
    )
    .addEdge(START, 'runnable')
    .addEdge('runnable', 'piped')
    .addConditionalEdges(
      'piped',
      RunnableLambda.from((_state: typeof State.State) => END),
    )
    .compile();
  log(await collect(graph.stream({ text: 'x' })));
}

export async function batches(log: Log) {
  const graph = new StateGraph(State)
    .addNode('n', (state) => ({ log: [`${state.text}!`] }))
    .addEdge(START, 'n')
    .compile();
  log(await graph.batch([{ text: 'a' }, { text: 'b' }]));
  log(await graph.batch([{ text: 'a' }, { text: 'b' }], { maxConcurrency: 1 }));
}

export async function withAConfig(log: Log) {
  const graph = new StateGraph(State)
    .addNode('n', (_state, config: LangGraphRunnableConfig) => ({
      log: [String(config.configurable?.who), String(config.tags)],
    }))
    .addEdge(START, 'n')
    .compile({ checkpointer: new MemorySaver() });
  const bound = graph.withConfig({ configurable: { thread_id: '1', who: 'bound' }, tags: ['t'] });
  log(await bound.invoke({ text: '' }));
  log(await bound.invoke({ text: '' }, { configurable: { who: 'call' } }));
  log((await graph.getState(thread())).values);
}

export async function drained(log: Log) {
  const control = new RunControl();
  const graph = new StateGraph(State)
    .addNode('a', () => {
      control.requestDrain('deadline');
      return { log: ['a'] };
    })
    .addNode('b', () => ({ log: ['b'] }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer: new MemorySaver() });
  try {
    await graph.invoke({ text: '' }, { ...thread(), control });
  } catch (error) {
    log([error instanceof GraphDrained, (error as Error).name]);
  }
  log(await graph.getState(thread()));
  log(await graph.invoke(null, thread()));
}

export async function drawings(log: Log) {
  const inner = new StateGraph(State)
    .addNode('in1', () => ({}))
    .addNode('in2', () => ({}))
    .addEdge(START, 'in1')
    .addConditionalEdges('in1', () => 'in2', ['in2', END])
    .compile();
  const graph = new StateGraph(State)
    .addNode('first', () => ({}), { metadata: { kind: 'start' } })
    .addNode('sub', inner)
    .addNode('last', () => ({}))
    .addEdge(START, 'first')
    .addConditionalEdges('first', () => 'a', { a: 'sub', b: 'last' })
    .addEdge('sub', 'last')
    .addEdge('last', END)
    .compile({ interruptBefore: ['last'] });
  for (const options of [undefined, { xray: true }, { xray: 1 }]) {
    const drawn = await graph.getGraphAsync(options);
    log(drawn.drawMermaid());
    log(Object.keys(drawn.nodes));
    log(drawn.edges);
  }
  log((await graph.getGraphAsync()).drawMermaid({ withStyles: false, curveStyle: 'basis' }));
}

export async function badCalls(log: Log) {
  const graph = new StateGraph(State)
    .addNode('n', () => ({ log: ['n'] }))
    .addEdge(START, 'n')
    .compile({ checkpointer: new MemorySaver() });
  log(await failure(() => graph.invoke({ text: '' })));
  log(await failure(() => graph.invoke('text' as never, thread())));
  log(await failure(() => graph.invoke({ unknown: 1 } as never, thread())));
  log(await failure(() => graph.getState({})));
  log(await failure(() => graph.invoke(undefined as never, thread('9'))));
}

export async function namesAndSubgraphs(log: Log) {
  const sub = new StateGraph(State)
    .addNode('s', () => ({ log: ['s'] }))
    .addEdge(START, 's')
    .compile({ name: 'inner' });
  const graph = new StateGraph(State)
    .addNode('sub', sub)
    .addEdge(START, 'sub')
    .compile({ name: 'outer', checkpointer: new MemorySaver() });
  log([graph.name, sub.name]);
  for await (const [name, subgraph] of graph.getSubgraphsAsync()) log([name, subgraph.name]);
  log(graph.checkpointer instanceof MemorySaver);
  log(graph.getName());
}

export async function graphsAsStepsOfANode(log: Log) {
  const asks = new StateGraph(State)
    .addNode('ask', ({ text }) => ({ log: [interrupt<string, string>(text)] }))
    .addEdge(START, 'ask')
    .compile();
  const graph = new StateGraph(State)
    .addNode('node', RunnableLambda.from(({ text }: typeof State.State) => ({ text: `${text}?` })).pipe(asks as never))
    .addEdge(START, 'node')
    .compile({ checkpointer: new MemorySaver() });
  log([...graph.getSubgraphs()].map(([name]) => name));
  await graph.invoke({ text: 'q' }, thread());
  const [asked] = (await graph.getState(thread(), { subgraphs: true })).tasks;
  log([asked?.name, asked?.interrupts.length, asked?.state && 'values' in asked.state && asked.state.values]);
}

/** As chunks of checkpoints show it, and the metadata of a node. */
export async function namesOfRuns(log: Log) {
  const sub = new StateGraph(State)
    .addNode('s', (_, { metadata }: LangGraphRunnableConfig) => ({ log: [String(metadata?.['model'])] }))
    .addEdge(START, 's')
    .compile();
  const graph = new StateGraph(State)
    .addNode('node', sub)
    .addNode('passed', async ({ text }, config) => sub.invoke({ text }, config))
    .addNode('bare', async ({ text }) => sub.invoke({ text }))
    .addEdge(START, 'node')
    .addEdge('node', 'passed')
    .addEdge('passed', 'bare')
    .compile({ checkpointer: new MemorySaver() });
  const config = { configurable: { thread_id: '1', model: 'm' }, runName: 'run', subgraphs: true } as const;
  for await (const [, { config: shown }] of await graph.stream({ text: 't' }, { ...config, streamMode: 'checkpoints' }))
    log(shown);
  log((await graph.getState(thread())).values);
}
