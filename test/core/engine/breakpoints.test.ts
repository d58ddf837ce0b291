/** Static breakpoints (B1 to B5). The same programs run on LangGraph.js 1.7.3, and must tell the same. */
import * as langgraph from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import * as holdpoint from '../../../core/index.ts';
import type { CompileOptions } from '../../../core/index.ts';

type Library = typeof holdpoint;
const thread = { configurable: { thread_id: 't' } };

function line(library: Library, options: Omit<CompileOptions, 'checkpointer'> = {}) {
  const State = library.Annotation.Root({
    log: library.Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  return new library.StateGraph(State)
    .addNode('a', () => ({ log: ['a'] }))
    .addNode('b', () => ({ log: ['b'] }))
    .addNode('c', () => ({ log: ['c'] }))
    .addEdge(library.START, 'a')
    .addEdge('a', 'b')
    .addEdge('b', 'c')
    .compile({ checkpointer: new library.MemorySaver(), ...(options as CompileOptions<never>) });
}

/** Start, then go on with null until nothing is left: what each call told, and what the thread waits for. */
async function walk(library: Library, compiled: CompileOptions, called: object = {}) {
  const graph = line(library, compiled);
  const steps: unknown[] = [await graph.invoke({ log: ['in'] }, { ...thread, ...called })];
  for (let i = 0; i < 4; i++) {
    const chunks: unknown[] = [];
    const options = { ...thread, ...called, streamMode: ['values', 'updates'] as const };
    for await (const chunk of await graph.stream(null, options)) chunks.push(chunk);
    steps.push({ chunks, next: (await graph.getState(thread)).next });
  }
  return steps;
}

const places: Record<string, CompileOptions> = {
  'before b': { interruptBefore: ['b'] },
  'after a and c': { interruptAfter: ['a', 'c'] },
  'before all': { interruptBefore: '*' },
  'after all': { interruptAfter: '*' },
};

describe.each(Object.entries(places))('B1 to B3: %s', (_name, place) => {
  it('compiled: stops, tells an empty list of questions, and goes on with null', async () => {
    const ours = await walk(holdpoint, place);
    expect(ours[0]).toMatchObject({ __interrupt__: [] });
    expect(ours).toEqual(await walk(langgraph as unknown as Library, place));
  });

  it('per call: the same', async () => {
    expect(await walk(holdpoint, {}, place)).toEqual(await walk(holdpoint, place));
  });
});

it('per call: replaces what was compiled', async () => {
  const graph = line(holdpoint, { interruptBefore: ['b'] });
  expect(await graph.invoke({}, { ...thread, interruptBefore: ['c'] })).toEqual({ log: ['a', 'b'], __interrupt__: [] });
});

it('B3: an unknown node is refused at compile time', () => {
  expect(() => line(holdpoint, { interruptBefore: ['zz'] })).toThrow('Interrupt node `zz` is not present');
});

it('an answer is refused at a breakpoint: nothing was asked', async () => {
  const graph = line(holdpoint, { interruptBefore: ['b'] });
  await graph.invoke({}, thread);
  await expect(graph.invoke(new holdpoint.Command({ resume: 'x' }), thread)).rejects.toMatchObject({
    code: 'nothing_to_resume',
  });
  expect((await graph.getState(thread)).next).toEqual(['b']);
});

describe.each<[string, CompileOptions]>([
  ['before', { interruptBefore: ['again'] }],
  ['after', { interruptAfter: ['again'] }],
])('%s a node of a loop', (_name, options) => {
  async function rounds(library: Library): Promise<unknown[]> {
    const State = library.Annotation.Root({ count: library.Annotation<number> });
    const graph = new library.StateGraph(State)
      .addNode('again', ({ count }) => ({ count: count + 1 }))
      .addEdge(library.START, 'again')
      .addConditionalEdges('again', ({ count }) => (count < 3 ? 'again' : library.END))
      .compile({ checkpointer: new library.MemorySaver(), ...(options as CompileOptions<never>) });
    const told: unknown[] = [await graph.invoke({ count: 0 }, thread)];
    for (let i = 0; i < 3; i++) told.push(await graph.invoke(null, thread));
    await graph.updateState(thread, { count: 1 }, library.START);
    for (let i = 0; i < 3; i++) told.push(await graph.invoke(null, thread));
    return told;
  }

  it('B5: stops once for whatever was written, and again in the next round', async () => {
    const ours = await rounds(holdpoint);
    expect(ours.slice(0, 3).map((told) => (told as { count: number }).count)).toEqual(
      'interruptBefore' in options ? [0, 1, 2] : [1, 2, 3],
    );
    expect(ours).toEqual(await rounds(langgraph as unknown as Library));
  });
});

it('B4: without a checkpointer it stops, and nothing can go on', async () => {
  const graph = line(holdpoint, { interruptBefore: ['b'], checkpointer: undefined } as object);
  expect(await graph.invoke({}, thread)).toEqual({ log: ['a'], __interrupt__: [] });
  await expect(graph.invoke(null, thread)).rejects.toMatchObject({ name: 'EmptyInputError' });
});
