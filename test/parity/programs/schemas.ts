/** Programs: what a state is made of. */
import {
  Annotation,
  DeltaValue,
  END,
  MemorySaver,
  MessagesZodMeta,
  Overwrite,
  ReducedValue,
  START,
  StateGraph,
  StateSchema,
  UntrackedValue,
} from '@langchain/langgraph';
import { AIMessage, type BaseMessage, HumanMessage } from '@langchain/core/messages';
import { registry, withLangGraph } from '@langchain/langgraph/zod';
import { z } from 'zod';
import { collect, failure, type Log, thread } from '../telling.ts';

export async function inputAndOutput(log: Log) {
  const Input = Annotation.Root({ question: Annotation<string> });
  const Output = Annotation.Root({ answer: Annotation<string> });
  const Overall = Annotation.Root({ ...Input.spec, ...Output.spec, hidden: Annotation<string> });
  const graph = new StateGraph({ input: Input, output: Output, stateSchema: Overall })
    .addNode('think', (state) => ({ hidden: `thinking of ${state.question}` }))
    .addNode('answers', (state) => ({ answer: `${state.hidden}: 42` }))
    .addEdge(START, 'think')
    .addEdge('think', 'answers')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ question: 'hi' }, thread()));
  log(await collect(graph.stream({ question: 'hi' }, { ...thread('2'), streamMode: ['values', 'updates', 'tasks'] })));
  log(await graph.getState(thread()));
}

export async function privateState(log: Log) {
  const Overall = Annotation.Root({ a: Annotation<string> });
  const Private = Annotation.Root({ secret: Annotation<string> });
  const graph = new StateGraph(Overall)
    .addNode('one', () => ({ secret: 'set by one', a: 'one' }))
    .addNode(
      'two',
      (state: typeof Private.State) => ({ a: `two saw ${state.secret}`, keys: Object.keys(state) }) as { a: string },
      { input: Private },
    )
    .addNode('three', (state) => ({ a: `${state.a}; three saw ${Object.keys(state).join()}` }))
    .addEdge(START, 'one')
    .addEdge('one', 'two')
    .addEdge('two', 'three')
    .compile();
  log(await collect(graph.stream({ a: 'in' }, { streamMode: ['values', 'updates'] })));
}

export async function zodState(log: Log) {
  const State = z.object({
    name: z.string().default('nobody'),
    count: z.number().int().optional(),
    tags: z.array(z.string()).default(() => []),
    nested: z.object({ deep: z.boolean() }).optional(),
  });
  const graph = new StateGraph(State)
    .addNode('a', (state) => ({ count: (state.count ?? 0) + 1, tags: [...state.tags, state.name] }))
    .addNode('b', () => ({ nested: { deep: true } }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({}, thread()));
  log(await graph.invoke({ name: 'Ann', count: 5 }, thread()));
  log(await failure(() => graph.invoke({ name: 5 as unknown as string }, thread('2'))));
  log(await failure(() => graph.invoke({ count: 1.5 }, thread('2'))));
  log(await graph.getState(thread()));
}

export async function zodInputOutputContext(log: Log) {
  const graph = new StateGraph(z.object({ q: z.string(), a: z.string(), t: z.number() }), {
    input: z.object({ q: z.string() }),
    output: z.object({ a: z.string() }),
    context: z.object({ llm: z.union([z.literal('openai'), z.literal('anthropic')]), lang: z.string().default('en') }),
  })
    .addNode('n', (state, runtime) => ({
      a: `${state.q} by ${runtime.context?.llm} in ${runtime.context?.lang}`,
      t: 1,
    }))
    .addEdge(START, 'n')
    .compile();
  log(await graph.invoke({ q: 'hi' }, { context: { llm: 'anthropic', lang: 'de' } }));
  log(await graph.invoke({ q: 'hi' }, { context: { llm: 'openai', lang: 'it' } }));
  log(await failure(() => graph.invoke({ q: 'hi' }, { context: { llm: 'nope' as 'openai', lang: 'de' } })));
  log(await failure(() => graph.invoke({ q: 5 as unknown as string }, { context: { llm: 'openai', lang: 'de' } })));
}

export async function stateSchemas(log: Log) {
  const State = new StateSchema({
    name: z.string(),
    count: z.number().default(2),
    items: new ReducedValue(
      z.array(z.string()).default(() => []),
      { inputSchema: z.string(), reducer: (list, item) => [...list, item] },
    ),
    temp: new UntrackedValue(z.string().optional()),
  });
  const seen: unknown[] = [];
  const graph = new StateGraph(State)
    .addNode('a', (state) => {
      seen.push(state);
      return { count: state.count + 1, items: 'from a', temp: 'untracked' };
    })
    .addNode('b', (state) => {
      seen.push(state);
      return { items: 'from b' };
    })
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('b', END)
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ name: 'n', items: 'in' }, { ...thread(), streamMode: ['values', 'updates'] })));
  log(seen);
  log(await graph.getState(thread()));
  log(await failure(() => graph.invoke({ name: 5 as unknown as string }, thread('2'))));
  log(await graph.invoke({ items: 'again' } as never, thread()));
}

export async function overwriting(log: Log) {
  const State = Annotation.Root({
    list: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => ['default'] }),
  });
  const graph = new StateGraph(State)
    .addNode('add', () => ({ list: ['added'] }))
    .addNode('clear', () => ({ list: new Overwrite(['only this']) }))
    .addNode('more', () => ({ list: ['more'] }))
    .addEdge(START, 'add')
    .addEdge('add', 'clear')
    .addEdge('clear', 'more')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ list: ['in'] }, { ...thread(), streamMode: ['values', 'updates'] })));
  log(await collect(graph.getStateHistory(thread())));
}

export async function reducersOfEveryKind(log: Log) {
  const State = Annotation.Root({
    sum: Annotation<number>({ reducer: (a, b) => a + b, default: () => 0 }),
    max: Annotation<number>({ reducer: (a, b) => Math.max(a ?? -1, b) }),
    merged: Annotation<Record<string, number>>({ value: (a, b) => ({ ...a, ...b }), default: () => ({ base: 0 }) }),
    set: Annotation<Set<string>, string[]>({ reducer: (a, b) => new Set([...a, ...b]), default: () => new Set() }),
    last: Annotation<string | undefined>,
    date: Annotation<string>,
  });
  const graph = new StateGraph(State)
    .addNode('l', (state) => ({ sum: 1, max: 3, merged: { l: state.sum }, set: ['l', 'both'] }))
    .addNode('r', (state) => ({ sum: 10, max: 2, merged: { r: state.sum }, set: ['r', 'both'] }))
    .addNode('end', (state) => ({ last: [...state.set].join(), sum: state.max }))
    .addEdge(START, 'l')
    .addEdge(START, 'r')
    .addEdge(['l', 'r'], 'end')
    .compile();
  log(await graph.invoke({ sum: 100 }));
  log(await graph.invoke({}));
  log(await collect(graph.stream({ max: 9, date: 'today' }, { streamMode: 'values' })));
}

export async function channelsAsTheyWereOnce(log: Log) {
  interface Plan {
    steps: string[];
    input: string;
  }
  const graph = new StateGraph<Plan>({
    channels: { steps: { reducer: (a: string[], b: string[]) => a.concat(b), default: () => [] }, input: null },
  })
    .addNode('plan', (state: Plan) => ({ steps: [`step for ${state.input}`] }))
    .addEdge(START, 'plan')
    .compile();
  log(await graph.invoke({ input: 'x' }));
}

export async function messagesInZod(log: Log) {
  const State = z.object({
    messages: withLangGraph(z.custom<BaseMessage[]>(), MessagesZodMeta),
    notes: z.array(z.string()).register(registry, {
      reducer: { fn: (a: string[], b: string[]) => a.concat(b) },
      default: () => [] as string[],
    }),
  });
  const graph = new StateGraph(State)
    .addNode('n', (state) => ({
      messages: [new AIMessage({ id: 'b', content: `after ${state.messages.length}` })],
      notes: ['n'],
    }))
    .addEdge(START, 'n')
    .compile();
  const result = await graph.invoke({ messages: [new HumanMessage({ id: 'a', content: 'hi' })], notes: ['in'] });
  log([result.messages.map(({ id, type, content }) => [id, type, content]), result.notes]);
}

export async function deltaValues(log: Log) {
  const State = new StateSchema({
    notes: new DeltaValue(
      z.array(z.string()).default(() => ['first']),
      {
        inputSchema: z.string(),
        reducer: (notes, more) => [...notes, `${more.length} more:`, ...more],
      },
    ),
    counts: new DeltaValue(z.array(z.number()), { reducer: (_, lists) => [...lists.flat(), lists.length] }),
  });
  const graph = new StateGraph(State)
    .addNode('a', () => ({ notes: 'a', counts: [1] }))
    .addNode('b', () => ({ notes: 'b', counts: [2] }))
    .addNode('c', () => ({ notes: new Overwrite(['anew']) }))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .addEdge(['a', 'b'], 'c')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ notes: 'start' }, { ...thread(), streamMode: ['values', 'updates'] })));
  log((await graph.getState(thread())).values);
  log(await failure(() => graph.invoke({ notes: 3 as never }, thread())));
  log(await graph.invoke({ notes: 'more' }, thread()));
  log(State.getJsonSchema());
  log(State.getInputJsonSchema());
  log([DeltaValue.isInstance(State.fields.notes), DeltaValue.isInstance(z.string())]);
}
