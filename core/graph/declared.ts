/** Nodes and edges as a builder collects them. */
import type { NodePolicies } from '../policies/policies.ts';
import type { StateDefinitionInit } from '../schema/definition.ts';
import type { Branch, Join, NestedGraph } from './spec.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- where nobody says which state it is
export interface NodeOptions<Nodes extends string = string, State = any, Update = any> extends NodePolicies<
  State,
  Update
> {
  /** Where Commands that this node returns may go: for validation. */
  readonly ends?: readonly Nodes[];
  /** Merged into the node's `config.metadata`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The graphs that the node calls, so that `getState` finds them. @default the node itself, when it is a graph */
  readonly subgraphs?: readonly NestedGraph[];
  /** Wait until nothing else is left to run. @default false */
  readonly defer?: boolean;
  /** The schema of what the node reads; it may declare channels of its own. @default the state */
  readonly input?: StateDefinitionInit;
}

export interface DeclaredNode {
  readonly action: unknown;
  readonly options: NodeOptions;
  readonly reads: readonly string[] | undefined;
}

export interface Declared {
  readonly nodes: ReadonlyMap<string, DeclaredNode>;
  readonly edges: readonly (readonly [from: string, to: string])[];
  readonly joins: readonly Join[];
  readonly branches: readonly { readonly source: string; readonly branch: Branch }[];
  /** Every node has an error handler. */
  readonly handles: boolean;
}
