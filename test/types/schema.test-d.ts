/** What the compiler makes of schemas of every kind, and of code that names LangGraph's types. */
/* oxlint-disable unicorn/consistent-function-scoping, typescript/no-explicit-any -- as users write them */
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import {
  Annotation,
  Command,
  type CompiledStateGraph,
  type ConditionalEdgeRouter,
  END,
  type GraphNode,
  interrupt,
  type LangGraphRunnableConfig,
  Overwrite,
  type OverwriteValue,
  ReducedValue,
  Send,
  START,
  type StateDefinition,
  StateGraph,
  StateSchema,
  type StateType,
  UntrackedValue,
  type UpdateType,
} from '../../core/index.ts';

const State = Annotation.Root({
  topic: Annotation<string>,
  status: Annotation<'open' | 'closed'>,
  notes: Annotation<string[], string | string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

const Fields = new StateSchema({
  topic: z.string(),
  count: z.number().default(0),
  notes: new ReducedValue(z.array(z.string()).default([]), {
    inputSchema: z.string(),
    reducer: (list, one) => [...list, one],
  }),
  sum: new ReducedValue(z.number().default(0), { reducer: (a, b) => a + b }),
  secret: new UntrackedValue<string>(),
});

const Shape = z.object({ topic: z.string(), count: z.number().default(0), flag: z.boolean().optional() });
const Shape3 = z3.object({ topic: z3.string(), count: z3.number().default(0) });

describe('schemas', () => {
  it('Annotation', () => {
    expectTypeOf<StateType<typeof State.spec>>().branded.toEqualTypeOf<{
      topic: string;
      status: 'open' | 'closed';
      notes: string[];
    }>();
    expectTypeOf<UpdateType<typeof State.spec>['notes']>().toEqualTypeOf<
      string | string[] | OverwriteValue<string[]> | undefined
    >();
    expectTypeOf<{ notes: Overwrite<string[]> }>().toExtend<typeof State.Update>();
    const more = Annotation.Root({ ...State.spec, extra: Annotation<number> });
    expectTypeOf<(typeof more.State)['notes']>().toEqualTypeOf<string[]>();
    expectTypeOf(more.spec).toExtend<StateDefinition>();
  });

  it('StateSchema', () => {
    expectTypeOf<typeof Fields.State>().branded.toEqualTypeOf<{
      topic: string;
      count: number;
      notes: string[];
      sum: number;
      secret: string;
    }>();
    expectTypeOf<typeof Fields.Update>().branded.toEqualTypeOf<{
      topic?: string;
      count?: number | undefined;
      notes?: string | OverwriteValue<string[]>;
      sum?: number | OverwriteValue<number>;
      secret?: string;
    }>();
    const node: typeof Fields.Node = (state) => ({ notes: state.topic });
    new StateGraph(Fields).addNode('node', node).addNode('other', (state) => {
      expectTypeOf(state.sum).toEqualTypeOf<number>();
      return { sum: new Overwrite(1) };
    });
    // @ts-expect-error: a note is a text
    new StateGraph(Fields).addNode('node', () => ({ notes: 1 }));
  });

  it('Zod objects, 4 and 3', async () => {
    const graph = new StateGraph(Shape)
      .addNode('node', (state) => {
        expectTypeOf(state).branded.toEqualTypeOf<{ topic: string; count: number; flag: boolean | undefined }>();
        return { count: state.count + 1 };
      })
      .addEdge(START, 'node')
      .compile();
    expectTypeOf((await graph.invoke({ topic: 'x' })).count).toEqualTypeOf<number>();
    // @ts-expect-error: a topic is a text
    await graph.invoke({ topic: 1 });
    new StateGraph(Shape3).addNode('node', (state) => {
      expectTypeOf(state).branded.toEqualTypeOf<{ topic: string; count: number }>();
      return { topic: 'x' };
    });
  });

  it('legacy channels', () => {
    interface Legacy {
      topic: string;
      notes: string[];
    }
    new StateGraph<Legacy>({
      channels: { topic: null, notes: { value: (a: string[], b: string[]) => a.concat(b), default: () => [] } },
    }).addNode('node', (state) => {
      expectTypeOf(state).toEqualTypeOf<Legacy>();
      return { topic: 'x' };
    });
  });
});

describe('constructor forms', () => {
  const Input = Annotation.Root({ topic: Annotation<string> });
  const Output = Annotation.Root({ notes: Annotation<string[]> });
  const Context = z.object({ userId: z.string() });
  const options = new StateGraph(State, { input: Input, output: Output, context: Context });
  const init = new StateGraph({ state: State, input: Input, output: Output, context: Context });
  const old = new StateGraph({ stateSchema: State, input: Input, output: Output });
  const inOut = new StateGraph({ input: State, output: Output });

  it('input, output and context', async () => {
    for (const builder of [options, init]) {
      const graph = builder
        .addNode('node', (state, config) => {
          expectTypeOf(state.notes).toEqualTypeOf<string[]>();
          expectTypeOf(config.context?.userId).toEqualTypeOf<string | undefined>();
          return {};
        })
        .addEdge(START, 'node')
        .compile();
      const result = await graph.invoke({ topic: 'x' }, { context: { userId: 'u' } });
      expectTypeOf(result.notes).toEqualTypeOf<string[]>();
      expectTypeOf(result).not.toHaveProperty('topic');
      // @ts-expect-error: no part of the input
      await graph.invoke({ notes: ['x'] });
      // @ts-expect-error: no such context
      await graph.invoke({ topic: 'x' }, { context: { userId: 1 } });
    }
    const graph = old.addNode('node', (state) => ({ topic: state.topic })).compile();
    // @ts-expect-error: no part of the input
    await graph.invoke({ notes: ['x'] });
    inOut.addNode('node', (state) => ({ topic: state.topic }));
  });

  it('the context schema alone', () => {
    new StateGraph(State, Context).addNode('node', (_state, config) => {
      expectTypeOf(config.context?.userId).toEqualTypeOf<string | undefined>();
      return {};
    });
    new StateGraph(State, Input).addNode('node', (_state, config) => {
      expectTypeOf(config.configurable?.topic).toEqualTypeOf<string | undefined>();
      return {};
    });
  });

  it('nodes, interrupt and writer', async () => {
    const builder = new StateGraph(State, {
      nodes: ['draft', 'review'],
      interrupt: interrupt<{ question: string }, { ok: boolean }>,
    });
    const draft: typeof builder.Node = (state, { interrupt: ask }) => {
      expectTypeOf(ask({ question: state.topic })).toEqualTypeOf<{ ok: boolean }>();
      return new Command({ goto: 'review' });
    };
    // @ts-expect-error: no such node
    const lost: typeof builder.Node = () => new Command({ goto: 'nowhere' });
    void lost;
    const graph = builder
      .addNode('draft', draft)
      .addNode('review', () => ({}))
      .addEdge(START, 'draft')
      .compile();
    const result = await graph.invoke(new Command({ resume: { ok: true } }));
    if (graph.isInterrupted(result)) {
      expectTypeOf(result.__interrupt__[0]!.value).toEqualTypeOf<{ question: string }>();
    }
    // @ts-expect-error: no such answer
    await graph.invoke(new Command({ resume: 'yes' }));
  });
});

describe('nodes', () => {
  it('with a schema of their own', () => {
    const Own = Annotation.Root({ topic: Annotation<string>, private: Annotation<number> });
    new StateGraph(State).addNode(
      'node',
      (state) => {
        expectTypeOf(state).branded.toEqualTypeOf<{ topic: string; private: number }>();
        return { topic: 'x' };
      },
      { input: Own },
    );
  });

  it('literals stay literal, keys that are no channel are allowed, Commands too', () => {
    const builder = new StateGraph(State)
      .addNode('literal', () => ({ status: 'open' }))
      .addNode('more', () => ({ status: 'open' as const, other: 1 }))
      .addNode('foreign', () => ({ other: 1 }))
      .addNode('command', () => new Command({ update: { topic: 'x' }, goto: 'later' }), { ends: ['later', END] })
      .addNode('either', ({ topic }) => (topic ? { topic } : new Command({ goto: END })))
      .addNode('later', async () => [new Command({ goto: new Send('literal', {}) }), { topic: 'x' }])
      .addNode('config', (_state: typeof State.State, config: LangGraphRunnableConfig) => ({
        topic: config.configurable?.['thread_id'] as string,
      }))
      .addEdge('command', 'later');
    expectTypeOf(builder.addEdge('either', 'later')).toEqualTypeOf(builder);
    // @ts-expect-error: no such status
    new StateGraph(State).addNode('bad', () => ({ status: 'gone' }));
  });

  it('several at once', () => {
    const builder = new StateGraph(State)
      .addNode({ one: ({ topic }) => ({ topic }), two: async () => ({ notes: 'x' }) })
      .addNode([
        ['three', ({ topic }) => ({ topic })],
        ['four', ({ status }) => ({ status }), { ends: ['one'] }],
      ])
      .addSequence([['five', ({ notes }) => ({ notes })]])
      .addEdge('one', 'four')
      .addEdge('four', 'five');
    expectTypeOf(builder.addEdge('one', 'five')).toEqualTypeOf(builder);
    // @ts-expect-error: no such node
    builder.addEdge('one', 'six');
  });

  it('GraphNode and ConditionalEdgeRouter', () => {
    const node: GraphNode<typeof Fields, { userId?: string }, 'next'> = (state, config) => {
      expectTypeOf(state.sum).toEqualTypeOf<number>();
      expectTypeOf(config.context?.userId).toEqualTypeOf<string | undefined>();
      return new Command({ goto: 'next' });
    };
    const bag: GraphNode<{ InputSchema: typeof State; OutputSchema: typeof Fields; Nodes: 'a' }> = ({ status }) => {
      expectTypeOf(status).toEqualTypeOf<'open' | 'closed'>();
      return { count: 1 };
    };
    const route: ConditionalEdgeRouter<typeof Fields, Record<string, unknown>, 'next'> = ({ topic }) => {
      expectTypeOf(topic).toEqualTypeOf<string>();
      return topic ? 'next' : END;
    };
    new StateGraph(Fields)
      .addNode('node', node)
      .addNode('bag', bag, { input: State })
      .addNode('next', () => ({}))
      .addConditionalEdges('node', route, ['next', END])
      .addConditionalEdges(START, route);
    // @ts-expect-error: no such node
    const lost: ConditionalEdgeRouter<typeof Fields, Record<string, unknown>, 'next'> = () => 'nowhere';
    void lost;
  });
});

describe('graphs by name', () => {
  it('as LangGraph names them', () => {
    const builder = new StateGraph(State).addNode('draft', () => ({ notes: 'x' }));
    const graph = builder.addEdge(START, 'draft').compile();
    type S = typeof State.State;
    type U = typeof State.Update;
    const whole: CompiledStateGraph<S, U, '__start__' | 'draft'> = graph;
    const any: CompiledStateGraph<any, any, any> = graph;
    const loose: StateGraph<typeof State, S, U, any> = builder;
    expectTypeOf(whole).not.toBeNever();
    expectTypeOf(any).not.toBeNever();
    expectTypeOf(loose).not.toBeNever();
  });
});
