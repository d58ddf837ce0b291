/** What the differential test uses of a library: the names, not the types, because they must be the same by behaviour. */
import * as langgraphModule from '@langchain/langgraph';
import * as holdpointModule from '../../core/index.ts';

// eslint-disable-next-line typescript/no-explicit-any -- programs for either library, built from data
type Loose = any;

export interface CompiledGraph {
  invoke(input: unknown, config?: object): Promise<Loose>;
  stream(input: unknown, config?: object): Promise<AsyncIterable<unknown>>;
  getState(config: object): Promise<Loose>;
  getStateHistory(config: object): AsyncIterable<Loose>;
  updateState(config: object, values: unknown, asNode?: string): Promise<Loose>;
}

export interface Builder {
  addNode(name: string, node: unknown, options?: object): Builder;
  addEdge(from: string | readonly string[], to: string): Builder;
  addConditionalEdges(source: string, router: unknown, paths?: unknown): Builder;
  compile(options?: object): CompiledGraph;
}

export interface Library {
  readonly StateGraph: new (schema: unknown) => Builder;
  readonly Annotation: Loose;
  readonly MemorySaver: new () => Loose;
  readonly Command: (new (options: object) => unknown) & { readonly PARENT: string };
  readonly Send: new (node: string, value: unknown) => unknown;
  interrupt(value: unknown, options?: object): unknown;
}

export const holdpoint = holdpointModule as unknown as Library;
export const langgraph = langgraphModule as unknown as Library;
