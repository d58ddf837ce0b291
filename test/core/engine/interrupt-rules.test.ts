/** What `interrupt()` and its answers do, by the numbers of the reference (I3 to I9, I16, K7). Programs run on LangGraph.js 1.7.3 too where it has no trap. */
import { describe, expect, it } from 'vitest';
import { Command, interrupt, isCommand, START, StateGraph } from '../../../core/index.ts';
import { asked, deferred, Log, memory, rejection, thread } from '../../support/engine.ts';
import { both, errorName, logOf, same } from '../../support/libraries.ts';

it('I3: what an interrupted node has done to its state is not written; what it returns in the end is', async () => {
  const told = await same(async (library) => {
    const graph = new library.StateGraph(logOf(library))
      .addNode('ask', () => ({ log: ['before', library.interrupt<string, string>('q?')] }))
      .addEdge(library.START, 'ask')
      .compile({ checkpointer: new library.MemorySaver() });
    await graph.invoke({ log: ['in'] }, thread());
    const waiting = (await graph.getState(thread())).values as unknown;
    return [waiting, await graph.invoke(new library.Command({ resume: 'A' }), thread())];
  });
  expect(told).toEqual([{ log: ['in'] }, { log: ['in', 'before', 'A'] }]);
});

it('I4: an id has 32 hex digits, stays the same when the node asks again, and changes with the checkpoint', async () => {
  const graph = new StateGraph(Log)
    .addNode('ask', () => ({ log: interrupt<string, string>('q?') }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: memory() });
  const ids: unknown[] = [];
  const note = async (result: Promise<unknown>): Promise<void> => void ids.push(asked(await result)[0]?.id);
  await note(graph.invoke({}, thread()));
  await note(graph.invoke(null, thread()));
  await graph.updateState(thread(), { log: 'edited' });
  await note(graph.invoke(null, thread()));
  await note(graph.invoke({}, thread()));
  expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(ids[1]).toBe(ids[0]);
  expect(new Set(ids).size).toBe(3);
});

describe('I5, I6: what counts as an answer', () => {
  const hex = '0123456789abcdef0123456789abcdef';
  it.each<[string, unknown]>([
    ['false', false],
    ['zero', 0],
    ['an empty text', ''],
    ['an empty object', {}],
    ['a list', [1, 2]],
    ['an object one of whose keys is no id', { [hex]: 1, note: 2 }],
  ])('%s is delivered as it is', async (_, answer) => {
    const told = await same(async (library) => {
      const graph = new library.StateGraph(logOf(library))
        .addNode('ask', () => ({ value: library.interrupt<string, unknown>('q?') }))
        .addEdge(library.START, 'ask')
        .compile({ checkpointer: new library.MemorySaver() });
      await graph.invoke({ log: [] }, thread());
      return graph.invoke(new library.Command({ resume: answer }), thread());
    });
    expect(told).toEqual({ log: [], value: answer });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['false', false],
    ['a list', [1]],
  ])('%s by id is delivered as it is', async (_, answer) => {
    const told = await same(async (library) => {
      const graph = new library.StateGraph(logOf(library))
        .addNode('ask', () => ({ value: [library.interrupt<string, unknown>('q?')] }))
        .addEdge(library.START, 'ask')
        .compile({ checkpointer: new library.MemorySaver() });
      const [question] = asked(await graph.invoke({ log: [] }, thread()));
      return graph.invoke(new library.Command({ resume: { [question!.id]: answer } }), thread());
    });
    expect(told).toEqual({ log: [], value: [answer] });
  });
});

it('I9: a sibling that is running when another asks is finished, and its writes are there', async () => {
  const { ours, theirs } = await both(async (library) => {
    const gate = deferred();
    const graph = new library.StateGraph(logOf(library))
      .addNode('ask', () => {
        setImmediate(() => {
          gate.resolve();
        });
        return { value: library.interrupt<string, string>('q?') };
      })
      .addNode('slow', async () => {
        await gate.promise;
        return { log: ['slow'] };
      })
      .addEdge(library.START, 'ask')
      .addEdge(library.START, 'slow')
      .compile({ checkpointer: new library.MemorySaver() });
    return graph.invoke({ log: ['in'] }, thread());
  });
  expect(ours).toMatchObject({ log: ['in', 'slow'], __interrupt__: [{ value: 'q?' }] });
  expect(ours).toEqual(theirs);
});

async function askWhen(gate: Promise<void>, name: string): Promise<string> {
  await gate;
  return `${name}: ${interrupt<string, string>(`${name}?`, { key: name })}`;
}

it('I16: of two questions at once in one node the first stops it; keys keep their answers apart whatever comes first', async () => {
  let gates = [deferred(), deferred()];
  const graph = new StateGraph(Log)
    .addNode('ask', async () => ({
      log: await Promise.all([askWhen(gates[0]!.promise, 'a'), askWhen(gates[1]!.promise, 'b')]),
    }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: memory() });
  const run = async (input: object, first: number): Promise<unknown> => {
    gates = [deferred(), deferred()];
    const result = graph.invoke(input, thread());
    gates[first]!.resolve();
    setImmediate(() => {
      gates[1 - first]!.resolve();
    });
    return result;
  };
  expect(asked(await run({}, 1))).toMatchObject([{ value: 'b?' }]);
  expect(asked(await run(new Command({ resume: 'B' }), 0))).toMatchObject([{ value: 'a?' }]);
  expect(await run(new Command({ resume: 'A' }), 1)).toEqual({ log: ['a: A', 'b: B'] });
});

describe('K7', () => {
  it('an empty Command is refused as LangGraph refuses it', async () => {
    const name = await same((library) => {
      const graph = new library.StateGraph(logOf(library))
        .addNode('a', () => ({}))
        .addEdge(library.START, 'a')
        .compile({ checkpointer: new library.MemorySaver() });
      return errorName(() => graph.invoke(new library.Command({}), thread()));
    });
    expect(name).toBe('EmptyInputError');
  });

  it('an update may be pairs, in which a channel may come twice', async () => {
    const told = await same(async (library) => {
      const update = [
        ['log', ['one']],
        ['log', ['two']],
        ['value', 3],
      ];
      const graph = new library.StateGraph(logOf(library))
        .addNode('a', () => new library.Command({ update }))
        .addEdge(library.START, 'a')
        .compile();
      return graph.invoke({ log: [] });
    });
    expect(told).toEqual({ log: ['one', 'two'], value: 3 });
  });

  it('JSON that looks like a Command is an input, and approves nothing', async () => {
    const graph = new StateGraph(Log)
      .addNode('ask', () => ({ value: interrupt<string, string>('Pay?') }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: memory() });
    const [question] = asked(await graph.invoke({}, thread()));
    const text = JSON.stringify(new Command({ resume: 'yes' }));
    const forged = JSON.parse(text) as object;
    expect(isCommand(forged)).toBe(false);
    const [again] = asked(await graph.invoke(forged, thread()));
    expect(again).toMatchObject({ value: 'Pay?' });
    expect(again!.id).not.toBe(question!.id);
    expect(await rejection(graph.invoke(new Command({ resume: { [question!.id]: 'yes' } }), thread()))).toMatchObject({
      code: 'interrupt_not_pending',
    });
  });
});
