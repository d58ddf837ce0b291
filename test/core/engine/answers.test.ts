/** The decisions of reference/langgraph-semantics.md on answers: numbers 1 to 7. */
import { describe, expect, it } from 'vitest';
import { Command, EmptyInputError, interrupt, START, StateGraph } from '../../../core/index.ts';
import { asked, Log, memory, rejection, stored, thread } from '../../support/engine.ts';

/** One node that asks `questions`, one after the other. */
function asking(...questions: string[]) {
  const store = memory();
  const graph = new StateGraph(Log)
    .addNode('ask', () => ({ value: questions.map((question): unknown => interrupt(question)) }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: store });
  return { graph, store };
}

/** `a`, `b` and `c` side by side, each with one question. */
function sideBySide() {
  const ran: string[] = [];
  const store = memory();
  const node = (name: string) => () => {
    ran.push(name);
    return { log: `${name} ${interrupt(`q${name}`)}` };
  };
  const graph = new StateGraph(Log)
    .addNode('a', node('a'))
    .addNode('b', node('b'))
    .addNode('c', node('c'))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .addEdge(START, 'c')
    .compile({ checkpointer: store });
  return { graph, store, ran };
}

describe('decision 1: every value is an answer', () => {
  it.each([[false], [0], [''], [null], [{}], [[]], [[1, 2]], [{ foo: 'bar' }], [-0], [Number.NaN], [10n]])(
    '%o, bare',
    async (answer) => {
      const { graph } = asking('q');
      await graph.invoke({}, thread());
      const result = await graph.invoke(new Command({ resume: answer }), thread());
      expect(result['value']).toEqual([answer]);
    },
  );

  it.each([[false], [0], [''], [null], [undefined], [{}], [[]]])('%o, by id', async (answer) => {
    const { graph } = asking('q');
    const [question] = asked(await graph.invoke({}, thread()));
    const result = await graph.invoke(new Command({ resume: { [question!.id]: answer } }), thread());
    expect(result['value']).toEqual([answer]);
  });

  it('an object with one key that is no id is an answer as it is', async () => {
    const { graph } = asking('q');
    const [question] = asked(await graph.invoke({}, thread()));
    const answer = { [question!.id]: 1, other: 2 };
    expect((await graph.invoke(new Command({ resume: answer }), thread()))['value']).toEqual([answer]);
  });
});

describe('decision 2: undefined is no answer', () => {
  it.each([
    ['resume: undefined', new Command({ resume: undefined })],
    ['an empty Command', new Command({})],
  ])('%s: EmptyInputError, nothing is written', async (_, command) => {
    const { graph, store } = asking('q');
    await graph.invoke({}, thread());
    const before = await stored(store);
    const error = await rejection(graph.invoke(command, thread()));
    expect(error).toBeInstanceOf(EmptyInputError);
    expect(error).toMatchObject({ code: 'empty_input' });
    expect(await stored(store)).toEqual(before);
  });
});

describe('decision 3: one bare answer while several are pending', () => {
  it('is refused, naming their ids; no node runs, nothing is written', async () => {
    const { graph, store, ran } = sideBySide();
    const ids = asked(await graph.invoke({}, thread())).map(({ id }) => id);
    const before = await stored(store);
    ran.length = 0;
    const error = await rejection(graph.invoke(new Command({ resume: 'whose?' }), thread()));
    expect(error).toMatchObject({ code: 'ambiguous_answer', details: { pending: ids } });
    for (const id of ids) expect((error as Error).message).toContain(id);
    expect(ran).toEqual([]);
    expect(await stored(store)).toEqual(before);
  });
});

describe('decision 4: an id names one question', () => {
  it('32 hex digits; distinct for the questions of one node', async () => {
    const { graph } = asking('q1', 'q2', 'q3');
    const ids: string[] = [];
    let result: unknown = await graph.invoke({}, thread());
    for (const answer of ['a', 'b', 'c']) {
      const [question, ...others] = asked(result);
      expect(others).toEqual([]);
      ids.push(question!.id);
      result = await graph.invoke(new Command({ resume: answer }), thread());
    }
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(ids).size).toBe(3);
    expect(result).toMatchObject({ value: ['a', 'b', 'c'] });
  });

  it('distinct for tasks side by side, in task order', async () => {
    const { graph } = sideBySide();
    const questions = asked(await graph.invoke({}, thread()));
    expect(questions.map(({ value }) => value)).toEqual(['qa', 'qb', 'qc']);
    expect(new Set(questions.map(({ id }) => id)).size).toBe(3);
  });

  it('I21: the same when the question is asked again', async () => {
    const { graph } = sideBySide();
    const first = asked(await graph.invoke({}, thread()));
    expect(asked(await graph.invoke(null, thread()))).toEqual(first);
  });

  it('deterministic: the same run on the same thread gives the same id, another thread another one', async () => {
    const idOn = async (threadId: string): Promise<string> => {
      const graph = new StateGraph(Log)
        .addNode('ask', () => ({ log: String(interrupt('q')) }))
        .addEdge(START, 'ask')
        .compile({ checkpointer: memory(), newId: () => 'run-1' });
      return asked(await graph.invoke({}, thread(threadId)))[0]!.id;
    };
    expect(await idOn('t')).toBe(await idOn('t'));
    expect(await idOn('t')).not.toBe(await idOn('u'));
  });

  it('another one when the thread is started anew', async () => {
    const { graph } = asking('q');
    const [first] = asked(await graph.invoke({}, thread()));
    const [second] = asked(await graph.invoke({}, thread()));
    expect(second!.id).not.toBe(first!.id);
  });
});

describe('I7: answers for some', () => {
  it('the answered run on, the others keep their ids; what is left is listed', async () => {
    const { graph } = sideBySide();
    const [a, b, c] = asked(await graph.invoke({}, thread()));
    const result = await graph.invoke(new Command({ resume: { [b!.id]: 'yes' } }), thread());
    expect(asked(result)).toEqual([a, c]);
    expect(result).toMatchObject({ log: ['b yes'] });
    const rest = await graph.invoke(new Command({ resume: { [c!.id]: 'C', [a!.id]: 'A' } }), thread());
    expect(rest).toEqual({ log: ['a A', 'b yes', 'c C'] });
  });

  it('an answered task that is done does not run again', async () => {
    const { graph, ran } = sideBySide();
    const [, b] = asked(await graph.invoke({}, thread()));
    await graph.invoke(new Command({ resume: { [b!.id]: 'yes' } }), thread());
    ran.length = 0;
    await graph.invoke(null, thread());
    expect(ran).toEqual(['a', 'c']);
  });

  it('one bare answer is enough once one question is left', async () => {
    const { graph } = sideBySide();
    const [a, b] = asked(await graph.invoke({}, thread()));
    await graph.invoke(new Command({ resume: { [a!.id]: 1, [b!.id]: 2 } }), thread());
    expect(await graph.invoke(new Command({ resume: 3 }), thread())).toEqual({ log: ['a 1', 'b 2', 'c 3'] });
  });
});

describe('decisions 5 and 7: an id that is not pending is refused before anything is written', () => {
  it('a doubled answer does not answer the next question', async () => {
    const { graph, store } = asking('q1', 'q2');
    const [first] = asked(await graph.invoke({}, thread()));
    const [second] = asked(await graph.invoke(new Command({ resume: { [first!.id]: 'A' } }), thread()));
    const before = await stored(store);
    const error = await rejection(graph.invoke(new Command({ resume: { [first!.id]: 'A' } }), thread()));
    expect(error).toMatchObject({
      code: 'interrupt_not_pending',
      details: { ids: [first!.id], pending: [second!.id] },
    });
    expect((error as Error).message).toContain(second!.id);
    expect(await stored(store)).toEqual(before);
  });

  it('a late answer, after the run is done', async () => {
    const { graph, store } = asking('q');
    const [question] = asked(await graph.invoke({}, thread()));
    await graph.invoke(new Command({ resume: 'in time' }), thread());
    const before = await stored(store);
    const error = await rejection(graph.invoke(new Command({ resume: { [question!.id]: 'late' } }), thread()));
    expect(error).toMatchObject({ code: 'interrupt_not_pending', details: { pending: [] } });
    expect(await stored(store)).toEqual(before);
  });

  it('an unknown id beside a pending one: neither is taken', async () => {
    const { graph, store } = asking('q');
    const [question] = asked(await graph.invoke({}, thread()));
    const before = await stored(store);
    const unknown = 'e'.repeat(32);
    const resume = { [question!.id]: 'yes', [unknown]: 'no' };
    const error = await rejection(graph.invoke(new Command({ resume }), thread()));
    expect(error).toMatchObject({ code: 'interrupt_not_pending', details: { ids: [unknown] } });
    expect(await stored(store)).toEqual(before);
  });

  it('a bare answer where nothing is pending', async () => {
    const { graph, store } = asking();
    await graph.invoke({}, thread());
    const before = await stored(store);
    expect(await rejection(graph.invoke(new Command({ resume: 1 }), thread()))).toMatchObject({
      code: 'nothing_to_resume',
    });
    expect(await stored(store)).toEqual(before);
  });

  it.each([
    ['a bare answer', 'yes'],
    ['an answer by id', { ['a'.repeat(32)]: 'yes' }],
  ])('%s on an unknown thread: refused, and no thread begins', async (_, resume) => {
    const { graph, store } = asking('q');
    expect(await rejection(graph.invoke(new Command({ resume }), thread()))).toMatchObject({ code: 'unknown_thread' });
    expect(await store.load('thread-1')).toBeUndefined();
  });
});

describe('decision 6: an answer is bound to its question', () => {
  /** Asks twice, and fails in between while `broken`. */
  function failing() {
    const state = { broken: true, answers: [] as unknown[] };
    const graph = new StateGraph(Log)
      .addNode('ask', () => {
        const first: unknown = interrupt('q1');
        state.answers.push(first);
        if (state.broken) throw new Error('boom');
        return { value: [first, interrupt('q2')] };
      })
      .addEdge(START, 'ask')
      .compile({ checkpointer: memory() });
    return { graph, state };
  }

  it('a retry after a failure replays it there, and the next question is asked', async () => {
    const { graph, state } = failing();
    await graph.invoke({}, thread());
    expect(await rejection(graph.invoke(new Command({ resume: 'A' }), thread()))).toMatchObject({ message: 'boom' });
    state.broken = false;
    const result = await graph.invoke(null, thread());
    expect(state.answers).toEqual(['A', 'A']);
    expect(asked(result).map(({ value }) => value)).toEqual(['q2']);
    expect((await graph.invoke(new Command({ resume: 'B' }), thread()))['value']).toEqual(['A', 'B']);
  });

  it('null does not answer the next question with it', async () => {
    const { graph } = asking('q1', 'q2');
    await graph.invoke({}, thread());
    const second = asked(await graph.invoke(new Command({ resume: 'A' }), thread()));
    expect(asked(await graph.invoke(null, thread()))).toEqual(second);
  });

  it('it is forgotten when the thread is started anew', async () => {
    const { graph, state } = failing();
    await graph.invoke({}, thread());
    await rejection(graph.invoke(new Command({ resume: 'A' }), thread()));
    state.broken = false;
    expect(asked(await graph.invoke({}, thread())).map(({ value }) => value)).toEqual(['q1']);
  });

  it('a loop that goes round asks again', async () => {
    let rounds = 0;
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ log: String(interrupt('go on?')) }))
      .addEdge(START, 'ask')
      .addConditionalEdges('ask', () => (++rounds < 2 ? 'ask' : '__end__'))
      .compile({ checkpointer: memory() });
    const [first] = asked(await graph.invoke({}, thread()));
    const [second] = asked(await graph.invoke(new Command({ resume: 'one' }), thread()));
    expect(second!.value).toBe('go on?');
    expect(second!.id).not.toBe(first!.id);
    expect(await graph.invoke(new Command({ resume: 'two' }), thread())).toEqual({ log: ['one', 'two'] });
  });
});
