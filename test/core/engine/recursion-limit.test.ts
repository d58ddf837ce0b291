import { describe, expect, it } from 'vitest';
import { Command, GraphRecursionError, interrupt, START, StateGraph } from '../../../core/index.ts';
import { Log, memory, rejection, thread } from '../../support/engine.ts';

function chain() {
  return new StateGraph(Log)
    .addNode('a', () => ({ log: 'a' }))
    .addNode('b', () => ({ log: 'b' }))
    .addNode('c', () => ({ log: 'c' }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('b', 'c')
    .compile({ checkpointer: memory() });
}

describe('S5: the recursion limit', () => {
  it.each([
    [1, ['a']],
    [2, ['a', 'b']],
    [3, ['a', 'b', 'c']],
  ])(
    'a chain of three under a limit of %d: the run fails, with what was done saved; null goes on',
    async (limit, log) => {
      const graph = chain();
      const error = await rejection(graph.invoke({}, { ...thread(), recursionLimit: limit }));
      expect(error).toBeInstanceOf(GraphRecursionError);
      expect(error).toMatchObject({
        code: 'recursion_limit',
        lc_error_code: 'GRAPH_RECURSION_LIMIT',
        details: { limit },
      });
      expect((await graph.getState(thread())).values).toEqual({ log });
      expect(await graph.invoke(null, thread())).toEqual({ log: ['a', 'b', 'c'] });
    },
  );

  it('a chain of three needs a limit of four', async () => {
    expect(await chain().invoke({}, { ...thread(), recursionLimit: 4 })).toEqual({ log: ['a', 'b', 'c'] });
  });

  it('a second run counts anew', async () => {
    const graph = chain();
    await graph.invoke({}, { ...thread(), recursionLimit: 4 });
    const result = await graph.invoke({}, { ...thread(), recursionLimit: 4 });
    expect(result['log']).toHaveLength(6);
    expect(await rejection(graph.invoke({}, { ...thread(), recursionLimit: 3 }))).toBeInstanceOf(GraphRecursionError);
  });

  it('a resume counts anew', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ log: String(interrupt('q')) }))
      .addNode('b', () => ({ log: 'b' }))
      .addNode('c', () => ({ log: 'c' }))
      .addEdge(START, 'ask')
      .addEdge('ask', 'b')
      .addEdge('b', 'c')
      .compile({ checkpointer: memory() });
    const resume = (threadId: string, recursionLimit: number) =>
      graph.invoke(new Command({ resume: 'yes' }), { ...thread(threadId), recursionLimit });
    await graph.invoke({}, thread('one'));
    await graph.invoke({}, thread('two'));
    expect(await resume('two', 2)).toEqual({ log: ['yes', 'b', 'c'] });
    expect(await rejection(resume('one', 1))).toBeInstanceOf(GraphRecursionError);
  });

  it('is 25 unless a config says otherwise', async () => {
    let rounds = 0;
    const graph = new StateGraph(Log)
      .addNode('loop', () => {
        rounds += 1;
        return {};
      })
      .addEdge(START, 'loop')
      .addEdge('loop', 'loop')
      .compile();
    expect(await rejection(graph.invoke({}))).toMatchObject({ details: { limit: 25 } });
    expect(rounds).toBe(25);
  });

  it.each([[0], [-1], [Number.NaN]])('%d is refused, and no thread begins', async (recursionLimit) => {
    const graph = chain();
    expect(await rejection(graph.invoke({}, { ...thread(), recursionLimit }))).toMatchObject({
      code: 'invalid_argument',
    });
    expect((await graph.getState(thread())).config.configurable.checkpoint_id).toBeUndefined();
    expect(await graph.invoke({}, thread())).toEqual({ log: ['a', 'b', 'c'] });
  });
});
