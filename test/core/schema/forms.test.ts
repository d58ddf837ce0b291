/** Every way to declare a state: what `new StateGraph(…)` takes, on both libraries. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import { GraphValidationError, StateGraph } from '../../../core/index.ts';
import { type Library, same } from '../../support/libraries.ts';

/** What a graph of one node makes of `{ a: 'in' }`, whatever its state was declared as. */
async function run({ StateGraph: Graph, START }: Library, first: unknown, second?: unknown): Promise<unknown> {
  const graph = new Graph(first as never, second as never)
    .addNode('node', (state: { a?: string }) => ({ a: `${state.a}!` }) as never)
    .addEdge(START, 'node')
    .compile();
  return graph.invoke({ a: 'in' } as never);
}

const join = (a: string, b: string): string => `${a}${b}`;
const plain = { a: 'in!' };
const folded = { a: 'DinDin!' };

const forms: readonly [string, (library: Library) => readonly unknown[], unknown][] = [
  ['Annotation.Root', ({ Annotation }) => [Annotation.Root({ a: Annotation<string> })], plain],
  ['channels by name', ({ Annotation }) => [{ a: Annotation<string>() }], plain],
  ['{ state }', ({ Annotation }) => [{ state: Annotation.Root({ a: Annotation<string> }) }], plain],
  ['{ stateSchema }', ({ Annotation }) => [{ stateSchema: Annotation.Root({ a: Annotation<string> }) }], plain],
  [
    '{ input, output }',
    ({ Annotation }) => [
      {
        input: Annotation.Root({ a: Annotation<string>, b: Annotation<string> }),
        output: Annotation.Root({ a: Annotation<string> }),
      },
    ],
    plain,
  ],
  ['{ channels } with null', () => [{ channels: { a: null } }], plain],
  ['{ channels } with a reducer', () => [{ channels: { a: { reducer: join, default: () => 'D' } } }], folded],
  ['{ channels } with a value', () => [{ channels: { a: { value: join, default: () => 'D' } } }], folded],
  ['StateSchema', ({ StateSchema }) => [new StateSchema({ a: z.string() })], plain],
  [
    'StateSchema with a ReducedValue',
    ({ StateSchema, ReducedValue }) => [
      new StateSchema({ a: new ReducedValue(z.string().default('D'), { reducer: join }) }),
    ],
    folded,
  ],
  ['a Zod 4 object', () => [z.object({ a: z.string() })], plain],
  ['a Zod 3 object', () => [z3.object({ a: z3.string() })], plain],
  ['a context schema beside it', () => [z.object({ a: z.string() }), z.object({ u: z.string().optional() })], plain],
  [
    'options beside it',
    ({ Annotation }) => [
      z.object({ a: z.string() }),
      { output: Annotation.Root({ a: Annotation<string> }), nodes: ['node'] },
    ],
    plain,
  ],
];

it.each(forms)('G5: %s', async (_, form, expected) => {
  expect(await same((library) => run(library, ...(form(library) as [unknown, unknown?])))).toEqual(expected);
});

describe('what is refused', () => {
  it.each([[undefined], ['text'], [[]], [{}], [{ log: [] }], [{ output: z.object({ a: z.string() }) }]])(
    '%j is no state schema',
    (first) => {
      expect(() => new StateGraph(first as never)).toThrow(/Invalid StateGraph input/);
    },
  );

  it('two rules for one key', async () => {
    const message = await same(({ StateGraph: Graph, Annotation, START }) => {
      const state = Annotation.Root({ a: Annotation<string>({ reducer: join }) });
      const input = Annotation.Root({ a: Annotation<string>({ reducer: (_, b) => b }) });
      try {
        const graph = new Graph({ state, input }).addNode('node', () => ({}));
        return graph.addEdge(START, 'node').compile().name;
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(message).toBe('Channel "a" already exists with a different type.');
  });

  it('a node’s own schema with another rule for a key of the state', async () => {
    const { Annotation } = await import('../../../core/index.ts');
    const State = Annotation.Root({ a: Annotation<string>({ reducer: join }) });
    const Own = Annotation.Root({ a: Annotation<string>({ reducer: (_, b) => b }) });
    expect(() => new StateGraph(State).addNode('node', () => ({}), { input: Own })).toThrow(GraphValidationError);
  });
});

it('G5: the same ReducedValue in state and input is one rule', async () => {
  const result = await same(async ({ StateGraph: Graph, StateSchema, ReducedValue, START }) => {
    const a = new ReducedValue(z.string().default('D'), { reducer: join });
    const graph = new Graph(new StateSchema({ a, b: z.string().optional() }), { input: new StateSchema({ a }) });
    return graph
      .addNode('node', (state) => ({ b: state.a }))
      .addEdge(START, 'node')
      .compile()
      .invoke({ a: 'in' });
  });
  expect(result).toEqual({ a: 'Din', b: 'Din' });
});

describe('defaults', () => {
  it.each([
    ['default', z.string().default('d'), 'd'],
    ['default, then optional', z.string().default('d').optional(), 'd'],
    ['prefault', z.string().prefault('p'), 'p'],
    ['null', z.string().nullable().default(null), null],
    ['none', z.string().optional(), undefined],
    ['any', z.any(), undefined],
  ])('G5: a Zod field with %s', async (_, schema, expected) => {
    const seen = await same(async ({ StateGraph: Graph, StateSchema, START }) => {
      const all: unknown[] = [];
      for (const state of [z.object({ f: schema, o: z.string() }), new StateSchema({ f: schema, o: z.string() })]) {
        const graph = new Graph(state as z.ZodObject<{ f: typeof schema; o: z.ZodString }>)
          .addNode('node', (values) => {
            all.push(values.f);
            return {};
          })
          .addEdge(START, 'node')
          .compile();
        await graph.invoke({ o: 'x' } as never);
      }
      return all;
    });
    expect(seen).toEqual([expected, expected]);
  });

  it('what a coercion makes of nothing is none; a Zod 3 default is one', async () => {
    const { START } = await import('../../../core/index.ts');
    const run4 = new StateGraph(z.object({ f: z.coerce.string(), o: z.string() }))
      .addNode('node', () => ({}))
      .addEdge(START, 'node');
    expect(await run4.compile().invoke({ o: 'x' })).toEqual({ o: 'x' });
    const run3 = new StateGraph(z3.object({ f: z3.string().default('d'), o: z3.string() }))
      .addNode('node', () => ({}))
      .addEdge(START, 'node');
    expect(await run3.compile().invoke({ o: 'x' })).toEqual({ f: 'd', o: 'x' });
  });
});
