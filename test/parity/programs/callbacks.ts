/** Programs: what LangChain's callback handlers hear of a graph. */
import { HumanMessage } from '@langchain/core/messages';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnableLambda, RunnableSequence } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import {
  Annotation,
  Command,
  GraphCallbackHandler,
  type GraphInterruptEvent,
  type GraphResumeEvent,
  interrupt,
  MemorySaver,
  Send,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { z } from 'zod';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  topic: Annotation<string>,
  joke: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

/** Writes down who tells what: names, run ids and their parents, tags, metadata. */
function spy(log: Log) {
  return {
    handleChainStart: (
      _chain: unknown,
      inputs: unknown,
      runId: string,
      parent?: string,
      tags?: string[],
      metadata?: Record<string, unknown>,
      _type?: string,
      name?: string,
    ) => log(['chain starts', name, inputs, runId, parent, tags, metadata]),
    handleChainEnd: (outputs: unknown, runId: string, parent?: string, tags?: string[]) =>
      log(['chain ends', outputs, runId, parent, tags]),
    handleChainError: (error: Error, runId: string, parent?: string, tags?: string[]) =>
      log(['chain fails', error.name, runId, parent, tags]),
    handleChatModelStart: (
      _model: unknown,
      _messages: unknown,
      runId: string,
      parent?: string,
      _extra?: unknown,
      tags?: string[],
      metadata?: Record<string, unknown>,
    ) => log(['model starts', runId, parent, tags, metadata?.['langgraph_node'], metadata?.['mine']]),
    handleLLMEnd: (_output: unknown, runId: string, parent?: string) => log(['model ends', runId, parent]),
    handleToolStart: (
      _tool: unknown,
      input: string,
      runId: string,
      parent?: string,
      _tags?: string[],
      _metadata?: unknown,
      name?: string,
    ) => log(['tool starts', name, input, runId, parent]),
    handleToolEnd: (output: unknown, runId: string, parent?: string) => log(['tool ends', output, runId, parent]),
  };
}

const model = (response: string) => new FakeListChatModel({ responses: [response] });

export async function nodesAreChains(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', () => ({ log: ['a'] }))
    .addNode('b', ({ topic }) => ({ joke: `about ${topic}` }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile();
  const config = { tags: ['mine'], metadata: { m: 1 }, runName: 'my run', configurable: { user: 'u' } };
  await graph.invoke({ topic: 't' }, { ...config, callbacks: [spy(log)] });
  await graph.withConfig({ callbacks: [spy(log)], tags: ['bound'] }).invoke({ topic: 't' });
  await collect(graph.stream({ topic: 't' }, { streamMode: ['updates', 'values'], callbacks: [spy(log)] }));
}

export async function edgesCommandsAndSends(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', () => new Command({ update: { log: ['a'] }, goto: [new Send('b', { topic: 'sent' })] }), {
      ends: ['b'],
    })
    .addNode('b', ({ topic }) => ({ log: [topic] }))
    .addNode(
      'c',
      RunnableLambda.from(() => ({ joke: 'c' })),
    )
    .addConditionalEdges(START, () => 'a')
    .addConditionalEdges(
      'b',
      RunnableLambda.from(() => 'c'),
      ['c'],
    )
    .compile({ name: 'named', checkpointer: new MemorySaver() });
  await graph.invoke({ topic: 't' }, { ...thread(), callbacks: [spy(log)] });
}

export async function modelsAndToolsInNodes(log: Log) {
  const add = tool(async ({ a }: { a: number }) => `${a + 1}`, { name: 'add', schema: z.object({ a: z.number() }) });
  const graph = new StateGraph(State)
    .addNode('ambient', async () => ({
      joke: String((await model('x').invoke('q', { tags: ['t'], metadata: { mine: 1 } })).content),
    }))
    .addNode('passed', async (state, config) => {
      const chain = ChatPromptTemplate.fromTemplate('{topic}').pipe(model('y'));
      return { joke: String((await chain.invoke(state, config)).content), log: [await add.invoke({ a: 1 }, config)] };
    })
    .addEdge(START, 'ambient')
    .addEdge('ambient', 'passed')
    .compile();
  await graph.invoke({ topic: 't' }, { tags: ['run'], callbacks: [spy(log)] });
}

export async function graphsInNodes(log: Log) {
  const inner = new StateGraph(State)
    .addNode('inner', () => ({ log: ['inner'] }))
    .addEdge(START, 'inner')
    .compile({ name: 'sub' });
  const graph = new StateGraph(State)
    .addNode('asNode', inner)
    .addNode('called', async () => ({ joke: (await inner.invoke({ topic: 'x' })).log.join() }))
    .addEdge(START, 'asNode')
    .addEdge('asNode', 'called')
    .compile();
  await graph.invoke({ topic: 't' }, { metadata: { m: 1 }, tags: ['run'], callbacks: [spy(log)] });
}

export async function errorsAndQuestions(log: Log) {
  const bad = new StateGraph(State)
    .addNode('bad', (): typeof State.Update => {
      throw new TypeError('no');
    })
    .addEdge(START, 'bad')
    .compile();
  log(await failure(() => bad.invoke({ topic: 't' }, { callbacks: [spy(log)] }), true));
  const asks = new StateGraph(State)
    .addNode('ask', () => ({ joke: interrupt<string, string>('joke?') }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: new MemorySaver() });
  await asks.invoke({ topic: 't' }, { ...thread(), callbacks: [spy(log)] });
  await asks.invoke(new Command({ resume: 'r' }), { ...thread(), callbacks: [spy(log)] });
}

export async function graphCallbacks(log: Log) {
  class Observer extends GraphCallbackHandler {
    override handleInterrupt({ status, interrupts, checkpointNs, runId }: GraphInterruptEvent) {
      log(['interrupt', status, interrupts, checkpointNs, typeof runId]);
    }
    override handleResume({ status, checkpointNs, runId }: GraphResumeEvent) {
      log(['resume', status, checkpointNs.length, typeof runId]);
    }
  }
  const inner = new StateGraph(State)
    .addNode('ask', () => ({ joke: interrupt<string, string>('first?') }))
    .addEdge(START, 'ask')
    .compile();
  const graph = new StateGraph(State)
    .addNode('before', () => ({ log: ['before'] }))
    .addNode('inner', inner)
    .addNode('last', () => ({ topic: interrupt<string, string>('second?') }))
    .addEdge(START, 'before')
    .addEdge('before', 'inner')
    .addEdge('inner', 'last')
    .compile({ checkpointer: new MemorySaver(), interruptBefore: ['before'], interruptAfter: ['inner'] });
  const config = { ...thread(), callbacks: [new Observer()] };
  await graph.invoke({ topic: 't' }, config);
  await graph.invoke(null, config);
  await graph.invoke(new Command({ resume: 'a' }), config);
  await collect(graph.stream(null, config));
  await graph.invoke(new Command({ resume: 'b' }), config);
  log([GraphCallbackHandler.isInstance(new Observer()), GraphCallbackHandler.isInstance({}), new Observer().name]);
}

export async function graphsInSequences(log: Log) {
  const graph = new StateGraph(State)
    .addNode('n', ({ topic }) => ({ joke: `${topic}!` }))
    .addEdge(START, 'n')
    .compile();
  const piped = graph.pipe(({ joke }) => joke.length).pipe(RunnableLambda.from((length: number) => ({ length })));
  log(await piped.invoke({ topic: 'abc' }));
  log(await piped.batch([{ topic: 'a' }, { topic: 'ab' }]));
  log(await graph.pipe({ joke: ({ joke }: { joke: string }) => joke, one: () => 1 }).invoke({ topic: 'x' }));
  const sequence = RunnableSequence.from([
    (topic: string) => ({ topic }),
    graph as never,
    ({ joke }: { joke: string }) => new HumanMessage({ id: 'h', content: joke }),
  ]);
  log(await sequence.invoke('in', { callbacks: [spy(log)], tags: ['outer'] }));
  log(
    await collect(
      RunnableLambda.from((topic: string) => ({ topic }))
        .pipe(graph as never)
        .stream('streamed'),
    ),
  );
}

export async function configsThatNobodyPasses(log: Log) {
  const seen = (config: {
    configurable?: Record<string, unknown>;
    tags?: string[];
    metadata?: Record<string, unknown>;
  }) =>
    [config.configurable?.['user'], config.tags, config.metadata?.['langgraph_node'], config.metadata?.['m']].join();
  const read = tool(async (_, config) => seen(config), { name: 'read', schema: z.object({}) });
  const lambda = RunnableLambda.from((_: unknown, config) => seen(config));
  const graph = new StateGraph(State)
    .addNode('a', async () => ({ topic: await read.invoke({}), joke: await lambda.invoke({}) }))
    .addNode(
      'b',
      RunnableLambda.from(async () => ({ log: [await lambda.invoke({}), await read.invoke({})] })),
    )
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile();
  const config = { configurable: { user: 'ann' }, tags: ['t'], metadata: { m: 1 } };
  log(await graph.invoke({ topic: 't' }, config));
}
