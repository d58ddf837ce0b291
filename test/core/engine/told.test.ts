/** What a run tells when it stops: found by the differential test, each the same program on both libraries. */
import * as langgraph from '@langchain/langgraph';
import { expect, it } from 'vitest';
import * as holdpoint from '../../../core/index.ts';
import { collect } from '../../support/engine.ts';

type Library = typeof holdpoint;
const thread = { configurable: { thread_id: 't' } };

/** What a program tells on both libraries, ids left out. */
async function both(program: (library: Library) => Promise<unknown>): Promise<[ours: unknown, theirs: unknown]> {
  const told = async (library: Library): Promise<unknown> => {
    const text = JSON.stringify(await program(library), (key, value: unknown) => (key === 'id' ? 'id' : value));
    return JSON.parse(text.replaceAll(/:[0-9a-f-]{32,36}"/g, ':task"'));
  };
  return [await told(holdpoint), await told(langgraph as unknown as Library)];
}

function State({ Annotation }: Library) {
  return Annotation.Root({
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    value: Annotation<unknown>,
  });
}

const ask =
  ({ interrupt }: Library, question: string) =>
  () => ({ log: [`${question} ${interrupt(question)}`] });

it('S1: a run that stops before anything was written results in its questions alone', async () => {
  const [ours, theirs] = await both(async (library) => {
    const graph = new library.StateGraph(State(library))
      .addNode('ask', ask(library, 'q'))
      .addEdge(library.START, 'ask')
      .compile({ checkpointer: new library.MemorySaver() });
    const first = await graph.invoke({}, thread);
    await graph.invoke(new library.Command({ resume: 'yes' }), thread);
    return [first, await graph.invoke({}, thread), await graph.invoke(null, thread)];
  });
  expect(ours).toEqual([
    { __interrupt__: [{ id: 'id', value: 'q' }] },
    { __interrupt__: [{ id: 'id', value: 'q' }] },
    { log: ['q yes'], __interrupt__: [{ id: 'id', value: 'q' }] },
  ]);
  expect(ours).toEqual(theirs);
});

it('I8: each task tells its questions in a chunk of its own', async () => {
  const [ours, theirs] = await both((library) => {
    const graph = new library.StateGraph(State(library))
      .addNode('left', ask(library, 'left?'))
      .addNode('right', ask(library, 'right?'))
      .addEdge(library.START, 'left')
      .addEdge(library.START, 'right')
      .compile({ checkpointer: new library.MemorySaver() });
    return collect(graph.stream({}, { ...thread, streamMode: 'values' }));
  });
  expect(ours).toEqual([
    { __interrupt__: [{ id: 'id', value: 'left?' }] },
    { __interrupt__: [{ id: 'id', value: 'right?' }] },
  ]);
  expect(ours).toEqual(theirs);
});

it('S2: values of a nested graph that stops: not what its finished tasks wrote meanwhile', async () => {
  const [ours, theirs] = await both((library) => {
    const inner = new library.StateGraph(State(library))
      .addNode('ask', ask(library, 'q'))
      .addNode('write', () => ({ log: ['written'] }))
      .addEdge(library.START, 'ask')
      .addEdge(library.START, 'write')
      .compile();
    const graph = new library.StateGraph(State(library))
      .addNode('inner', inner)
      .addEdge(library.START, 'inner')
      .compile({ checkpointer: new library.MemorySaver() });
    return collect(graph.stream({ log: ['in'] }, { ...thread, streamMode: 'values', subgraphs: true }));
  });
  expect(ours).toEqual([
    [[], { log: ['in'] }],
    [['inner:task'], { log: ['in'] }],
    [['inner:task'], { __interrupt__: [{ id: 'id', value: 'q' }] }],
    [[], { __interrupt__: [{ id: 'id', value: 'q' }] }],
  ]);
  expect(ours).toEqual(theirs);
});

it('S2, H2: a channel that a task wrote twice: one object for each write in updates, $writes in the state', async () => {
  const [ours, theirs] = await both(async (library) => {
    const graph = new library.StateGraph(State(library))
      .addNode('twice', () => [{ log: ['one'], value: 1 }, new library.Command({ update: { log: ['two'] } })])
      .addNode('nothing', () => ({}))
      .addNode('ask', ask(library, 'q'))
      .addEdge(library.START, 'twice')
      .addEdge(library.START, 'nothing')
      .addEdge(library.START, 'ask')
      .addEdge('nothing', library.END)
      .compile({ checkpointer: new library.MemorySaver() });
    const chunks = await collect(graph.stream({}, { ...thread, streamMode: 'updates' }));
    const { tasks } = await graph.getState(thread);
    return [chunks.filter((chunk) => 'twice' in chunk), tasks.map(({ name, result }) => ({ name, result }))];
  });
  expect(ours).toEqual([
    [{ twice: [{ log: ['one'] }, { value: 1 }, { log: ['two'] }] }],
    [
      { name: 'twice', result: { log: { $writes: [['one'], ['two']] }, value: 1 } },
      { name: 'nothing' },
      { name: 'ask' },
    ],
  ]);
  expect(ours).toEqual(theirs);
});

it('K6: a question beside a Command for the parent is asked before the graph is left (in LangGraph whichever comes first)', async () => {
  const { Command, interrupt, MemorySaver, START, StateGraph } = holdpoint;
  const inner = new StateGraph(State(holdpoint))
    .addNode('leave', () => new Command({ graph: Command.PARENT, update: { value: 'left' } }))
    .addNode('ask', () => ({ log: [interrupt('q')] }))
    .addEdge(START, 'leave')
    .addEdge(START, 'ask')
    .compile();
  const graph = new StateGraph(State(holdpoint))
    .addNode('inner', inner)
    .addEdge(START, 'inner')
    .compile({ checkpointer: new MemorySaver() });
  expect(await graph.invoke({ log: ['in'] }, thread)).toMatchObject({ __interrupt__: [{ value: 'q' }] });
  expect((await graph.getState(thread)).tasks[0]).not.toHaveProperty('error');
  expect(await graph.invoke(new Command({ resume: 'yes' }), thread)).toEqual({ log: ['in'], value: 'left' });
});
