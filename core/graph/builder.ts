/** `StateGraph`: collects nodes and edges, and compiles them into an immutable graph. Names are checked as they come, wholes by `compile`. */
import type { AnnotationRoot, StateDefinition } from '../annotation.ts';
import { END, START } from '../constants.ts';
import { GraphValidationError, quote } from '../errors.ts';
import type { NodePolicies } from '../policies/policies.ts';
import type { ExtractStateType, ExtractUpdateType, StateDefinitionInit } from '../schema/definition.ts';
import { readInit, type Schemas } from '../schema/init.ts';
import { mergeChannels, readSchema } from '../schema/read.ts';
import { CompiledStateGraph } from './compiled.ts';
import type { Declared, DeclaredNode, NodeOptions } from './declared.ts';
import type { CompileOptions } from './options.ts';
import type {
  AnyRouter,
  ExtractStateDefinition,
  LegacyChannels,
  NodeAction,
  NodeConfig,
  PathMap,
  Prettify,
  ReturnsOf,
  StateGraphInit,
  StateGraphOptions,
  StrictNodeAction,
} from './node-types.ts';
import { draw } from './draw.ts';
import { link } from './link.ts';
import { runOf } from './run-of.ts';
import type { Branch, GraphSpec, Join } from './spec.ts';
import { RESERVED, validateName } from './validate.ts';

/** Several nodes at once: an object, or `[name, node, options]` entries. */
export type NodeList<Name extends string, Action> =
  | Readonly<Record<Name, Action>>
  | readonly (readonly [name: Name, node: Action, options?: NodeOptions])[];

/** What a node with an input schema reads. Options that are `any` may have none. */
type ReadBy<Schema, S> = StateDefinitionInit extends Schema ? S : ExtractStateType<Schema>;

/**
 * @example
 * const graph = new StateGraph(State)
 *   .addNode('draft', draft)
 *   .addNode('review', review)
 *   .addEdge(START, 'draft')
 *   .addEdge('draft', 'review')
 *   .addEdge('review', END)
 *   .compile({ checkpointer: new MemorySaver() });
 */
export class StateGraph<
  SD,
  S = ExtractStateType<SD>,
  U = ExtractUpdateType<SD, S>,
  N extends string = typeof START,
  I extends StateDefinitionInit = ExtractStateDefinition<SD>,
  O extends StateDefinitionInit = ExtractStateDefinition<SD>,
  C extends StateDefinitionInit = StateDefinition,
  NodeReturnType = unknown,
  InterruptType = unknown,
  WriterType = unknown,
> {
  /** Only a type: of a node of this graph. */
  declare readonly Node: StrictNodeAction<S, U, C, N, InterruptType, WriterType>;
  readonly #schemas: Schemas;
  /** With those that nodes declare for themselves. */
  #channels: GraphSpec['channels'];
  readonly #nodes = new Map<string, DeclaredNode>();
  readonly #edges: [string, string][] = [];
  readonly #joins: Join[] = [];
  #defaults: NodePolicies = {};
  readonly #branches: { source: string; branch: Branch }[] = [];

  /**
   * @param state an Annotation.Root, a StateSchema or a Zod object
   * @param options schemas of input, output and context; or the context's schema alone
   */
  constructor(
    state: SD extends StateDefinitionInit ? SD : never,
    options?: C | StateGraphOptions<I | undefined, O | undefined, C | undefined, N, InterruptType, WriterType>,
  );
  /** With `typeof State.spec` as the type argument. */
  constructor(
    state: SD extends StateDefinition ? AnnotationRoot<SD> : never,
    options?: C | StateGraphOptions<I | undefined, O | undefined, C | undefined, N, InterruptType, WriterType>,
  );
  constructor(
    init: Omit<StateGraphOptions<undefined, O | undefined, C | undefined, N, InterruptType, WriterType>, 'input'> & {
      readonly input: SD extends StateDefinitionInit ? SD : never;
      readonly state?: never;
      readonly stateSchema?: never;
    },
    context?: C,
  );
  constructor(
    init: StateGraphInit<
      SD extends StateDefinitionInit ? SD : never,
      I | undefined,
      O | undefined,
      C | undefined,
      N,
      InterruptType,
      WriterType
    >,
    context?: C,
  );
  /** @deprecated `{ channels }`: declare the state with Annotation.Root, StateSchema or Zod. */
  constructor(init: LegacyChannels<S>, context?: C);
  constructor(first: unknown, second?: unknown) {
    this.#schemas = readInit(first, second);
    this.#channels = this.#schemas.channels;
    const reserved = [...this.#channels.keys()].find((name) => RESERVED.test(name));
    if (reserved !== undefined) {
      throw new GraphValidationError(`State key "${reserved}": this name is reserved.`, { channel: reserved });
    }
  }

  /** @throws GraphValidationError for a name that is taken, reserved, or a channel's */
  addNode<Nodes extends Record<string, NodeAction<S, U, NodeConfig<C, InterruptType, WriterType>>>>(
    nodes: Nodes,
  ): StateGraph<
    SD,
    S,
    U,
    N | (keyof Nodes & string),
    I,
    O,
    C,
    NodeReturnType & ReturnsOf<Nodes>,
    InterruptType,
    WriterType
  >;
  addNode<K extends string, In = S>(
    nodes: readonly (readonly [
      name: K,
      node: NodeAction<In, U, NodeConfig<C, InterruptType, WriterType>>,
      options?: NodeOptions<N | K>,
    ])[],
  ): StateGraph<SD, S, U, N | K, I, O, C, NodeReturnType & Record<K, U>, InterruptType, WriterType>;
  addNode<K extends string, Schema extends StateDefinitionInit, Out extends U = U>(
    name: K,
    node: NodeAction<ReadBy<Schema, S>, Out, NodeConfig<C, InterruptType, WriterType>>,
    options: NodeOptions<N | K, ReadBy<Schema, S>, U> & { readonly input: Schema },
  ): StateGraph<SD, S, U, N | K, I, O, C, NodeReturnType & Record<K, Out>, InterruptType, WriterType>;
  addNode<K extends string, In = S, Out extends U = U>(
    name: K,
    node: NodeAction<In, Out, NodeConfig<C, InterruptType, WriterType>>,
    options?: NodeOptions<N | K, S, U>,
  ): StateGraph<SD, S, U, N | K, I, O, C, NodeReturnType & Record<K, Out>, InterruptType, WriterType>;
  /** With keys that are no channel, which are left out. */
  addNode<K extends string, In = S>(
    name: K,
    // oxlint-disable-next-line typescript/no-explicit-any -- whatever else is in there
    node: NodeAction<In, U & Record<string, any>, NodeConfig<C, InterruptType, WriterType>>,
    options?: NodeOptions<N | K>,
  ): StateGraph<SD, S, U, N | K, I, O, C, NodeReturnType & Record<K, U>, InterruptType, WriterType>;
  addNode(first: string | NodeList<string, unknown>, node?: unknown, options?: NodeOptions): unknown {
    const list = typeof first === 'object' ? listOf(first) : [[first, node, options] as const];
    if (list.length === 0) throw new GraphValidationError('No nodes provided in `addNode`.');
    for (const [name, action, given = {}] of list) {
      validateName(name, this.#nodes, this.#channels);
      if (!runOf(action)) {
        throw new GraphValidationError(
          `Node ${quote(name)}: Expected a Runnable, function or object with invoke(), got ${quote(action)}.`,
        );
      }
      const reads = given.input && readSchema(given.input);
      if (reads) this.#channels = mergeChannels([this.#channels, reads]);
      this.#nodes.set(name, { action, options: given, reads: reads && [...reads.keys()] });
    }
    return this;
  }

  /** Adds nodes, each with an edge to the next. */
  addSequence<Nodes extends Record<string, NodeAction<S, U, NodeConfig<C, InterruptType, WriterType>>>>(
    nodes: Nodes,
  ): StateGraph<
    SD,
    S,
    U,
    N | (keyof Nodes & string),
    I,
    O,
    C,
    NodeReturnType & ReturnsOf<Nodes>,
    InterruptType,
    WriterType
  >;
  addSequence<K extends string, In = S>(
    nodes: readonly (readonly [
      name: K,
      node: NodeAction<In, U, NodeConfig<C, InterruptType, WriterType>>,
      options?: NodeOptions<N | K>,
    ])[],
  ): StateGraph<SD, S, U, N | K, I, O, C, NodeReturnType & Record<K, U>, InterruptType, WriterType>;
  addSequence(nodes: NodeList<string, unknown>): unknown {
    const names = listOf(nodes).map(([name]) => name);
    if (names.length === 0) throw new GraphValidationError('Sequence requires at least one node.');
    this.addNode(nodes as never);
    for (let i = 1; i < names.length; i++) this.#edges.push([names[i - 1]!, names[i]!]);
    return this;
  }

  /** Policies of all nodes that have none of their own. Error handlers get `retryPolicy` and `timeout` too. */
  setNodeDefaults(defaults: NodePolicies<S, U>): this {
    this.#defaults = { ...this.#defaults, ...defaults };
    return this;
  }

  /** @deprecated Use `addEdge(START, name)`. */
  setEntryPoint(name: N): this {
    return this.addEdge(START, name as never);
  }

  /** @deprecated Use `addEdge(name, END)`. */
  setFinishPoint(name: N): this {
    return this.addEdge(name, END);
  }

  /** From one node, or from several: then `to` runs once all of them have finished. */
  addEdge(
    from: N | typeof START | readonly Exclude<N, typeof START>[],
    to: Exclude<N, typeof START> | typeof END,
  ): this {
    const names: readonly string[] = Array.isArray(from) ? from : [from];
    if (names.includes(END)) throw new GraphValidationError(`Edge "${END}" -> "${to}": END cannot be a start node.`);
    if ((to as string) === START)
      throw new GraphValidationError(`Edge "${names.join(', ')}" -> "${to}": START cannot be an end node.`);
    if (!Array.isArray(from)) {
      this.#edges.push([names[0]!, to]);
      return this;
    }
    if (names.length === 0) throw new GraphValidationError(`Edge [] -> "${to}": a join needs at least one source.`);
    this.#joins.push({ id: `${names.join('|')}:${to}`, sources: [...new Set(names)], target: to });
    return this;
  }

  /**
   * After `source`, `router` decides where to go.
   * @param paths from the router's labels to nodes, or the nodes that it may return
   */
  addConditionalEdges(
    source: N | typeof START,
    router: AnyRouter<S, NodeConfig<C, InterruptType, WriterType>>,
    paths?: PathMap<N>,
  ): this;
  addConditionalEdges(branch: {
    readonly source: N | typeof START;
    readonly path: AnyRouter<S, NodeConfig<C, InterruptType, WriterType>>;
    readonly pathMap?: PathMap<N>;
  }): this;
  addConditionalEdges(
    from: string | { source: string; path: unknown; pathMap?: PathMap<string> },
    path?: unknown,
    pathMap?: PathMap<string>,
  ): this {
    const given = typeof from === 'object' ? from : { source: from, path, pathMap };
    const { source, pathMap: paths } = given;
    const router = runOf(given.path);
    if (!router) {
      throw new GraphValidationError(
        `Conditional edge from "${source}": expected a function, got ${quote(given.path)}.`,
      );
    }
    const pairs =
      paths && (Array.isArray(paths) ? paths.map((name: string) => [name, name] as const) : Object.entries(paths));
    const ends = pairs && new Map<string, string>(pairs);
    this.#branches.push({ source, branch: { decide: router, isRunnable: typeof given.path !== 'function', ends } });
    return this;
  }

  /** @throws GraphValidationError when the whole makes no sense: unknown or unreachable nodes, no entry */
  compile(
    options: CompileOptions<N> = {},
  ): CompiledStateGraph<Prettify<S>, Prettify<U>, N, I, O, C, NodeReturnType, InterruptType, WriterType> {
    const declared: Declared = {
      nodes: this.#nodes,
      edges: this.#edges,
      joins: this.#joins,
      branches: this.#branches,
      handles: this.#defaults.errorHandler !== undefined,
    };
    const spec = this.finish(link(declared, { ...this.#schemas, channels: this.#channels }, this.#defaults, options));
    return new CompiledStateGraph(spec, options, (drawing) => draw(declared, spec.breakpoints, drawing));
  }

  /** What a graph of another kind makes of it. */
  protected finish(spec: GraphSpec): GraphSpec {
    return spec;
  }
}

function listOf<Name extends string>(
  nodes: NodeList<Name, unknown>,
): readonly (readonly [Name, unknown, NodeOptions?])[] {
  return Array.isArray(nodes) ? nodes : (Object.entries(nodes) as [Name, unknown][]);
}
