/** Reducers and defaults of the fields of Zod objects, and what a StateSchema tells of itself. */
import * as langgraphZod from '@langchain/langgraph/zod';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import * as holdpointZod from '../../../core/zod.ts';
import { START, StateGraph } from '../../../core/index.ts';
import { rejection } from '../../support/engine.ts';
import { type Library, same } from '../../support/libraries.ts';

describe('fields of a Zod object', () => {
  const { registry, withLangGraph } = holdpointZod;

  it('G5: withLangGraph and register', async () => {
    const result = await same(async (library: Library) => {
      const zod = library.StateGraph === StateGraph ? holdpointZod : (langgraphZod as unknown as typeof holdpointZod);
      const State = z.object({
        notes: zod.withLangGraph(z.array(z.string()), {
          reducer: { schema: z.string(), fn: (list: string[], one: string) => [...list, one] },
          default: () => ['first'],
        }),
        sum: z.number().register(zod.registry, { reducer: { fn: (a, b) => a + b }, default: () => 1 }),
        start: zod.withLangGraph(z.string(), { default: () => 'begin' }),
      });
      return new library.StateGraph(State)
        .addNode('node', () => ({ notes: 'node', sum: 2 }))
        .addEdge(library.START, 'node')
        .compile()
        .invoke({ notes: 'in' });
    });
    expect(result).toEqual({ notes: ['first', 'in', 'node'], sum: 3, start: 'begin' });
  });

  it('updates have the reducer’s schema', async () => {
    const State = z.object({
      notes: withLangGraph(z.array(z.string()), {
        reducer: { schema: z.string(), fn: (list: string[], one: string) => [...list, one] },
        default: () => [],
      }),
    });
    const builder = new StateGraph(State).addNode('node', ({ notes }) => {
      expectTypeOf(notes).toEqualTypeOf<string[]>();
      return { notes: 'one' };
    });
    const graph = builder.addEdge(START, 'node').compile();
    expect(await rejection(graph.invoke({ notes: ['many'] as never }))).toMatchObject({
      issues: [{ path: ['notes'] }],
    });
  });

  it('the registry is Zod’s to use', () => {
    const schema = z.string();
    registry.add(schema, { default: () => 'x' });
    expect([registry.has(schema), registry.get(schema)?.default?.()]).toEqual([true, 'x']);
    expect(registry.remove(schema).has(schema)).toBe(false);
  });
});

describe('StateSchema', () => {
  it('tells its keys and its JSON Schemas, and validates', async () => {
    const told = await same(async ({ StateSchema, ReducedValue, UntrackedValue, MessagesValue }) => {
      const State = new StateSchema({
        a: z.string().describe('A'),
        d: z.string().default('D'),
        o: z.number().optional(),
        list: new ReducedValue(z.array(z.string()).default([]), {
          inputSchema: z.string(),
          reducer: (list, one) => [...list, one],
          jsonSchemaExtra: { extra: 1 },
        }),
        secret: new UntrackedValue(z.string()),
        messages: MessagesValue,
      });
      return {
        keys: [State.getChannelKeys(), State.getAllKeys(), Object.keys(State.getChannels())],
        state: State.getJsonSchema(),
        input: State.getInputJsonSchema(),
        valid: await State.validateInput({ a: 'x', other: 1 }),
      };
    });
    expect(told.state).toMatchObject({ required: ['a', 'secret'], properties: { list: { type: 'array', extra: 1 } } });
    expect(told.input).toMatchObject({ properties: { list: { type: 'string', extra: 1 } } });
    expect(told.valid).toEqual({ a: 'x', other: 1 });
  });
});
