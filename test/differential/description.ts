/** A case of the differential test as plain data: a graph, and the calls that are made on one thread of it. It is generated, shrunk and printed. */
import type { Durability } from '../../core/index.ts';

export const END = '__end__';
export const START = '__start__';

/** Where an edge, a router or a Command leads: a node by name (END too), or a node with an input of its own. */
export type Target = string | { readonly send: string; readonly value: number };

/** What a node does before it returns. */
export type Step =
  | { readonly do: 'ask'; readonly question: string }
  /** Throws in its first so many runs. */
  | { readonly do: 'fail'; readonly times: number }
  /** Runs a graph inside itself, and logs its answer. */
  | { readonly do: 'call'; readonly graph: GraphDescription };

/** Channels of every graph: `log` concatenates, `sum` adds, `v` and `w` keep the last value, `v` without a first one. */
export type Channel = 'log' | 'sum' | 'v' | 'w';

export type Returns =
  | { readonly kind: 'update'; readonly channels: readonly Channel[] }
  | {
      /** A Command, or an update and a Command in one array. */
      readonly kind: 'command' | 'several';
      readonly channels: readonly Channel[];
      readonly goto: readonly Target[];
      readonly parent: boolean;
    };

export interface NodeDescription {
  readonly name: string;
  /** A graph as a node does nothing of its own. */
  readonly graph?: GraphDescription;
  readonly steps: readonly Step[];
  readonly returns: Returns;
  /** Waits until nothing else is planned. */
  readonly defer?: true;
  /** Is tried twice. */
  readonly retries?: true;
  /** Nodes that Commands of this one, or of graphs in it, go to. */
  readonly ends: readonly string[];
}

export type Decision =
  | { readonly kind: 'always'; readonly targets: readonly Target[] }
  /** While the log is shorter. */
  | {
      readonly kind: 'while';
      readonly entries: number;
      readonly targets: readonly Target[];
      readonly otherwise: string;
    }
  /** Asks first. */
  | { readonly kind: 'ask'; readonly question: string; readonly targets: readonly Target[] };

export interface BranchDescription {
  readonly source: string;
  readonly decide: Decision;
  /** Every name that it may return. */
  readonly names: readonly string[];
  readonly paths: 'none' | 'list' | 'map';
}

export type Breakpoints = readonly string[] | '*';

export interface GraphDescription {
  readonly nodes: readonly NodeDescription[];
  readonly edges: readonly (readonly [from: string, to: string])[];
  readonly joins: readonly (readonly [from: readonly string[], to: string])[];
  readonly branches: readonly BranchDescription[];
  readonly interruptBefore: Breakpoints;
  readonly interruptAfter: Breakpoints;
  /** Of a graph inside another one. */
  readonly checkpointer?: boolean;
}

/** Which of the pending questions, in their order; those of other supersteps and runs by what became of them. */
export type Ask =
  | { readonly do: 'input'; readonly channels: readonly Channel[] }
  | { readonly do: 'continue' }
  /** A bare answer. */
  | { readonly do: 'answer'; readonly value: unknown }
  /** Answers by id to those of the pending questions whose bit is set. */
  | { readonly do: 'answers'; readonly some: readonly boolean[] }
  | { readonly do: 'wrong'; readonly id: 'unknown' | 'stale' }
  | { readonly do: 'command'; readonly channels: readonly Channel[]; readonly goto: readonly string[] }
  | { readonly do: 'update'; readonly channels: readonly Channel[]; readonly asNode: string | undefined };

export interface Call {
  readonly ask: Ask;
  /** Time travel: at the checkpoint of that place in the history, newest first. */
  readonly at?: number;
  /** Undefined: `invoke`. */
  readonly stream?: { readonly modes: readonly string[] | string; readonly subgraphs: boolean };
  readonly durability: Durability;
  readonly interruptBefore?: Breakpoints;
  readonly interruptAfter?: Breakpoints;
  readonly recursionLimit: number;
  /** By another process: a graph built anew over the same store. */
  readonly fresh: boolean;
}

export interface Case {
  readonly graph: GraphDescription;
  readonly calls: readonly Call[];
}

/** Whether graphs run inside others. Then the order of what happens side by side is not compared. */
export function nested({ nodes }: GraphDescription): boolean {
  return nodes.some(({ graph, steps }) => graph !== undefined || steps.some((step) => step.do === 'call'));
}

/** Whether a graph so many deep, or deeper, has breakpoints of its own. */
export function breaksAt({ nodes, interruptBefore, interruptAfter }: GraphDescription, deep: number): boolean {
  if (deep <= 0 && interruptBefore.length + interruptAfter.length > 0) return true;
  const inside = nodes.flatMap(({ graph, steps }) => [
    graph,
    ...steps.map((step) => (step.do === 'call' ? step.graph : undefined)),
  ]);
  return inside.some((graph) => graph && breaksAt(graph, deep - 1));
}
