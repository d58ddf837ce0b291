/** What nodes, routers and callers see of the state, when there are schemas of input, output and single nodes. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { type Library, same } from '../../support/libraries.ts';

function schemas({ Annotation }: Library) {
  return {
    State: Annotation.Root({
      a: Annotation<string>,
      b: Annotation<string>,
      list: Annotation<string[]>({ reducer: (x, y) => x.concat(y), default: () => [] }),
    }),
    Input: Annotation.Root({ a: Annotation<string> }),
    Output: Annotation.Root({ b: Annotation<string> }),
    Private: Annotation.Root({ a: Annotation<string>, secret: Annotation<string> }),
  };
}

/** A line of nodes that tell what they see; two of them see a key that is not in the state. */
function line(library: Library, seen: unknown[], alone = true) {
  const { StateGraph, START, END, MemorySaver } = library;
  const { State, Input, Output, Private } = schemas(library);
  const look =
    (name: string, update: object = {}) =>
    (state: object) => {
      seen.push([name, { ...state }]);
      return update;
    };
  return new StateGraph({ state: State, input: Input, output: Output })
    .addNode('one', look('one', { b: 'B', secret: 'S', other: 1 }))
    .addNode('two', look('two', { list: ['two'] }), { input: Private })
    .addNode('three', look('three'))
    .addEdge(START, 'one')
    .addConditionalEdges('one', (state) => (look('router')(state), 'two'), ['two'])
    .addEdge('two', 'three')
    .addEdge('three', END)
    .compile(alone ? { checkpointer: new MemorySaver() } : {});
}

const thread = { configurable: { thread_id: 't' } };

it('G5: nodes see their schema, routers all of it; invoke takes the input’s keys and returns the output’s', async () => {
  const told = await same(async (library) => {
    const seen: unknown[] = [];
    const graph = line(library, seen);
    const result = await graph.invoke({ a: 'x', b: 'no', secret: 'no' } as { a: string }, thread);
    return { result, seen, values: (await graph.getState(thread)).values };
  });
  expect(told).toEqual({
    result: { b: 'B' },
    seen: [
      ['one', { a: 'x', list: [] }],
      ['router', { a: 'x', b: 'B', list: [], secret: 'S' }],
      ['two', { a: 'x', secret: 'S' }],
      ['three', { a: 'x', b: 'B', list: ['two'] }],
    ],
    values: { a: 'x', b: 'B', list: ['two'], secret: 'S' },
  });
});

it('G5: the stream of values shows every channel', async () => {
  const chunks = await same(async (library) => {
    const all: unknown[] = [];
    for await (const chunk of await line(library, []).stream({ a: 'x' }, { ...thread, streamMode: 'values' })) {
      all.push(chunk);
    }
    return all;
  });
  expect(chunks.slice(0, 2)).toEqual([
    { a: 'x', list: [] },
    { a: 'x', b: 'B', list: [], secret: 'S' },
  ]);
});

it('G5: updateState as START takes the input’s keys, as a node any', async () => {
  const values = await same(async (library) => {
    const graph = line(library, []);
    const update = { a: 'A', b: 'B', secret: 'S' };
    await graph.updateState(thread, update, '__start__');
    const first = (await graph.getState(thread)).values;
    await graph.updateState(thread, update, 'one');
    return [first, (await graph.getState(thread)).values];
  });
  expect(values).toEqual([
    { a: 'A', list: [] },
    { a: 'A', b: 'B', list: [], secret: 'S' },
  ]);
});

it('G5: without an output schema callers get the state, but not what only a node declared', async () => {
  const result = await same(async (library) => {
    const { StateGraph, START } = library;
    const { State, Private } = schemas(library);
    const graph = new StateGraph(State)
      .addNode('one', () => ({ b: 'B', secret: 'S' }))
      .addNode('two', ({ secret }) => ({ a: secret }), { input: Private })
      .addEdge(START, 'one')
      .addEdge('one', 'two');
    return graph.compile().invoke({ a: 'x' });
  });
  expect(result).toEqual({ a: 'S', b: 'B', list: [] });
});

it('G5: a graph as a node takes its input’s keys of the state around it, and gives its output’s', async () => {
  const told = await same(async (library) => {
    const { StateGraph, START } = library;
    const { State } = schemas(library);
    const seen: unknown[] = [];
    const inner = line(library, seen, false);
    const graph = new StateGraph(State).addNode('inner', inner).addEdge(START, 'inner').compile();
    return { result: await graph.invoke({ a: 'x', b: 'around', list: ['around'] }), first: seen[0] };
  });
  expect(told).toEqual({ result: { a: 'x', b: 'B', list: ['around'] }, first: ['one', { a: 'x', list: [] }] });
});

it('G5: a Send’s arguments are what its node sees, whatever its schema', async () => {
  const seen = await same(async (library) => {
    const { StateGraph, START, Send } = library;
    const { State, Private } = schemas(library);
    const all: unknown[] = [];
    const graph = new StateGraph(State)
      .addNode('one', () => ({}))
      .addNode('two', (state) => (all.push(state), {}), { input: Private })
      .addEdge(START, 'one')
      .addConditionalEdges('one', () => [new Send('two', { secret: 1, other: 2 })], ['two']);
    await graph.compile().invoke({ a: 'x' });
    return all;
  });
  expect(seen).toEqual([{ secret: 1, other: 2 }]);
});

it('G5: a schema of the input that is one of its own is asked as a whole, and fills in its defaults', async () => {
  const told = await same(async ({ StateGraph, START }) => {
    const State = z.object({ a: z.string().optional(), b: z.string().optional() });
    const Input = z.object({ a: z.string().default('given'), b: z.string().min(2) });
    const graph = new StateGraph(State, { input: Input })
      .addNode('one', () => ({}))
      .addEdge(START, 'one')
      .compile();
    const refused = await graph.invoke({ a: 'x' } as never).catch((error: { issues: { path: unknown }[] }) => error);
    return [await graph.invoke({ b: 'bb' } as never), (refused as { issues: { path: unknown }[] }).issues[0]!.path];
  });
  expect(told).toEqual([{ a: 'given', b: 'bb' }, ['b']]);
});
