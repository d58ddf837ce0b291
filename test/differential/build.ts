/** From a description to a graph of either library. What its nodes do outside of the state goes through a probe. */
import {
  type BranchDescription,
  type Channel,
  END,
  type GraphDescription,
  type NodeDescription,
  type Returns,
  type Step,
  type Target,
} from './description.ts';
import type { CompiledGraph, Library } from './library.ts';

interface State {
  readonly log?: readonly string[];
  readonly sum?: number;
  readonly v?: unknown;
  readonly w?: unknown;
}

/** Survives the graphs of one session: which nodes ran, in order, and what they saw. */
export interface Probe {
  readonly ran: string[];
  readonly failures: Map<string, number>;
}

export function build(
  library: Library,
  graph: GraphDescription,
  probe: Probe,
  options: object = graph.checkpointer === undefined ? {} : { checkpointer: graph.checkpointer },
  around = '',
): CompiledGraph {
  let builder = new library.StateGraph(schemaOf(library));
  for (const node of graph.nodes) {
    const run = node.graph
      ? build(library, node.graph, probe, undefined, `${around}${node.name}/`)
      : nodeOf(library, node, probe, around);
    builder = builder.addNode(node.name, run, {
      ...(node.ends.length > 0 && { ends: node.ends }),
      ...(node.defer && { defer: true }),
      ...(node.retries && { retryPolicy: { maxAttempts: 2, initialInterval: 0, jitter: false, logWarning: false } }),
    });
  }
  for (const [from, to] of graph.edges) builder = builder.addEdge(from, to);
  for (const [from, to] of graph.joins) builder = builder.addEdge(from, to);
  for (const branch of graph.branches) {
    builder = builder.addConditionalEdges(branch.source, routerOf(library, branch, around), pathsOf(branch));
  }
  const { interruptBefore, interruptAfter } = graph;
  return builder.compile({ interruptBefore, interruptAfter, ...options });
}

function schemaOf({ Annotation }: Library): unknown {
  return Annotation.Root({
    // Cut, because a graph inside a loop doubles it.
    log: Annotation({ reducer: (a: string[], b: string[]) => a.concat(b).slice(0, 30), default: () => [] }),
    sum: Annotation({ reducer: (a: number, b: number) => a + b, default: () => 0 }),
    v: Annotation(),
    w: Annotation(),
  });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function nodeOf(library: Library, node: NodeDescription, probe: Probe, around: string): unknown {
  const { name, steps, returns } = node;
  return async (state: State, { writer }: { readonly writer?: (chunk: unknown) => void }) => {
    // What runs side by side ends in the order of names and Sends, however long either library takes itself.
    for (let turns = name.charCodeAt(0) - 96 + 5 * ((state.sum ?? 0) % 5); turns > 0; turns--) await turn();
    const saw = `${around}${name}(${state.log?.length},${state.sum},${JSON.stringify(state.v)})`;
    probe.ran.push(saw);
    writer?.({ ran: saw });
    const said: string[] = [];
    const calls = steps.map((step, i) =>
      step.do === 'call' ? build(library, step.graph, probe, undefined, `${around}${name}/${i}/`) : undefined,
    );
    for (const [i, step] of steps.entries()) {
      const answer = await take(library, step, calls[i], { place: `${name}/${i}`, saw, sum: state.sum ?? 0, probe });
      if (answer !== undefined) said.push(JSON.stringify(answer));
    }
    return outputOf(library, returns, [name, ...said].join(':'));
  };
}

async function take(
  library: Library,
  step: Step,
  graph: CompiledGraph | undefined,
  {
    place,
    saw,
    sum,
    probe,
  }: { readonly place: string; readonly saw: string; readonly sum: number; readonly probe: Probe },
): Promise<unknown> {
  switch (step.do) {
    case 'ask':
      return library.interrupt(`${saw} ${place} ${step.question}`) ?? 'undefined';
    case 'fail': {
      const before = probe.failures.get(place) ?? 0;
      if (before >= step.times) return undefined;
      probe.failures.set(place, before + 1);
      throw new TypeError(`${place} failed`);
    }
    case 'call':
      return graph!.invoke({ log: [place], sum });
  }
}

function outputOf(library: Library, returns: Returns, text: string): unknown {
  switch (returns.kind) {
    case 'update':
      return valuesOf(returns.channels, text);
    case 'command':
      return new library.Command({
        ...(returns.channels.length > 0 && { update: valuesOf(returns.channels, text) }),
        ...(returns.goto.length > 0 && { goto: returns.goto.map((target) => targetOf(library, target)) }),
        ...(returns.parent && { graph: library.Command.PARENT }),
      });
    case 'several':
      return [
        valuesOf(returns.channels, text),
        new library.Command({ goto: returns.goto.map((target) => targetOf(library, target)), update: { sum: 1 } }),
      ];
  }
}

export function valuesOf(channels: readonly Channel[], text: string): object {
  const values = { log: [text], sum: text.length, v: text, w: [text] };
  return Object.fromEntries(channels.map((channel) => [channel, values[channel]]));
}

function targetOf(library: Library, target: Target): unknown {
  if (typeof target === 'string') return target;
  return new library.Send(target.send, { log: [`sent ${target.value}`], sum: target.value, v: target.value });
}

function routerOf(
  library: Library,
  { decide, paths, source }: BranchDescription,
  around: string,
): (state: State) => unknown {
  const label = (target: Target) =>
    typeof target === 'string' && paths === 'map' ? `to ${target}` : targetOf(library, target);
  return (state: State) => {
    if (
      decide.kind === 'ask' &&
      library.interrupt(`${around}${source}(${state.log?.length},${state.sum}): ${decide.question}`) === 'no'
    )
      return label(END);
    if (decide.kind === 'while' && (state.log?.length ?? 0) >= decide.entries) return label(decide.otherwise);
    const targets = decide.targets.map(label);
    return targets.length === 1 ? targets[0] : targets;
  };
}

function pathsOf({ names, paths }: BranchDescription): unknown {
  if (paths === 'none') return undefined;
  return paths === 'list' ? names : Object.fromEntries(names.map((name) => [`to ${name}`, name]));
}
