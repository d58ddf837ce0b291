/** Decisions 10 and 11: what a new version of the graph, or a node that asks something else, does to a waiting thread. */
import { describe, expect, it } from 'vitest';
import {
  type Checkpointer,
  Command,
  GraphChanged,
  interrupt,
  InterruptMismatch,
  START,
  StateGraph,
} from '../../../core/index.ts';
import { asked, Log, memory, rejection, stored, thread } from '../../support/engine.ts';

type Ask = (question: string, key?: string) => unknown;

const ask: Ask = (question, key) => interrupt(question, key === undefined ? {} : { key });

/** A graph of one node that asks. */
function version(store: Checkpointer, node: (ask: Ask) => unknown, checkQuestions = true) {
  return new StateGraph(Log)
    .addNode('ask', () => ({ value: node(ask) }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: store, checkQuestions });
}

describe('decision 11: without a key the same question must be asked', () => {
  it('InterruptMismatch names node and both questions; the thread is untouched, its question pending', async () => {
    const store = memory();
    await version(store, (ask) => ask('Delete the account?')).invoke({}, thread());
    const before = await stored(store);

    const error = await rejection(
      version(store, (ask) => ask('Send the mail?')).invoke(new Command({ resume: 'yes' }), thread()),
    );
    expect(error).toBeInstanceOf(InterruptMismatch);
    expect(error).toMatchObject({
      code: 'interrupt_mismatch',
      details: { node: 'ask', slot: '0', answered: 'Delete the account?', asked: 'Send the mail?' },
    });
    expect((error as Error).message).toContain('"Delete the account?"');
    expect((error as Error).message).toContain('"Send the mail?"');
    expect(await stored(store)).toEqual(before);

    const mended = version(store, (ask) => ask('Delete the account?'));
    expect((await mended.invoke(new Command({ resume: 'yes' }), thread()))['value']).toBe('yes');
  });

  it('a question put in before an answered one is noticed, and the answer is not moved', async () => {
    const store = memory();
    const first = version(store, (ask) => [ask('q1'), ask('q2')]);
    await first.invoke({}, thread());
    await first.invoke(new Command({ resume: 'one' }), thread());
    const before = await stored(store);
    const second = version(store, (ask) => [ask('q0'), ask('q1'), ask('q2')]);
    expect(await rejection(second.invoke(new Command({ resume: 'two' }), thread()))).toBeInstanceOf(InterruptMismatch);
    expect(await rejection(second.invoke(null, thread()))).toBeInstanceOf(InterruptMismatch);
    expect(await stored(store)).toEqual(before);
  });

  it('also when the node catches the error', async () => {
    const store = memory();
    await version(store, (ask) => ask('before')).invoke({}, thread());
    const before = await stored(store);
    const deaf = version(store, (ask) => {
      try {
        return ask('after');
      } catch {
        return 'deaf';
      }
    });
    const error = await rejection(deaf.invoke(new Command({ resume: 'yes' }), thread()));
    expect(error).toBeInstanceOf(InterruptMismatch);
    expect(await stored(store)).toEqual(before);
  });

  it('a question that is the same by structure is the same', async () => {
    const store = memory();
    const graph = (question: object) =>
      new StateGraph(Log)
        .addNode('ask', () => ({ value: interrupt(question) }))
        .addEdge(START, 'ask')
        .compile({ checkpointer: store });
    await graph({ a: 1, b: new Date(0) }).invoke({}, thread());
    const result = await graph({ b: new Date(0), a: 1 }).invoke(new Command({ resume: 'yes' }), thread());
    expect(result['value']).toBe('yes');
  });

  it('a sibling that finished beside the mismatch is kept, and does not run again', async () => {
    const store = memory();
    let question = 'before';
    let runs = 0;
    const graph = new StateGraph(Log)
      .addNode('other', () => {
        const answer = String(interrupt('other'));
        runs += 1;
        return { log: answer };
      })
      .addNode('ask', () => ({ log: String(interrupt(question)) }))
      .addEdge(START, 'other')
      .addEdge(START, 'ask')
      .compile({ checkpointer: store });
    const [mine, other] = asked(await graph.invoke({}, thread()));
    question = 'after';
    const resume = { [mine!.id]: 'mine', [other!.id]: 'other' };
    expect(await rejection(graph.invoke(new Command({ resume }), thread()))).toBeInstanceOf(InterruptMismatch);

    const state = await graph.getState(thread());
    expect(state.next).toEqual(['ask']);
    expect(state.tasks.map(({ interrupts }) => interrupts.map(({ id }) => id))).toEqual([[], [mine!.id]]);
    question = 'before';
    expect(await graph.invoke(new Command({ resume: 'again' }), thread())).toEqual({ log: ['again', 'other'] });
    expect(runs).toBe(1);
  });

  it('is not checked when the resume carries an update, which may change the question', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', ({ value }) => ({ log: String(interrupt(`about ${String(value)}`)) }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: memory() });
    await graph.invoke({ value: 1 }, thread());
    const result = await graph.invoke(new Command({ resume: 'yes', update: { value: 2 } }), thread());
    expect(result).toEqual({ log: ['yes'], value: 2 });
  });

  it('after such an update the question that was asked then is the one to ask', async () => {
    const store = memory();
    let prefix = '';
    const graph = new StateGraph(Log)
      .addNode('ask', ({ value }) => ({
        log: [interrupt(`${prefix}${String(value)}`), interrupt('more?')] as string[],
      }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: store });
    await graph.invoke({ value: 1 }, thread());
    await graph.invoke(new Command({ resume: 'A', update: { value: 2 } }), thread());
    prefix = 'changed ';
    const error = await rejection(graph.invoke(new Command({ resume: 'B' }), thread()));
    expect(error).toMatchObject({ details: { answered: '2', asked: 'changed 2' } });
    prefix = '';
    expect(await graph.invoke(new Command({ resume: 'B' }), thread())).toMatchObject({ log: ['A', 'B'] });
  });

  it('checkQuestions: false takes answers by their place alone', async () => {
    const store = memory();
    await version(store, (ask) => ask('before'), false).invoke({}, thread());
    const result = await version(store, (ask) => ask('after'), false).invoke(new Command({ resume: 'yes' }), thread());
    expect(result['value']).toBe('yes');
  });
});

async function answered(store: Checkpointer): Promise<void> {
  const graph = version(store, (ask) => [ask('size?', 'size'), ask('colour?', 'colour'), ask('sure?')]);
  await graph.invoke({}, thread());
  await graph.invoke(new Command({ resume: 'XL' }), thread());
  await graph.invoke(new Command({ resume: 'red' }), thread());
}

describe('decision 11: with keys, calls may be added, removed and reordered', () => {
  it.each<[string, (ask: Ask) => unknown, unknown]>([
    ['reordered', (ask) => [ask('colour?', 'colour'), ask('size?', 'size'), ask('sure?')], ['red', 'XL', 'yes']],
    ['one removed', (ask) => [ask('colour?', 'colour'), ask('sure?')], ['red', 'yes']],
    ['reworded', (ask) => [ask('Which size?', 'size'), ask('Colour!', 'colour'), ask('sure?')], ['XL', 'red', 'yes']],
  ])('%s', async (_, node, value) => {
    const store = memory();
    await answered(store);
    expect((await version(store, node).invoke(new Command({ resume: 'yes' }), thread()))['value']).toEqual(value);
  });

  it('one added: it is asked, the others keep their answers', async () => {
    const store = memory();
    await answered(store);
    const graph = version(store, (ask) => [
      ask('gift?', 'gift'),
      ask('size?', 'size'),
      ask('colour?', 'colour'),
      ask('sure?'),
    ]);
    expect(asked(await graph.invoke(new Command({ resume: 'yes' }), thread())).map(({ value }) => value)).toEqual([
      'gift?',
    ]);
    expect((await graph.invoke(new Command({ resume: 'no gift' }), thread()))['value']).toEqual([
      'no gift',
      'XL',
      'red',
      'yes',
    ]);
  });

  it('the k-th call with one key gets the k-th answer given for it', async () => {
    const store = memory();
    const graph = version(store, (ask) => [ask('first?', 'item'), ask('note?', 'note'), ask('second?', 'item')]);
    const ids = new Set<string>();
    let result: unknown = await graph.invoke({}, thread());
    for (const answer of ['one', 'a note', 'two']) {
      for (const { id } of asked(result)) ids.add(id);
      result = await graph.invoke(new Command({ resume: answer }), thread());
    }
    expect(ids.size).toBe(3);
    expect(result).toMatchObject({ value: ['one', 'a note', 'two'] });
  });

  it('a key and a place never meet: a key that looks like an index is another question', async () => {
    const store = memory();
    const graph = version(store, (ask) => [ask('plain'), ask('keyed', '0'), ask('odd', '0#0')]);
    await graph.invoke({}, thread());
    await graph.invoke(new Command({ resume: 1 }), thread());
    await graph.invoke(new Command({ resume: 2 }), thread());
    expect((await graph.invoke(new Command({ resume: 3 }), thread()))['value']).toEqual([1, 2, 3]);
  });

  it.each([[''], ['x'.repeat(257)], [5]])('the key %j is refused', async (key) => {
    const graph = version(memory(), (ask) => ask('q', key as string));
    expect(await rejection(graph.invoke({}, thread()))).toMatchObject({ code: 'invalid_argument' });
  });
});

const graphWith = (store: Checkpointer, name: string) =>
  new StateGraph(Log)
    .addNode('first', () => ({ log: 'first' }))
    .addNode(name, () => ({ log: `${name} ${interrupt('q')}` }))
    .addEdge(START, 'first')
    .addEdge('first', name)
    .compile({ checkpointer: store });

function alone() {
  return new StateGraph(Log).addNode('ask', () => ({ log: String(interrupt('q')) })).addEdge(START, 'ask');
}

describe('decision 10: GraphChanged', () => {
  it.each<[string, unknown]>([
    ['an answer', new Command({ resume: 'yes' })],
    ['null', null],
    ['an update', new Command({ update: { value: 1 } })],
  ])('%s: it names the node and what there is; the thread is untouched', async (_, input) => {
    const store = memory();
    await graphWith(store, 'review').invoke({}, thread());
    const before = await stored(store);
    const error = await rejection(graphWith(store, 'check').invoke(input as Command, thread()));
    expect(error).toBeInstanceOf(GraphChanged);
    expect(error).toMatchObject({ code: 'graph_changed', details: { node: 'review', nodes: ['first', 'check'] } });
    expect((error as Error).message).toContain('"review"');
    expect(await stored(store)).toEqual(before);
  });

  it('the thread runs on once the node is back, with the same question', async () => {
    const store = memory();
    const [question] = asked(await graphWith(store, 'review').invoke({}, thread()));
    const resume = new Command({ resume: { [question!.id]: 'yes' } });
    await rejection(graphWith(store, 'check').invoke(resume, thread()));
    expect(await graphWith(store, 'review').invoke(resume, thread())).toEqual({ log: ['first', 'review yes'] });
  });

  it('new input starts over in the new graph', async () => {
    const store = memory();
    await graphWith(store, 'review').invoke({}, thread());
    const result = await graphWith(store, 'check').invoke({}, thread());
    expect(asked(result)).toHaveLength(1);
    expect((await graphWith(store, 'check').getState(thread())).next).toEqual(['check']);
  });

  it('a finished sibling whose node is gone does not matter', async () => {
    const store = memory();
    await alone()
      .addNode('old', () => ({ log: 'old' }))
      .addEdge(START, 'old')
      .compile({ checkpointer: store })
      .invoke({}, thread());
    const result = await alone()
      .compile({ checkpointer: store })
      .invoke(new Command({ resume: 'yes' }), thread());
    expect(result).toEqual({ log: ['yes', 'old'] });
  });
});
