/** G10: the text and the edges of a drawing are, to the letter, those of LangGraph.js 1.7.3. */
import { RunnableLambda } from '@langchain/core/runnables';
import { describe, expect, it } from 'vitest';
import { Annotation, END, START, StateGraph } from '../../../core/index.ts';
import { type Library, same } from '../../support/libraries.ts';

const node = () => ({});
/** The builder without its types: names come from tables here. */
type Builder = {
  addNode(name: string, action: unknown, options?: object): Builder;
  addEdge(from: string | string[], to: string): Builder;
  addConditionalEdges(from: string, router: unknown, paths?: unknown): Builder;
  compile(options?: object): Compiled;
};
type Drawing = { drawMermaid(options?: object): string; edges: object[]; nodes: object; toJSON(): unknown };
type Compiled = { getGraph(options?: object): Drawing; getGraphAsync(options?: object): Promise<Drawing> };
type Program = (builder: () => Builder) => Compiled;

const nodes = (builder: Builder, ...names: string[]): Builder =>
  names.reduce((graph, name) => graph.addNode(name, node), builder);
const router = () => END;
const chain = (builder: Builder, ...names: string[]): Builder => {
  nodes(builder, ...names).addEdge(START, names[0]!);
  for (const [at, name] of names.slice(1).entries()) builder.addEdge(names[at]!, name);
  return builder.addEdge(names.at(-1)!, END);
};

async function drawn(program: Program, options?: object, style?: object): Promise<string> {
  const { text } = await same(async ({ StateGraph, Annotation }: Library) => {
    const State = Annotation.Root({ channel: Annotation<string> });
    const graph = program(() => new StateGraph(State) as unknown as Builder);
    const drawing = await graph.getGraphAsync(options);
    expect(graph.getGraph(options).drawMermaid(style)).toBe(drawing.drawMermaid(style));
    return { text: drawing.drawMermaid(style), edges: drawing.edges, nodes: Object.keys(drawing.nodes) };
  });
  return text;
}

const lines = (text: string): string[] => text.split('\n').map((line) => line.trim());

const graphs: Record<string, Program> = {
  'a line': (builder) => chain(builder(), 'x', 'y').compile(),
  'no edge to END': (builder) => nodes(builder(), 'x').addEdge(START, 'x').compile(),
  'several leaves': (builder) =>
    nodes(builder(), 'b', 'c', 'a', 'd')
      .addEdge(START, 'b')
      .addEdge(START, 'a')
      .addEdge('b', 'c')
      .addEdge('a', 'd')
      .compile(),
  'a router without a path map': (builder) =>
    nodes(builder(), 'a', 'x', 'b').addEdge(START, 'x').addConditionalEdges('x', router).addEdge('b', END).compile(),
  'a router with labels': (builder) =>
    nodes(builder(), 'x', 'y', 'z')
      .addEdge(START, 'x')
      .addConditionalEdges('x', router, { yes: 'y', no: 'z', z: 'z', '': 'y', end: END })
      .addEdge('z', 'x')
      .compile(),
  'a router with destinations': (builder) =>
    nodes(builder(), 'x', 'y').addEdge(START, 'x').addConditionalEdges('x', router, ['y', 'y', END]).compile(),
  'a router at START, for Sends': (builder) =>
    nodes(builder(), 'x', 'y').addConditionalEdges(START, router, ['x', 'y']).addEdge('x', 'y').compile(),
  'routers of several nodes': (builder) =>
    nodes(builder(), 'x', 'y', 'z')
      .addEdge(START, 'z')
      .addConditionalEdges('z', router, ['y', 'x'])
      .addConditionalEdges('x', router, [END])
      .addConditionalEdges('y', router, { again: 'y', done: END })
      .compile(),
  'ends of Commands': (builder) =>
    nodes(builder().addNode('x', node, { ends: ['y', END, 'x'] }), 'y')
      .addEdge(START, 'x')
      .compile(),
  'a join': (builder) =>
    nodes(builder(), 'b', 'a', 'z').addEdge(START, 'b').addEdge(START, 'a').addEdge(['b', 'a'], 'z').compile(),
  'an edge twice, a loop, no end': (builder) =>
    nodes(builder(), 'x', 'y')
      .addEdge(START, 'x')
      .addEdge('x', 'y')
      .addEdge('x', 'y')
      .addEdge('y', 'x')
      .addEdge('x', 'x')
      .compile(),
  'two ways to itself': (builder) =>
    builder()
      .addNode('x', node, { ends: ['x', END] })
      .addEdge(START, 'x')
      .addConditionalEdges('x', router, { again: 'x', z: END })
      .compile(),
  'names and order': (builder) =>
    chain(builder(), 'x y', 'é/ü', 'B', 'a.b', 'q"q', '日本', '_', '*b*', '(p)').compile(),
  'deferred, metadata, breakpoints': (builder) =>
    builder()
      .addNode('x', node, {
        metadata: { owner: 'me', n: 1, yes: true, list: ['a', 1], o: { k: 1 }, nul: null, l: [[1]] },
      })
      .addNode('y', node, { defer: true, metadata: { 'k"': '#<(a)>[b]{c}|d & `e`' } })
      .addEdge(START, 'x')
      .addConditionalEdges('x', router, ['y'])
      .compile({ interruptBefore: ['x', 'y'], interruptAfter: ['x'] }),
  'breakpoints everywhere': (builder) => chain(builder(), 'x').compile({ interruptBefore: '*', interruptAfter: '*' }),
};

const labelled: Program = (builder) =>
  nodes(builder(), 'x', 'y')
    .addEdge(START, 'x')
    .addConditionalEdges('x', router, { 'one two three four five six seven eight nine ten': 'y', 'a b': END })
    .compile();

describe('G10: drawings without subgraphs', () => {
  it.each(Object.entries(graphs))('G10: %s', async (_name, program) => {
    expect(lines(await drawn(program))).toContain('graph TD;');
  });

  it('G10: the text of a line', async () => {
    expect(await drawn(graphs['a line']!)).toBe(
      [
        "%%{init: {'flowchart': {'curve': 'linear'}}}%%",
        'graph TD;',
        '\t__start__([<p>__start__</p>]):::first',
        '\tx(x)',
        '\ty(y)',
        '\t__end__([<p>__end__</p>]):::last',
        '\t__start__ --> x;',
        '\tx --> y;',
        '\ty --> __end__;',
        '\tclassDef default fill:#f2f0ff,line-height:1.2;',
        '\tclassDef first fill-opacity:0;',
        '\tclassDef last fill:#bfb6fc;',
        '',
      ].join('\n'),
    );
  });

  it('G10: styles may be changed and left out, and long labels are broken', async () => {
    expect(lines(await drawn(labelled))).toContain(
      'x -. &nbsp;one two three four five six seven eight nine&nbsp;<br>&nbsp;ten&nbsp; .-> y;',
    );
    const style = { curveStyle: 'basis', nodeColors: { default: 'fill:#000' }, wrapLabelNWords: 1 };
    expect(lines(await drawn(labelled, {}, style))).toContain('x -. &nbsp;a&nbsp;<br>&nbsp;b&nbsp; .-> __end__;');
    expect(lines(await drawn(labelled, {}, { withStyles: false }))[0]).toBe('graph TD;');
  });
});

const pair: Program = (builder) => chain(builder(), 'i1', 'i2').compile({ interruptBefore: ['i2'] });
const around =
  (inner: Program): Program =>
  (builder) =>
    nodes(
      builder()
        .addNode('o', node)
        .addNode('sub', inner(builder), { metadata: { m: 1 } }),
      'p',
    )
      .addEdge(START, 'o')
      .addConditionalEdges('o', router, { go: 'sub', stop: END })
      .addEdge('sub', 'p')
      .addEdge('p', END)
      .compile({ interruptBefore: ['sub'] });

const inner: Record<string, Program> = {
  'a line': pair,
  'one node, that stays one': (builder) => chain(builder(), 'i1').compile(),
  'a START that decides': (builder) =>
    nodes(builder(), 'x', 'y').addConditionalEdges(START, router, ['x', 'y']).addEdge('x', 'y').compile(),
  'a loop without an end': (builder) =>
    nodes(builder(), 'x', 'y').addEdge(START, 'x').addEdge('x', 'y').addEdge('y', 'x').compile(),
  'a node that goes to itself': (builder) =>
    nodes(builder(), 'x').addEdge(START, 'x').addConditionalEdges('x', router, ['x', END]).compile(),
  'a router without a path map': (builder) =>
    nodes(builder(), 'x', 'y', 'z').addEdge(START, 'x').addConditionalEdges('x', router).compile(),
  'a destination without an end': (builder) =>
    nodes(builder(), 'x', 'y', 'z')
      .addEdge(START, 'x')
      .addEdge('x', 'y')
      .addConditionalEdges('y', router, ['z'])
      .compile(),
  'two subgraphs': (builder) =>
    builder()
      .addNode('s1', pair(builder))
      .addNode('s2', pair(builder))
      .addEdge(START, 's1')
      .addEdge('s1', 's2')
      .addConditionalEdges('s2', router, { again: 's2', [END]: END })
      .compile(),
  'subgraphs alone in subgraphs': (builder) => builder().addNode('s', pair(builder)).addEdge(START, 's').compile(),
};

/** What follows them has no edge that leads to it. */
const noExit = new Set(['a loop without an end', 'a router without a path map']);

const leaf: Program = (builder) =>
  nodes(builder().addNode('sub', inner['a router without a path map']!(builder)), 'leaf')
    .addEdge(START, 'sub')
    .addEdge('sub', 'leaf')
    .compile();

const calls: Program = (builder) =>
  builder()
    .addNode('calls', node, { subgraphs: [inner['two subgraphs']!(builder), pair(builder)] })
    .addEdge(START, 'calls')
    .compile();

describe('G10: subgraphs', () => {
  it.each(Object.entries(inner))('W2: %s', async (name, program) => {
    const closed = await drawn(around(program));
    expect(closed).not.toContain('subgraph');
    expect(await drawn(around(program), { xray: 0 })).toBe(closed);
    for (const xray of [true, 1, 2]) await drawn(around(program), { xray });
    if (!noExit.has(name)) await drawn(around(around(program)), { xray: true });
  });

  it('W2: the edges of a graph that is drawn as its nodes', async () => {
    const text = lines(await drawn(around(pair), { xray: true }, { withStyles: false }));
    expect(text.slice(1, -1)).toEqual([
      '__start__ --> o;',
      'p --> __end__;',
      'sub_i2 --> p;',
      'o -. &nbsp;go&nbsp; .-> sub_i1;',
      'o -. &nbsp;stop&nbsp; .-> __end__;',
      'subgraph sub',
      'sub_i1 --> sub_i2;',
      'end',
    ]);
  });

  it('W2: what follows a graph without a single exit is not drawn to END', async () => {
    await drawn(leaf);
    expect(await drawn(leaf, { xray: true })).not.toContain('leaf -->');
  });

  it('W2: the graphs that a node calls are drawn in its place, the last of them', async () => {
    expect(await drawn(calls)).not.toContain('subgraph');
    expect(lines(await drawn(calls, { xray: true }))).toContain('calls_i1 --> calls_i2;');
  });

  it('W2: a graph without a single entry stays one node, where LangGraph throws', () => {
    const State = Annotation.Root({ channel: Annotation<string> });
    const builder = () => new StateGraph(State) as unknown as Builder;
    const text = around(around(inner['a loop without an end']!))(builder).getGraph({ xray: true }).drawMermaid();
    expect(lines(text)).toContain('o -. &nbsp;go&nbsp; .-> sub;');
    expect(text).not.toContain('subgraph');
  });
});

it('G10: an entrypoint', async () => {
  const text = await same(async ({ entrypoint }: Library) => {
    const graph = entrypoint({ name: 'my entry' }, async (input: string) => input) as unknown as Compiled;
    return (await graph.getGraphAsync()).drawMermaid({ withStyles: true });
  });
  expect(lines(text)).toContain('my_entryInput --> my_entry;');
});

it('G10: toJSON', async () => {
  const json = await same(async ({ StateGraph, Annotation }: Library) => {
    const State = Annotation.Root({ channel: Annotation<string> });
    const graph = around(() => pair(() => new StateGraph(State) as unknown as Builder));
    const drawing = graph(() => new StateGraph(State) as unknown as Builder).getGraph({ xray: true });
    return JSON.parse(JSON.stringify(drawing)) as { nodes: object[]; edges: object[] };
  });
  expect(json.nodes[3]).toEqual({
    id: 'sub:i2',
    type: 'runnable',
    data: { id: ['langgraph', 'RunnableCallable'], name: 'i2' },
    metadata: { __interrupt: 'before' },
  });
  expect(json.edges[0]).toEqual({ source: 'sub:i1', target: 'sub:i2', conditional: false });
  const closed = await same(async ({ StateGraph, Annotation }: Library) => {
    const State = Annotation.Root({ channel: Annotation<string> });
    const builder = () => new StateGraph(State) as unknown as Builder;
    const graph = builder()
      .addNode('unnamed', pair(builder))
      .addNode('named', nodes(builder(), 'x').addEdge(START, 'x').compile({ name: 'Named' }))
      .addNode('runnable', RunnableLambda.from(node))
      .addEdge(START, 'unnamed')
      .addEdge('unnamed', 'named')
      .addEdge('named', 'runnable');
    return JSON.parse(JSON.stringify(graph.compile().getGraph())) as { nodes: { data: object }[] };
  });
  expect(closed.nodes.slice(1, 4).map(({ data }) => data)).toEqual([
    { id: ['langgraph', 'pregel', 'CompiledStateGraph'], name: 'LangGraph' },
    { id: ['langgraph', 'pregel', 'CompiledStateGraph'], name: 'Named' },
    { id: ['langchain_core', 'runnables', 'RunnableLambda'], name: 'RunnableLambda' },
  ]);
});
