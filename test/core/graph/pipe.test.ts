import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Annotation, SchemaError, START, StateGraph } from '../../../core/index.ts';

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

describe('asTool', () => {
  const schema = z.object({ value: z.string().trim() }).describe('Says it.');
  const call = { type: 'tool_call', id: 'c', name: 'say' } as const;

  it('is named after the graph and described by the schema, unless it says otherwise', () => {
    expect(graph.asTool({ schema })).toMatchObject({ name: 'LangGraph', description: 'Says it.', schema });
    expect(graph.asTool({ name: 'say', description: 'Now.', schema })).toMatchObject({
      name: 'say',
      description: 'Now.',
    });
  });

  it('takes the input of the graph as it is, and the arguments of a call as the schema makes them', async () => {
    const say = graph.asTool({ name: 'say', schema });
    expect(await say.invoke({ value: ' a ' }, { tags: ['t'] })).toEqual({ value: ' a +t' });
    expect(await say.invoke({ ...call, args: { value: ' a ' } })).toEqual({ value: 'a' });
    const refused = say.invoke({ ...call, args: {} });
    await expect(refused).rejects.toThrow('Call of tool "say": Validation failed for field "value"');
    await expect(refused).rejects.toBeInstanceOf(SchemaError);
  });

  it('hands on the arguments that only a JSON Schema describes', async () => {
    const say = graph.asTool({ name: 'say', schema: { type: 'object', description: 'Says it.' } });
    expect(say.description).toBe('Says it.');
    expect(await say.invoke({ ...call, args: { value: 'b' } })).toEqual({ value: 'b' });
  });
});
