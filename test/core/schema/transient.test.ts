/** UntrackedValue: there while the run lasts, and nowhere in storage. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  Annotation,
  Command,
  interrupt,
  Send,
  START,
  StateGraph,
  StateSchema,
  UntrackedValue,
} from '../../../core/index.ts';
import { counting, memory, thread } from '../../support/engine.ts';
import { same } from '../../support/libraries.ts';

const State = new StateSchema({ a: z.string().optional(), call: new UntrackedValue<() => string>() });

/** A node that asks, after nodes that use what cannot be stored. */
function asking() {
  return new StateGraph(State)
    .addNode('first', ({ call }) => ({ a: call(), call: () => 'second' }))
    .addNode('second', ({ a, call }) => ({ a: `${a} ${call()}` }))
    .addNode('beside', () => ({ call: () => 'beside' }))
    .addNode('ask', ({ a, call }) => ({ a: `${a} ${String(interrupt('q'))} ${typeof call}` }))
    .addEdge(START, 'first')
    .addEdge('first', 'second')
    .addEdge('second', 'ask')
    .addEdge('second', 'beside');
}

describe.each(['exit', 'sync', 'async'] as const)('durability %s', (durability) => {
  it('G5: nodes share it, the result has it, no checkpoint does, and an answer does not find it', async () => {
    const { store, commits } = counting(memory());
    const graph = asking().compile({ checkpointer: store });
    const config = { ...thread(), durability };
    const result = await graph.invoke({ call: () => 'first' }, config);
    expect(result).toMatchObject({ a: 'first second', __interrupt__: [{ value: 'q' }] });
    expect(result.call()).toBe('beside');
    expect((await graph.getState(thread())).values).toEqual({ a: 'first second' });
    for (const { checkpoint } of commits) {
      expect(checkpoint.frame.channels.has('call')).toBe(false);
      expect(JSON.stringify([...checkpoint.frame.tasks, checkpoint.frame.next])).not.toContain('call');
    }
    expect(await graph.invoke(new Command({ resume: 'R' }), config)).toEqual({ a: 'first second R undefined' });
  });
});

it('G5: a Send may carry one; it is there in the run that sent it', async () => {
  const seen: unknown[] = [];
  const graph = new StateGraph(State)
    .addNode('one', () => ({}))
    .addNode('two', (state) => {
      seen.push(Object.keys(state));
      return { a: String(interrupt('q')) };
    })
    .addEdge(START, 'one')
    .addConditionalEdges('one', () => [new Send('two', { a: 'sent', call: () => 'x' })], ['two'])
    .compile({ checkpointer: memory() });
  await graph.invoke({ a: 'x' }, thread());
  expect(await graph.invoke(new Command({ resume: 'R' }), thread())).toEqual({ a: 'R' });
  expect(seen).toEqual([['a', 'call'], ['a']]);
});

it('G5: neither is it kept by a graph inside a task', async () => {
  const store = memory();
  const inner = new StateGraph(State)
    .addNode('use', ({ call }) => ({ a: call() }))
    .addNode('ask', ({ a, call }) => ({ a: `${a} ${String(interrupt('q'))} ${typeof call}` }))
    .addEdge(START, 'use')
    .addEdge('use', 'ask')
    .compile();
  const Around = Annotation.Root({ a: Annotation<string> });
  const graph = new StateGraph(Around)
    .addNode('inner', async () => ({ a: (await inner.invoke({ call: () => 'inner' })).a }))
    .addEdge(START, 'inner')
    .compile({ checkpointer: store });
  await graph.invoke({ a: 'x' }, thread());
  expect(await graph.invoke(new Command({ resume: 'R' }), thread())).toEqual({ a: 'inner R undefined' });
});

it('G5: two values in one superstep are refused, unless it is not guarded', async () => {
  const results = await same(async (library) => {
    const run = async (guard: boolean) => {
      const graph = new library.StateGraph(
        new library.StateSchema({ v: new library.UntrackedValue(z.string(), { guard }) }),
      )
        .addNode('one', () => ({ v: 'one' }))
        .addNode('two', () => ({ v: 'two' }))
        .addEdge(library.START, 'one')
        .addEdge(library.START, 'two')
        .compile();
      return graph.invoke({}).catch((error: Error) => error.name);
    };
    return [await run(true), await run(false)];
  });
  expect(results).toEqual(['InvalidUpdateError', { v: 'two' }]);
});
