/** Programs: what users build graphs with besides nodes and edges, look at afterwards, and name in types. */
import {
  type AddNodeOptions,
  Annotation,
  type AnnotationRoot,
  type BaseCheckpointSaver,
  type BaseStore,
  type BinaryOperator,
  type CheckpointMetadata,
  Command,
  type CommandInstance,
  type CommandParams,
  type CompiledGraph,
  CompiledStateGraph,
  entrypoint,
  type GetStateOptions,
  getStore,
  InMemoryStore,
  interrupt,
  isInterrupted,
  type LangGraphRunnableConfig,
  MemorySaver,
  type NodePolicyOptions,
  Overwrite,
  type Pregel,
  type Runtime,
  Send,
  type SendOptions,
  type ServerInfo,
  START,
  type StateDefinition,
  StateGraph,
  type StateGraphAddNodeOptions,
  type StateGraphArgs,
  type StateGraphInit,
  type StateSnapshot,
  task,
  writer,
} from '@langchain/langgraph';
import { collect, failure, type Log, thread } from '../telling.ts';

const concat: BinaryOperator<string[], string[]> = (a, b) => a.concat(b);
const State = Annotation.Root({
  v: Annotation<string>,
  log: Annotation<string[]>({ reducer: concat, default: () => [] }),
});

function build(checkpointer: BaseCheckpointSaver, store?: BaseStore) {
  const options: AddNodeOptions<'a' | 'b'> = { ends: ['b'], metadata: { x: 1 } };
  const { defer = false }: StateGraphAddNodeOptions<'a' | 'b'> = { defer: false };
  const policies: NodePolicyOptions = { retryPolicy: { maxAttempts: 2 }, cachePolicy: false, timeout: 1000 };
  return new StateGraph(State)
    .addNode('a', () => ({ log: ['a'] }), options)
    .addNode('b', async ({ v }: typeof State.State) => ({ v: `${v}b` }), { defer, ...policies })
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer, ...(store && { store }) });
}

export async function nodesByThemselves(log: Log) {
  const graph = build(new MemorySaver());
  log(Object.keys(graph.nodes));
  log(await graph.nodes.a.invoke({ v: 'direct', log: [] }));
  log(await graph.nodes['b'].invoke({ v: 'direct', log: [] }));
  const configured = new StateGraph(State)
    .addNode('c', (state: typeof State.State, config: LangGraphRunnableConfig) => ({
      v: `${state.v} ${config?.configurable?.['k']}`,
    }))
    .addNode('sub', graph)
    .addEdge(START, 'c')
    .addEdge('c', 'sub')
    .compile();
  log(await configured.nodes.c.invoke({ v: 'direct', log: [] }, { configurable: { k: 5 } }));
  log(await configured.nodes.sub.invoke({ v: 'in', log: [] }, thread()));
}

export async function namesAndParts(log: Log) {
  const [saver, store] = [new MemorySaver(), new InMemoryStore()];
  const graph = build(saver, store);
  log([graph.name, graph.getName(), graph.checkpointer === saver, graph.store === store, graph.description]);
  const named = new StateGraph(State)
    .addNode('a', graph)
    .addEdge(START, 'a')
    .compile({ name: 'Named', description: 'does it' });
  log([named.name, named.getName(), named.description]);
  log([...named.getSubgraphs()].map(([name, { lg_is_pregel }]) => [name, lg_is_pregel]));
  log([...named.getSubgraphs('a|b')].length);
  named.checkpointer = new MemorySaver();
  named.store = store;
  await named.invoke({ v: 'x' }, thread());
  log((await named.getState(thread())).values);
}

export async function questionsByName(log: Log) {
  const graph = new StateGraph(State, {
    interrupt: {
      approve: interrupt<{ what: string }, { ok: boolean }>,
      rate: interrupt<string, number>,
    },
    writer: writer<{ progress: number }>,
  })
    .addNode('ask', ({ v }, runtime) => {
      runtime.writer({ progress: 1 });
      const { ok } = runtime.interrupt.approve({ what: v });
      return { log: [`${ok} ${runtime.interrupt.rate('how much?').toFixed(1)}`] };
    })
    .addEdge(START, 'ask')
    .compile({ checkpointer: new MemorySaver() });
  for await (const { progress } of await graph.stream({ v: 'it' }, { ...thread(), streamMode: 'custom' }))
    log(progress);
  const second = await graph.invoke(new Command({ resume: { ok: true } }), thread());
  if (graph.isInterrupted(second)) log(second.__interrupt__.map(({ value }) => value));
  if (isInterrupted<string>(second)) log(second.__interrupt__[0]?.value?.length);
  log(await graph.invoke(new Command({ resume: 2 }), thread()));
}

export async function storesInTasks(log: Log) {
  const store = new InMemoryStore();
  await store.put(['n'], 'k', { kept: true });
  const read = task('read', async () => (await getStore()?.get(['n'], 'k'))?.value);
  const graph = new StateGraph(State)
    .addNode('n', async () => ({ v: JSON.stringify(await read()) }))
    .addEdge(START, 'n')
    .compile({ store });
  log(await graph.invoke({ v: '' }));
  log(await entrypoint({ name: 'flow', store }, async (_: string) => [await read()]).invoke(''));
}

export async function asData(log: Log) {
  const params: CommandParams<number, { v: string }, 'a'> = { goto: 'a', update: { v: 'x' }, resume: 5 };
  const options: SendOptions = { timeout: { runTimeout: 5, refreshOn: 'heartbeat' } };
  log([JSON.stringify(new Command(params)), new Command(params).toJSON()]);
  log([JSON.stringify(new Send('a', { n: 1 })), new Send('a', 1, options).toJSON()]);
  log([new Overwrite(1), { __overwrite__: 1 }, 1].map((one) => Overwrite.isInstance(one)));
}

export async function stateOfNoKind(log: Log) {
  for (const given of [undefined, null, {}, { foo: 'bar' }, 'text', 5])
    log(await failure(() => new StateGraph(given as never)));
}

interface Plan {
  input: string;
  steps: string[];
}

export async function channelsByType(log: Log) {
  const channels: StateGraphArgs<Plan>['channels'] = {
    input: null,
    steps: { value: (a: string[], b: string[]) => a.concat(b), default: () => [] },
  };
  const graph = new StateGraph<Plan>({ channels })
    .addNode('plan', ({ input }: Plan) => ({ steps: [input] }))
    .addEdge(START, 'plan');
  log(await graph.compile().invoke({ input: 'i' }));
  const Input = Annotation.Root({ v: Annotation<string> });
  const init: StateGraphInit<typeof State, typeof Input, typeof State> = { state: State, input: Input };
  log(
    await new StateGraph(init)
      .addNode('n', ({ v }) => ({ log: [v] }))
      .addEdge(START, 'n')
      .compile()
      .invoke({ v: 'i' }),
  );
  const loose = State as AnnotationRoot<StateDefinition>;
  log(Object.keys(loose.spec));
}

export async function graphsByType(log: Log) {
  const graph = build(new MemorySaver());
  const flow = entrypoint('flow', async ({ v }: { v: string }) => v);
  const byName = async (one: CompiledGraph<any>, id: string) => one.invoke({ v: id }, thread(id));
  const anything = async (one: Pregel<any, any>, id: string) => one.invoke({ v: id }, thread(id));
  const compiled = async (one: CompiledStateGraph<any, any, any>, id: string) => one.invoke({ v: id }, thread(id));
  log([await byName(graph, '1'), await anything(graph, '2'), await anything(flow, '3'), await compiled(graph, '4')]);
  const name: (typeof graph)['~NodeType'] = 'a';
  const input: (typeof graph)['~InputType'] = { v: 'x' };
  const update: (typeof graph)['~RunInput'] = { log: [] };
  const output: (typeof graph)['~OutputType'] = { v: 'x', log: [] };
  const returned: (typeof graph)['~NodeReturnType'] = {
    a: { log: ['x'] },
    b: { v: 'x' },
  } as (typeof graph)['~NodeReturnType'];
  log([name, input, update, output, returned]);
  const whole: GetStateOptions = { subgraphs: true };
  const snapshot: StateSnapshot = await graph.getState(thread('1'), whole);
  const metadata: CheckpointMetadata | undefined = snapshot.metadata;
  log([metadata?.source, metadata?.step]);
  const server = (runtime: Runtime): ServerInfo | undefined => runtime.serverInfo;
  log(server({} as Runtime));
  const either = (ok: boolean): typeof State.Update | CommandInstance<unknown, typeof State.Update, 'a'> =>
    ok ? new Command({ goto: 'a' }) : { v: 'x' };
  log(either(false));
}

export async function whatTypesRefuse(log: Log) {
  const builder = new StateGraph(State).addNode('a', () => ({}));
  const refused = [
    // @ts-expect-error: no such node
    () => builder.compile({ interruptBefore: ['nope'] }),
    // @ts-expect-error: a generator
    () => entrypoint('flow', async function* () {}),
    // @ts-expect-error: a generator
    () => task('one', function* () {}),
  ];
  for (const call of refused) log(Object.keys((await failure(call)) as object));
  log((await collect(build(new MemorySaver()).stream({ v: '' }, thread()))).length);
}
