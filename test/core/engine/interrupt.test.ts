/** interrupt() itself: where it works, and what it does to the node around it. */
import { describe, expect, it } from 'vitest';
import {
  Command,
  GraphInterrupt,
  GraphValueError,
  interrupt,
  INTERRUPT,
  isGraphBubbleUp,
  isGraphInterrupt,
  isInterrupted,
  MemorySaver,
  START,
  StateGraph,
} from '../../../core/index.ts';
import { asked, deferred, Log, memory, rejection, thread } from '../../support/engine.ts';

function oneNode(node: () => unknown) {
  return new StateGraph(Log)
    .addNode('ask', node as () => object)
    .addEdge(START, 'ask')
    .compile({ checkpointer: memory() });
}

it('I1, I2: the node stops with its question and runs again from its start; the next call stops again', async () => {
  const entered: string[] = [];
  const graph = oneNode(() => {
    entered.push('start');
    const first: unknown = interrupt('q1');
    entered.push(`after q1: ${String(first)}`);
    return { value: [first, interrupt('q2')] };
  });
  const result = await graph.invoke({ log: 'in' }, thread());
  expect(result).toEqual({ log: ['in'], [INTERRUPT]: [{ id: asked(result)[0]!.id, value: 'q1' }] });
  expect(asked(await graph.invoke(new Command({ resume: 'A' }), thread()))).toMatchObject([{ value: 'q2' }]);
  expect(await graph.invoke(new Command({ resume: 'B' }), thread())).toEqual({ log: ['in'], value: ['A', 'B'] });
  expect(entered).toEqual(['start', 'start', 'after q1: A', 'start', 'after q1: A']);
});

it.each([['text'], [0], [null], [undefined], [{ a: [1] }], [new Date(0)], [new Map([['k', 1]])]])(
  'I17: the question %o comes back as it is, from invoke and from getState',
  async (question) => {
    const graph = oneNode(() => ({ value: interrupt(question) }));
    expect(asked(await graph.invoke({}, thread()))[0]!.value).toEqual(question);
    expect((await graph.getState(thread())).tasks[0]!.interrupts[0]!.value).toEqual(question);
  },
);

describe('I14: where it works', () => {
  it('after an await, in a nested function, in a callback', async () => {
    const ready = deferred();
    const graph = oneNode(async () => {
      await ready.promise;
      return { value: await Promise.resolve().then((): unknown => interrupt('deep')) };
    });
    const run = graph.invoke({}, thread());
    ready.resolve();
    expect(asked(await run)).toMatchObject([{ value: 'deep' }]);
    expect((await graph.invoke(new Command({ resume: 1 }), thread()))['value']).toBe(1);
  });

  it('runs side by side never mix their answers, whatever the order in which they go on', async () => {
    const gates = { one: deferred(), two: deferred() };
    const store = new MemorySaver();
    const graph = new StateGraph(Log)
      .addNode('ask', async ({ value }) => {
        await gates[value as 'one' | 'two'].promise;
        const answer = String(interrupt(`for ${String(value)}`));
        await Promise.resolve();
        return { log: `${answer} ${String(interrupt(`more for ${String(value)}`))}` };
      })
      .addEdge(START, 'ask')
      .compile({ checkpointer: store });
    const one = graph.invoke({ value: 'one' }, thread('one'));
    const two = graph.invoke({ value: 'two' }, thread('two'));
    gates.two.resolve();
    expect(asked(await two)).toMatchObject([{ value: 'for two' }]);
    gates.one.resolve();
    expect(asked(await one)).toMatchObject([{ value: 'for one' }]);
    await Promise.all([
      graph.invoke(new Command({ resume: 'A' }), thread('one')),
      graph.invoke(new Command({ resume: 'B' }), thread('two')),
    ]);
    const [last, other] = await Promise.all([
      graph.invoke(new Command({ resume: 'A2' }), thread('one')),
      graph.invoke(new Command({ resume: 'B2' }), thread('two')),
    ]);
    expect([last['log'], other['log']]).toEqual([['A A2'], ['B B2']]);
  });

  it('outside of a graph it is refused', () => {
    expect(() => interrupt('q')).toThrow(
      new GraphValueError('Called interrupt() outside the context of a graph.', 'outside_graph'),
    );
  });

  it('I13: without a checkpointer it is refused, and the message says what to do', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ value: interrupt('q') }))
      .addEdge(START, 'ask')
      .compile();
    const error = await rejection(graph.invoke({}));
    expect(error).toMatchObject({
      name: 'GraphValueError',
      code: 'missing_checkpointer',
      lc_error_code: 'MISSING_CHECKPOINTER',
    });
    expect((error as Error).message).toContain('Compile with { checkpointer }');
    expect(await rejection(graph.invoke(new Command({ resume: 1 })))).toMatchObject({ code: 'missing_checkpointer' });
  });

  it('I15: with a checkpointer and without a thread_id the run is refused', async () => {
    const graph = oneNode(() => ({}));
    for (const config of [undefined, {}, { configurable: {} }, { configurable: { thread_id: '' } }]) {
      expect(await rejection(graph.invoke({}, config))).toMatchObject({ code: 'missing_thread_id' });
    }
  });
});

describe('I12: what the node does with the error', () => {
  it('is a GraphInterrupt, a bubble-up, and holds the question', async () => {
    let caught: unknown;
    const graph = oneNode(() => {
      try {
        return interrupt('q');
      } catch (error) {
        caught = error;
        throw error;
      }
    });
    const [question] = asked(await graph.invoke({}, thread()));
    expect(caught).toBeInstanceOf(GraphInterrupt);
    expect(caught).toMatchObject({ name: 'GraphInterrupt', is_bubble_up: true, interrupts: [question] });
    expect([isGraphInterrupt(caught), isGraphBubbleUp(caught), isGraphInterrupt(new Error())]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('swallowed by a catch: the node goes on, nothing is pending', async () => {
    const graph = oneNode(() => {
      try {
        interrupt('q');
      } catch {
        return { log: 'swallowed' };
      }
      return {};
    });
    expect(await graph.invoke({}, thread())).toEqual({ log: ['swallowed'] });
    expect(await graph.getState(thread())).toMatchObject({ next: [], tasks: [] });
  });

  it('a question after a swallowed one is the one that is pending, and gets its own answer', async () => {
    const graph = oneNode(() => {
      let first = 'none';
      try {
        first = interrupt('q1');
      } catch {
        // the node goes on without
      }
      return { value: [first, interrupt('q2')] };
    });
    expect(asked(await graph.invoke({}, thread()))).toMatchObject([{ value: 'q2' }]);
    expect((await graph.invoke(new Command({ resume: 'B' }), thread()))['value']).toEqual(['none', 'B']);
  });

  it('finally runs each time', async () => {
    let ran = 0;
    const graph = oneNode(() => {
      try {
        return { value: interrupt('q') };
      } finally {
        ran += 1;
      }
    });
    await graph.invoke({}, thread());
    await graph.invoke(new Command({ resume: 1 }), thread());
    expect(ran).toBe(2);
  });
});

describe('I18: in a conditional edge', () => {
  it('after a node: the question is the task of that node, which runs again with it', async () => {
    let ran = 0;
    const graph = new StateGraph(Log)
      .addNode('work', () => {
        ran += 1;
        return { log: 'work' };
      })
      .addNode('ship', () => ({ log: 'ship' }))
      .addEdge(START, 'work')
      .addConditionalEdges('work', ({ log }) => interrupt<string, string>(`where to, after ${log.join()}?`), [
        'ship',
        '__end__',
      ])
      .compile({ checkpointer: memory() });
    expect(asked(await graph.invoke({}, thread()))).toMatchObject([{ value: 'where to, after work?' }]);
    expect((await graph.getState(thread())).next).toEqual(['work']);
    expect(await graph.invoke(new Command({ resume: 'ship' }), thread())).toEqual({ log: ['work', 'ship'] });
    expect(ran).toBe(2);
  });

  it('from START: the question is seen, and answered', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', () => ({ log: 'a' }))
      .addNode('b', () => ({ log: 'b' }))
      .addConditionalEdges(START, ({ log }) => interrupt<string, string>(`where to, ${log.join()}?`), ['a', 'b'])
      .compile({ checkpointer: memory() });
    const result = await graph.invoke({ log: 'in' }, thread());
    expect(asked(result)).toMatchObject([{ value: 'where to, in?' }]);
    expect(await graph.invoke(new Command({ resume: 'b' }), thread())).toEqual({ log: ['in', 'b'] });
  });

  it('node and edge share one count of questions', async () => {
    const graph = new StateGraph(Log)
      .addNode('work', () => ({ log: String(interrupt('in the node')) }))
      .addNode('ship', () => ({ log: 'ship' }))
      .addEdge(START, 'work')
      .addConditionalEdges('work', () => interrupt<string, string>('in the edge'), ['ship'])
      .compile({ checkpointer: memory() });
    await graph.invoke({}, thread());
    expect(asked(await graph.invoke(new Command({ resume: 'A' }), thread()))).toMatchObject([{ value: 'in the edge' }]);
    expect(await graph.invoke(new Command({ resume: 'ship' }), thread())).toEqual({ log: ['A', 'ship'] });
  });
});

it('I23: isInterrupted tells a result that waits from one that is done', async () => {
  const graph = oneNode(() => ({ value: interrupt('q') }));
  expect(isInterrupted(await graph.invoke({}, thread()))).toBe(true);
  expect(isInterrupted(await graph.invoke(new Command({ resume: 1 }), thread()))).toBe(false);
  expect([isInterrupted(undefined), isInterrupted('text'), isInterrupted({ [INTERRUPT]: 'text' })]).toEqual([
    false,
    false,
    false,
  ]);
});

it('I20: new input while a question is pending starts over on top of the state', async () => {
  const graph = oneNode(() => ({ log: `answer ${interrupt('q')}` }));
  await graph.invoke({ log: 'one' }, thread());
  const result = await graph.invoke({ log: 'two' }, thread());
  expect(result).toMatchObject({ log: ['one', 'two'] });
  expect(asked(result)).toHaveLength(1);
});
