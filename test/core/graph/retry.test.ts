/** L4: LangChain's withRetry around a graph. */
import { expect, it } from 'vitest';
import {
  Annotation,
  Command,
  interrupt,
  isInterrupted,
  MemorySaver,
  START,
  StateGraph,
} from '../../../core/langchain.ts';

const State = Annotation.Root({ answer: Annotation<string> });

it.each(['graph', 'pipe'])('L4: withRetry lets a question of a nested %s pass, and asks it once', async (kind) => {
  const failed: unknown[] = [];
  let runs = 0;
  const asks = new StateGraph(State)
    .addNode('ask', () => {
      runs++;
      return { answer: interrupt<string, string>('Send it?') };
    })
    .addEdge(START, 'ask')
    .compile();
  const step = kind === 'graph' ? asks : asks.pipe((state) => state);
  const graph = new StateGraph(State)
    .addNode('inner', step.withRetry({ stopAfterAttempt: 3, onFailedAttempt: (error) => void failed.push(error) }))
    .addEdge(START, 'inner')
    .compile({ checkpointer: new MemorySaver() });
  const thread = { configurable: { thread_id: 'asked' } };
  const first = await graph.invoke({}, thread);
  expect(isInterrupted(first) && first.__interrupt__.map(({ value }) => value)).toEqual(['Send it?']);
  expect(await graph.invoke(new Command({ resume: 'yes' }), thread)).toEqual({ answer: 'yes' });
  expect([failed, runs]).toEqual([[], 2]);
});
