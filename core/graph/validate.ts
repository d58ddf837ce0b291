/** What must hold of a node's name, and of a graph as a whole: that is checked once, when it is compiled. */
import { END, START } from '../constants.ts';
import { GraphValidationError, quote, UnreachableNodeError } from '../errors.ts';
import type { Declared } from './declared.ts';
import type { Breakpoints, GraphSpec } from './spec.ts';

/** Two underscores on both sides: START and END, what chunks and results carry beside nodes and channels, and JavaScript's own `__proto__`. */
export const RESERVED = /^__.*__$/;

/** @throws GraphValidationError for a name that is taken, reserved, or a channel's */
export function validateName(name: string, nodes: Declared['nodes'], channels: GraphSpec['channels']): void {
  const refuse = (why: string): never => {
    throw new GraphValidationError(`Node ${why}`, { node: name });
  };
  if (typeof name !== 'string' || name === '') refuse(`${quote(name)}: a name is a string that is not empty.`);
  if (RESERVED.test(name)) refuse(`\`${name}\` is reserved. Give it another name.`);
  const [character] = /[|:]/.exec(name) ?? [];
  if (character) refuse(`"${name}": "${character}" is a reserved character and is not allowed in node names.`);
  if (nodes.has(name)) refuse(`\`${name}\` already present. Give each node a name of its own.`);
  if (channels.has(name)) refuse(`"${name}": ${name} is already being used as a state attribute. Rename it.`);
}

/** @throws GraphValidationError naming the edge or the node, and what there is */
export function validate(graph: Declared): void {
  const edges = [...edgesOf(graph)];
  for (const { what, from, to } of edges) {
    if (!graph.nodes.has(from) && from !== START) unknown(graph, `${what}: Found edge starting at unknown node`, from);
    if (!graph.nodes.has(to) && to !== END) unknown(graph, `${what}: Found edge ending at unknown node`, to);
  }
  if (!edges.some(({ from }) => from === START) && !graph.branches.some(({ source }) => source === START)) {
    throw new UnreachableNodeError(
      `The graph has no entry: add an edge from START. Node \`${[...graph.nodes.keys()].join('`, `')}\` is not reachable.`,
    );
  }
  refuseUnreachable(graph, edges);
}

/** @throws GraphValidationError */
export function validateBreakpoints(graph: Declared, { before, after }: Breakpoints): void {
  for (const name of [before, after].flat()) {
    if (name !== '*' && !graph.nodes.has(name))
      unknown(graph, `Interrupt node \`${name}\` is not present: unknown node`, name);
  }
}

interface Edge {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

function* edgesOf(graph: Declared): Generator<Edge> {
  for (const [from, to] of graph.edges) yield { what: `Edge "${from}" -> "${to}"`, from, to };
  for (const { sources, target } of graph.joins) {
    const what = `Edge [${sources.map((name) => `"${name}"`).join(', ')}] -> "${target}"`;
    for (const from of sources) yield { what, from, to: target };
  }
  for (const { source, branch } of graph.branches) {
    const what = `Conditional edge from "${source}"`;
    // A router without a path map may return any node.
    for (const to of branch.ends?.values() ?? graph.nodes.keys()) yield { what, from: source, to };
  }
  for (const [from, { options }] of graph.nodes) {
    // An error handler may go anywhere.
    const anywhere = graph.handles || options.errorHandler;
    for (const to of anywhere ? graph.nodes.keys() : []) yield { what: `Error handler of "${from}"`, from, to };
    for (const to of options.ends ?? []) yield { what: `Node "${from}", option ends`, from, to };
  }
}

function refuseUnreachable(graph: Declared, edges: readonly Edge[]): void {
  const reached = new Set([START]);
  for (const name of reached) for (const { from, to } of edges) if (from === name) reached.add(to);
  const lost = [...graph.nodes.keys()].filter((name) => !reached.has(name));
  if (lost.length === 0) return;
  throw new UnreachableNodeError(
    `Node \`${lost.join('`, `')}\` is not reachable. No edge leads there from START. ` +
      'If a Command goes there, say so: addNode(name, fn, { ends: [...] }).',
    { nodes: lost },
  );
}

function unknown(graph: Declared, what: string, name: string): never {
  const nodes = [...graph.nodes.keys()];
  throw new GraphValidationError(`${what} \`${name}\`. Nodes: ${nodes.join(', ')}.`, {
    node: name,
    nodes,
  });
}
