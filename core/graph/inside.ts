/** What is inside of a compiled graph, for those who look: its nodes one by one, and the graphs that they are. */
import type { RunnableConfig } from '../config.ts';
import type { GraphSpec, NestedGraph } from './spec.ts';

/** A node by itself. */
export interface BareNode<State, Update> {
  invoke(state: State, config?: RunnableConfig): Promise<Update>;
}

export function nodesOf({ nodes }: GraphSpec): Record<string, BareNode<unknown, unknown>> {
  const made = [...nodes].map(([name, node]): [string, BareNode<unknown, unknown>] => [
    name,
    { invoke: async (state, config = {}) => node.run(state, config) },
  ]);
  return Object.fromEntries(made);
}

/**
 * @param namespace `outer|inner`: only the one of that name
 * @param recurse graphs inside them too
 */
export function* subgraphsOf(
  spec: GraphSpec,
  namespace: string | undefined,
  recurse: boolean,
): Generator<[string, NestedGraph]> {
  for (const [name, { graph }] of spec.nodes) {
    if (!graph) continue;
    const [first, ...rest] = namespace?.split('|') ?? [name];
    if (first !== name) continue;
    if (rest.length === 0) yield [name, graph];
    if (!recurse || namespace === name) continue;
    for (const [inner, found] of subgraphsOf(graph.spec, namespace && rest.join('|'), recurse)) {
      yield [`${name}|${inner}`, found];
    }
  }
}
