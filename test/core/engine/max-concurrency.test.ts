/** S6: maxConcurrency. */
import { describe, expect, it } from 'vitest';
import { Command, interrupt, START, StateGraph } from '../../../core/index.ts';
import { settled } from '../../support/clock.ts';
import { asked, deferred, Log, memory, rejection, thread, withClaims } from '../../support/engine.ts';
import { type Library, same } from '../../support/libraries.ts';

function fan({ Annotation, StateGraph: Graph, START: start, Send }: Library, node: (item: number) => unknown) {
  return new Graph(
    Annotation.Root({ log: Annotation<number[]>({ reducer: (a, b) => a.concat(b), default: () => [] }) }),
  )
    .addNode('work', ((state: { item: number }) => node(state.item)) as never)
    .addConditionalEdges(start, () => [0, 1, 2, 3].map((item) => new Send('work' as never, { item })))
    .compile();
}

describe('S6: maxConcurrency', () => {
  it('starts tasks in order, the next one when one has ended; writes apply in order', async () => {
    const order = await same(async (library) => {
      const seen: string[] = [];
      const gates = [0, 1, 2, 3].map(() => deferred());
      const graph = fan(library, async (item) => {
        seen.push(`start ${item}`);
        await gates[item]!.promise;
        seen.push(`end ${item}`);
        return { log: [item] };
      });
      const run = graph.invoke({}, { maxConcurrency: 2 });
      for (const i of [1, 0, 3, 2]) {
        await settled();
        gates[i]!.resolve();
      }
      return { seen, result: await run };
    });
    expect(order).toEqual({
      seen: ['start 0', 'start 1', 'end 1', 'start 2', 'end 0', 'start 3', 'end 3', 'end 2'],
      result: { log: [0, 1, 2, 3] },
    });
  });

  it('a task that fails lets no other begin; those run when the thread goes on', async () => {
    const ran: string[] = [];
    let broken = true;
    const graph = new StateGraph(Log)
      .addNode('a', () => {
        ran.push('a');
        if (broken) throw new Error('a');
        return { log: 'a' };
      })
      .addNode('b', () => {
        ran.push('b');
        return { log: 'b' };
      })
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile({ checkpointer: memory() });
    expect(await rejection(graph.invoke({}, { ...thread(), maxConcurrency: 1 }))).toEqual(new Error('a'));
    expect((await graph.getState(thread())).next).toEqual(['a', 'b']);
    broken = false;
    expect(await graph.invoke(null, { ...thread(), maxConcurrency: 1 })).toEqual({ log: ['a', 'b'] });
    expect(ran).toEqual(['a', 'a', 'b']);
  });

  it('C3: a task that does not begin keeps the answer that it was given', async () => {
    let broken = true;
    const graph = new StateGraph(Log)
      .addNode('a', () => {
        const answer = interrupt<string, string>('a?');
        if (broken) throw new Error('a');
        return { log: answer };
      })
      .addNode('b', () => ({ log: interrupt<string, string>('b?') }))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile({ checkpointer: memory() });
    const questions = asked(await graph.invoke({}, thread()));
    const resume = Object.fromEntries(questions.map(({ id, value }) => [id, `answer to ${value as string}`]));
    const answering = graph.invoke(new Command({ resume }), { ...thread(), maxConcurrency: 1 });
    expect(await rejection(answering)).toEqual(new Error('a'));
    broken = false;
    expect(await graph.invoke(null, thread())).toEqual({ log: ['answer to a?', 'answer to b?'] });
  });

  it('X1: what had not begun when the run was told to stop runs when it goes on', async () => {
    const stop = new AbortController();
    const store = withClaims(memory(), (claim) => ({
      commit: (checkpoint, status) => claim.commit(checkpoint, status),
      keep: async (kept) => {
        stop.abort(); // between one task and the next
        return claim.keep(kept);
      },
      release: () => claim.release(),
    }));
    const graph = new StateGraph(Log)
      .addNode('a', () => ({ log: 'a' }))
      .addNode('b', () => ({ log: 'b' }))
      .addNode('end', () => ({ log: 'end' }))
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .addEdge('a', 'end')
      .compile({ checkpointer: store });
    const run = graph.invoke({}, { ...thread(), maxConcurrency: 1, signal: stop.signal });
    expect(await rejection(run)).toMatchObject({ name: 'AbortError' });
    expect((await graph.getState(thread())).next).toEqual(['b']);
    expect(await graph.invoke(null, thread())).toEqual({ log: ['a', 'b', 'end'] });
  });
});
