/** The schema of `config.context`. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { Annotation, Command, interrupt, START, StateGraph } from '../../../core/index.ts';
import { memory, rejection, stored, thread } from '../../support/engine.ts';

const State = Annotation.Root({ seen: Annotation<unknown> });

function graphOf(context: z.ZodType) {
  return new StateGraph(State, { context: context as z.ZodObject<{ user: z.ZodString }> })
    .addNode('node', (_state, config) => ({ seen: [config.context, interrupt('q')] }))
    .addEdge(START, 'node');
}

it('G7: what it refuses is refused at every call, before anything is touched', async () => {
  const store = memory();
  const graph = graphOf(z.object({ user: z.string() })).compile({ checkpointer: store });
  const bad = { ...thread(), context: { user: 1 as unknown as string } };
  const refusal = {
    code: 'invalid_update',
    name: 'ZodError',
    issues: [{ path: ['user'] }],
    message: /^Context: .*user/,
  };
  const matching = { ...refusal, message: expect.stringMatching(refusal.message) as string };
  expect(await rejection(graph.invoke({}, bad))).toMatchObject(matching);
  expect(await rejection(graph.invoke({}, thread()))).toMatchObject(matching);
  expect(await store.load('thread-1')).toBeUndefined();
  await graph.invoke({}, { ...thread(), context: { user: 'ada' } });
  const before = await stored(store);
  expect(await rejection(graph.invoke(new Command({ resume: 'R' }), bad))).toMatchObject(matching);
  expect(await stored(store)).toEqual(before);
  const result = await graph.invoke(new Command({ resume: 'R' }), { ...thread(), context: { user: 'bob' } });
  expect(result).toEqual({ seen: [{ user: 'bob' }, 'R'] });
});

it('G7: defaults are filled in, other keys stay', async () => {
  const graph = graphOf(z.object({ user: z.string().default('ada') })).compile({ checkpointer: memory() });
  const context = { more: 1 } as unknown as { user: string };
  await graph.invoke({}, { ...thread(), context });
  const result = await graph.invoke(new Command({ resume: 'R' }), { ...thread(), context });
  expect(result).toEqual({ seen: [{ user: 'ada', more: 1 }, 'R'] });
});

it('G7: without a context, configurable is what the schema is asked about', async () => {
  const graph = graphOf(z.object({ user: z.string() })).compile({ checkpointer: memory() });
  const result = await graph.invoke({}, { configurable: { ...thread().configurable, user: 'ada' } });
  expect(result).toMatchObject({ __interrupt__: [{ value: 'q' }] });
});
