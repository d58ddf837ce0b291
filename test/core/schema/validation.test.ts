/** What schemas refuse, where, and what they make of what they take. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import {
  Command,
  interrupt,
  MemorySaver,
  Overwrite,
  ReducedValue,
  START,
  StateGraph,
  StateSchema,
  UntrackedValue,
} from '../../../core/index.ts';
import { memory, rejection, stored, thread } from '../../support/engine.ts';

const fields = { a: z.string(), n: z.number().optional(), d: z.string().default('D') };
const schemas = [
  ['Zod 4', z.object(fields)],
  ['Zod 3', z3.object({ a: z3.string(), n: z3.number().optional(), d: z3.string().default('D') }) as never],
  ['StateSchema', new StateSchema(fields) as never],
] as const;

type Returned = { a?: unknown; n?: unknown } | Command | (object | Command)[];

function graphOf(schema: z.ZodObject<typeof fields>, node: (state: { a: string }) => Returned = () => ({})) {
  return new StateGraph(schema).addNode('node', node as () => { a: string }).addEdge(START, 'node');
}

describe.each(schemas)('%s', (_, schema) => {
  it.each([
    ['a key of the wrong type', { a: 1 }, 'a', /Input: .*field "a".*string.*number/],
    ['another', { a: 'x', n: 'y' }, 'n', /Input: .*field "n".*number.*string/],
  ])('G5: the input: %s', async (_what, input, field, message) => {
    const error = await rejection(
      graphOf(schema)
        .compile()
        .invoke(input as never),
    );
    expect(error).toMatchObject({
      code: 'invalid_update',
      name: 'ZodError',
      message: expect.stringMatching(message) as string,
      issues: [{ path: [field], code: 'invalid_type' }],
    });
  });

  it.each<[string, () => Returned]>([
    ['an update', () => ({ n: 'bad' })],
    ['a Command', () => new Command({ update: { n: 'bad' } })],
    ['pairs', () => new Command({ update: [['n', 'bad']] })],
    ['several', () => [{ a: 'good' }, new Command({ update: { n: 'bad' } })]],
  ])('G5: what a node returns: %s', async (_what, node) => {
    const error = await rejection(graphOf(schema, node).compile().invoke({ a: 'x' }));
    expect(error).toMatchObject({ code: 'invalid_update', issues: [{ path: ['n'] }] });
    expect((error as Error).message).toMatch(/^Node "node": Validation failed for field "n"/);
  });

  it('G5: an input may be a part of the state, with keys that are no channel, or without a value', async () => {
    const graph = graphOf(schema).compile();
    expect(await graph.invoke({ n: 1, other: true } as never)).toEqual({ n: 1, d: 'D' });
    expect(await graph.invoke({ a: undefined, n: 1 } as never)).toMatchObject({ n: 1, d: 'D' });
  });

  it('a default is no answer to a later input that leaves the key out', async () => {
    const graph = graphOf(schema).compile({ checkpointer: memory() });
    await graph.invoke({ a: 'x', d: 'given' }, thread());
    expect(await graph.invoke({ n: 1 } as never, thread())).toEqual({ a: 'x', n: 1, d: 'given' });
  });

  it('an input that is refused leaves the thread as it was', async () => {
    const store = memory();
    const graph = graphOf(schema).compile({ checkpointer: store });
    await graph.invoke({ a: 'x' }, thread());
    const before = await stored(store);
    await rejection(graph.invoke({ a: 1 } as never, thread()));
    expect(await stored(store)).toEqual(before);
    expect(await graph.invoke({ a: 'y' }, thread())).toMatchObject({ a: 'y' });
  });

  it('updates beside an answer, as input and by updateState', async () => {
    const graph = graphOf(schema, () => ({ a: interrupt<string, string>('q') })).compile({
      checkpointer: memory(),
    });
    await graph.invoke({ a: 'x' }, thread());
    const bad = { n: 'bad' } as never;
    for (const call of [
      () => graph.invoke(new Command({ resume: 'R', update: bad }), thread()),
      () => graph.invoke(new Command({ update: bad }), thread()),
      () => graph.updateState(thread(), bad),
      () => graph.updateState(thread(), bad, START),
    ]) {
      expect(await rejection(call())).toMatchObject({ code: 'invalid_update', issues: [{ path: ['n'] }] });
    }
    const result = await graph.invoke(new Command({ resume: 'R', update: { n: 2 } }), thread());
    expect(result).toEqual({ a: 'R', n: 2, d: 'D' });
  });
});

describe('what a schema makes of an update', () => {
  const shout = z.string().transform((text) => `${text}!`);

  it.each([
    ['Zod', z.object({ a: shout })],
    ['StateSchema', new StateSchema({ a: shout }) as never],
  ])('%s: once, whether it comes from a caller or a node', async (_, schema) => {
    const graph = new StateGraph(schema)
      .addNode('node', ({ a }) => ({ a: `${a} and node` }))
      .addEdge(START, 'node')
      .compile({ checkpointer: new MemorySaver() });
    const chunks: unknown[] = [];
    for await (const chunk of await graph.stream({ a: 'in' }, { ...thread(), streamMode: ['values', 'updates'] })) {
      chunks.push(chunk);
    }
    expect(chunks).toEqual([
      ['values', { a: 'in!' }],
      ['updates', { node: { a: 'in! and node!' } }],
      ['values', { a: 'in! and node!' }],
    ]);
  });

  it('a schema that answers later is waited for', async () => {
    const later = z.string().refine(async (text) => Promise.resolve(text !== 'no'), 'not this');
    for (const schema of [z.object({ a: later }), new StateSchema({ a: later }) as never]) {
      const graph = (a: string) =>
        new StateGraph(schema)
          .addNode('node', () => ({ a }))
          .addEdge(START, 'node')
          .compile();
      expect(await graph('x').invoke({ a: 'yes' })).toEqual({ a: 'x' });
      expect(await rejection(graph('x').invoke({ a: 'no' }))).toMatchObject({ message: /^Input: .*not this/ });
      expect(await rejection(graph('no').invoke({ a: 'yes' }))).toMatchObject({ message: /^Node "node": .*not this/ });
    }
  });

  it('the schema of a ReducedValue’s updates, and of the value that an Overwrite brings', async () => {
    const State = new StateSchema({
      list: new ReducedValue(z.array(z.string()).default([]), {
        inputSchema: z.string().transform((text) => `${text}?`),
        reducer: (list, item) => [...list, item],
      }),
    });
    const graph = (list: unknown) =>
      new StateGraph(State)
        .addNode('node', () => ({ list }) as { list: string })
        .addEdge(START, 'node')
        .compile();
    expect(await graph('node').invoke({ list: 'in' })).toEqual({ list: ['in?', 'node?'] });
    expect(await graph(new Overwrite(['x'])).invoke({ list: 'in' })).toEqual({ list: ['x'] });
    expect(await rejection(graph(['x']).invoke({ list: 'in' }))).toMatchObject({ issues: [{ path: ['list'] }] });
    expect(await rejection(graph(new Overwrite([1])).invoke({}))).toMatchObject({ issues: [{ path: ['list', 0] }] });
  });

  it('an UntrackedValue has a schema too', async () => {
    const State = new StateSchema({ secret: new UntrackedValue(z.string()), a: z.string().optional() });
    const graph = new StateGraph(State)
      .addNode('node', () => ({}))
      .addEdge(START, 'node')
      .compile();
    expect(await rejection(graph.invoke({ secret: 1 } as never))).toMatchObject({ issues: [{ path: ['secret'] }] });
  });
});
