/** D1: what is saved, and when. */
import { describe, expect, it } from 'vitest';
import {
  type Checkpointer,
  Command,
  type Durability,
  interrupt,
  MemorySaver,
  START,
  StateGraph,
} from '../../../core/index.ts';
import { counting, type Deferred, deferred, Log, memory, rejection, thread, withClaims } from '../../support/engine.ts';

function chain(store: Checkpointer) {
  return new StateGraph(Log)
    .addNode('a', () => ({ log: 'a' }))
    .addNode('b', () => ({ log: 'b' }))
    .addNode('c', () => ({ log: 'c' }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('b', 'c')
    .compile({ checkpointer: store });
}

describe('P4, D1: commits of three nodes in a row', () => {
  it.each<[Durability, unknown]>([
    ['exit', [[3, 'done']]],
    [
      'sync',
      [
        [-1, 'running'],
        [0, 'running'],
        [1, 'running'],
        [2, 'running'],
        [3, 'done'],
      ],
    ],
    [
      'async',
      [
        [-1, 'running'],
        [0, 'running'],
        [1, 'running'],
        [2, 'running'],
        [3, 'done'],
      ],
    ],
  ])('%s', async (durability, expected) => {
    const { store, commits } = counting(memory());
    await chain(store).invoke({}, { ...thread(), durability });
    expect(commits.map(({ checkpoint, status }) => [checkpoint.frame.step, status])).toEqual(expected);
  });

  it('async is the default', async () => {
    const { store, commits } = counting(memory());
    await chain(store).invoke({}, thread());
    expect(commits).toHaveLength(5);
  });

  it('exit saves once at a question, and once at the end', async () => {
    const { store, commits } = counting(memory());
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ log: String(interrupt('q')) }))
      .addNode('after', () => ({}))
      .addEdge(START, 'ask')
      .addEdge('ask', 'after')
      .compile({ checkpointer: store });
    await graph.invoke({}, { ...thread(), durability: 'exit' });
    await graph.invoke(new Command({ resume: 1 }), { ...thread(), durability: 'exit' });
    expect(commits.map(({ checkpoint, status }) => [checkpoint.frame.step, status])).toEqual([
      [0, 'interrupted'],
      [2, 'done'],
    ]);
  });

  it('exit keeps what was done when a node fails', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', () => ({ log: 'a' }))
      .addNode('b', () => {
        throw new Error('boom');
      })
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile({ checkpointer: memory() });
    await rejection(graph.invoke({}, { ...thread(), durability: 'exit' }));
    expect(await graph.getState(thread())).toMatchObject({ values: { log: ['a'] }, next: ['b'] });
  });
});

/** Commits wait until the test lets them through. */
function gated() {
  const asked: Deferred[] = [];
  const store = withClaims(new MemorySaver(), (claim) => ({
    commit: async (checkpoint, status) => {
      const gate = deferred();
      asked.push(gate);
      await gate.promise;
      await claim.commit(checkpoint, status);
    },
    release: () => claim.release(),
  }));
  return { store, asked };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

describe('D1: order', () => {
  it('sync: no node starts before the superstep before is saved', async () => {
    const { store, asked } = gated();
    const ran: string[] = [];
    const graph = new StateGraph(Log)
      .addNode('a', () => {
        ran.push('a');
        return {};
      })
      .addEdge(START, 'a')
      .compile({ checkpointer: store });
    const run = graph.invoke({}, { ...thread(), durability: 'sync' });
    await turns();
    asked[0]!.resolve();
    await turns();
    expect(asked).toHaveLength(2);
    expect(ran).toEqual([]);
    asked[1]!.resolve();
    await turns();
    expect(ran).toEqual(['a']);
    asked[2]!.resolve();
    await run;
  });

  it('async: a node runs while the superstep before is saved, and the run ends only when all is saved', async () => {
    const { store, asked } = gated();
    const ran: string[] = [];
    const graph = new StateGraph(Log)
      .addNode('a', () => {
        ran.push('a');
        return {};
      })
      .addEdge(START, 'a')
      .compile({ checkpointer: store });
    let ended = false;
    const run = graph.invoke({}, { ...thread(), durability: 'async' }).then(() => {
      ended = true;
    });
    await turns();
    expect(asked).toHaveLength(1);
    asked[0]!.resolve();
    await turns();
    expect(ran).toEqual(['a']);
    expect(asked).toHaveLength(2);
    asked[1]!.resolve();
    await turns();
    expect(asked).toHaveLength(3);
    expect(ended).toBe(false);
    asked[2]!.resolve();
    await run;
  });

  it('a commit that fails while the next superstep runs is raised', async () => {
    let commits = 0;
    const down = new Error('store is down');
    const store = withClaims(new MemorySaver(), (claim) => ({
      commit: (checkpoint, status) => (++commits === 2 ? Promise.reject(down) : claim.commit(checkpoint, status)),
      release: () => claim.release(),
    }));
    expect(await rejection(chain(store).invoke({}, thread()))).toBe(down);
  });
});
