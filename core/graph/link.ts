/** From nodes and edges as they were declared to a graph as the engine sees it: every name resolved. Pure. */
import { END, START } from '../constants.ts';
import { transientOf } from '../engine/transient.ts';
import { type NodePolicies, withPolicies } from '../policies/policies.ts';
import type { Schemas } from '../schema/init.ts';
import { CompiledStateGraph } from './compiled.ts';
import type { Declared, DeclaredNode } from './declared.ts';
import type { CompileOptions } from './options.ts';
import { runOf } from './run-of.ts';
import type { GraphSpec, NestedGraph, NodeSpec } from './spec.ts';
import { validate, validateBreakpoints } from './validate.ts';

/** @throws GraphValidationError when the whole makes no sense: unknown or unreachable nodes, no entry */
export function link(
  declared: Declared,
  { channels, state, input, output, inputSchema, contextSchema, interrupt }: Schemas,
  defaults: NodePolicies,
  options: CompileOptions,
): GraphSpec {
  const { name = 'LangGraph', checkQuestions = true, interruptBefore = [], interruptAfter = [] } = options;
  const breakpoints = { before: interruptBefore, after: interruptAfter };
  validate(declared);
  validateBreakpoints(declared, breakpoints);
  const allOr = (some: GraphSpec['channels']): readonly string[] | undefined =>
    some.size < channels.size ? [...some.keys()] : undefined;
  const specOf = (node: string, run: NodeSpec['run'], known?: DeclaredNode): NodeSpec => ({
    name: node,
    run,
    ...(known && withPolicies(node, known.options, defaults)),
    defer: known?.options.defer,
    edges: declared.edges.filter(([from, to]) => from === node && to !== END).map(([, to]) => to),
    metadata: known?.options.metadata,
    reads: known?.reads ?? allOr(state),
    graph: nestedGraph(known),
    branches: declared.branches.filter(({ source }) => source === node).map(({ branch }) => branch),
    joins: declared.joins.filter(({ sources, target }) => sources.includes(node) && target !== END),
  });
  const nodes = new Map([[START, specOf(START, (given) => given)]]);
  for (const [node, known] of declared.nodes) nodes.set(node, specOf(node, runOf(known.action)!, known));
  const rules = [...channels];
  const parses = rules.some(([, channel]) => 'parse' in channel);
  const transient = rules.filter(([, channel]) => channel.transient).map(([key]) => key);
  return {
    name,
    channels,
    input: parses || input.size < channels.size ? input : undefined,
    inputSchema,
    output: allOr(output),
    contextSchema,
    interrupt,
    parses,
    transient: transient.length > 0 ? transientOf(transient) : undefined,
    nodes,
    entry: START,
    breakpoints,
    checkQuestions,
    stepTimeout: options.stepTimeout,
    defers: [...nodes.values()].some(({ defer }) => defer),
    cache: options.cache,
  };
}

function nestedGraph(node: DeclaredNode | undefined): NestedGraph | undefined {
  const graphs = node ? [node.action, ...(node.options.subgraphs ?? [])].flatMap(partsOf) : [];
  return graphs.find((one) => one instanceof CompiledStateGraph && one.checkpointer !== false) as
    | NestedGraph
    | undefined;
}

/** Of a sequence, `graph.pipe(…)` or LangChain's: its steps. */
function partsOf(action: unknown): unknown[] {
  const { steps } = Object(action) as { readonly steps?: unknown };
  return Array.isArray(steps) ? steps.flatMap(partsOf) : [action];
}
