/** A compiled graph as the engine sees it: immutable, and with every name resolved. */
import type { Channel } from '../channel.ts';
import type { LangGraphRunnableConfig } from '../config.ts';

export interface GraphSpec {
  readonly name: string;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Includes START, whose input is the run's input. */
  readonly nodes: ReadonlyMap<string, NodeSpec>;
  readonly breakpoints: Breakpoints;
  /** Compare a replayed question with the recorded one. */
  readonly checkQuestions: boolean;
}

/** Where runs stop without a question: at all nodes, or at those named. */
export interface Breakpoints {
  readonly before: readonly string[] | '*';
  readonly after: readonly string[] | '*';
}

export type State = Readonly<Record<string, unknown>>;

export interface NodeSpec {
  readonly name: string;
  run(input: unknown, config: LangGraphRunnableConfig): unknown;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** The graph that the node is, or calls: its state can be looked at. */
  readonly graph?: NestedGraph | undefined;
  /** Static edges out of this node, END left out. */
  readonly edges: readonly string[];
  readonly branches: readonly Branch[];
  /** Joins that wait for this node among others. */
  readonly joins: readonly Join[];
}

/** A compiled graph. */
export interface NestedGraph {
  readonly spec: GraphSpec;
}

/** A join edge: `target` runs once all of `sources` have finished. */
export interface Join {
  readonly id: string;
  readonly sources: readonly string[];
  readonly target: string;
}

/** A conditional edge. */
export interface Branch {
  decide(state: State, config: LangGraphRunnableConfig): unknown;
  /** From what `decide` returns to a node. Absent: it returns node names. */
  readonly ends: ReadonlyMap<string, string> | undefined;
}
