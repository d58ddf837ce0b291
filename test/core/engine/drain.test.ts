/** P7: RunControl stops a run at its next superstep boundary. The same programs on LangGraph.js 1.7.3. */
import { describe, expect, it } from 'vitest';
import { settled } from '../../support/clock.ts';
import { deferred, rejection, thread } from '../../support/engine.ts';
import { type Library, same } from '../../support/libraries.ts';

/** a -> inner(one -> two) -> z. A node named in `drains` asks for it. */
function build(library: Library, drains?: string, ran: string[] = []) {
  const { Annotation, StateGraph, START, MemorySaver } = library;
  const State = Annotation.Root({
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  const node = (name: string) => (_: unknown, config: { control?: InstanceType<Library['RunControl']> }) => {
    ran.push(name);
    if (name === drains && ran.filter((one) => one === name).length === 1) config.control!.requestDrain(`by ${name}`);
    return { log: [name] };
  };
  const inner = new StateGraph(State)
    .addNode('one', node('one'))
    .addNode('two', node('two'))
    .addEdge(START, 'one')
    .addEdge('one', 'two')
    .compile();
  return new StateGraph(State)
    .addNode('a', node('a'))
    .addNode('inner', inner)
    .addNode('z', node('z'))
    .addEdge(START, 'a')
    .addEdge('a', 'inner')
    .addEdge('inner', 'z')
    .compile({ checkpointer: new MemorySaver() });
}

describe('P7: requestDrain', () => {
  it.each(['a', 'one', 'two'])(
    'by node %s: the run stops before the next superstep, saved, and goes on from there',
    async (name) => {
      const result = await same(async (library) => {
        const ran: string[] = [];
        const graph = build(library, name, ran);
        const error = (await rejection(graph.invoke({}, thread()))) as InstanceType<Library['GraphDrained']>;
        const { next, values } = await graph.getState(thread());
        const told = [
          error.name,
          error.message,
          error.reason,
          library.isGraphDrained(error),
          library.isGraphBubbleUp(error),
        ];
        const before = [...ran];
        await graph.invoke(null, thread());
        return { told, next, values, before, ran };
      });
      const before = { a: ['a'], one: ['a', 'one'], two: ['a', 'one', 'two'] }[name];
      expect(result).toMatchObject({
        told: ['GraphDrained', `Graph drained: by ${name}`, `by ${name}`, true, true],
        next: name === 'two' ? ['z'] : ['inner'],
        before,
        ran: ['a', 'one', 'two', 'z'],
      });
    },
  );

  it('by whoever called: before the first superstep when it was asked before', async () => {
    const result = await same(async (library) => {
      const graph = build(library);
      const control = new library.RunControl();
      const unasked = [control.drainRequested, control.drainReason];
      control.requestDrain();
      const error = (await rejection(graph.invoke({}, { ...thread(), control }))) as Error;
      const { next, values } = await graph.getState(thread());
      return { unasked, message: error.message, asked: [control.drainRequested, control.drainReason], next, values };
    });
    expect(result).toEqual({
      unasked: [false, undefined],
      message: 'Graph drained: shutdown',
      asked: [true, 'shutdown'],
      next: ['__start__'],
      values: { log: [] },
    });
  });

  it('a stream tells what ran, then throws', async () => {
    const result = await same(async (library) => {
      const chunks: unknown[] = [];
      const read = async (): Promise<void> => {
        for await (const chunk of await build(library, 'a').stream({}, thread())) chunks.push(chunk);
      };
      return { name: ((await rejection(read())) as Error).name, chunks };
    });
    expect(result).toEqual({ name: 'GraphDrained', chunks: [{ a: { log: ['a'] } }] });
  });

  it('in the last superstep: the run is done', async () => {
    const result = await same((library) => build(library, 'z').invoke({}, thread()));
    expect(result).toEqual({
      log: ['a', 'one', 'two', 'z'].flatMap((name) => (name === 'one' ? ['a', name] : [name])),
    });
  });

  it('siblings of the superstep end first', async () => {
    const result = await same(async (library) => {
      const { Annotation, StateGraph, START, MemorySaver, RunControl } = library;
      const gate = deferred();
      const control = new RunControl();
      const graph = new StateGraph(
        Annotation.Root({ log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }) }),
      )
        .addNode('slow', async () => {
          await gate.promise;
          return { log: ['slow'] };
        })
        .addNode('after', () => ({ log: ['after'] }))
        .addEdge(START, 'slow')
        .addEdge('slow', 'after')
        .compile({ checkpointer: new MemorySaver() });
      const run = rejection(graph.invoke({}, { ...thread(), control }));
      await settled();
      control.requestDrain();
      gate.resolve();
      await run;
      const { next, values } = await graph.getState(thread());
      return { next, values };
    });
    expect(result).toEqual({ next: ['after'], values: { log: ['slow'] } });
  });
});
