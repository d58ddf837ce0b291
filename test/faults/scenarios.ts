/** What people do with threads, as scripts that a client can go on with after any failure. */
import {
  Annotation,
  type Checkpointer,
  type Durability,
  entrypoint,
  getConfig,
  interrupt,
  Send,
  START,
  StateGraph,
  task,
} from '../../core/index.ts';

/** What happened in the world outside: effects that were asked for with a key happen once per key there. */
export interface Ledger {
  effect(name: string, key?: string): void;
}

interface Options {
  readonly checkpointer: Checkpointer;
  now(): number;
}

/** As a script uses it. */
export interface Graph {
  invoke(input: unknown, config: object): Promise<unknown>;
  getState(config: object): Promise<{
    readonly values: unknown;
    readonly next: readonly string[];
    readonly metadata?: object;
    readonly tasks: readonly { readonly interrupts: readonly { readonly id: string; readonly value: unknown }[] }[];
  }>;
  getStateHistory(
    config: object,
  ): AsyncIterable<{ readonly config: object; readonly next: readonly string[]; readonly metadata?: object }>;
  updateState(config: object, values: unknown, asNode?: string): Promise<unknown>;
}

export type Step =
  /** Starts the thread. */
  | { readonly do: 'start'; readonly input: unknown }
  /** Answers the questions of these values that are pending. */
  | { readonly do: 'answer'; readonly answers: Readonly<Record<string, unknown>> }
  /** `done` tells from the values whether it has happened. */
  | { readonly do: 'update'; readonly values: unknown; readonly asNode?: string; done(values: never): boolean }
  /** Goes on from the newest old checkpoint that waits for `next`. */
  | { readonly do: 'travel'; readonly next: string }
  | { readonly do: 'delete' };

export interface Scenario {
  readonly name: string;
  readonly durability?: Durability;
  /** Whoever goes on with what was cut off is drained before a node runs, and goes on again. */
  readonly drains?: true;
  readonly steps: readonly Step[];
  graph(ledger: Ledger, options: Options): Graph;
}

export const State = Annotation.Root({
  log: Annotation<string[], string | string[]>({ reducer: (list, more) => list.concat(more), default: () => [] }),
  text: Annotation<string>,
  items: Annotation<string[]>,
});

/** A node that has one effect, with the key that its task has for the world outside. */
export function acting(ledger: Ledger, name: string) {
  return () => {
    ledger.effect(name, getConfig().executionInfo!.taskId);
    return { log: name };
  };
}

export function asking(ledger: Ledger, name: string) {
  return () => {
    ledger.effect(`${name} before the question`);
    const answer = interrupt<string, string>(`${name}?`);
    ledger.effect(`${name} was told ${answer}`, getConfig().executionInfo!.taskId);
    return { log: `${name}: ${answer}` };
  };
}

/** begin -> ask -> end */
function line(ledger: Ledger, options: Options): Graph {
  return new StateGraph(State)
    .addNode('begin', acting(ledger, 'begin'))
    .addNode('ask', asking(ledger, 'ask'))
    .addNode('end', acting(ledger, 'end'))
    .addEdge(START, 'begin')
    .addEdge('begin', 'ask')
    .addEdge('ask', 'end')
    .compile(options);
}

const start: Step = { do: 'start', input: { text: 'in' } };
const yes: Step = { do: 'answer', answers: { 'ask?': 'yes' } };

/** Text that hardly compresses, so that it is stored in parts. */
export function noise(length: number): string {
  let seed = 7;
  let text = '';
  while (text.length < length) {
    seed = (seed * 48_271) % 2_147_483_647;
    text += seed.toString(36);
  }
  return text.slice(0, length);
}

function steps(ledger: Ledger) {
  return task('step', (name: string) => {
    ledger.effect(name, getConfig().executionInfo!.taskId);
    return name;
  });
}

const workflow: Pick<Scenario, 'steps' | 'graph'> = {
  steps: [{ do: 'start', input: 'in' }, yes],
  graph: (ledger, options) => {
    const step = steps(ledger);
    return entrypoint({ name: 'workflow', ...options }, async (_input: string) => {
      const before = await Promise.all([step('one'), step('two')]);
      const answer = interrupt<string, string>('ask?');
      return [...before, answer, await step('three')];
    });
  },
};

/** Tasks in an entrypoint that a node calls: by itself, in a nested graph, and by way of a task. */
const inNodes: Pick<Scenario, 'steps' | 'graph' | 'drains'> = {
  drains: true,
  steps: [start, yes],
  graph: (ledger, options) => {
    const step = steps(ledger);
    const flowIn = (name: string) =>
      entrypoint({ name: 'flow' }, async () => {
        await Promise.all([step(`${name} one`), step(`${name} two`)]);
        return [await step(`${name} three`)];
      });
    const call = task('call', async () => (await flowIn('task').invoke({})).concat(await step('after')));
    const inner = new StateGraph(State)
      .addNode('flow', async () => ({ log: await flowIn('inner').invoke({}) }))
      .addNode('call', async () => ({ log: await call() }))
      .addEdge(START, 'flow')
      .addEdge('flow', 'call')
      .compile();
    return new StateGraph(State)
      .addNode('flow', async () => ({ log: await flowIn('outer').invoke({}) }))
      .addNode('inner', inner)
      .addNode('ask', asking(ledger, 'ask'))
      .addEdge(START, 'flow')
      .addEdge(START, 'inner')
      .addEdge('inner', 'ask')
      .compile(options);
  },
};

/** Two that are quick, beside one that takes some time, here and in a nested graph. */
const siblings: Pick<Scenario, 'steps' | 'graph'> = {
  steps: [start, yes],
  graph: (ledger, options) => {
    const step = steps(ledger);
    const side = (name: string) =>
      new StateGraph(State)
        .addNode(`${name} one`, acting(ledger, `${name} one`))
        .addNode(`${name} two`, acting(ledger, `${name} two`))
        .addNode(`${name} slow`, async () => {
          await step(`${name} first`);
          await step(`${name} second`);
          return acting(ledger, `${name} slow`)();
        })
        .addEdge(START, `${name} one`)
        .addEdge(START, `${name} two`)
        .addEdge(START, `${name} slow`);
    return side('outer')
      .addNode('inner', side('inner').compile())
      .addNode('ask', asking(ledger, 'ask'))
      .addEdge('outer slow', 'inner')
      .addEdge('outer slow', 'ask')
      .compile(options);
  },
};

export const scenarios: readonly Scenario[] = [
  { name: 'start to a question', steps: [start], graph: line },
  { name: 'resume', steps: [start, yes], graph: line },
  { name: 'sync durability', durability: 'sync', steps: [start, yes], graph: line },
  { name: 'async durability', durability: 'async', steps: [start, yes], graph: line },
  {
    name: 'large state',
    durability: 'sync',
    steps: [{ do: 'start', input: { text: noise(30_000) } }, yes],
    graph: line,
  },
  {
    name: 'parallel questions',
    steps: [start, { do: 'answer', answers: { 'a?': 'one' } }, { do: 'answer', answers: { 'b?': 'two' } }],
    graph: (ledger, options) =>
      new StateGraph(State)
        .addNode('a', asking(ledger, 'a'))
        .addNode('b', asking(ledger, 'b'))
        .addNode('sibling', acting(ledger, 'sibling'))
        .addEdge(START, 'a')
        .addEdge(START, 'b')
        .addEdge(START, 'sibling')
        .compile(options),
  },
  {
    name: 'nested graph',
    steps: [start, yes],
    graph: (ledger, options) => {
      const inner = new StateGraph(State)
        .addNode('first', acting(ledger, 'first'))
        .addNode('ask', asking(ledger, 'ask'))
        .addEdge(START, 'first')
        .addEdge('first', 'ask')
        .compile();
      return new StateGraph(State)
        .addNode('inner', inner)
        .addNode('end', acting(ledger, 'end'))
        .addEdge(START, 'inner')
        .addEdge('inner', 'end')
        .compile(options);
    },
  },
  {
    name: 'Send',
    durability: 'sync',
    steps: [
      { do: 'start', input: { items: ['x', 'y'] } },
      { do: 'answer', answers: { 'x?': '1', 'y?': '2' } },
    ],
    graph: (ledger, options) =>
      new StateGraph(State)
        .addNode('each', ({ text }: { text: string }) => asking(ledger, text)())
        .addNode('end', acting(ledger, 'end'))
        .addConditionalEdges(START, ({ items }) => items.map((text) => new Send('each', { text })), ['each'])
        .addEdge('each', 'end')
        .compile(options),
  },
  {
    name: 'retry of a failing node',
    steps: [start, yes],
    graph: (ledger, options) => {
      let attempts = 0;
      return new StateGraph(State)
        .addNode('ask', asking(ledger, 'ask'))
        .addNode(
          'flaky',
          () => {
            attempts += 1;
            if (attempts % 2 === 1) throw new Error('down');
            return acting(ledger, 'flaky')();
          },
          { retryPolicy: { maxAttempts: 3, initialInterval: 0, jitter: false, logWarning: false } },
        )
        .addEdge(START, 'ask')
        .addEdge('ask', 'flaky')
        .compile(options);
    },
  },
  {
    name: 'task() before a question',
    steps: [start, yes],
    graph: (ledger, options) => {
      const charge = task('charge', () => {
        ledger.effect('charge', getConfig().executionInfo!.taskId);
        return 'charged';
      });
      return new StateGraph(State)
        .addNode('ask', async () => {
          const charged = await charge();
          return { log: [charged, interrupt<string, string>('ask?')] };
        })
        .addEdge(START, 'ask')
        .compile(options);
    },
  },
  {
    name: 'nested graph, sync durability',
    durability: 'sync',
    steps: [start, yes],
    graph: (ledger, options) => {
      const inner = new StateGraph(State)
        .addNode('first', acting(ledger, 'first'))
        .addNode('ask', asking(ledger, 'ask'))
        .addNode('last', acting(ledger, 'last'))
        .addEdge(START, 'first')
        .addEdge('first', 'ask')
        .addEdge('ask', 'last')
        .compile();
      return new StateGraph(State)
        .addNode('inner', inner)
        .addNode('sibling', acting(ledger, 'sibling'))
        .addEdge(START, 'inner')
        .addEdge(START, 'sibling')
        .compile(options);
    },
  },
  { name: 'entrypoint with tasks', durability: 'sync', ...workflow },
  { name: 'entrypoint with tasks, async durability', durability: 'async', ...workflow },
  { name: 'entrypoints in nodes, sync durability', durability: 'sync', ...inNodes },
  { name: 'entrypoints in nodes, async durability', durability: 'async', ...inNodes },
  { name: 'siblings, sync durability', durability: 'sync', ...siblings },
  { name: 'siblings, async durability', durability: 'async', ...siblings },
  {
    name: 'error handler that asks, and a deferred node',
    durability: 'sync',
    steps: [start, yes],
    graph: (ledger, options) =>
      new StateGraph(State)
        .addNode(
          'work',
          () => {
            throw new Error('down');
          },
          { errorHandler: asking(ledger, 'ask') },
        )
        .addNode('other', acting(ledger, 'other'))
        .addNode('end', acting(ledger, 'end'), { defer: true })
        .addEdge(START, 'work')
        .addEdge(START, 'other')
        .addEdge('work', 'end')
        .addEdge('other', 'end')
        .compile(options),
  },
  {
    name: 'updateState',
    steps: [
      start,
      {
        do: 'update',
        values: { log: 'by hand' },
        asNode: 'ask',
        done: ({ log }: { log: string[] }) => log.includes('by hand'),
      },
      { do: 'answer', answers: {} },
    ],
    graph: line,
  },
  { name: 'time travel', durability: 'sync', steps: [start, yes, { do: 'travel', next: 'end' }], graph: line },
  { name: 'delete', steps: [start, { do: 'delete' }, start, yes], graph: line },
];
