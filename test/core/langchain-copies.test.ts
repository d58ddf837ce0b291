/** A program with two copies of "holdpoint/langchain": graphs of one run inside nodes of the other. */
import { RunnableLambda, type RunnableConfig } from '@langchain/core/runnables';
import { expect, it, vi } from 'vitest';

const one = await import('../../core/langchain.ts');
vi.resetModules();
const other = await import('../../core/langchain.ts');

const who = RunnableLambda.from((_: string, { metadata }: RunnableConfig) => String(metadata?.['langgraph_node']));

it.each([
  ['the first', one, other],
  ['the second', other, one],
])('what a node calls finds the config of its own node, in a graph inside one of %s', async (_name, outer, inner) => {
  expect(one.StateGraph).not.toBe(other.StateGraph);
  const nested = new inner.StateGraph(inner.Annotation.Root({ said: inner.Annotation<string> }))
    .addNode('nested', async () => ({ said: await who.invoke('') }))
    .addEdge(inner.START, 'nested')
    .compile();
  const graph = new outer.StateGraph(outer.Annotation.Root({ said: outer.Annotation<(string | undefined)[]> }))
    .addNode('around', async () => {
      const { said } = await nested.invoke({});
      return { said: [said, await who.invoke('')] };
    })
    .addEdge(outer.START, 'around')
    .compile();
  expect(await graph.invoke({})).toEqual({ said: ['nested', 'around'] });
});
