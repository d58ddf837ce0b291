/** D5, C12: what tasks said while their superstep went on outlives the process, and whoever takes over does not run them again. */
import { describe, expect, it } from 'vitest';
import {
  type Checkpointer,
  Command,
  type Durability,
  entrypoint,
  interrupt,
  Send,
  START,
  StateGraph,
  task,
} from '../../../core/index.ts';
import { settled } from '../../support/clock.ts';
import {
  asked,
  collect,
  counting,
  deferred,
  Log,
  memory,
  rejection,
  thread,
  withClaims,
} from '../../support/engine.ts';
import { Process, turns } from '../../support/killed.ts';

const HOUR = 3_600_000;

const kept: readonly Durability[] = ['sync', 'async'];
const every: readonly Durability[] = ['exit', ...kept];

/** Two that are quick, beside one that waits. */
const fanBuilder = (ran: string[], slow: Promise<void>) =>
  new StateGraph(Log)
    .addNode('one', ({ value }) => {
      ran.push(`one ${String(value)}`);
      return { log: `one ${ran.length}` };
    })
    .addNode('slow', async () => {
      await slow;
      ran.push('slow');
      return { log: 'slow' };
    })
    .addNode('end', () => ({ log: 'end' }))
    .addConditionalEdges(START, () => [new Send('one', { value: 1 }), new Send('one', { value: 2 }), 'slow'])
    .addEdge('slow', 'end');
const fan = (store: Checkpointer, now: number, ran: string[], slow: Promise<void>) =>
  fanBuilder(ran, slow).compile({ checkpointer: store, now: () => now });

describe.each(kept)('D5: %s, a task that finished while its siblings ran', (durability) => {
  it('does not run again after a crash, and the state is as if nothing had happened', async () => {
    const store = memory();
    const ran: string[] = [];
    const [gate, first] = [deferred(), new Process(store)];
    const run = fan(first.store, 0, ran, gate.promise).invoke({}, { ...thread(), durability });
    await first.hasKept(2);
    first.kill();
    gate.resolve();
    await rejection(run);
    expect(ran).toEqual(['one 1', 'one 2', 'slow']);
    const result = await fan(store, HOUR, ran, gate.promise).invoke(null, { ...thread(), durability });
    expect(ran).toEqual(['one 1', 'one 2', 'slow', 'slow']);
    expect(result).toEqual({ log: ['slow', 'one 1', 'one 2', 'end'] });
  });

  it('is told again as replayed', async () => {
    const store = memory();
    const [gate, first] = [deferred(), new Process(store)];
    const run = fan(first.store, 0, [], gate.promise).invoke({}, { ...thread(), durability });
    await first.hasKept(2);
    first.kill();
    gate.resolve();
    await rejection(run);
    const graph = fan(store, HOUR, [], gate.promise);
    const chunks = await collect(graph.stream(null, { ...thread(), streamMode: 'updates' }));
    expect(chunks.map((chunk) => [Object.keys(chunk)[0], '__metadata__' in chunk])).toEqual([
      ['one', true],
      ['one', true],
      ['slow', false],
      ['end', false],
    ]);
  });

  it('does not run again in a nested graph either', async () => {
    const store = memory();
    const ran: string[] = [];
    const gate = deferred();
    const build = (on: Checkpointer, now: number) => {
      const inner = fanBuilder(ran, gate.promise).compile();
      const outer = new StateGraph(Log).addNode('inner', inner).addEdge(START, 'inner').compile();
      return new StateGraph(Log)
        .addNode('outer', outer)
        .addEdge(START, 'outer')
        .compile({ checkpointer: on, now: () => now });
    };
    const first = new Process(store);
    const run = build(first.store, 0).invoke({}, { ...thread(), durability });
    await first.hasKept(2);
    first.kill();
    gate.resolve();
    await rejection(run);
    const result = await build(store, HOUR).invoke(null, { ...thread(), durability });
    expect(ran).toEqual(['one 1', 'one 2', 'slow', 'slow']);
    expect(result).toEqual({ log: ['slow', 'one 1', 'one 2', 'end'] });
  });
});

describe('D5: what is kept', () => {
  it.each<[Durability, number, number]>([
    ['exit', 3, 0],
    ['sync', 3, 2],
    ['async', 3, 2],
    ['sync', 0, 0],
    ['async', 0, 0],
  ])('%s: of three tasks, the last in turn %d, %d; none that is alone', async (durability, turn, count) => {
    const first = new Process(memory());
    const graph = new StateGraph(Log)
      .addNode('each', async ({ value }) => {
        const waits = value === 3 ? turn : 0;
        for (let i = 0; i < waits; i++) await settled();
        return {};
      })
      .addNode('b', () => ({}))
      .addNode('c', () => ({}))
      .addConditionalEdges(START, () => [1, 2, 3].map((value) => new Send('each', { value })))
      .addEdge('each', 'b')
      .addEdge('b', 'c')
      .compile({ checkpointer: first.store });
    await graph.invoke({}, { ...thread(), durability });
    expect(first.kept).toBe(count);
  });

  it('only the first of those whose siblings all end in one later turn', async () => {
    const first = new Process(memory());
    const gate = deferred();
    const graph = new StateGraph(Log)
      .addNode('each', async ({ value }) => {
        if (value !== 0) await gate.promise;
        for (let i = 0; i < Number(value); i++) await Promise.resolve();
        return {};
      })
      .addConditionalEdges(START, () => [0, 1, 9, 5].map((value) => new Send('each', { value })))
      .compile({ checkpointer: first.store });
    const run = graph.invoke({}, thread());
    await first.hasKept(1);
    gate.resolve();
    await run;
    expect(first.kept).toBe(1);
  });

  it.each<[Durability, number]>([
    ['exit', 0],
    ['sync', 3],
    ['async', 3],
  ])('%s: %d results of three task()s, and no checkpoint for any', async (durability, count) => {
    const { store, commits } = counting(memory());
    const first = new Process(store);
    const add = task('add', (n: number) => n + 1);
    const sum = entrypoint({ name: 'sum', checkpointer: first.store }, async (n: number) =>
      add(await add(await add(n))),
    );
    expect(await sum.invoke(1, { ...thread(), durability })).toBe(4);
    expect(first.kept).toBe(count);
    expect(commits).toHaveLength(durability === 'exit' ? 1 : 2);
  });

  it('async: only what was said in a state that is saved', async () => {
    const order: string[] = [];
    const gate = deferred();
    const store = withClaims(memory(), (claim) => ({
      commit: async (checkpoint, status) => {
        if (checkpoint.frame.step === 0) await gate.promise;
        await claim.commit(checkpoint, status);
        order.push(`step ${checkpoint.frame.step}`);
      },
      keep: async (one) => {
        order.push('kept');
        return claim.keep(one);
      },
      release: () => claim.release(),
    }));
    const graph = new StateGraph(Log)
      .addNode('a', () => ({ log: 'a' }))
      .addNode('b', async () => {
        await turns();
        gate.resolve();
        return { log: 'b' };
      })
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile({ checkpointer: store });
    await graph.invoke({}, thread());
    expect(order).toEqual(['step -1', 'step 0', 'kept', 'step 1']);
  });

  it('a run whose store refuses to keep ends, when its siblings have, and what is saved later has the result', async () => {
    const down = new Error('store is down');
    const ran: string[] = [];
    let broken = true;
    const store = withClaims(memory(), (claim) => ({
      commit: (checkpoint, status) => claim.commit(checkpoint, status),
      keep: (one) => (broken ? Promise.reject(down) : claim.keep(one)),
      release: () => claim.release(),
    }));
    const graph = new StateGraph(Log)
      .addNode('quick', () => {
        ran.push('quick');
        return { log: 'quick' };
      })
      .addNode('slow', async () => {
        await turns();
        ran.push('slow');
        return { log: 'slow' };
      })
      .addEdge(START, 'quick')
      .addEdge(START, 'slow')
      .compile({ checkpointer: store });
    expect(await rejection(graph.invoke({}, thread()))).toBe(down);
    expect(ran).toEqual(['quick', 'slow']);
    broken = false;
    expect(await graph.invoke(null, thread())).toEqual({ log: ['quick', 'slow'] });
    expect(ran).toEqual(['quick', 'slow']);
  });

  it('no task() begins when what the one before returned cannot be kept', async () => {
    const ran: number[] = [];
    const store = withClaims(memory(), (claim) => ({
      commit: (checkpoint, status) => claim.commit(checkpoint, status),
      keep: () => Promise.reject(new Error('store is down')),
      release: () => claim.release(),
    }));
    const pay = task('pay', (n: number) => ran.push(n));
    const all = entrypoint({ name: 'all', checkpointer: store }, async () => {
      await pay(1);
      await pay(2);
    });
    expect(await rejection(all.invoke({}, thread()))).toMatchObject({ message: 'store is down' });
    expect(ran).toEqual([1]);
  });
});

describe.each(kept)('D5: %s, task()s', (durability) => {
  it('that returned do not run again after a crash, wherever they were called', async () => {
    const store = memory();
    const ran: string[] = [];
    let gate = deferred();
    const work = task('work', (name: string) => {
      ran.push(name);
      return `${name} ${ran.length}`;
    });
    const around = task('around', async (name: string) => {
      const inside = await work(`${name} inside`);
      await gate.promise;
      return inside;
    });
    const build = (on: Checkpointer, now: number) => {
      const inner = new StateGraph(Log)
        .addNode('node', async () => ({ log: [await work('a'), await work('b'), await around('c')] }))
        .addEdge(START, 'node')
        .compile();
      return new StateGraph(Log)
        .addNode('inner', inner)
        .addEdge(START, 'inner')
        .compile({ checkpointer: on, now: () => now });
    };
    const first = new Process(store);
    const run = build(first.store, 0).invoke({}, { ...thread(), durability });
    await first.hasKept(3);
    first.kill();
    gate.resolve();
    await rejection(run);
    gate = deferred();
    const second = new Process(store);
    const again = build(second.store, HOUR).invoke(null, { ...thread(), durability });
    await turns();
    second.kill();
    gate.resolve();
    await rejection(again);
    const result = await build(store, 2 * HOUR).invoke(null, { ...thread(), durability });
    expect(ran).toEqual(['a', 'b', 'c inside']);
    expect(result).toEqual({ log: ['a 1', 'b 2', 'c inside 3'] });
  });

  it('a breakpoint that was passed does not stop the take-over, and nothing of it is lost', async () => {
    const store = memory();
    const ran: string[] = [];
    const gate = deferred();
    const pay = task('pay', () => ran.push('pay'));
    const build = (on: Checkpointer, now: number) =>
      new StateGraph(Log)
        .addNode('node', async () => {
          await pay();
          await gate.promise;
          return { log: 'paid' };
        })
        .addEdge(START, 'node')
        .compile({ checkpointer: on, now: () => now, interruptBefore: ['node'] });
    await build(store, 0).invoke({}, { ...thread(), durability });
    const first = new Process(store);
    const run = build(first.store, 0).invoke(null, { ...thread(), durability });
    await first.hasKept(1);
    first.kill();
    gate.resolve();
    await rejection(run);
    expect(await build(store, HOUR).invoke(null, { ...thread(), durability })).toEqual({ log: ['paid'] });
    expect(ran).toEqual(['pay']);
  });
});

/** Two tasks, of which `a` says who ran it, when it is let. */
const twoTasks = (store: Checkpointer, now: number, name: string, a: Promise<void>, b: Promise<void>) =>
  new StateGraph(Log)
    .addNode('a', async () => {
      await a;
      return { log: `a by ${name}` };
    })
    .addNode('b', async () => {
      await b;
      return { log: `b by ${name}` };
    })
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .compile({ checkpointer: store, now: () => now });

describe('C12: two runners', () => {
  it.each(every)('%s: a late first keeps before the second has finished, which adopts it', async (durability) => {
    const store = memory();
    const gates = Array.from({ length: 4 }, () => deferred());
    const [a1, b1, a2, b2] = gates.map(({ promise }) => promise) as [Promise<void>, ...Promise<void>[]];
    const [first, second] = [new Process(store), new Process(store)];
    const late = twoTasks(first.store, 0, 'first', a1, b1!).invoke({}, { ...thread(), durability });
    await turns();
    const over = twoTasks(second.store, HOUR, 'second', a2!, b2!).invoke(null, { ...thread(), durability });
    await turns();
    gates[0]!.resolve();
    await turns();
    gates[2]!.resolve();
    await turns();
    gates[3]!.resolve();
    const whose = durability === 'exit' ? 'second' : 'first';
    expect(await over).toEqual({ log: [`a by ${whose}`, 'b by second'] });
    gates[1]!.resolve();
    expect(await rejection(late)).toMatchObject({ code: 'claim_lost' });
    expect((await twoTasks(store, HOUR, '', a1, a1).getState(thread())).values).toEqual({
      log: [`a by ${whose}`, 'b by second'],
    });
  });

  it.each(kept)('%s: the second keeps first, and the late first goes on with that', async (durability) => {
    const store = memory();
    const gates = Array.from({ length: 3 }, () => deferred());
    const seen: unknown[] = [];
    const [a1, b1, a2] = gates.map(({ promise }) => promise) as [Promise<void>, ...Promise<void>[]];
    const first = twoTasks(store, 0, 'first', a1, b1!);
    const late = collect(first.stream({}, { ...thread(), durability, streamMode: 'updates' })).catch(
      (error: unknown) => error,
    );
    await turns();
    const second = new Process(store);
    const over = twoTasks(
      second.store,
      HOUR,
      'second',
      a2!,
      gates[1]!.promise.then(() => deferred().promise),
    );
    const running = over.stream(null, { ...thread(), durability, streamMode: 'updates' });
    const read = (async () => {
      for await (const chunk of await running) seen.push(chunk);
    })();
    gates[2]!.resolve();
    await second.hasKept(1);
    gates[0]!.resolve();
    await turns();
    gates[1]!.resolve();
    expect(await late).toMatchObject({ code: 'claim_lost' });
    expect(seen).toEqual([{ a: { log: 'a by second' } }]);
    void read;
  });
});

describe.each(kept)('D5: %s, answers that are refused after a crash', (durability) => {
  /** `left` pays as it is told, and asks again; `right` asks what the deployment says. */
  function story(store: Checkpointer) {
    const paid: string[] = [];
    const pay = task('pay', (answer: string) => {
      paid.push(answer);
      return `paid ${answer}`;
    });
    const quick = { gate: deferred() };
    const build = (on: Checkpointer, now: number, question: string) =>
      new StateGraph(Log)
        .addNode('left', async () => ({ log: [await pay(interrupt<string, string>('left?')), interrupt('more?')] }))
        .addNode('done', () => ({ log: `done ${interrupt<string, string>('done?')}` }))
        .addNode('right', async () => {
          await quick.gate.promise;
          return { log: String(interrupt(question)) };
        })
        .addEdge(START, 'left')
        .addEdge(START, 'done')
        .addEdge(START, 'right')
        .compile({ checkpointer: on, now: () => now });
    const ask = async () => {
      quick.gate.resolve();
      const result = await build(store, 0, 'right?').invoke({}, { ...thread(), durability });
      quick.gate = deferred();
      return asked(result);
    };
    return { build, paid, quick, ask };
  }

  it('what an unfinished task was told and did is dropped with its answer; what finished stays', async () => {
    const store = memory();
    const { build, paid, quick, ask } = story(store);
    const questions = await ask();
    const idOf = (value: string): string => questions.find((one) => one.value === value)!.id;
    const answers = { [idOf('left?')]: 'yes', [idOf('right?')]: 'yes', [idOf('done?')]: 'yes' };
    const first = new Process(store);
    const run = build(first.store, HOUR, 'right?').invoke(new Command({ resume: answers }), {
      ...thread(),
      durability,
    });
    await first.hasKept(2);
    first.kill();
    quick.gate.resolve();
    await rejection(run);
    expect(paid).toEqual(['yes']);

    const deployed = build(store, 2 * HOUR, 'something else?');
    expect(await rejection(deployed.invoke(null, { ...thread(), durability }))).toMatchObject({
      code: 'interrupt_mismatch',
    });
    expect(paid).toEqual(['yes']);
    const { tasks, next } = await deployed.getState(thread());
    expect(next).toEqual(['left', 'right']);
    expect(tasks.flatMap(({ interrupts }) => interrupts.map(({ value }) => value))).toEqual(['left?', 'right?']);

    // Another answer: nothing of the one that was dropped is left.
    const back = build(store, 3 * HOUR, 'right?');
    const result = await back.invoke(new Command({ resume: { [idOf('left?')]: 'no' } }), { ...thread(), durability });
    expect(paid).toEqual(['yes', 'no']);
    expect(asked(result).map(({ value }) => value)).toEqual(['right?', 'more?']);
  });

  it('and is what it was when the answers hold', async () => {
    const store = memory();
    const { build, paid, quick, ask } = story(store);
    const questions = await ask();
    const answers = Object.fromEntries(questions.map(({ id }) => [id, 'yes']));
    const first = new Process(store);
    const run = build(first.store, HOUR, 'right?').invoke(new Command({ resume: answers }), {
      ...thread(),
      durability,
    });
    await first.hasKept(2);
    first.kill();
    quick.gate.resolve();
    await rejection(run);
    const result = await build(store, 2 * HOUR, 'right?').invoke(null, { ...thread(), durability });
    expect(paid).toEqual(['yes']);
    const more = asked(result);
    expect(more.map(({ value }) => value)).toEqual(['more?']);
    expect(await build(store, 2 * HOUR, 'right?').invoke(new Command({ resume: 'less' }), thread())).toEqual({
      log: ['done yes', 'paid yes', 'less', 'yes'],
    });
    expect(paid).toEqual(['yes']);
  });

  it('what a nested graph comes to meanwhile is neither saved nor kept', async () => {
    const store = memory();
    let gate = deferred();
    const inner = new StateGraph(Log)
      .addNode('ask', () => ({ log: String(interrupt('inner?')) }))
      .addNode('x', () => ({ log: 'x' }))
      .addNode('y', async () => {
        await turns();
        return { log: 'y' };
      })
      .addEdge(START, 'ask')
      .addEdge('ask', 'x')
      .addEdge('ask', 'y')
      .compile();
    const build = (on: Checkpointer) =>
      new StateGraph(Log)
        .addNode('inner', inner)
        .addNode('right', async () => {
          await gate.promise;
          return { log: String(interrupt('right?')) };
        })
        .addEdge(START, 'inner')
        .addEdge(START, 'right')
        .compile({ checkpointer: on });
    gate.resolve();
    const questions = asked(await build(store).invoke({}, thread()));
    const { store: counted, commits } = counting(store);
    const first = new Process(counted);
    const answers = Object.fromEntries(questions.map(({ id }) => [id, 'yes']));
    gate = deferred();
    const run = build(first.store).invoke(new Command({ resume: answers }), { ...thread(), durability });
    await first.hasKept(1);
    await turns();
    await turns();
    expect([first.kept, commits]).toEqual([1, []]); // the whole of `inner`
    gate.resolve();
    expect(await run).toMatchObject({ log: ['yes', 'x', 'y', 'yes'] });
    expect(first.kept).toBe(1);
  });
});
