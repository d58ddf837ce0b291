/** Programs: workflows as functions. */
import {
  Command,
  entrypoint,
  getPreviousState,
  getWriter,
  interrupt,
  InMemoryStore,
  MemorySaver,
  StateGraph,
  START,
  Annotation,
  task,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import { collect, failure, type Log, thread } from '../telling.ts';

export async function essayReview(log: Log) {
  let written = 0;
  const writeEssay = task('writeEssay', async (topic: string) => {
    written++;
    return `An essay about ${topic}`;
  });
  const workflow = entrypoint({ checkpointer: new MemorySaver(), name: 'workflow' }, async (topic: string) => {
    const essay = await writeEssay(topic);
    const isApproved = interrupt<unknown, boolean>({ essay, action: 'Please approve/reject the essay' });
    return { essay, isApproved };
  });
  log(await collect(workflow.stream('cat', thread())));
  log(await workflow.getState(thread()));
  log(await collect(workflow.stream(new Command({ resume: true }), thread())));
  log([written, await workflow.getState(thread())]);
  log(await collect(workflow.getStateHistory(thread())));
}

export async function tasksAtOnce(log: Log) {
  const addOne = task('addOne', async (n: number) => n + 1);
  const workflow = entrypoint({ name: 'sum', checkpointer: new MemorySaver() }, async (numbers: number[]) => {
    const more = await Promise.all(numbers.map(addOne));
    return more.reduce((a, b) => a + b, 0);
  });
  log(await workflow.invoke([1, 2, 3], thread()));
  for (const streamMode of ['updates', 'values', 'tasks', 'debug'] as const)
    log([streamMode, await collect(workflow.stream([1, 2], { ...thread(streamMode), streamMode }))]);
}

export async function previousResults(log: Log) {
  const accumulate = entrypoint({ name: 'accumulate', checkpointer: new MemorySaver() }, async (n: number) => {
    const previous = getPreviousState<number>() ?? 0;
    return entrypoint.final({ value: previous, save: previous + n });
  });
  for (const n of [1, 2, 3]) log(await accumulate.invoke(n, thread()));
  log(await accumulate.getState(thread()));
  log(await collect(accumulate.stream(4, { ...thread(), streamMode: ['updates', 'values'] })));
}

export async function failingTasks(log: Log) {
  let [attempts, slow] = [0, 0];
  const slowTask = task('slow', async () => {
    slow++;
    return 'slow';
  });
  const flaky = task('flaky', async () => {
    if (++attempts === 1) throw new RangeError('first time');
    return 'fine';
  });
  const workflow = entrypoint({ name: 'main', checkpointer: new MemorySaver() }, async (_input: string) => [
    await slowTask(),
    await flaky(),
  ]);
  log(await failure(() => workflow.invoke('go', thread()), true));
  log(await workflow.getState(thread()));
  log(await workflow.invoke(null, thread()));
  log([attempts, slow]);
}

export async function retriedTasks(log: Log) {
  let attempts = 0;
  const flaky = task(
    { name: 'flaky', retry: { maxAttempts: 3, initialInterval: 1, jitter: false, logWarning: false } },
    async () => {
      if (++attempts < 3) throw new Error('flaky');
      return attempts;
    },
  );
  const workflow = entrypoint('main', async (_input: string) => await flaky());
  log(await workflow.invoke('go'));
}

export async function graphsAndWorkflowsCallEachOther(log: Log) {
  const State = Annotation.Root({ foo: Annotation<number> });
  const graph = new StateGraph(State)
    .addNode('double', (state) => ({ foo: state.foo * 2 }))
    .addEdge(START, 'double')
    .compile();
  const inner = entrypoint('inner', async (n: number) => n + 1);
  const outer = entrypoint({ name: 'outer', checkpointer: new MemorySaver() }, async (n: number) => {
    const { foo } = await graph.invoke({ foo: n });
    return { foo, more: await inner.invoke(foo) };
  });
  log(await outer.invoke(4, thread()));
  log(await collect(outer.stream(5, { ...thread('2'), streamMode: 'values' })));
}

export async function tasksThatAsk(log: Log) {
  let first = 0;
  const step1 = task('step1', async (query: string) => {
    first++;
    return `${query} bar`;
  });
  const human = task(
    'human',
    async (query: string) => `${query} ${interrupt<string, string>(`Please provide feedback: ${query}`)}`,
  );
  const step3 = task('step3', async (query: string) => `${query} qux`);
  const graph = entrypoint({ name: 'main', checkpointer: new MemorySaver() }, async (query: string) =>
    step3(await human(await step1(query))),
  );
  log(await collect(graph.stream('foo', thread())));
  log(await graph.getState(thread()));
  log(await collect(graph.stream(new Command({ resume: 'baz' }), thread())));
  log(first);
}

export async function tasksInNodes(log: Log) {
  let calls = 0;
  const State = Annotation.Root({ urls: Annotation<string[]>, results: Annotation<string[]> });
  const fetchUrl = task('fetchUrl', async (url: string) => {
    calls++;
    return `text of ${url}`;
  });
  const graph = new StateGraph(State)
    .addNode('fetch', async (state) => {
      const results = await Promise.all(state.urls.map((url) => fetchUrl(url)));
      const ok = interrupt<string, string>('ok?');
      return { results: [...results, ok] };
    })
    .addEdge(START, 'fetch')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ urls: ['a', 'b'] }, { ...thread(), streamMode: ['updates', 'values'] })));
  log(await collect(graph.stream(new Command({ resume: 'yes' }), { ...thread(), streamMode: ['updates', 'values'] })));
  log(calls);
}

export async function configsAndStoresOfWorkflows(log: Log) {
  const store = new InMemoryStore();
  const save = task('save', async (value: string) => value.toUpperCase());
  const workflow = entrypoint(
    { name: 'w', store, checkpointer: new MemorySaver() },
    async (input: { user: string }, config: LangGraphRunnableConfig) => {
      await config.store!.put(['users', input.user], 'seen', { text: await save(input.user) });
      config.writer?.({ custom: input.user });
      return { previous: getPreviousState<object>() ?? null, thread: config.configurable?.thread_id };
    },
  );
  log(await collect(workflow.stream({ user: 'ann' }, { ...thread(), streamMode: ['custom', 'updates'] })));
  log(await workflow.invoke({ user: 'bob' }, thread()));
  log((await store.search(['users'])).map(({ namespace, key, value }) => [namespace, key, value]));
}

export async function loopsOfAWorkflow(log: Log) {
  const ask = entrypoint({ name: 'ask', checkpointer: new MemorySaver() }, async (names: string[]) => {
    const answers: string[] = [];
    for (const name of names) answers.push(interrupt<string, string>(`How old is ${name}?`));
    return answers;
  });
  log(await ask.invoke(['a', 'b'], thread()));
  log(await ask.invoke(new Command({ resume: '1' }), thread()));
  log(await ask.invoke(new Command({ resume: '2' }), thread()));
}

export async function tasksInsideTasks(log: Log) {
  let runs = 0;
  const double = task('double', async (n: number) => {
    runs++;
    return n * 2;
  });
  const asks = task('asks', async (n: number) => {
    const doubled = await double(n);
    return doubled + interrupt<string, number>(`add to ${doubled}`);
  });
  const workflow = entrypoint(
    { name: 'workflow', checkpointer: new MemorySaver() },
    async (n: number) => (await asks(n)) + (await double(n)),
  );
  log(await collect(workflow.stream(5, thread())));
  log(await collect(workflow.stream(new Command({ resume: 100 }), { ...thread(), streamMode: 'values' })));
  log(runs);
}

export async function workflowsFromTheMiddle(log: Log) {
  let runs = 0;
  const count = task('count', async (text: string) => `${text} ${++runs}`);
  const workflow = entrypoint({ name: 'workflow', checkpointer: new MemorySaver() }, async (text: string) => [
    await count(text),
    interrupt<string, string>('go on?'),
    getPreviousState() ?? null,
  ]);
  await workflow.invoke('x', thread());
  await workflow.invoke(new Command({ resume: 'yes' }), thread());
  await workflow.updateState(thread(), 'edited');
  log(await workflow.invoke('y', thread()));
  log(await workflow.invoke(new Command({ resume: 'again' }), thread()));
  const begun = (await collect(workflow.getStateHistory(thread()))).filter(({ next }) => next.length > 0);
  log(await workflow.invoke(null, begun.at(-1)!.config));
  log(runs);
}

export async function entrypointsAsNodes(log: Log) {
  const State = Annotation.Root({
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  const inner = entrypoint('inner', async (state: typeof State.State) => ({
    log: [`after ${state.log.length}`, interrupt<string, string>('?')],
  }));
  const graph = new StateGraph(State)
    .addNode('inner', inner as never)
    .addEdge(START, 'inner')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ log: ['in'] }, thread()));
  log(await graph.invoke(new Command({ resume: 'yes' }), thread()));
}

export async function timedTasks(log: Log) {
  const slow = task({ name: 'slow', timeout: 5 }, () => new Promise((resolve) => setTimeout(resolve, 60)));
  const workflow = entrypoint({ name: 'workflow' }, async (_input: string) => await slow());
  log(await failure(() => workflow.invoke('x')));
  const whole = entrypoint({ name: 'whole', timeout: 5 }, () => new Promise((resolve) => setTimeout(resolve, 60)));
  log(await failure(() => whole.invoke('x')));
}

export async function replayedTasks(log: Log) {
  const double = task('double', async (n: number) => n * 2);
  const flow = entrypoint({ name: 'flow', checkpointer: new MemorySaver() }, async (n: number) => {
    const doubled = await double(n);
    return doubled + interrupt<string, number>('more?');
  });
  for (const input of [4, new Command({ resume: 1 })]) {
    for (const streamMode of ['tasks', 'updates'] as const) {
      const config = { ...thread(streamMode), streamMode };
      log((await collect(flow.stream(input, config))).map((chunk) => ({ ...chunk, id: undefined })));
    }
  }
}

export async function writersOfTasks(log: Log) {
  const inner = task('inner', async () => getWriter()?.('inner'));
  const outer = task('outer', async () => {
    getWriter()?.('outer');
    await inner();
  });
  const flow = entrypoint('flow', async (_: string, { writer }: LangGraphRunnableConfig) => {
    writer?.('flow');
    await outer();
  });
  for (const subgraphs of [true, false]) log(await collect(flow.stream('x', { streamMode: 'custom', subgraphs })));
}

export async function whatTasksTell(log: Log) {
  const shout = task('shout', (text: string, config?: LangGraphRunnableConfig) => {
    (config?.writer ?? getWriter())?.(`shouts ${text}`);
    return text.toUpperCase();
  });
  const workflow = entrypoint({ name: 'workflow', checkpointer: new MemorySaver() }, async (text: string) => {
    const loud = await shout(text);
    return `${loud}${interrupt<string, string>('More?')}`;
  });
  log(await collect(workflow.stream('a', { ...thread(), streamMode: ['debug', 'custom'], subgraphs: true })));
  log(await collect(workflow.stream(new Command({ resume: 'b' }), { ...thread(), streamMode: ['debug', 'tasks'] })));
  log(await collect(workflow.stream('c', { ...thread(), streamMode: ['debug', 'updates'] })));
}

export async function updatesOfAWorkflow(log: Log) {
  const workflow = entrypoint({ name: 'workflow', checkpointer: new MemorySaver() }, async (text: string) => [
    text,
    getPreviousState(),
  ]);
  log(await workflow.invoke('a', thread()));
  log(await workflow.updateState(thread(), { by: 'hand' }));
  log((await workflow.getState(thread())).values);
  log(await workflow.invoke('b', thread()));
  log(await workflow.updateState(thread(), 'again', 'workflow'));
  log(await workflow.invoke('c', thread()));
}
