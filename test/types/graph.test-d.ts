/** What the compiler knows of a graph. */
import type { BaseMessage } from '@langchain/core/messages';
import { describe, expectTypeOf, it } from 'vitest';
import {
  Annotation,
  Command,
  END,
  INTERRUPT,
  type Interrupt,
  interrupt,
  isInterrupted,
  MemorySaver,
  Send,
  START,
  StateGraph,
  type StateSnapshot,
} from '../../core/index.ts';

const State = Annotation.Root({
  topic: Annotation<string>,
  notes: Annotation<string[], string | string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  score: Annotation<number>(),
});

interface Values {
  topic: string;
  notes: string[];
  score: number;
}

const graph = new StateGraph(State)
  .addNode('draft', ({ topic }) => ({ notes: topic }))
  .addNode('review', () => ({}))
  .addEdge(START, 'draft')
  .addEdge('draft', 'review')
  .addEdge('review', END)
  .compile({ checkpointer: new MemorySaver() });
const builder = new StateGraph(State).addNode('draft', () => ({})).addNode('review', () => ({}));

describe('state', () => {
  it('is inferred from the annotation', () => {
    expectTypeOf<typeof State.State>().branded.toEqualTypeOf<Values>();
    builder.addNode('look', (state) => {
      expectTypeOf(state).branded.toEqualTypeOf<Values>();
      return {};
    });
    builder.addConditionalEdges('draft', (state) => {
      expectTypeOf(state.notes).toEqualTypeOf<string[]>();
      return END;
    });
  });

  it('an update is any part of it, and takes what the reducer takes', () => {
    expectTypeOf<{ notes: string }>().toExtend<typeof State.Update>();
    expectTypeOf<{ notes: string[]; topic: string }>().toExtend<typeof State.Update>();
    expectTypeOf<{ notes: number }>().not.toExtend<typeof State.Update>();
  });

  it('a node that returns a wrong type is refused', () => {
    // @ts-expect-error: score is a number
    builder.addNode('bad', () => ({ score: 'high' }));
    // @ts-expect-error: a node returns no text
    builder.addNode('bad', () => 'text');
    builder.addNode('none', () => undefined);
    builder.addNode('later', async () => ({ score: 1 }));
    const more = builder.addNode('runnable', { invoke: (state: Values) => ({ score: state.score + 1 }) });
    expectTypeOf(more.addEdge('draft', 'runnable')).toEqualTypeOf(more);
  });
});

describe('node names', () => {
  it('edges take nodes that there are', () => {
    const edges = builder.addEdge('draft', 'review').addEdge(['draft', 'review'], END).addEdge(START, 'draft');
    expectTypeOf(edges).toEqualTypeOf(builder);
    // @ts-expect-error: no such node
    builder.addEdge('draft', 'reveiw');
    // @ts-expect-error: no such node
    builder.addEdge('darft', 'review');
    // @ts-expect-error: no such node
    builder.addEdge(['draft', 'gone'], 'review');
    // @ts-expect-error: nothing leads to START
    builder.addEdge('draft', START);
    // @ts-expect-error: nothing leads out of END
    builder.addEdge(END, 'draft');
  });

  it('path maps take nodes that there are', () => {
    const edges = builder.addConditionalEdges('draft', () => 'yes', { yes: 'review', no: END });
    expectTypeOf(edges).toEqualTypeOf(builder);
    // @ts-expect-error: no such node
    builder.addConditionalEdges('draft', () => 'yes', { yes: 'gone' });
    // @ts-expect-error: no such node
    builder.addConditionalEdges('draft', () => 'review', ['gone']);
    // @ts-expect-error: no such node
    builder.addConditionalEdges('gone', () => 'review');
  });

  it('updateState takes any name, as in LangGraph: a server has it from its caller', () => {
    expectTypeOf<string | undefined>().toExtend<Parameters<typeof graph.updateState>[2]>();
    expectTypeOf<5>().not.toExtend<Parameters<typeof graph.updateState>[2]>();
  });
});

describe('runs', () => {
  it('invoke takes an update, a Command or null, and gives the state with its questions', () => {
    expectTypeOf<Parameters<typeof graph.invoke>[0]>().toExtend<typeof State.Update | Command | null>();
    expectTypeOf<{ topic: string }>().toExtend<Parameters<typeof graph.invoke>[0]>();
    expectTypeOf<{ topic: number }>().not.toExtend<Parameters<typeof graph.invoke>[0]>();
    expectTypeOf<null>().toExtend<Parameters<typeof graph.invoke>[0]>();
    expectTypeOf<undefined>().not.toExtend<Parameters<typeof graph.invoke>[0]>();
    type Result = Awaited<ReturnType<typeof graph.invoke>>;
    expectTypeOf<Result['topic']>().toEqualTypeOf<string>();
    expectTypeOf<Result['notes']>().toEqualTypeOf<string[]>();
    expectTypeOf<Result[typeof INTERRUPT]>().toEqualTypeOf<Interrupt[] | undefined>();
    expectTypeOf<Result>().not.toHaveProperty('unknown');
  });

  it('stream gives what its mode gives', async () => {
    for await (const chunk of await graph.stream({}, { streamMode: 'values' })) {
      expectTypeOf(chunk.topic).toEqualTypeOf<string>();
    }
    for await (const chunk of await graph.stream({})) {
      expectTypeOf(chunk[INTERRUPT]).toEqualTypeOf<Interrupt[] | undefined>();
      expectTypeOf(chunk.draft).toEqualTypeOf<{ notes: string } | undefined>();
    }
    for await (const [mode, chunk] of await graph.stream({}, { streamMode: ['values', 'updates'] })) {
      expectTypeOf(mode).toEqualTypeOf<'values' | 'updates'>();
      if (mode === 'values') expectTypeOf(chunk.score).toEqualTypeOf<number>();
    }
    for await (const [namespace, chunk] of await graph.stream({}, { streamMode: 'messages', subgraphs: true })) {
      expectTypeOf(namespace).toEqualTypeOf<string[]>();
      // As this program has holdpoint/langchain, too.
      expectTypeOf(chunk[0]).toEqualTypeOf<BaseMessage>();
    }
    for await (const [namespace, mode, chunk] of await graph.stream(
      {},
      { streamMode: ['tasks', 'checkpoints'], subgraphs: true },
    )) {
      expectTypeOf(namespace).toEqualTypeOf<string[]>();
      if (mode === 'checkpoints') expectTypeOf(chunk.values.topic).toEqualTypeOf<string>();
      else if ('triggers' in chunk) expectTypeOf(chunk.triggers).toEqualTypeOf<string[]>();
      else expectTypeOf(chunk.error).toBeUnknown();
    }
    for await (const bytes of await graph.stream({}, { encoding: 'text/event-stream' })) {
      expectTypeOf(bytes).toEqualTypeOf<Uint8Array>();
    }
    expectTypeOf(await graph.stream({})).toExtend<ReadableStream>();
    // @ts-expect-error: no such mode
    await graph.stream({}, { streamMode: 'tokens' });
  });

  it('getState gives a snapshot, whose values are of any graph', () => {
    expectTypeOf<Awaited<ReturnType<typeof graph.getState>>>().toEqualTypeOf<StateSnapshot>();
    expectTypeOf<StateSnapshot['values']>().toBeAny();
  });
});

describe('interrupt and Command', () => {
  it('interrupt: the types of question and answer are the caller’s to say', () => {
    expectTypeOf(interrupt<string, number>)
      .parameter(0)
      .toEqualTypeOf<string>();
    expectTypeOf(interrupt<string, number>).returns.toEqualTypeOf<number>();
    expectTypeOf(interrupt('q')).toBeAny();
  });

  it('isInterrupted narrows, and says what was asked', () => {
    const result: unknown = {};
    if (isInterrupted<{ question: string }>(result)) {
      expectTypeOf(result[INTERRUPT]).toEqualTypeOf<Interrupt<{ question: string }>[]>();
      expectTypeOf(result[INTERRUPT][0]!.value.question).toEqualTypeOf<string>();
    }
  });

  it('Command and Send carry their types', () => {
    expectTypeOf(new Command({ resume: 5 }).resume).toEqualTypeOf<number | undefined>();
    expectTypeOf(new Command({ goto: 'draft' }).goto).toEqualTypeOf<readonly ('draft' | Send<'draft'>)[]>();
    expectTypeOf(new Send('draft', { n: 1 })).toEqualTypeOf<Send<'draft', { n: number }>>();
    // @ts-expect-error: no such option
    void new Command({ answer: 5 });
  });
});
