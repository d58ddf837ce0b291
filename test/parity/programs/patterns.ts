/** Programs: how users type what they build. */
import {
  Annotation,
  Command,
  type CompiledStateGraph,
  type ConditionalEdgeRouter,
  END,
  type GraphNode,
  type Interrupt,
  INTERRUPT,
  interrupt,
  isInterrupted,
  type LangGraphRunnableConfig,
  MemorySaver,
  Send,
  START,
  type StateDefinition,
  StateGraph,
  StateSchema,
  type StateSnapshot,
  type StateType,
  type UpdateType,
} from '@langchain/langgraph';
import { z } from 'zod';
import { collect, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  topic: Annotation<string>,
  notes: Annotation<string[], string | string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
type S = typeof State.State;
type U = typeof State.Update;

async function standalone(state: S, config: LangGraphRunnableConfig): Promise<U> {
  return { notes: `${state.topic} ${config.configurable?.thread_id ?? 'none'}` };
}

const arrow = (state: typeof State.State): Partial<typeof State.State> => ({ topic: state.topic.toUpperCase() });

function route(state: S): 'arrow' | typeof END {
  return state.notes.length < 2 ? 'arrow' : END;
}

function build(checkpointer?: MemorySaver) {
  return new StateGraph(State)
    .addNode('standalone', standalone)
    .addNode('arrow', arrow)
    .addEdge(START, 'standalone')
    .addConditionalEdges('standalone', route)
    .addEdge('arrow', END)
    .compile(checkpointer ? { checkpointer } : {});
}

export async function functionsOfTheirOwn(log: Log) {
  const graph: ReturnType<typeof build> = build(new MemorySaver());
  log(await graph.invoke({ topic: 'x' }, thread()));
  log(await run(graph, { topic: 'y' }));
}

/** A compiled graph as a parameter. */
async function run(graph: CompiledStateGraph<S, U, string>, input: U): Promise<S> {
  return graph.invoke(input, thread('run')) as Promise<S>;
}

export async function builderInAVariable(log: Log) {
  const builder = new StateGraph(State)
    .addNode('a', () => ({ notes: 'a' }))
    .addNode('b', async () => ({ notes: ['b'] }));
  builder.addEdge(START, 'a');
  builder.addEdge('a', 'b');
  const app: ReturnType<typeof builder.compile> = builder.compile();
  log(await app.invoke({ topic: 't' }));
}

export async function aSubclass(log: Log) {
  class Agent {
    readonly graph;
    private readonly greeting: string;
    constructor(greeting: string) {
      this.greeting = greeting;
      this.graph = new StateGraph(State)
        .addNode('greet', this.greet)
        .addNode('bound', this.bound.bind(this))
        .addEdge(START, 'greet')
        .addEdge('greet', 'bound')
        .compile({ checkpointer: new MemorySaver() });
    }
    greet = (state: S): U => ({ notes: `${this.greeting} ${state.topic}` });
    async bound(_state: S) {
      return { notes: [this.greeting] };
    }
  }
  log(await new Agent('ciao').graph.invoke({ topic: 'you' }, thread()));
}

export async function typedNodesOfAStateSchema(log: Log) {
  const Schema = new StateSchema({ count: z.number().default(0), name: z.string().optional() });
  const add: typeof Schema.Node = (state) => ({ count: state.count + 1 });
  const named: GraphNode<typeof Schema> = (state, _config) => ({ name: `n${state.count}` });
  const router: ConditionalEdgeRouter<typeof Schema, Record<string, unknown>, 'add'> = (state) =>
    state.count < 3 ? 'add' : END;
  const graph = new StateGraph(Schema)
    .addNode('add', add)
    .addNode('named', named)
    .addEdge(START, 'add')
    .addEdge('add', 'named')
    .addConditionalEdges('named', router)
    .compile();
  log(await graph.invoke({}));
  const nodes: GraphNode<typeof State>[] = [
    (state) => ({ notes: state.topic }),
    async () => new Command({ update: { notes: 'c' } }),
  ];
  const many = new StateGraph(State)
    .addNode('zero', nodes[0]!)
    .addNode('one', nodes[1]!)
    .addEdge(START, 'zero')
    .addEdge('zero', 'one')
    .compile();
  log(await many.invoke({ topic: 'many' }));
}

export async function nodesFromAList(log: Log) {
  const names = ['first', 'second', 'third'] as const;
  const builder = new StateGraph<(typeof State)['spec'], S, U, string>(State);
  for (const name of names) builder.addNode(name, () => ({ notes: name }));
  builder.addEdge(START, 'first').addEdge('first', 'second').addEdge('second', 'third').addEdge('third', END);
  log(await builder.compile().invoke({ topic: 'loop' }));
}

/** Generic over the state's definition. */
function runsOnce<SD extends StateDefinition>(node: (state: StateType<SD>) => UpdateType<SD>) {
  return node;
}

export async function genericHelpers(log: Log) {
  const node = runsOnce<typeof State.spec>((state) => ({ notes: state.topic }));
  const graph = new StateGraph(State).addNode('node', node).addEdge(START, 'node').compile();
  log(await graph.invoke({ topic: 'generic' }));
}

export async function typedQuestions(log: Log) {
  interface Question {
    text: string;
  }
  const graph = new StateGraph(State)
    .addNode('ask', () => ({ notes: interrupt<Question, { answer: string }>({ text: 'well?' }).answer }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: new MemorySaver() });
  const result = await graph.invoke({ topic: 'q' }, thread());
  if (isInterrupted<Question>(result)) {
    const first: Interrupt<Question> | undefined = result[INTERRUPT][0];
    log(first?.value?.text);
  }
  const snapshot: StateSnapshot = await graph.getState(thread());
  log(snapshot.tasks.map((one) => one.interrupts.length));
  const values: S = (await graph.getState(thread())).values;
  log(values.topic);
  log(await graph.invoke(new Command({ resume: { answer: 'fine' } }), thread()));
}

export async function commandsWithTypes(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', async (): Promise<Command> => new Command({ goto: 'b', update: { notes: 'a' } }), {
      ends: ['b', END],
    })
    .addNode(
      'b',
      (state): Command<unknown, U, 'c' | typeof END> =>
        new Command({ goto: state.topic === 'c' ? 'c' : END, update: { notes: 'b' } }),
      { ends: ['c', END] },
    )
    .addNode('c', () => ({ notes: 'c' }))
    .addEdge(START, 'a')
    .compile();
  for (const topic of ['c', 'd']) log(await graph.invoke({ topic }));
}

export async function streamsWithTypes(log: Log) {
  const graph = build();
  for await (const chunk of await graph.stream({ topic: 't' }, { streamMode: 'values' }))
    log([chunk.topic, chunk.notes.length]);
  for await (const chunk of await graph.stream({ topic: 't' }, { streamMode: 'updates' }))
    for (const [node, update] of Object.entries(chunk)) log([node, update]);
  for await (const [mode, chunk] of await graph.stream({ topic: 't' }, { streamMode: ['values', 'updates'] }))
    log(mode === 'values' ? chunk.topic : Object.keys(chunk));
  for await (const [namespace, mode, chunk] of await graph.stream(
    { topic: 't' },
    { streamMode: ['values', 'updates'], subgraphs: true },
  ))
    log([namespace.length, mode, chunk]);
  const history: StateSnapshot[] = await collect(build(new MemorySaver()).getStateHistory(thread()));
  log(history.length);
}

export async function sendsWithTypes(log: Log) {
  const fan = (state: S): Send[] => state.notes.map((note) => new Send('work', { topic: note }));
  const graph = new StateGraph(State)
    .addNode('work', ({ topic }: Pick<S, 'topic'>) => ({ notes: `did ${topic}` }))
    .addConditionalEdges(START, fan)
    .compile();
  log(await graph.invoke({ topic: '', notes: ['1', '2'] }));
}

export async function zodInferred(log: Log) {
  const Zod = z.object({ n: z.number(), label: z.string().optional() });
  type Z = z.infer<typeof Zod>;
  const inc = (state: Z): Partial<Z> => ({ n: state.n + 1 });
  const graph = new StateGraph(Zod)
    .addNode('inc', inc)
    .addNode('labels', (state: Z) => ({ label: `n is ${state.n}` }))
    .addEdge(START, 'inc')
    .addEdge('inc', 'labels')
    .compile();
  const result: Z = await graph.invoke({ n: 1 });
  log(result);
}
