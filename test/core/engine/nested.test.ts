/** Graphs inside tasks (C14): as a node, called from one, twice, twice nested. The same programs run on LangGraph.js 1.7.3, and must tell the same. */
import * as langgraph from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import * as holdpoint from '../../../core/index.ts';
import { deferred } from '../../support/engine.ts';
import { Annotation, Command, interrupt, isInterrupted, MemorySaver, START, StateGraph } from '../../../core/index.ts';

type Library = typeof holdpoint;
const libraries = { holdpoint, langgraph: langgraph as unknown as Library };
const thread = { configurable: { thread_id: 't' } };

/** Everything that a stream of both modes tells, ids left out. */
async function told(stream: Promise<AsyncIterable<unknown>>): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of await stream) chunks.push(chunk);
  const text = JSON.stringify(chunks, (key, value: unknown) => (key === 'id' ? 'id' : value));
  return JSON.parse(text.replaceAll(/:[0-9a-f-]{32,36}"/g, ':task"')) as unknown[];
}

function schema({ Annotation }: Library) {
  return Annotation.Root({
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
    out: Annotation<string>,
  });
}

/** Runs one program on both libraries: the chunks of every call, the final state, and which nodes ran. */
async function both(program: (library: Library, ran: string[]) => Promise<unknown>) {
  const results: Record<string, unknown> = {};
  for (const [name, library] of Object.entries(libraries)) {
    const ran: string[] = [];
    results[name] = { result: await program(library, ran), ran };
  }
  return results as Record<keyof typeof libraries, { result: unknown; ran: string[] }>;
}

function twoQuestions(library: Library, ran: string[]) {
  const { StateGraph, START, interrupt } = library;
  return new StateGraph(schema(library))
    .addNode('first', () => {
      ran.push('first');
      return { log: ['first'] };
    })
    .addNode('ask', () => {
      ran.push('ask');
      return { out: `${interrupt('one?')}${interrupt('two?')}` };
    })
    .addEdge(START, 'first')
    .addEdge('first', 'ask')
    .compile();
}

type Streamed = Pick<ReturnType<typeof twoQuestions>, 'stream' | 'getState'>;

async function answerAll(library: Library, graph: Streamed, answers: readonly string[]) {
  const options = { ...thread, streamMode: ['values', 'updates'] as const, subgraphs: true };
  const calls = [await told(graph.stream({ log: ['in'] }, options))];
  for (const resume of answers) calls.push(await told(graph.stream(new library.Command({ resume }), options)));
  const { values, next } = await graph.getState(thread);
  return { calls, values, next };
}

describe('I10: a graph as a node', () => {
  it('goes on from where it stood: what finished inside does not run again', async () => {
    const { holdpoint: ours, langgraph: theirs } = await both((library, ran) => {
      const graph = new library.StateGraph(schema(library))
        .addNode('inner', twoQuestions(library, ran))
        .addEdge(library.START, 'inner')
        .compile({ checkpointer: new library.MemorySaver() });
      return answerAll(library, graph, ['a', 'b']);
    });
    expect(ours.ran).toEqual(['first', 'ask', 'ask', 'ask']);
    expect(ours.result).toMatchObject({ values: { log: ['in', 'in', 'first'], out: 'ab' }, next: [] });
    expect(ours).toEqual(theirs);
  });

  it('nested twice', async () => {
    const { holdpoint: ours, langgraph: theirs } = await both((library, ran) => {
      const middle = new library.StateGraph(schema(library))
        .addNode('inner', twoQuestions(library, ran))
        .addEdge(library.START, 'inner')
        .compile();
      const graph = new library.StateGraph(schema(library))
        .addNode('middle', middle)
        .addEdge(library.START, 'middle')
        .compile({ checkpointer: new library.MemorySaver() });
      return answerAll(library, graph, ['a', 'b']);
    });
    expect(ours.ran).toEqual(['first', 'ask', 'ask', 'ask']);
    expect(ours).toEqual(theirs);
  });
});

it('I11: a graph called from a node, twice: each call goes on from where it stood', async () => {
  const { holdpoint: ours, langgraph: theirs } = await both((library, ran) => {
    const inner = twoQuestions(library, ran);
    const graph = new library.StateGraph(schema(library))
      .addNode('caller', async () => {
        ran.push('caller');
        const one = await inner.invoke({ log: ['x'] });
        const two = await inner.invoke({ log: ['y'] });
        return { out: `${one.out}-${two.out}` };
      })
      .addEdge(library.START, 'caller')
      .compile({ checkpointer: new library.MemorySaver() });
    return answerAll(library, graph, ['a', 'b', 'c', 'd']);
  });
  expect(ours.result).toMatchObject({ values: { out: 'ab-cd' } });
  expect(ours.ran.filter((name) => name === 'first')).toHaveLength(2);
  expect(ours).toEqual(theirs);
});

it('K6: a Command for the parent ends the nested graph, and its update and goto count in the graph around', async () => {
  const { holdpoint: ours, langgraph: theirs } = await both(async (library) => {
    const inner = new library.StateGraph(schema(library))
      .addNode('leave', () => {
        library.interrupt('leave?');
        return new library.Command({ graph: library.Command.PARENT, update: { log: ['left'] }, goto: 'end' });
      })
      .addEdge(library.START, 'leave')
      .compile();
    const graph = new library.StateGraph(schema(library))
      .addNode('inner', inner, { ends: ['end'] })
      .addNode('end', () => ({ log: ['end'] }))
      .addEdge(library.START, 'inner')
      .compile({ checkpointer: new library.MemorySaver() });
    await graph.invoke({ log: ['in'] }, thread);
    return told(graph.stream(new library.Command({ resume: 'yes' }), { ...thread, streamMode: ['values', 'updates'] }));
  });
  expect(ours.result).toContainEqual(['values', { log: ['in', 'left', 'end'] }]);
  expect(ours).toEqual(theirs);
});

const State = schema(holdpoint);

it('questions of parallel nested graphs have ids of their own, and each answer finds its question', async () => {
  const ask = (question: string) =>
    new StateGraph(State)
      .addNode('ask', () => ({ log: [`${question}:${interrupt(question)}`] }))
      .addEdge(START, 'ask')
      .compile();
  const graph = new StateGraph(State)
    .addNode('left', ask('left'))
    .addNode('right', ask('right'))
    .addEdge(START, 'left')
    .addEdge(START, 'right')
    .compile({ checkpointer: new MemorySaver() });
  const { __interrupt__: questions } = await graph.invoke({}, thread);
  expect(questions?.map(({ value }) => value)).toEqual(['left', 'right']);
  const [left, right] = questions!;

  const partly = await graph.invoke(new Command({ resume: { [right!.id]: 'R' } }), thread);
  expect(partly.__interrupt__).toEqual([left]);
  await expect(graph.invoke(new Command({ resume: { [right!.id]: 'again' } }), thread)).rejects.toMatchObject({
    code: 'interrupt_not_pending',
  });
  expect(await graph.invoke(new Command({ resume: { [left!.id]: 'L' } }), thread)).toEqual({
    log: ['left:L', 'right:R'],
  });
});

it('I12: a node that swallows the question of a nested graph goes on without it', async () => {
  const inner = new StateGraph(State)
    .addNode('ask', () => ({ out: interrupt('ok?') }))
    .addEdge(START, 'ask')
    .compile();
  const graph = new StateGraph(State)
    .addNode('caller', async () => {
      try {
        return await inner.invoke({});
      } catch {
        return { out: 'swallowed' };
      }
    })
    .addEdge(START, 'caller')
    .compile({ checkpointer: new MemorySaver() });
  const result = await graph.invoke({}, thread);
  expect(isInterrupted(result)).toBe(false);
  expect(result.out).toBe('swallowed');
});

it('a nested replay that asks something else is refused, and the thread is untouched', async () => {
  let question = 'before';
  const inner = new StateGraph(State)
    .addNode('ask', () => ({ out: interrupt(question) }))
    .addEdge(START, 'ask')
    .compile();
  const graph = new StateGraph(State)
    .addNode('inner', inner)
    .addEdge(START, 'inner')
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({}, thread);
  const before = await graph.getState(thread);
  question = 'after';
  await expect(graph.invoke(new Command({ resume: 'yes' }), thread)).rejects.toMatchObject({
    code: 'interrupt_mismatch',
  });
  expect(await graph.getState(thread)).toEqual(before);
  question = 'before';
  expect(await graph.invoke(new Command({ resume: 'yes' }), thread)).toMatchObject({ out: 'yes' });
});

it('a nested graph that fails is tried again from where it failed', async () => {
  let broken = true;
  let first = 0;
  const inner = new StateGraph(State)
    .addNode('first', () => {
      first += 1;
      return { log: ['first'] };
    })
    .addNode('second', () => {
      if (broken) throw new Error('broken');
      return { log: ['second'] };
    })
    .addEdge(START, 'first')
    .addEdge('first', 'second')
    .compile();
  const graph = new StateGraph(State)
    .addNode('inner', inner)
    .addEdge(START, 'inner')
    .compile({ checkpointer: new MemorySaver() });
  await expect(graph.invoke({}, thread)).rejects.toThrow('broken');
  broken = false;
  expect(await graph.invoke(null, thread)).toEqual({ log: ['first', 'second'] });
  expect(first).toBe(1);
});

it('P5: checkpointer: true keeps the state of a nested graph between runs', async () => {
  const counter = new StateGraph(Annotation.Root({ seen: Annotation<number>, out: Annotation<string> }))
    .addNode('count', ({ seen = 0 }: { seen?: number }) => ({ seen: seen + 1, out: `run ${seen + 1}` }))
    .addEdge(START, 'count');
  const around = (checkpointer: boolean) =>
    new StateGraph(State)
      .addNode('inner', counter.compile({ checkpointer }))
      .addEdge(START, 'inner')
      .compile({ checkpointer: new MemorySaver() });
  const kept = around(true);
  await kept.invoke({}, thread);
  expect(await kept.invoke({}, thread)).toMatchObject({ out: 'run 2' });
  const fresh = around(false);
  await fresh.invoke({}, thread);
  expect(await fresh.invoke({}, thread)).toMatchObject({ out: 'run 1' });
});

it('L3: nested graphs side by side: the task ends when all of them have, and what finished is not run again', async () => {
  const gate = deferred();
  let paid = 0;
  const asking = new StateGraph(State)
    .addNode('ask', () => ({ out: interrupt('ok?') }))
    .addEdge(START, 'ask')
    .compile();
  const paying = new StateGraph(State)
    .addNode('wait', () => gate.promise)
    .addNode('pay', () => {
      paid += 1;
      return { log: ['paid'] };
    })
    .addEdge(START, 'wait')
    .addEdge('wait', 'pay')
    .compile();
  const graph = new StateGraph(State)
    .addNode('both', async () => {
      const [asked, done] = await Promise.all([asking.invoke({}), paying.invoke({})]);
      return { out: asked.out, log: done.log };
    })
    .addEdge(START, 'both')
    .compile({ checkpointer: new MemorySaver() });
  const running = graph.invoke({}, thread);
  gate.resolve();
  expect(isInterrupted(await running)).toBe(true);
  expect(paid).toBe(1);
  expect(await graph.invoke(new Command({ resume: 'yes' }), thread)).toEqual({ out: 'yes', log: ['paid'] });
  expect(paid).toBe(1);
});
