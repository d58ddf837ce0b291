/** Programs: a graph as one of LangChain's Runnables, and what its tracers and event streams tell of it. */
import { dispatchCustomEvent } from '@langchain/core/callbacks/dispatch';
import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { Runnable, RunnableLambda } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { RunCollectorCallbackHandler } from '@langchain/core/tracers/run_collector';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import {
  Annotation,
  Command,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import { z } from 'zod';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  topic: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

const question = { messages: [new HumanMessage({ id: 'h', content: 'q' })] };

function chatbot() {
  const model = new FakeListChatModel({ responses: ['ab'] });
  const add = tool(async ({ n }: { n: number }) => `${n + 1}`, { name: 'add', schema: z.object({ n: z.number() }) });
  const inner = new StateGraph(MessagesAnnotation)
    .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages, { tags: ['mine'] })] }))
    .addEdge(START, 'model')
    .compile({ name: 'inner' });
  return new StateGraph(MessagesAnnotation)
    .addNode('inner', inner)
    .addNode('tool', async () => ({ messages: [new AIMessage({ id: 'a', content: await add.invoke({ n: 1 }) })] }))
    .addEdge(START, 'inner')
    .addEdge('inner', 'tool')
    .compile({ name: 'chatbot', checkpointer: new MemorySaver() });
}

export async function eventsOfARun(log: Log) {
  const graph = chatbot();
  for await (const { event, name, tags, metadata, data, run_id } of graph.streamEvents(question, {
    ...thread(),
    version: 'v2',
  })) {
    // When a chunk is read, against what else goes on, is chance.
    if (name !== 'chatbot') log([event, name, tags, metadata, data, run_id]);
  }
  for await (const { event, data } of graph.streamEvents(
    question,
    { ...thread('2'), version: 'v2', streamMode: 'values' },
    { includeNames: ['chatbot'] },
  ))
    log([event, data]);
  for await (const { event, name } of graph.streamEvents(
    question,
    { ...thread('3'), version: 'v2' },
    { includeTags: ['mine'] },
  ))
    log([event, name]);
}

export async function eventsOfAQuestionAndAnError(log: Log) {
  const graph = new StateGraph(State)
    .addNode('ask', ({ topic }) => ({ log: [interrupt<string, string>(topic)] }))
    .addNode('fail', (): typeof State.Update => {
      throw new TypeError('no');
    })
    .addEdge(START, 'ask')
    .addEdge('ask', 'fail')
    .compile({ checkpointer: new MemorySaver() });
  for (const input of [{ topic: 't' }, new Command({ resume: 'r' })]) {
    const told: unknown[] = [];
    const end = await failure(async () => {
      for await (const { event, name } of graph.streamEvents(input as never, { ...thread(), version: 'v2' }))
        if (name !== 'LangGraph') told.push([event, name]);
    }, true);
    log([told, end]);
  }
}

export async function eventsOfANodesOwn(log: Log) {
  const graph = new StateGraph(State)
    .addNode('node', async ({ topic }, config: LangGraphRunnableConfig) => {
      await dispatchCustomEvent('mine', { topic }, config);
      return {};
    })
    .addEdge(START, 'node')
    .compile();
  const told: unknown[] = [];
  const handleCustomEvent = (name: string, data: unknown) => void told.push([name, data]);
  await graph.invoke({ topic: 't' }, { callbacks: [{ handleCustomEvent }] });
  log(told);
  for await (const { event, name, data } of graph.streamEvents({ topic: 't' }, { version: 'v2' }))
    if (event === 'on_custom_event') log([name, data]);
}

export async function runsAsATree(log: Log) {
  const collector = new RunCollectorCallbackHandler();
  type Run = (typeof collector.tracedRuns)[number];
  const shown = ({ name, run_type, tags, inputs, outputs, error, child_runs }: Run): unknown => [
    name,
    run_type,
    tags,
    inputs,
    outputs,
    error,
    child_runs?.map(shown),
  ];
  await chatbot().invoke(question, { ...thread(), callbacks: [collector], tags: ['t'] });
  log(collector.tracedRuns.map(shown));
}

export async function methodsOfRunnables(log: Log) {
  let failed = 0;
  const graph = new StateGraph(State)
    .addNode('node', ({ topic }) => {
      if (topic === 'bad' || (topic === 'flaky' && failed++ === 0)) throw new Error('bad');
      return { log: [topic] };
    })
    .addEdge(START, 'node')
    .compile();
  log([graph instanceof Runnable, graph.getName(), graph.getName('Two')]);
  log(await graph.withRetry({ stopAfterAttempt: 2 }).invoke({ topic: 'flaky' }));
  const other = RunnableLambda.from(async () => ({ topic: 'other', log: [] }));
  log(await graph.withFallbacks([other as never]).invoke({ topic: 'bad' }));
  log(await graph.pick('log').invoke({ topic: 't' }));
  log(await graph.assign({ count: ({ log: all }: { log: string[] }) => all.length }).invoke({ topic: 't' }));
  const heard: unknown[] = [];
  const listened = graph.withListeners({ onStart: ({ name }) => void heard.push(name) });
  log([await listened.invoke({ topic: 't' }), heard]);
  const piped = graph.pipe(({ topic }) => ({ topic }));
  log(await piped.pick('topic').invoke({ topic: 'piped' }));
  const callbacks = [{ handleChainStart: () => undefined }];
  log(await piped.withRetry({ stopAfterAttempt: 1 }).invoke({ topic: 'retried' }, { callbacks }));
  const streams = RunnableLambda.from((topic: string) => graph.stream({ topic }) as unknown);
  log(await collect(await streams.stream('streamed')));
  log(await collect(await graph.withFallbacks([other as never]).stream({ topic: 'first' })));
}
