/**
 * The drawing of a graph, as data: `getGraph()`. Nodes, edges and their order are LangGraph's.
 * - W1 Static edges come first, by source; then conditional edges, then the ends of Commands, then the edges to END of nodes
 *   that edges lead to and nothing leads out of.
 * - W2 With `xray` a graph that is a node is drawn as its nodes, named `graph:node`, without its START and END where those
 *   only pass on, and as one node when that is all that is left, or when it has no single entry.
 */
import { END, START } from '../constants.ts';
import { byCodeUnit } from '../engine/plan.ts';
import type { Declared } from './declared.ts';
import { mermaid, type MermaidOptions, picture, type PictureOptions } from './mermaid.ts';
import type { Breakpoints } from './spec.ts';

export interface DrawnNode {
  readonly id: string;
  readonly name: string;
  /** What the node runs; of START and END a schema. */
  readonly data: unknown;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export interface DrawnEdge {
  readonly source: string;
  readonly target: string;
  /** The label of a conditional edge, unless it is its target's name. */
  readonly data?: string;
  readonly conditional: boolean;
}

/** LangChain's, by shape. */
interface Runnable {
  readonly lc_id: readonly string[];
  getName(): string;
}

export interface DrawOptions {
  /** Draw what is inside of graphs that are nodes: all of it, or to this depth. @default false */
  readonly xray?: boolean | number;
}

export class DrawableGraph {
  nodes: Record<string, DrawnNode>;
  edges: DrawnEdge[];

  constructor(nodes: readonly DrawnNode[], edges: DrawnEdge[]) {
    this.nodes = Object.fromEntries(nodes.map((node) => [node.id, node]));
    this.edges = edges;
  }

  /** The one node that nothing leads to. */
  firstNode(): DrawnNode | undefined {
    return this.#outermost('target');
  }

  /** The one node that leads nowhere. */
  lastNode(): DrawnNode | undefined {
    return this.#outermost('source');
  }

  /** Takes the first and the last node away where another one takes their place. */
  trim(): this {
    for (const side of ['target', 'source'] as const) {
      const outermost = this.#outermost(side);
      if (!outermost || !this.#outermost(side, outermost.id)) continue;
      delete this.nodes[outermost.id];
      this.edges = this.edges.filter(({ source, target }) => source !== outermost.id && target !== outermost.id);
    }
    return this;
  }

  drawMermaid(options?: MermaidOptions): string {
    return mermaid(this, options);
  }

  /** As a picture. The drawing is sent to mermaid.ink, a service that anybody can use. */
  drawMermaidPng(options?: PictureOptions): Promise<Blob> {
    return picture(this.drawMermaid(options), options);
  }

  toJSON(): { nodes: Record<string, unknown>[]; edges: DrawnEdge[] } {
    const nodes = Object.values(this.nodes).map(({ id, name, data, metadata }) => {
      if (!metadata) return { id, type: 'schema', data: { $schema: 'https://json-schema.org/draft/2020-12/schema' } };
      const { lc_id = ['langgraph', 'RunnableCallable'], getName } = data as Partial<Runnable>;
      return { id, type: 'runnable', data: { id: lc_id, name: getName ? getName.call(data) : name }, metadata };
    });
    return { nodes, edges: this.edges };
  }

  #outermost(side: 'source' | 'target', without?: string): DrawnNode | undefined {
    const edges = this.edges.filter(({ source, target }) => source !== without && target !== without);
    const inside = new Set([without, ...edges.map((edge) => edge[side])]);
    const found = Object.values(this.nodes).filter(({ id }) => !inside.has(id));
    return found.length === 1 ? found[0] : undefined;
  }
}

export function draw(declared: Declared, breakpoints: Breakpoints, { xray = false }: DrawOptions = {}): DrawableGraph {
  const nodes: DrawnNode[] = [{ id: START, name: START, data: {} }];
  const edges: DrawnEdge[] = [];
  /** Of graphs that are drawn as their nodes: the node to enter and the one to leave by. */
  const doors = new Map<string, { readonly target: string | undefined; readonly source: string | undefined }>();
  const marked = (['before', 'after'] as const).filter((when) => breakpoints[when] !== '*');
  const marksOf = (name: string): object => {
    const marks = marked.filter((when) => breakpoints[when].includes(name));
    return marks.length > 0 ? { __interrupt: marks.join(',') } : {};
  };
  for (const [id, { action, options }] of declared.nodes) {
    const inner = xray
      ? innerOf([...(options.subgraphs ?? []), action], typeof xray === 'number' ? xray - 1 : xray)
      : undefined;
    if (!inner) {
      nodes.push({ id, name: id, data: action, metadata: { ...options.metadata, ...marksOf(id) } });
      continue;
    }
    const within = (node: string): string => `${id}:${node}`;
    const [first, last] = [inner.firstNode(), inner.lastNode()];
    doors.set(id, { target: first && within(first.id), source: last && within(last.id) });
    nodes.push(...Object.values(inner.nodes).map((node) => ({ ...node, id: within(node.id) })));
    edges.push(...inner.edges.map((edge) => ({ ...edge, source: within(edge.source), target: within(edge.target) })));
  }
  const arrows = arrowsOf(declared);
  const exitOf = (name: string): string | undefined => (doors.has(name) ? doors.get(name)!.source : name);
  const targets = new Set<string>();
  const link = ([from, to, conditional, label]: Arrow): void => {
    const source = exitOf(from);
    const target = doors.has(to) ? doors.get(to)!.target : to;
    const data = label !== undefined && label !== to ? { data: label } : {};
    if (to === END && !nodes.some(({ id }) => id === END)) nodes.push({ id: END, name: END, data: {} });
    if (source === undefined || target === undefined) return;
    edges.push({ source, target, ...data, conditional });
    if (!conditional) targets.add(to);
  };
  arrows.forEach(link);
  const sources = new Set([END, ...edges.map(({ source }) => source)]);
  for (const leaf of [...targets].sort(byCodeUnit)) if (!sources.has(exitOf(leaf)!)) link([leaf, END, false]);
  return new DrawableGraph(nodes, edges);
}

/** An entrypoint: what goes in, the function, what comes out. */
export function drawFunction(name: string, action: unknown): DrawableGraph {
  const [input, output] = [`${name}Input`, `${name}Output`];
  const nodes = [
    { id: input, name: input, data: {} },
    { id: name, name, data: action, metadata: {} },
    { id: output, name: output, data: {} },
  ];
  const edges = [
    { source: input, target: name, conditional: false },
    { source: name, target: output, conditional: false },
  ];
  return new DrawableGraph(nodes, edges);
}

type Arrow = readonly [from: string, to: string, conditional: boolean, label?: string];

/** W1 */
function arrowsOf({ nodes, edges, joins, branches }: Declared): Arrow[] {
  const joined = joins.flatMap(({ sources, target }) => sources.map((source) => [source, target] as const));
  const fixed = [...edges, ...joined].sort(([a], [b]) => byCodeUnit(a, b));
  const arrows = fixed.map(([from, to]): Arrow => [from, to, false]);
  for (const from of new Set(branches.map(({ source }) => source))) {
    for (const { source, branch } of branches) {
      if (source !== from) continue;
      const anywhere = [...nodes.keys(), END].filter((name) => name !== from).map((name) => [name, name] as const);
      for (const [label, to] of branch.ends ?? anywhere) arrows.push([from, to, true, label]);
    }
  }
  for (const [from, { options }] of nodes) for (const to of options.ends ?? []) arrows.push([from, to, true]);
  return arrows;
}

/** W2: by shape, so that any node may draw itself. */
function innerOf(called: readonly unknown[], xray: boolean | number): DrawableGraph | undefined {
  const graph = called
    .map((one) => (one as { getGraph?: (options: DrawOptions) => unknown }).getGraph?.({ xray }))
    .findLast((drawing) => drawing instanceof DrawableGraph);
  if (!graph) return undefined;
  return Object.keys(graph.trim().nodes).length > 1 && graph.firstNode() ? graph : undefined;
}
