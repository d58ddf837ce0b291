/** Programs: corners that are used less often. */
import {
  Annotation,
  Command,
  END,
  entrypoint,
  getPreviousState,
  interrupt,
  isInvalidResume,
  MemorySaver,
  Send,
  START,
  StateGraph,
  task,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import { z } from 'zod';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  v: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

export async function answersWithASchema(log: Log) {
  const graph = new StateGraph(State)
    .addNode('ask', () => ({ v: JSON.stringify(interrupt('age?', { responseSchema: z.object({ age: z.number() }) })) }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: new MemorySaver() });
  log(
    ((await graph.invoke({}, thread())) as { __interrupt__?: { value?: unknown }[] }).__interrupt__?.map(
      ({ value }) => value,
    ),
  );
  try {
    await graph.invoke(new Command({ resume: { age: 'x' } }), thread());
  } catch (error) {
    log(isInvalidResume(error));
  }
  log((await graph.getState(thread())).next);
  log(await graph.invoke(new Command({ resume: { age: 3 } }), thread()));
}

export async function historyOfASubgraph(log: Log) {
  const inner = new StateGraph(State)
    .addNode('i1', () => ({ log: ['i1'] }))
    .addNode('i2', () => ({ log: [interrupt<string, string>('?')] }))
    .addEdge(START, 'i1')
    .addEdge('i1', 'i2')
    .compile();
  const graph = new StateGraph(State)
    .addNode('sub', inner)
    .addEdge(START, 'sub')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ v: 'x' }, thread());
  const { tasks } = await graph.getState(thread());
  const config = tasks[0]!.state as { configurable: { thread_id: string; checkpoint_ns: string } };
  log((await graph.getState(config)).values);
  log((await graph.getState(config)).next);
  log((await collect(graph.getStateHistory(config))).map(({ values, next }) => ({ values, next }))[0]);
}

export async function subgraphsInSubgraphs(log: Log) {
  const grandchild = new StateGraph(State)
    .addNode('g', () => ({ log: ['g'], v: interrupt<string, string>('deep?') }))
    .addEdge(START, 'g')
    .compile();
  const child = new StateGraph(State).addNode('c', grandchild).addEdge(START, 'c').compile();
  const graph = new StateGraph(State)
    .addNode('p', child)
    .addNode('q', (s) => ({ log: [s.v] }))
    .addEdge(START, 'p')
    .addEdge('p', 'q')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ v: 'in' }, { ...thread(), subgraphs: true, streamMode: ['updates', 'values'] })));
  log((await graph.getState(thread(), { subgraphs: true })).tasks.map(({ name, interrupts }) => [name, interrupts]));
  log(
    await collect(
      graph.stream(new Command({ resume: 'out' }), {
        ...thread(),
        subgraphs: true,
        streamMode: ['updates', 'values', 'tasks'],
      }),
    ),
  );
}

export async function parallelSubgraphsThatAsk(log: Log) {
  const Listed = Annotation.Root({ log: State.spec.log });
  const sub = (name: string) =>
    new StateGraph(Listed)
      .addNode('ask', () => ({ log: [`${name} ${interrupt<string, string>(`${name}?`)}`] }))
      .addEdge(START, 'ask')
      .compile();
  const graph = new StateGraph(Listed)
    .addNode('b', sub('b'))
    .addNode('a', sub('a'))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .compile({ checkpointer: new MemorySaver() });
  const asked = (await graph.invoke({ log: [] }, thread())) as { __interrupt__?: { id?: string; value?: unknown }[] };
  log(asked);
  const resume = Object.fromEntries(asked.__interrupt__!.map(({ id, value }) => [id!, `re ${String(value)}`]));
  log(await graph.invoke(new Command({ resume }), thread()));
}

export async function timeTravelIntoASubgraph(log: Log) {
  let runs = 0;
  const inner = new StateGraph(State)
    .addNode('i1', () => ({ log: [`i1 ${++runs}`] }))
    .addNode('i2', () => ({ log: ['i2'] }))
    .addEdge(START, 'i1')
    .addEdge('i1', 'i2')
    .compile();
  const graph = new StateGraph(State)
    .addNode('before', () => ({ v: 'before' }))
    .addNode('sub', inner)
    .addNode('after', () => ({ v: 'after' }))
    .addEdge(START, 'before')
    .addEdge('before', 'sub')
    .addEdge('sub', 'after')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ v: 'x' }, thread());
  const old = (await collect(graph.getStateHistory(thread()))).find(({ next }) => next.includes('sub'))!;
  log(await collect(graph.stream(null, { ...old.config, subgraphs: true, streamMode: 'updates' })));
  log(
    (await collect(graph.getStateHistory(thread()))).map(({ next, metadata }) => [
      next,
      metadata?.source,
      metadata?.step,
    ]),
  );
}

export async function newInputAtAnOldCheckpoint(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', (s) => ({ log: [`a ${s.v}`] }))
    .addNode('b', (s) => ({ log: [`b ${s.v}`] }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ v: '1' }, thread());
  const [, middle] = await collect(graph.getStateHistory(thread()));
  log(await graph.invoke({ v: '2' }, middle!.config));
  log(
    (await collect(graph.getStateHistory(thread()))).map(({ values, next, metadata }) => [
      values,
      next,
      metadata?.source,
      metadata?.step,
    ]),
  );
}

export async function editAndReplayTwice(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', (s) => ({ log: [`a ${s.v}`] }))
    .addNode('b', (s) => ({ log: [`b ${s.v}`] }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ v: '1' }, thread());
  const [, middle] = await collect(graph.getStateHistory(thread()));
  for (const v of ['x', 'y']) {
    const forked = await graph.updateState(middle!.config, { v });
    log(await graph.invoke(null, forked));
  }
  log((await graph.getState(middle!.config)).values);
  log(
    (await collect(graph.getStateHistory(thread()))).map(({ values, next, metadata }) => [
      values,
      next,
      metadata?.source,
      metadata?.step,
    ]),
  );
}

export async function updateStateWithACommandOrMessages(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', () => ({ log: ['a'] }))
    .addNode('b', () => ({ log: ['b'] }))
    .addNode('c', () => ({ log: ['c'] }))
    .addEdge(START, 'a')
    .addConditionalEdges('a', (s) => (s.v === 'c' ? 'c' : 'b'), ['b', 'c'])
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ v: 'b' }, { ...thread(), interruptAfter: ['a'] });
  log((await graph.getState(thread())).next);
  await graph.updateState(thread(), { v: 'c' }, 'a');
  log((await graph.getState(thread())).next);
  log(await graph.invoke(null, thread()));
  await graph.updateState(thread(), { v: 'start over' }, START);
  log((await graph.getState(thread())).next);
  log(await graph.invoke(null, thread()));
}

export async function sendsWithStateOfTheirOwn(log: Log) {
  const graph = new StateGraph(State)
    .addNode('plan', () => ({ v: 'planned' }))
    .addNode(
      'work',
      (input: { id: number; depth: number }) => {
        if (input.depth > 0)
          return new Command({
            update: { log: [`w${input.id}.${input.depth}`] },
            goto: [new Send('work', { id: input.id, depth: input.depth - 1 })],
          });
        return { log: [`w${input.id}.end`] };
      },
      { ends: ['work'] },
    )
    .addNode('done', (s) => ({ v: `${s.log.length} done` }))
    .addEdge(START, 'plan')
    .addConditionalEdges('plan', () => [1, 2].map((id) => new Send('work', { id, depth: id })), ['work'])
    .addEdge('work', 'done')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ v: '' }, { ...thread(), streamMode: ['values', 'checkpoints'] })));
  log(
    (await collect(graph.getStateHistory(thread()))).map(({ values, next, tasks }) => [
      values,
      next,
      tasks.map(({ name, path }) => [name, path]),
    ]),
  );
}

export async function anAgentLoopAsAFunction(log: Log) {
  const callModel = task('callModel', async (messages: string[]) =>
    messages.length < 3 ? { tool: `t${messages.length}` } : { text: 'final' },
  );
  const callTool = task({ name: 'callTool' }, async ({ tool }: { tool: string }) => `${tool} result`);
  const agent = entrypoint({ name: 'agent', checkpointer: new MemorySaver() }, async (input: string) => {
    const messages = [...(getPreviousState<string[]>() ?? []), input];
    for (;;) {
      const said = await callModel(messages);
      if ('text' in said) {
        messages.push(said.text!);
        return entrypoint.final({ value: said.text, save: messages });
      }
      const review = interrupt<unknown, string>({ review: said.tool });
      messages.push(review === 'ok' ? await callTool({ tool: said.tool! }) : review);
    }
  });
  log(await collect(agent.stream('hi', thread())));
  log(await collect(agent.stream(new Command({ resume: 'ok' }), thread())));
  log(await collect(agent.stream(new Command({ resume: 'use another' }), thread())));
  log(await agent.getState(thread()));
  log(await collect(agent.stream('more', { ...thread(), streamMode: ['updates', 'values', 'tasks'] })));
}

export async function configsOfWorkflows(log: Log) {
  const shout = task('shout', async (text: string) => text.toUpperCase());
  const flow = entrypoint(
    { name: 'flow', checkpointer: new MemorySaver() },
    async (text: string, config: LangGraphRunnableConfig) => {
      config.writer?.(`got ${text}`);
      return [await shout(text), config.configurable?.['user'] as string];
    },
  );
  log(
    await collect(
      flow.stream('hi', { configurable: { thread_id: '1', user: 'ann' }, streamMode: ['custom', 'values', 'updates'] }),
    ),
  );
  log(await failure(() => flow.invoke('x')));
  log(await flow.invoke('y', { configurable: { thread_id: '2', user: 'bob' } }));
  log(
    (await collect(flow.getStateHistory(thread('2')))).map(({ values, next, metadata }) => [
      values,
      next,
      metadata?.source,
      metadata?.step,
    ]),
  );
}

export async function streamsThatAreStopped(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', () => ({ log: ['a'] }))
    .addNode('b', async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { log: ['b'] };
    })
    .addNode('c', () => ({ log: ['c'] }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('b', 'c')
    .compile({ checkpointer: new MemorySaver() });
  const controller = new AbortController();
  const told: unknown[] = [];
  log(
    await failure(async () => {
      for await (const chunk of await graph.stream({ v: '' }, { ...thread(), signal: controller.signal })) {
        told.push(chunk);
        controller.abort();
      }
    }),
  );
  log(told);
  log((await graph.getState(thread())).next);
  log(await graph.invoke(null, thread()));
}

export async function mutatedState(log: Log) {
  const Nested = Annotation.Root({ box: Annotation<{ n: number }>, out: Annotation<number> });
  const graph = new StateGraph(Nested)
    .addNode('a', (s) => ({ box: { n: s.box.n + 1 } }))
    .addNode('b', (s) => ({ out: s.box.n * 10 }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer: new MemorySaver() });
  const input = { box: { n: 1 } };
  log(await graph.invoke(input, thread()));
  log(input);
}

export async function endsInManyWays(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', (s) => (s.v === 'command' ? new Command({ goto: END, update: { log: ['end'] } }) : { log: ['a'] }), {
      ends: [END],
    })
    .addNode('b', () => ({ log: ['b'] }))
    .addEdge(START, 'a')
    .addConditionalEdges('a', (s) => (s.v === 'edge' ? END : s.v === 'both' ? [END, 'b'] : 'b'), ['b', END])
    .compile();
  for (const v of ['command', 'edge', 'both', 'b']) log(await graph.invoke({ v }));
}

export async function objectsAsConditionalEdges(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', () => ({ log: ['a'] }))
    .addNode('b', () => ({ log: ['b'] }))
    .addEdge(START, 'a')
    .addConditionalEdges({
      source: 'a',
      path: (s: typeof State.State) => (s.log.length < 3 ? 'again' : 'on'),
      pathMap: { again: 'a', on: 'b' },
    } as never)
    .compile();
  log(await failure(() => graph.invoke({ v: '' })));
}
