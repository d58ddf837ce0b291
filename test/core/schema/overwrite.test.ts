/** Overwrite: an update that takes the place of the value. */
import { expect, it } from 'vitest';
import { Overwrite } from '../../../core/index.ts';
import { type Library, same } from '../../support/libraries.ts';

type Updates = (library: Library) => readonly unknown[];

/** Nodes side by side, each with one of the updates of a list that holds `d` and `in`. */
async function beside(updates: Updates): Promise<unknown> {
  return same(async (library) => {
    const { Annotation, StateGraph, START, MemorySaver } = library;
    const State = Annotation.Root({
      list: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => ['d'] }),
    });
    const builder = new StateGraph<typeof State, typeof State.State, typeof State.Update, string>(State);
    for (const [i, list] of updates(library).entries()) {
      builder.addNode(`node${i}`, () => ({ list }) as never).addEdge(START, `node${i}`);
    }
    const graph = builder.compile({ checkpointer: new MemorySaver() });
    const result = graph.invoke({ list: ['in'] }, { configurable: { thread_id: 't' }, durability: 'sync' });
    return result.catch((error: Error) => error.name);
  });
}

it.each<[string, Updates, unknown]>([
  ['an instance', (library) => [new library.Overwrite(['x'])], { list: ['x'] }],
  ['its JSON', () => [{ __overwrite__: ['x'] }], { list: ['x'] }],
  ['before another update', (library) => [new library.Overwrite(['x']), ['y']], { list: ['x'] }],
  ['after another update', (library) => [['y'], new library.Overwrite(['x'])], { list: ['x'] }],
  ['two', (library) => [new library.Overwrite(['x']), { __overwrite__: ['y'] }], 'InvalidUpdateError'],
])('CH3: %s', async (_, updates, expected) => {
  expect(await beside(updates)).toEqual(expected);
});

it('CH3: in an input, beside an answer, by updateState, and while a sibling waits', async () => {
  const told = await same(
    async ({ Annotation, StateGraph, START, MemorySaver, Command, interrupt, Overwrite: Over }) => {
      const State = Annotation.Root({
        list: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => ['d'] }),
      });
      const graph = new StateGraph(State)
        .addNode('ask', () => ({ list: [interrupt<string, string>('q')] }))
        .addNode('beside', () => ({ list: new Over(['beside']) }))
        .addEdge(START, 'ask')
        .addConditionalEdges(START, () => 'beside')
        .compile({ checkpointer: new MemorySaver() });
      const thread = { configurable: { thread_id: 't' } };
      await graph.invoke({ list: new Over(['in']) }, thread);
      const waiting = (await graph.getState(thread)).values;
      await graph.updateState(thread, { list: new Over(['updated']) }, 'beside');
      const updated = (await graph.getState(thread)).values;
      await graph.invoke({ list: new Over(['again']) }, thread);
      const command = new Command({ resume: 'R', update: { list: new Over(['command']) } });
      return [waiting, updated, await graph.invoke(command, thread)];
    },
  );
  expect(told).toEqual([{ list: ['beside'] }, { list: ['updated'] }, { list: ['beside'] }]);
});

it('CH3: in the pairs of a Command that answers; a chunk tells it as it was returned', async () => {
  const told = await same(
    async ({ Annotation, StateGraph, START, MemorySaver, Command, interrupt, Overwrite: Over }) => {
      const State = Annotation.Root({ list: Annotation<string[]>({ reducer: (a, b) => a.concat(b) }) });
      const graph = new StateGraph(State)
        .addNode('ask', () => {
          interrupt('q');
          return { list: new Over(['asked']) };
        })
        .addEdge(START, 'ask')
        .compile({ checkpointer: new MemorySaver() });
      const thread = { configurable: { thread_id: 't' } };
      await graph.invoke({ list: ['in'] }, thread);
      const command = new Command({ resume: 'R', update: [['list', new Over(['command'])]] as never });
      const chunks: unknown[] = [];
      for await (const { ask } of await graph.stream(command, thread)) chunks.push(Over.isInstance(ask?.list));
      return [chunks, (await graph.getState(thread)).values];
    },
  );
  expect(told).toEqual([[true], { list: ['asked'] }]);
});

it('an Overwrite can tell what it is', () => {
  const overwrite = new Overwrite(1);
  expect([overwrite.value, JSON.stringify(overwrite)]).toEqual([1, '{"__overwrite__":1}']);
  expect([overwrite, { __overwrite__: 1 }, 1, undefined].map((one) => Overwrite.isInstance(one))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
