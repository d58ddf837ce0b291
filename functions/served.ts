/** The graphs of this deployment, by name. */
import type { GraphSpec } from '../core/graph/spec.ts';
import type { App } from './options.ts';
import { Problem } from './problems.ts';

/** The name that a thread gets which names none: that of the only graph. */
export function soleGraph({ graphs }: App): string | undefined {
  return graphs.size === 1 ? [...graphs.keys()][0] : undefined;
}

/** The graph of a name, or the only one. @throws Problem `unknown_graph` */
export function findGraph(app: App, name: string | undefined, threadId?: string): GraphSpec {
  const graph = app.graphs.get(name ?? soleGraph(app) ?? '');
  if (graph) return graph;
  const graphs = [...app.graphs.keys()];
  const list = `Graphs: ${graphs.join(', ')}.`;
  if (name === undefined)
    throw new Problem('unknown_graph', `Several graphs are served: name one in "graph". ${list}`, { graphs });
  const message =
    threadId === undefined
      ? `No graph "${name}" is served here. ${list}`
      : `Thread "${threadId}" runs graph "${name}", which is not served here (any more). ${list}`;
  throw new Problem('unknown_graph', message, { graph: name, graphs });
}
