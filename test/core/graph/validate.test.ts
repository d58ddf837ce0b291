/** What the builder refuses, and whether a stranger could mend it from the message. */
import { describe, expect, it } from 'vitest';
import { Annotation, END, GraphValidationError, START, StateGraph } from '../../../core/index.ts';
import { Log } from '../../support/engine.ts';

/** Names that the types would refuse. */
function builder() {
  const graph = new StateGraph(Log).addNode('draft', () => ({})).addNode('review', () => ({}));
  return graph as unknown as StateGraph<typeof Log, typeof Log.State, typeof Log.Update, string>;
}

function refusal(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    if (error instanceof GraphValidationError && error.code === 'invalid_graph') return error.message;
    throw error;
  }
  throw new Error('the builder took it');
}

describe('node names', () => {
  it.each([
    [START, 'Node `__start__` is reserved'],
    [END, 'Node `__end__` is reserved'],
    ['__interrupt__', 'Node `__interrupt__` is reserved'],
    ['__metadata__', 'Node `__metadata__` is reserved'],
    ['draft', 'Node `draft` already present'],
    ['log', 'log is already being used as a state attribute'],
    ['', 'Node "": a name is a string that is not empty'],
    ['a|b', 'Node "a|b": "|" is a reserved character'],
    ['a:b', 'Node "a:b": ":" is a reserved character'],
  ])('%j is refused', (name, message) => {
    expect(refusal(() => builder().addNode(name, () => ({})))).toContain(message);
  });

  it.each([['toString'], ['a+b'], ['näme 1'], ['_private'], ['__half']])(
    '%j is a name like any other',
    async (name) => {
      const graph = new StateGraph(Log)
        .addNode(name, () => ({ log: 'ran' }))
        .addEdge(START, name)
        .compile();
      expect(await graph.invoke({})).toEqual({ log: ['ran'] });
    },
  );
});

describe('state', () => {
  it.each([['__interrupt__'], ['__proto__']])(
    'a channel named %j is refused: it would be taken for something else',
    (name) => {
      const State = Annotation.Root({ [name]: Annotation<string> });
      expect(refusal(() => new StateGraph(State))).toContain(`State key "${name}": this name is reserved`);
    },
  );

  it('a schema that is none is refused', () => {
    expect(refusal(() => new StateGraph({ log: [] } as never))).toContain(
      'Invalid StateGraph input: it needs a state schema, Annotation.Root({ … })',
    );
  });

  it('a key that is no Annotation is refused by name', () => {
    expect(() => Annotation.Root({ log: 'text' as never })).toThrow(
      'State key "log": expected an Annotation, got "text".',
    );
  });

  it('a reducer that is none is refused', () => {
    expect(() => Annotation({ reducer: undefined as never, default: () => 1 })).toThrow('needs a "reducer"');
  });
});

describe('edges', () => {
  const nodes = 'Nodes: draft, review.';
  it('to a node that does not exist', () => {
    const graph = builder().addEdge(START, 'draft').addEdge('draft', 'reveiw');
    expect(refusal(() => graph.compile())).toBe(
      `Edge "draft" -> "reveiw": Found edge ending at unknown node \`reveiw\`. ${nodes}`,
    );
  });

  it('from a node that does not exist', () => {
    const graph = builder().addEdge(START, 'draft').addEdge('darft', 'review');
    expect(refusal(() => graph.compile())).toBe(
      `Edge "darft" -> "review": Found edge starting at unknown node \`darft\`. ${nodes}`,
    );
  });

  it('of a join, from a node that does not exist', () => {
    const graph = builder().addEdge(START, 'draft').addEdge(['draft', 'gone'], 'review');
    expect(refusal(() => graph.compile())).toBe(
      `Edge ["draft", "gone"] -> "review": Found edge starting at unknown node \`gone\`. ${nodes}`,
    );
  });

  it('of a path map, to a node that does not exist', () => {
    const graph = builder()
      .addEdge(START, 'draft')
      .addConditionalEdges('draft', () => 'yes', { yes: 'gone' });
    expect(refusal(() => graph.compile())).toBe(
      `Conditional edge from "draft": Found edge ending at unknown node \`gone\`. ${nodes}`,
    );
  });

  it('of the option ends, to a node that does not exist', () => {
    const graph = builder()
      .addNode('third', () => ({}), { ends: ['gone'] })
      .addEdge(START, 'draft')
      .addEdge('draft', 'review');
    expect(refusal(() => graph.compile())).toContain(
      'Node "third", option ends: Found edge ending at unknown node `gone`.',
    );
  });

  it('out of END', () => {
    expect(refusal(() => builder().addEdge(END, 'draft'))).toBe(
      'Edge "__end__" -> "draft": END cannot be a start node.',
    );
  });

  it('out of END, conditional', () => {
    const graph = builder()
      .addEdge(START, 'draft')
      .addEdge('draft', 'review')
      .addConditionalEdges(END, () => 'draft');
    expect(refusal(() => graph.compile())).toContain('Conditional edge from "__end__"');
  });

  it('into START', () => {
    expect(refusal(() => builder().addEdge('draft', START as 'draft'))).toBe(
      'Edge "draft" -> "__start__": START cannot be an end node.',
    );
  });

  it('into START, by a path map', () => {
    const graph = builder()
      .addEdge(START, 'draft')
      .addEdge('draft', 'review')
      .addConditionalEdges('review', () => START, [START]);
    expect(refusal(() => graph.compile())).toContain('Found edge ending at unknown node `__start__`');
  });

  it('a join of nothing', () => {
    expect(refusal(() => builder().addEdge([], 'draft'))).toBe('Edge [] -> "draft": a join needs at least one source.');
  });

  it('a conditional edge without a function', () => {
    expect(refusal(() => builder().addConditionalEdges('draft', 'review' as never))).toBe(
      'Conditional edge from "draft": expected a function, got "review".',
    );
  });
});

describe('the whole', () => {
  it('no entry', () => {
    expect(refusal(() => builder().addEdge('draft', 'review').compile())).toBe(
      'The graph has no entry: add an edge from START. Node `draft`, `review` is not reachable.',
    );
  });

  it('a node that nothing leads to', () => {
    expect(refusal(() => builder().addEdge(START, 'draft').compile())).toContain(
      'Node `review` is not reachable. No edge leads there from START.',
    );
  });

  it('nodes that only lead to each other', () => {
    const graph = new StateGraph(Log)
      .addNode('entry', () => ({}))
      .addNode('a', () => ({}))
      .addNode('b', () => ({}))
      .addEdge(START, 'entry')
      .addEdge('a', 'b')
      .addEdge('b', 'a');
    expect(refusal(() => graph.compile())).toContain('Node `a`, `b` is not reachable');
  });

  it('a conditional edge without a path map reaches every node; the option ends reaches those it names', () => {
    expect(
      builder()
        .addConditionalEdges(START, () => 'draft')
        .compile()
        .getName(),
    ).toBe('LangGraph');
    const graph = new StateGraph(Log).addNode('a', () => ({}), { ends: ['b'] }).addNode('b', () => ({}));
    expect(graph.addEdge(START, 'a').compile({ name: 'mine' }).name).toBe('mine');
  });

  it('a graph that was compiled does not change with its builder', async () => {
    const graph = builder().addEdge(START, 'draft').addEdge('draft', 'review');
    const compiled = graph.compile();
    graph.addNode('late', () => ({ log: 'late' })).addEdge('review', 'late');
    expect(await compiled.invoke({})).toEqual({ log: [] });
    expect(await graph.compile().invoke({})).toEqual({ log: ['late'] });
  });
});
