/** G9: entrypoint and task. The same programs run on LangGraph.js 1.7.3. */
import * as langgraph from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import * as holdpoint from '../../../core/index.ts';
import { asked, collect, memory, rejection, thread } from '../../support/engine.ts';

type Library = typeof holdpoint;
const libraries = { holdpoint, langgraph: langgraph as unknown as Library };

/** What a program tells on both libraries, ids left out. */
async function both(program: (library: Library) => Promise<unknown>) {
  const told: Record<string, unknown> = {};
  for (const [name, library] of Object.entries(libraries)) {
    const text = JSON.stringify(await program(library), (key, value: unknown) => (key === 'id' ? 'id' : value));
    told[name] = JSON.parse(text);
  }
  return told as Record<keyof typeof libraries, unknown>;
}

const modes = { ...thread(), streamMode: ['updates', 'values', 'custom'] as const };

describe('task', () => {
  it('runs once however often its entrypoint runs again, and a replayed call is told as cached', async () => {
    const { holdpoint: ours, langgraph: theirs } = await both(
      async ({ entrypoint, task, interrupt, Command, MemorySaver }) => {
        let runs = 0;
        const double = task('double', async (x: number) => {
          runs += 1;
          return x * 2;
        });
        const workflow = entrypoint({ name: 'workflow', checkpointer: new MemorySaver() }, async (x: number) => {
          const a = await double(x);
          const b = await double(a);
          return { a, b, answers: [interrupt('one?'), interrupt('two?')] };
        });
        const calls = [];
        for (const input of [3, new Command({ resume: 'A' }), new Command({ resume: 'B' })]) {
          calls.push(await collect(workflow.stream(input as never, modes)));
        }
        const { values, next, tasks } = await workflow.getState(thread());
        return { calls, runs, values, next, tasks };
      },
    );
    expect(ours).toMatchObject({ runs: 2, values: { a: 6, b: 12, answers: ['A', 'B'] }, next: [], tasks: [] });
    expect(ours).toEqual(theirs);
  });

  it('is kept inside a node of a graph', async () => {
    const { holdpoint: ours, langgraph: theirs } = await both(
      async ({ task, interrupt, Command, MemorySaver, StateGraph, Annotation, START }) => {
        let runs = 0;
        const charge = task('charge', (amount: number) => {
          runs += 1;
          return `charged ${amount}`;
        });
        const graph = new StateGraph(Annotation.Root({ out: Annotation<string>, answer: Annotation<string> }))
          .addNode('pay', async () => ({ out: await charge(5), answer: interrupt('ok?') }))
          .addEdge(START, 'pay')
          .compile({ checkpointer: new MemorySaver() });
        const calls = [];
        for (const input of [{ out: '' }, new Command({ resume: 'yes' })])
          calls.push(await collect(graph.stream(input, modes)));
        return { calls, runs };
      },
    );
    expect(ours).toMatchObject({ runs: 1 });
    expect(ours).toEqual(theirs);
  });

  it('asks questions of its own: side by side they are all pending, and each gets its own answer', async () => {
    const { entrypoint, task, interrupt, Command } = holdpoint;
    const ask = task('ask', (question: string) => interrupt<string, string>(question));
    const workflow = entrypoint({ name: 'w', checkpointer: memory() }, (_input: string) =>
      Promise.all([ask('one?'), ask('two?')]),
    );
    const questions = asked(await workflow.invoke('go', thread()));
    expect(questions.map(({ value }) => value)).toEqual(['one?', 'two?']);
    expect(await rejection(workflow.invoke(new Command({ resume: 'A' }), thread()))).toMatchObject({
      code: 'ambiguous_answer',
    });
    const [one, two] = questions.map(({ id }) => id);
    expect(asked(await workflow.invoke(new Command({ resume: { [two!]: 'B' } }), thread()))).toMatchObject([
      { id: one },
    ]);
    expect(await workflow.invoke(new Command({ resume: { [one!]: 'A' } }), thread())).toEqual(['A', 'B']);
  });

  it('a failing task can be caught, and its failure is replayed after a question', async () => {
    const { entrypoint, task, interrupt, Command } = holdpoint;
    let runs = 0;
    const charge = task('charge', () => {
      runs += 1;
      if (runs === 1) throw new TypeError('card refused');
      return 'charged';
    });
    const workflow = entrypoint({ name: 'w', checkpointer: memory() }, async (_input: string) => {
      let paid: unknown;
      try {
        paid = await charge();
      } catch (error) {
        paid = `${(error as Error).name}: ${(error as Error).message}`;
      }
      return { paid, answer: interrupt<string, string>(`paid by hand? ${String(paid)}`) };
    });
    expect(asked(await workflow.invoke('go', thread()))).toMatchObject([
      { value: 'paid by hand? TypeError: card refused' },
    ]);
    expect(await workflow.invoke(new Command({ resume: 'yes' }), thread())).toEqual({
      paid: 'TypeError: card refused',
      answer: 'yes',
    });
    expect(runs).toBe(1);
  });

  it('a task that failed the run is run again when the run goes on', async () => {
    const { entrypoint, task } = holdpoint;
    const ran: string[] = [];
    const first = task('first', () => void ran.push('first'));
    const second = task('second', () => {
      ran.push('second');
      if (ran.length < 3) throw new Error('down');
      return 'up';
    });
    const workflow = entrypoint({ name: 'w', checkpointer: memory() }, async (_input: string) => {
      await first();
      return second();
    });
    expect(await rejection(workflow.invoke('go', thread()))).toMatchObject({ message: 'down' });
    expect(await workflow.invoke(null, thread())).toBe('up');
    expect(ran).toEqual(['first', 'second', 'second']);
  });

  it('calls of different tasks may be reordered while a thread waits: each finds its own result', async () => {
    const { entrypoint, task, interrupt, Command } = holdpoint;
    const store = memory();
    const [a, b] = [task('a', () => 'result of a'), task('b', () => 'result of b')];
    const version = (order: readonly (() => Promise<string>)[]) =>
      entrypoint({ name: 'w', checkpointer: store }, async (_input: string) => {
        const results = [];
        for (const call of order) results.push(await call());
        return { results, answer: interrupt<string, string>('go on?') };
      });
    await version([a, b]).invoke('go', thread());
    expect(await version([b, a]).invoke(new Command({ resume: 'yes' }), thread())).toEqual({
      results: ['result of b', 'result of a'],
      answer: 'yes',
    });
  });

  it('G8: has the store that its entrypoint, or the graph of its node, was made with', async () => {
    const told = await both(async ({ Annotation, entrypoint, getStore, InMemoryStore, START, StateGraph, task }) => {
      const read = task('read', async () => (await getStore()?.get(['n'], 'k'))?.value);
      const store = new InMemoryStore();
      await store.put(['n'], 'k', { kept: true });
      const State = Annotation.Root({ found: Annotation<unknown> });
      const graph = new StateGraph(State).addNode('n', async () => ({ found: await read() })).addEdge(START, 'n');
      return [
        await entrypoint({ name: 'w', store }, async () => read()).invoke(''),
        await graph.compile({ store }).invoke({}),
      ];
    });
    expect(told.holdpoint).toEqual([{ kept: true }, { found: { kept: true } }]);
    expect(told.langgraph).toEqual(told.holdpoint);
  });

  it('a Command that a task returned steers the node that returns it, after a question too', async () => {
    const { Annotation, Command, interrupt, START, StateGraph, task } = holdpoint;
    const steer = task('steer', () => new Command({ update: { at: 'steer' }, goto: 'next' }));
    const graph = new StateGraph(Annotation.Root({ at: Annotation<string> }))
      .addNode(
        'asks',
        async () => {
          const command = await steer();
          interrupt('go on?');
          return command;
        },
        { ends: ['next'] },
      )
      .addNode('next', ({ at }) => ({ at: `next after ${at}` }))
      .addEdge(START, 'asks')
      .compile({ checkpointer: memory() });
    await graph.invoke({}, thread());
    expect(await graph.invoke(new Command({ resume: 'yes' }), thread())).toEqual({ at: 'next after steer' });
  });

  it('arguments are not stored, so they may be anything', async () => {
    const { entrypoint, task, interrupt, Command } = holdpoint;
    const use = task('use', (client: { call(): string }) => `${client.call()} ${interrupt<string, string>('really?')}`);
    const workflow = entrypoint({ name: 'w', checkpointer: memory() }, (_input: string) =>
      use({ call: () => 'called' }),
    );
    expect(asked(await workflow.invoke('go', thread()))).toMatchObject([{ value: 'really?' }]);
    expect(await workflow.invoke(new Command({ resume: 'yes' }), thread())).toBe('called yes');
  });

  it('a call is tried again as its retry policy says, and only its last result is kept', async () => {
    const { holdpoint: ours, langgraph: theirs } = await both(async ({ entrypoint, task, MemorySaver }) => {
      let tries = 0;
      const flaky = task({ name: 'flaky', retry: { maxAttempts: 3, initialInterval: 1, logWarning: false } }, () => {
        tries += 1;
        if (tries < 3) throw new Error('down');
        return tries;
      });
      const workflow = entrypoint({ name: 'w', checkpointer: new MemorySaver() }, (_input: string) => flaky());
      return collect(workflow.stream('go', modes));
    });
    expect(ours).toEqual([
      ['updates', { flaky: 3 }],
      ['updates', { w: 3 }],
      ['values', 3],
    ]);
    expect(ours).toEqual(theirs);
  });

  it('a call that takes too long ends as NodeTimeoutError, which can be caught', async () => {
    const { entrypoint, task } = holdpoint;
    const never = task({ name: 'never', timeout: 5 }, () => new Promise<string>(() => undefined));
    const workflow = entrypoint({ name: 'w', checkpointer: memory() }, async (_input: string) => {
      try {
        return await never();
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(await workflow.invoke('go', thread())).toBe('NodeTimeoutError');
  });

  it('outside of a node it is refused', async () => {
    const double = holdpoint.task('double', (x: number) => x * 2);
    expect(await rejection(double(1))).toMatchObject({ code: 'outside_graph' });
  });
});

describe('entrypoint', () => {
  it('getPreviousState and final: what a run returned, or saved, is there in the next', async () => {
    const { holdpoint: ours, langgraph: theirs } = await both(async ({ entrypoint, getPreviousState, MemorySaver }) => {
      const seen: unknown[] = [];
      const workflow = entrypoint({ name: 'w', checkpointer: new MemorySaver() }, (x: number): unknown => {
        seen.push(getPreviousState() ?? 'none');
        if (x === 3) return entrypoint.final({ value: 'v' });
        if (x === 4) return entrypoint.final({ save: 's' });
        return x === 2 ? undefined : x;
      });
      const results: unknown[] = [];
      for (const x of [1, 2, 1, 3, 1, 4, 1, 0, 5]) results.push((await workflow.invoke(x, thread())) ?? 'nothing');
      return { results, seen };
    });
    expect(ours).toEqual({
      results: [1, 'nothing', 1, 'v', 1, 'nothing', 1, 0, 5],
      seen: ['none', 1, 'none', 1, 'none', 1, 's', 1, 0],
    });
    expect(ours).toEqual(theirs);
  });

  it('interrupted, it returns the question alone; history shows each run', async () => {
    const { holdpoint: ours, langgraph: theirs } = await both(
      async ({ entrypoint, interrupt, Command, MemorySaver }) => {
        const workflow = entrypoint({ name: 'w', checkpointer: new MemorySaver() }, (x: number) => ({
          x,
          answer: interrupt<string, string>('q'),
        }));
        const results = [];
        for (const input of [1, new Command({ resume: 'a' }), 2, new Command({ resume: 'b' })]) {
          results.push(await workflow.invoke(input, thread()));
        }
        const history = (await collect(workflow.getStateHistory(thread()))).map(({ values, next, metadata }) => [
          values,
          next,
          metadata?.step,
          metadata?.source,
        ]);
        return { results, history };
      },
    );
    expect(ours).toMatchObject({
      results: [{ __interrupt__: [{ value: 'q' }] }, { x: 1, answer: 'a' }, {}, { x: 2, answer: 'b' }],
    });
    expect(ours).toEqual(theirs);
  });

  it('graphs inside tasks and entrypoints inside entrypoints ask and go on', async () => {
    const { holdpoint: ours, langgraph: theirs } = await both(
      async ({ entrypoint, task, interrupt, Command, MemorySaver, StateGraph, Annotation, START }) => {
        const inner = new StateGraph(Annotation.Root({ v: Annotation<string> }))
          .addNode('n', () => ({ v: interrupt<string, string>('inner?') }))
          .addEdge(START, 'n')
          .compile();
        const call = task('call', async () => (await inner.invoke({ v: 'x' })).v);
        const triple = entrypoint('triple', (x: number) => x * 3);
        const workflow = entrypoint({ name: 'w', checkpointer: new MemorySaver() }, async (x: number) => [
          await call(),
          await triple.invoke(x),
        ]);
        const first = await collect(workflow.stream(2, { ...modes, subgraphs: true }));
        const shapes = first.map((chunk) =>
          (chunk as unknown[]).map((part, i) => (i === 0 ? (part as string[]).map((ns) => ns.split(':')[0]) : part)),
        );
        return { shapes, result: await workflow.invoke(new Command({ resume: 'A' }), thread()) };
      },
    );
    expect(ours).toMatchObject({ result: ['A', 6] });
    expect(ours).toEqual(theirs);
  });

  it('generators are refused', () => {
    expect(() => holdpoint.entrypoint('w', generator as never)).toThrow(/Generators are disallowed/);
    expect(() => holdpoint.task('t', generator as never)).toThrow(/Generators are disallowed/);
  });
});

async function* generator() {
  yield await Promise.resolve(1);
}
