/** Questions that say what an answer must be (`responseSchema`), and NodeInterrupt (I19). */
import * as langgraph from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  Annotation,
  Command,
  interrupt,
  isGraphInterrupt,
  isInvalidResume,
  NodeInterrupt,
  START,
  StateGraph,
} from '../../../core/index.ts';
import { asked, memory, rejection, stored, thread } from '../../support/engine.ts';

const State = Annotation.Root({ a: Annotation<unknown> });

function asking(node: () => { a: unknown }, checkpointer = memory()) {
  return new StateGraph(State).addNode('ask', node).addEdge(START, 'ask').compile({ checkpointer });
}

const Age = z.object({ age: z.coerce.number(), unit: z.string().default('years') });

describe('responseSchema', () => {
  it('is told with the question as JSON Schema, as LangGraph does, also by getState', async () => {
    const graph = asking(() => ({ a: interrupt('age?', { responseSchema: Age }) }));
    const [question] = asked(await graph.invoke({ a: 1 }, thread()));
    const theirs = new langgraph.StateGraph(langgraph.Annotation.Root({ a: langgraph.Annotation<unknown> }))
      .addNode('ask', () => ({ a: langgraph.interrupt('age?', { responseSchema: Age }) }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: new langgraph.MemorySaver() });
    const [peer] = asked(await theirs.invoke({ a: 1 }, thread()));
    expect(question?.response_schema).toMatchObject({ type: 'object', required: ['age', 'unit'] });
    expect(question?.response_schema).toEqual(peer?.response_schema);
    expect((await graph.getState(thread())).tasks[0]?.interrupts).toEqual([question]);
  });

  it('an answer that does not match is refused, and thread and question stay as they were', async () => {
    const store = memory();
    const graph = asking(() => ({ a: interrupt('age?', { responseSchema: Age }) }), store);
    await graph.invoke({ a: 1 }, thread());
    const before = await stored(store);
    const error = await rejection(graph.invoke(new Command({ resume: { age: 'old' } }), thread()));
    expect(error).toMatchObject({
      code: 'invalid_answer',
      issues: [{ path: ['age'] }],
      message: expect.stringMatching(/^Node "ask", interrupt 0: the answer does not match its schema: .*NaN/),
    });
    expect(isInvalidResume(error)).toBe(true);
    expect(await stored(store)).toEqual(before);
  });

  it('the node gets what the schema makes of the answer, the same on every replay', async () => {
    const graph = asking(() => ({ a: [interrupt('age?', { responseSchema: Age }), interrupt('sure?')] }));
    await graph.invoke({ a: 1 }, thread());
    await graph.invoke(new Command({ resume: { age: '12' } }), thread());
    expect(await graph.invoke(new Command({ resume: 'yes' }), thread())).toEqual({
      a: [{ age: 12, unit: 'years' }, 'yes'],
    });
  });

  it('a node that catches the refusal cannot go on with it', async () => {
    const graph = asking(() => {
      try {
        return { a: interrupt('age?', { responseSchema: Age }) };
      } catch (error) {
        if (isGraphInterrupt(error)) throw error;
        return { a: 'swallowed' };
      }
    });
    await graph.invoke({ a: 1 }, thread());
    expect(await rejection(graph.invoke(new Command({ resume: 3 }), thread()))).toMatchObject({
      code: 'invalid_answer',
    });
    expect((await graph.getState(thread())).values).toEqual({ a: 1 });
  });

  it('a schema that has to wait is refused by name', async () => {
    const waits = z.string().refine(async () => Promise.resolve(true));
    const graph = asking(() => ({ a: interrupt('q', { responseSchema: waits }) }));
    await graph.invoke({ a: 1 }, thread());
    expect(await rejection(graph.invoke(new Command({ resume: 'x' }), thread()))).toMatchObject({
      code: 'invalid_argument',
      message: 'Node "ask", interrupt 0: the response schema must check without waiting.',
    });
    expect((await graph.getState(thread())).next).toEqual(['ask']);
  });

  it('JSON Schema is told and not checked', async () => {
    const schema = { type: 'object', properties: { age: { type: 'number' } } };
    const graph = asking(() => ({ a: interrupt('age?', { responseSchema: schema }) }));
    expect(asked(await graph.invoke({ a: 1 }, thread()))).toMatchObject([{ response_schema: schema }]);
    expect(await graph.invoke(new Command({ resume: 'any' }), thread())).toEqual({ a: 'any' });
  });
});

it('I19: NodeInterrupt stops its node each time; moving the state on ends it', async () => {
  const graph = new StateGraph(State)
    .addNode('wait', ({ a }) => {
      if (a === 'waiting') throw new NodeInterrupt('not yet');
      return { a: `${String(a)}, done` };
    })
    .addEdge(START, 'wait')
    .compile({ checkpointer: memory() });
  const questions = asked(await graph.invoke({ a: 'waiting' }, thread()));
  expect(questions).toMatchObject([{ value: 'not yet' }]);
  for (const input of [new Command({ resume: 'x' }), null, new Command({ resume: 'y' })]) {
    expect(asked(await graph.invoke(input, thread()))).toEqual(questions);
  }
  await graph.updateState(thread(), { a: 'ready' });
  expect(await graph.invoke(null, thread())).toEqual({ a: 'ready, done' });
});
