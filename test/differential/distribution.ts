/** What the cases of a run were like, counted by what they did and not by what they might have done. */
import type { Call, Case, GraphDescription, Returns, Step } from './description.ts';
import type { Played } from './compare.ts';

/** At least so many of a hundred cases. */
export const ATLEAST: Readonly<Record<string, number>> = {
  interrupted: 25,
  resumed: 10,
  sends: 15,
  subgraphs: 15,
  'nested twice': 2,
  joins: 3,
  loops: 10,
  commands: 5,
  failed: 5,
  breakpoints: 5,
  streamed: 25,
  'tasks, checkpoints, debug': 15,
  custom: 5,
  retried: 2,
  refused: 10,
  'another process': 25,
  updated: 5,
  'time travel': 5,
  'gave a Command': 2,
};

function graphsOf(graph: GraphDescription): GraphDescription[] {
  const inside = graph.nodes.flatMap((node) => [
    ...(node.graph ? [node.graph] : []),
    ...node.steps.flatMap((step: Step) => (step.do === 'call' ? [step.graph] : [])),
  ]);
  return [graph, ...inside.flatMap(graphsOf)];
}

/** The properties of one case. */
export function traitsOf({ graph, calls }: Case, { seen, refused }: Played): string[] {
  const all = graphsOf(graph);
  const played: readonly Call[] = calls.slice(0, seen.length + refused.length);
  const told = JSON.stringify(seen);
  const returns = all.flatMap(({ nodes }) => nodes.map((node): Returns => node.returns));
  const has: Record<string, boolean> = {
    interrupted: told.includes(' one?"') || told.includes(' two?"') || told.includes(': go?"'),
    resumed: played.some(({ ask }) => ask.do === 'answer' || ask.do === 'answers') && seen.length > 1,
    sends: told.includes('__pregel_push') || told.includes('sent '),
    subgraphs: all.length > 1,
    'nested twice': all.slice(1).some((one) => graphsOf(one).length > 1),
    joins: all.some(({ joins }) => joins.length > 0),
    loops: all.some(({ branches }) => branches.some(({ decide }) => decide.kind === 'while')),
    commands: returns.some(({ kind }) => kind !== 'update'),
    failed: told.includes('failed'),
    breakpoints: all.some((one) => one.interruptBefore.length + one.interruptAfter.length > 0),
    streamed: played.some(({ stream }) => stream !== undefined),
    'tasks, checkpoints, debug': played.some(({ stream }) =>
      ['tasks', 'checkpoints', 'debug'].includes(String(stream?.modes)),
    ),
    custom: played.some(({ stream }) => String(stream?.modes).includes('custom')),
    retried: all.some(({ nodes }) =>
      nodes.some(({ retries, steps }) => retries && steps.some(({ do: what }) => what === 'fail')),
    ),
    refused: refused.length > 0,
    updated: played.some(({ ask }) => ask.do === 'update'),
    'time travel': played.some(({ at }) => at !== undefined),
    'gave a Command': played.some(({ ask }) => ask.do === 'command'),
    'another process': played.some(({ fresh }, nth) => fresh && nth > 0),
  };
  return Object.keys(has).filter((trait) => has[trait]);
}
