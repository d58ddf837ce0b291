/** A run may be abandoned after any superstep, and continued by another process from what was saved. */
import { describe, expect, it } from 'vitest';
import { type Checkpointer, Command, interrupt, START, StateGraph } from '../../../core/index.ts';
import { Died, dyingRuns, Log, memory, rejection, thread, withClaims } from '../../support/engine.ts';

/** Branches, a join, a loop, and two questions. */
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
      .addConditionalEdges('both', ({ log }) => (log.length < 6 ? ['left', 'right'] : 'ask'), ['left', 'right', 'ask'])
      .compile({ checkpointer: store, now });
}

function idsLeftOut(result: unknown): unknown {
  return JSON.parse(JSON.stringify(result).replace(/[0-9a-f]{32}/g, 'id'));
}

describe('a process that dies after every superstep', () => {
  it('is continued by others to where an undisturbed one ends, and every node runs as often', async () => {
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
});

const HOUR = 3_600_000;
function compile(on: Checkpointer, now: number) {
  return new StateGraph(Log)
    .addNode('ask', () => ({ log: String(interrupt('q')) }))
    .addNode('after', () => ({ log: 'after' }))
    .addEdge(START, 'ask')
    .addEdge('ask', 'after')
    .compile({ checkpointer: on, now: () => now });
}

function die(): Promise<never> {
  return Promise.reject(new Died());
}

async function diedWith(answer: string): Promise<Checkpointer> {
  const store = memory();
  await compile(store, 0).invoke({}, thread());
  const dying = withClaims(store, () => ({ commit: die, release: die }));
  await rejection(compile(dying, 0).invoke(new Command({ resume: answer }), thread()));
  return store;
}

describe('C3: a process that dies with an answer', () => {
  it('whoever continues uses that answer', async () => {
    const store = await diedWith('first');
    expect(await compile(store, HOUR).invoke(null, thread())).toEqual({ log: ['first', 'after'] });
  });

  it('another answer is told that one came first, and is not used', async () => {
    const store = await diedWith('first');
    expect(await rejection(compile(store, HOUR).invoke(new Command({ resume: 'second' }), thread()))).toMatchObject({
      code: 'run_unfinished',
    });
    expect(await compile(store, HOUR).invoke(null, thread())).toEqual({ log: ['first', 'after'] });
  });

  it('until the claim expires the thread is busy', async () => {
    const store = await diedWith('first');
    expect(await rejection(compile(store, 899_999).invoke(null, thread()))).toMatchObject({ code: 'thread_busy' });
    expect(await compile(store, 900_001).invoke(null, thread())).toEqual({ log: ['first', 'after'] });
  });
});

describe('C3: a take-over that this deployment cannot run', () => {
  it('leaves the accepted answer for one that can', async () => {
    const store = await diedWith('first');
    const renamed = new StateGraph(Log)
      .addNode('renamed', () => ({ log: 'renamed' }))
      .addEdge(START, 'renamed')
      .compile({ checkpointer: store, now: () => HOUR });
    expect(await rejection(renamed.invoke(null, thread()))).toMatchObject({ code: 'graph_changed' });
    expect(await rejection(compile(store, HOUR).invoke(new Command({ resume: 'second' }), thread()))).toMatchObject({
      code: 'run_unfinished',
    });
    expect(await compile(store, HOUR).invoke(null, thread())).toEqual({ log: ['first', 'after'] });
  });
});

describe.each(['exit', 'sync'] as const)(
  'C3: what the run was told is recorded too, with durability %s',
  (durability) => {
    it('a take-over stops at the same breakpoint', async () => {
      const store = memory();
      let paid = 0;
      const build = (on: Checkpointer, now: number) =>
        new StateGraph(Log)
          .addNode('pre', () => ({ log: 'pre' }))
          .addNode('pay', () => {
            paid += 1;
            return { log: 'paid' };
          })
          .addEdge(START, 'pre')
          .addEdge('pre', 'pay')
          .compile({ checkpointer: on, now: () => now });
      let dead = false;
      const dying = withClaims(store, (claim) => ({
        commit: async (checkpoint, status) => {
          dead ||= status !== 'running';
          return dead ? die() : claim.commit(checkpoint, status);
        },
        release: die,
      }));
      await rejection(build(dying, 0).invoke({}, { ...thread(), durability, interruptBefore: ['pay'] }));
      const result = await build(store, HOUR).invoke(null, { ...thread(), durability });
      expect(result).toEqual({ log: ['pre'], __interrupt__: [] });
      expect(paid).toBe(0);
    });
  },
);

/** A nested graph with a breakpoint in its middle. */
function stopping(ran: string[], node = told(ran)) {
  return (store: Checkpointer, now: () => number) => {
    const inner = new StateGraph(Log)
      .addNode('first', node('first'))
      .addNode('second', node('second'))
      .addEdge(START, 'first')
      .addEdge('first', 'second');
    return new StateGraph(Log)
      .addNode('stopping', inner.compile({ interruptBefore: ['second'] }))
      .addEdge(START, 'stopping')
      .compile({ checkpointer: store, now });
  };
}

function told(ran: string[]) {
  return (name: string) => () => {
    ran.push(name);
    return { log: name };
  };
}

describe('B1: breakpoints of nested graphs, and a process that dies', () => {
  it('who takes over stops where it was about to stop', async () => {
    const ran: string[] = [];
    const { result, deaths } = await dyingRuns(stopping(ran), memory(), { log: 'in' });
    expect(result).toEqual({ log: ['in'], __interrupt__: [] });
    expect(ran).toEqual(['first']);
    expect(deaths).toBeGreaterThan(2);
  });

  it('who takes over does not stop again at a breakpoint of the root that was passed', async () => {
    const store = memory();
    const inner = new StateGraph(Log)
      .addNode('first', () => ({ log: 'first' }))
      .addNode('second', () => ({ log: 'second' }))
      .addEdge(START, 'first')
      .addEdge('first', 'second')
      .compile();
    const around = (on: Checkpointer, now: () => number) =>
      new StateGraph(Log)
        .addNode('inner', inner)
        .addEdge(START, 'inner')
        .compile({ checkpointer: on, now, interruptBefore: ['inner'] });
    await around(store, () => 0).invoke({}, thread());
    const { result, deaths } = await dyingRuns(around, store, null);
    expect(result).toEqual({ log: ['first', 'second'] });
    expect(deaths).toBeGreaterThan(0);
  });
});
