/** D4: what graphs inside tasks do is saved as they go, and a process that dies loses none of it. */
import { describe, expect, it } from 'vitest';
import { type Checkpointer, Command, type Durability, interrupt, START, StateGraph } from '../../../core/index.ts';
import {
  asked,
  collect,
  counting,
  deferred,
  dyingRuns,
  Log,
  memory,
  rejection,
  stored,
  thread,
} from '../../support/engine.ts';

type Node = (name: string) => () => object;

/** one -> two -> three */
function chain(node: Node, names = ['one', 'two', 'three']) {
  const builder = new StateGraph(Log).addSequence(names.map((name) => [name, node(name)] as const));
  return builder.addEdge(START, names[0]!).compile();
}

/** Two graphs side by side, one of them inside of another, and a function that calls a graph twice. */
function story(ran: string[]) {
  const node: Node = (name) => () => {
    ran.push(name);
    return { log: name };
  };
  const inner = new StateGraph(Log).addNode('inner', chain(node)).addEdge(START, 'inner').compile();
  const other = chain(node, ['four', 'five']);
  const called = chain(node, ['six', 'seven']);
  return (store: Checkpointer, now: () => number) =>
    new StateGraph(Log)
      .addNode('left', inner)
      .addNode('right', other)
      .addNode('call', async () => {
        await called.invoke({});
        await called.invoke({});
        return { log: 'called' };
      })
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .addEdge(['left', 'right'], 'call')
      .compile({ checkpointer: store, now });
}

function onlyOnce(ran: readonly string[]): string[] {
  return [...ran].sort();
}

/** The ids of every task that ran, in and around the nested graph. */
async function ids(run: (store: Checkpointer, seen: Set<string>) => Promise<unknown>): Promise<string[]> {
  const seen = new Set<string>();
  await run(memory(), seen);
  return [...seen].sort();
}

function noting(seen: Set<string>) {
  const node = (name: string) => (_: unknown, config: { executionInfo?: { taskId: string } }) => {
    seen.add(`${name} ${config.executionInfo!.taskId}`);
    return { log: name };
  };
  const inner = chain(node as Node);
  return (store: Checkpointer, now: () => number) =>
    new StateGraph(Log)
      .addNode('inner', inner)
      .addNode('after', node('after'))
      .addEdge(START, 'inner')
      .addEdge('inner', 'after')
      .compile({ checkpointer: store, now, newId: () => 'run' });
}

describe('D4: sync', () => {
  it('a process that dies after every save is continued, and no finished node inside runs again', async () => {
    const [calm, torn]: [string[], string[]] = [[], []];
    const expected = await story(calm)(memory(), () => 0).invoke({}, thread());
    const { result, deaths } = await dyingRuns(story(torn), memory(), {});
    expect(result).toEqual(expected);
    expect(onlyOnce(torn)).toEqual(onlyOnce(calm));
    expect(onlyOnce(calm)).toEqual(['five', 'four', 'one', 'seven', 'seven', 'six', 'six', 'three', 'two']);
    expect(deaths).toBeGreaterThan(8);
  });

  it('C12: tasks inside have the same ids, however often the process died', async () => {
    const calm = await ids((store, seen) => noting(seen)(store, () => 0).invoke({}, thread()));
    expect(calm).toHaveLength(4);
    expect(await ids((store, seen) => dyingRuns(noting(seen), store, {}))).toEqual(calm);
  });

  it('what was answered is not asked again', async () => {
    const ran: string[] = [];
    const build = (store: Checkpointer, now: () => number) => {
      const inner = new StateGraph(Log)
        .addNode('ask', () => ({ log: `ans ${interrupt('q')}` }))
        .addNode('pay', () => {
          ran.push('pay');
          return { log: 'paid' };
        })
        .addEdge(START, 'ask')
        .addEdge('ask', 'pay')
        .compile();
      return new StateGraph(Log).addNode('inner', inner).addEdge(START, 'inner').compile({ checkpointer: store, now });
    };
    const store = memory();
    await dyingRuns(build, store, {});
    const { result, deaths } = await dyingRuns(build, store, new Command({ resume: 'yes' }));
    expect(result).toEqual({ log: ['ans yes', 'paid'] });
    expect(ran).toEqual(['pay']);
    expect(deaths).toBe(2);
  });
});

describe('D4: when', () => {
  it.each<[Durability, unknown]>([
    ['exit', ['done 1']],
    ['sync', ['running -1', 'running 0', 'running 0', 'running 0', 'running 0', 'running 0', 'done 1']],
    ['async', ['running -1', 'running 0', 'running 0', 'running 0', 'running 0', 'running 0', 'done 1']],
  ])('%s', async (durability, expected) => {
    const { store, commits } = counting(memory());
    const graph = new StateGraph(Log)
      .addNode(
        'inner',
        chain((name) => () => ({ log: name })),
      )
      .addEdge(START, 'inner')
      .compile({ checkpointer: store });
    await graph.invoke({}, { ...thread(), durability });
    expect(commits.map(({ checkpoint, status }) => `${status} ${checkpoint.frame.step}`)).toEqual(expected);
  });

  it('graphs side by side that wait for a save share one', async () => {
    const { store, commits } = counting(memory());
    const builder = new StateGraph(Log);
    for (const name of ['a', 'b', 'c', 'd'] as const) {
      builder
        .addNode(
          name,
          chain(() => () => ({}), [`in ${name}`]),
        )
        .addEdge(START, name);
    }
    await builder.compile({ checkpointer: store }).invoke({}, { ...thread(), durability: 'sync' });
    const within = commits.filter(({ checkpoint, status }) => status === 'running' && checkpoint.frame.step === 0);
    expect(within.length).toBeLessThan(7);
    expect([...within.at(-1)!.checkpoint.frame.tasks.keys()]).toEqual(['a', 'b', 'c', 'd']);
  });

  it('not while an answer may be refused: then the thread is as it was', async () => {
    const gate = deferred();
    let question = 'right?';
    const left = new StateGraph(Log)
      .addNode('ask', () => ({ log: String(interrupt('left?')) }))
      .addNode('next', () => gate.resolve())
      .addEdge(START, 'ask')
      .addEdge('ask', 'next')
      .compile();
    const right = new StateGraph(Log)
      .addNode('ask', async () => {
        if (question !== 'right?') await gate.promise;
        return { log: String(interrupt(question)) };
      })
      .addEdge(START, 'ask')
      .compile();
    const store = memory();
    const graph = new StateGraph(Log)
      .addNode('left', left)
      .addNode('right', right)
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .compile({ checkpointer: store });
    const [a, b] = asked(await graph.invoke({}, thread()));
    const history = (await stored(store)) as { history: unknown[] };
    question = 'something else?';
    const both = new Command({ resume: { [a!.id]: 'A', [b!.id]: 'B' } });
    const error = await rejection(graph.invoke(both, { ...thread(), durability: 'sync' }));
    expect(error).toMatchObject({ code: 'interrupt_mismatch' });
    const pending = (await graph.getState(thread())).tasks.flatMap(({ interrupts }) => interrupts);
    expect(pending.map(({ id }) => id)).toContain(b!.id);
    expect(((await stored(store)) as { history: unknown[] }).history.length - history.history.length).toBeLessThan(2);
  });
});

describe('H3: history of a thread whose nested graphs were saved as they went', () => {
  it('is one snapshot for each superstep, and one that waited shows what it asked', async () => {
    const inner = new StateGraph(Log)
      .addNode('first', () => ({ log: 'first' }))
      .addNode('ask', () => ({ log: String(interrupt('q')) }))
      .addNode('last', () => ({ log: 'last' }))
      .addEdge(START, 'first')
      .addEdge('first', 'ask')
      .addEdge('ask', 'last')
      .compile();
    const graph = new StateGraph(Log)
      .addNode('inner', inner)
      .addEdge(START, 'inner')
      .compile({ checkpointer: memory() });
    await graph.invoke({}, thread());
    const state = (await graph.getState(thread())).tasks[0]!.state as { configurable: { checkpoint_ns: string } };
    await graph.invoke(new Command({ resume: 'yes' }), thread());
    const history = await collect(graph.getStateHistory(thread()));
    expect(history.map(({ metadata, tasks }) => [metadata!.step, tasks.flatMap((task) => task.interrupts)])).toEqual([
      [1, []],
      [0, [{ id: expect.any(String) as string, value: 'q' }]],
      [-1, []],
    ]);
    const config = { configurable: { thread_id: 'thread-1', ...state.configurable } };
    const nested = await collect(graph.getStateHistory(config));
    expect(nested.map(({ metadata, next }) => [metadata!.step, next])).toEqual([
      [3, []],
      [2, ['last']],
      [1, ['ask']],
      [0, ['first']],
    ]);
    expect(nested.map(({ parentConfig }) => parentConfig?.configurable.checkpoint_id)).toEqual([
      ...nested.slice(1).map(({ config: { configurable } }) => configurable.checkpoint_id),
      undefined,
    ]);
    // H8: another answer at the old checkpoint, on a branch of its own.
    expect(await graph.invoke(new Command({ resume: 'no' }), history[1]!.config)).toEqual({
      log: ['first', 'no', 'last'],
    });
  });
});
