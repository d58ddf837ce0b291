import { expect, it } from 'vitest';
import { Annotation, START, StateGraph } from '../../../core/index.ts';

const graph = new StateGraph(Annotation.Root({ value: Annotation<string> }))
  .addNode('n', ({ value }, { tags = [] }) => ({ value: [value, ...tags].join('+') }))
  .addEdge(START, 'n')
  .compile();

it('pipe: steps get the result of the step before, and the config of the call', async () => {
  const piped = graph
    .pipe(({ value }, { tags }) => ({ value, tags }))
    .pipe({ invoke: async (given: object) => [given] });
  expect(await piped.invoke({ value: 'a' }, { tags: ['t'] })).toEqual([{ value: 'a+t', tags: ['t'] }]);
});

it('pipe: what is no step is refused by name', async () => {
  await expect(graph.pipe('next' as never).invoke({ value: 'a' })).rejects.toThrow(
    'pipe(): expected a function or a Runnable, got "next".',
  );
});

async function* parts() {
  yield { value: 'a' };
  yield { value: 'b' };
}

it('transform: runs on what its input amounts to', async () => {
  const chunks = [];
  for await (const chunk of graph.transform(parts(), { streamMode: 'values' })) chunks.push(chunk);
  expect(chunks).toEqual([{ value: 'b' }, { value: 'b' }]);
});

it('a graph is written down as what it is, without its parts', () => {
  expect(JSON.parse(JSON.stringify({ graph }))).toEqual({
    graph: { lc: 1, type: 'not_implemented', id: ['langgraph', 'pregel', 'CompiledStateGraph'] },
  });
});
