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
import {
  collect,
  counting,
  type Deferred,
  deferred,
  Died,
  dying,
  Log,
  memory,
  rejection,
  thread,
  withClaims,
} from '../../support/engine.ts';

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

describe('D1: commits of three nodes in a row', () => {
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

describe('a process that dies after every superstep', () => {
  const HOUR = 3_600_000;

  /** Each superstep by a graph of its own, over the same store; each one dies, and the next continues with null. */
  async function dyingRuns<Result>(
    compile: (store: Checkpointer, now: () => number) => { invoke(input: null, config: object): Promise<Result> },
    store: Checkpointer,
    input: unknown,
  ): Promise<{ readonly result: Result; readonly deaths: number }> {
    for (let deaths = 0; ; deaths++) {
      const graph = compile(dying(store), () => Date.UTC(2026, 0, 1) + clock++ * HOUR);
      try {
        const result = await graph.invoke((deaths === 0 ? input : null) as null, { ...thread(), durability: 'sync' });
        return { result, deaths };
      } catch (error) {
        if (!(error instanceof Died)) throw error;
      }
    }
  }
  let clock = 0;

  /** Branches, a join, a loop, a Send, and two questions. */
  function story(ran: string[]) {
    const node = (name: string) => () => {
      ran.push(name);
      return { log: name };
    };
    return (store: Checkpointer, now: () => number) =>
      new StateGraph(Log)
        .addNode('left', node('left'))
        .addNode('right', node('right'))
        .addNode('right2', node('right2'))
        .addNode('both', node('both'))
        .addNode('ask', () => {
          const answers = [interrupt('q1'), interrupt('q2')];
          ran.push('ask');
          return { log: answers.join(' ') };
        })
        .addEdge(START, 'left')
        .addEdge(START, 'right')
        .addEdge('right', 'right2')
        .addEdge(['left', 'right2'], 'both')
        .addConditionalEdges('both', ({ log }) => (log.length < 6 ? ['left', 'right'] : 'ask'), [
          'left',
          'right',
          'ask',
        ])
        .compile({ checkpointer: store, now });
  }

  it('ends where an undisturbed one ends, and runs every node as often', async () => {
    const [calm, torn]: [string[], string[]] = [[], []];
    const inputs = [{ log: 'in' }, new Command({ resume: 'A' }), new Command({ resume: 'B' })];

    const undisturbed = story(calm)(memory(), () => 0);
    const expected: unknown[] = [];
    for (const input of inputs) expected.push(await undisturbed.invoke(input, thread()));

    const store = memory();
    const results: unknown[] = [];
    const deaths: number[] = [];
    for (const input of inputs) {
      const run = await dyingRuns(story(torn), store, input);
      results.push(run.result);
      deaths.push(run.deaths);
    }
    expect(results.map(idsLeftOut)).toEqual(expected.map(idsLeftOut));
    expect(torn).toEqual(calm);
    expect(deaths).toEqual([8, 0, 0]);
    expect(results[2]).toEqual({
      log: ['in', 'left', 'right', 'right2', 'both', 'left', 'right', 'right2', 'both', 'A B'],
    });
  });

  it('C3: an answer that was accepted is used by whoever takes over; another answer is told who came first', async () => {
    const store = memory();
    const compile = (on: Checkpointer, now: number) =>
      new StateGraph(Log)
        .addNode('ask', () => ({ log: String(interrupt('q')) }))
        .addNode('after', () => ({ log: 'after' }))
        .addEdge(START, 'ask')
        .addEdge('ask', 'after')
        .compile({ checkpointer: on, now: () => now });
    await compile(store, 0).invoke({}, thread());

    const died = withClaims(store, () => ({
      commit: () => Promise.reject(new Died()),
      release: () => Promise.reject(new Died()),
    }));
    await rejection(compile(died, 0).invoke(new Command({ resume: 'first' }), thread()));
    expect(await rejection(compile(store, HOUR).invoke(new Command({ resume: 'second' }), thread()))).toMatchObject({
      code: 'run_unfinished',
    });
    expect(await compile(store, HOUR).invoke(null, thread())).toEqual({ log: ['first', 'after'] });
    expect(await collect(compile(store, HOUR).getStateHistory(thread()))).not.toHaveLength(0);
  });

  function idsLeftOut(result: unknown): unknown {
    return JSON.parse(JSON.stringify(result).replace(/[0-9a-f]{32}/g, 'id'));
  }
});
