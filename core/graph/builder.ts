/** `StateGraph`: collects nodes and edges, and compiles them into an immutable graph. Names are checked as they come, wholes by `compile`. */
import { AnnotationRoot, type StateDefinition, type StateOf, type UpdateOf } from '../annotation.ts';
import type { Command, Send } from '../command.ts';
import type { LangGraphRunnableConfig } from '../config.ts';
import { END, START } from '../constants.ts';
import { GraphValidationError, quote } from '../errors.ts';
import { type CompileOptions, CompiledStateGraph } from './compiled.ts';
import type { Branch, Join, NodeSpec } from './spec.ts';
import { validate, validateBreakpoints } from './validate.ts';

/** Two underscores on both sides: START and END, what chunks and results carry beside nodes and channels, and JavaScript's own `__proto__`. */
const RESERVED = /^__.*__$/;

type MaybePromise<T> = T | Promise<T>;

/** What a node returns: a partial update, a Command, several of them, or nothing. */
export type NodeReturn<Update> = Update | Command | readonly (Update | Command)[] | null | undefined | void;

export type NodeFunction<State, Update> = (
  state: State,
  config: LangGraphRunnableConfig,
) => MaybePromise<NodeReturn<Update>>;

/** Anything with `invoke` is a node. */
export interface RunnableLike<State, Update> {
  // oxlint-disable-next-line typescript/no-explicit-any -- its own idea of a config
  invoke(state: State, config?: any): MaybePromise<NodeReturn<Update>>;
}

export type NodeAction<State, Update> = NodeFunction<State, Update> | RunnableLike<State, Update>;

export interface NodeOptions {
  /** Where Commands that this node returns may go: for validation. */
  readonly ends?: readonly string[];
  /** Merged into the node's `config.metadata`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Several nodes at once: an object, or `[name, node, options]` entries. */
export type NodeList<Name extends string, State, Update> =
  | Readonly<Record<Name, NodeAction<State, Update>>>
  | readonly (readonly [name: Name, node: NodeAction<State, Update>, options?: NodeOptions])[];

/** A router: the name of a node, END, a Send, or several of them; with a path map, labels. */
export type Router<State> = (
  state: State,
  config: LangGraphRunnableConfig,
) => MaybePromise<string | boolean | number | Send | readonly (string | Send)[]>;

export interface DeclaredNode {
  readonly action: NodeAction<never, unknown>;
  readonly options: NodeOptions;
}

type AnyRouter<State> = Router<State> | { invoke(state: State, config?: unknown): ReturnType<Router<State>> };

/** From a router's labels to nodes, or the nodes that it may return. */
type PathMap<Nodes extends string> =
  Readonly<Record<string, Nodes | typeof END>> | readonly (Nodes | typeof END)[] | undefined;

/** Nodes and edges as they were declared. */
export interface Declared {
  readonly nodes: ReadonlyMap<string, DeclaredNode>;
  readonly edges: readonly (readonly [from: string, to: string])[];
  readonly joins: readonly Join[];
  readonly branches: readonly { readonly source: string; readonly branch: Branch }[];
}

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
export class StateGraph<Definition extends StateDefinition, Nodes extends string = typeof START> {
  readonly #definition: Definition;
  readonly #nodes = new Map<string, DeclaredNode>();
  readonly #edges: [string, string][] = [];
  readonly #joins: Join[] = [];
  readonly #branches: { source: string; branch: Branch }[] = [];

  constructor(state: AnnotationRoot<Definition>) {
    if (!(state instanceof AnnotationRoot)) {
      throw new GraphValidationError(`StateGraph needs a state schema: Annotation.Root({ … }), got ${quote(state)}.`);
    }
    const reserved = Object.keys(state.spec).find((name) => RESERVED.test(name));
    if (reserved !== undefined) {
      throw new GraphValidationError(`State key "${reserved}": this name is reserved.`, { channel: reserved });
    }
    this.#definition = state.spec;
  }

  /** @throws GraphValidationError for a name that is taken, reserved, or a channel's */
  addNode<Name extends string>(
    name: Name,
    node: NodeAction<StateOf<Definition>, UpdateOf<Definition>>,
    options?: NodeOptions,
  ): StateGraph<Definition, Nodes | Name>;
  addNode<Name extends string>(
    nodes: NodeList<Name, StateOf<Definition>, UpdateOf<Definition>>,
  ): StateGraph<Definition, Nodes | Name>;
  addNode(
    first: string | NodeList<string, StateOf<Definition>, UpdateOf<Definition>>,
    node?: NodeAction<StateOf<Definition>, UpdateOf<Definition>>,
    options?: NodeOptions,
  ): this {
    const list = typeof first === 'object' ? listOf(first) : [[first, node!, options] as const];
    if (list.length === 0) throw new GraphValidationError('addNode: No nodes provided.');
    for (const [name, action, given = {}] of list) {
      this.#checkName(name);
      if (
        typeof action !== 'function' &&
        typeof (action as Partial<typeof action> | undefined)?.invoke !== 'function'
      ) {
        throw new GraphValidationError(`Node ${quote(name)}: expected a function or a Runnable, got ${quote(action)}.`);
      }
      this.#nodes.set(name, { action, options: given });
    }
    return this;
  }

  /** Adds nodes, each with an edge to the next. */
  addSequence<Name extends string>(
    nodes: NodeList<Name, StateOf<Definition>, UpdateOf<Definition>>,
  ): StateGraph<Definition, Nodes | Name> {
    this.addNode(nodes);
    const names = listOf<string>(nodes).map(([name]) => name);
    for (let i = 1; i < names.length; i++) this.#edges.push([names[i - 1]!, names[i]!]);
    return this;
  }

  /** From one node, or from several: then `to` runs once all of them have finished. */
  addEdge(from: Nodes | readonly Exclude<Nodes, typeof START>[], to: Exclude<Nodes, typeof START> | typeof END): this {
    const names: readonly string[] = Array.isArray(from) ? from : [from];
    if (names.includes(END)) throw new GraphValidationError(`Edge "${END}" -> "${to}": END has no edges out of it.`);
    if ((to as string) === START)
      throw new GraphValidationError(`Edge "${names.join(', ')}" -> "${to}": START has no edges into it.`);
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
  addConditionalEdges(source: Nodes, router: AnyRouter<StateOf<Definition>>, paths?: PathMap<Nodes>): this;
  addConditionalEdges(branch: {
    readonly source: Nodes;
    readonly path: AnyRouter<StateOf<Definition>>;
    readonly pathMap?: PathMap<Nodes>;
  }): this;
  addConditionalEdges(
    from: Nodes | { source: Nodes; path: AnyRouter<StateOf<Definition>>; pathMap?: PathMap<Nodes> },
    path?: AnyRouter<StateOf<Definition>>,
    pathMap?: PathMap<Nodes>,
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
    this.#branches.push({ source, branch: { decide: router, ends } });
    return this;
  }

  /** @throws GraphValidationError when the whole makes no sense: unknown or unreachable nodes, no entry */
  compile(options: CompileOptions = {}): CompiledStateGraph<Definition, Exclude<Nodes, typeof START>> {
    const channels = new Map(Object.entries(this.#definition));
    const declared: Declared = {
      nodes: this.#nodes,
      edges: this.#edges,
      joins: this.#joins,
      branches: this.#branches,
    };
    validate(declared);
    const nodes = new Map<string, NodeSpec>();
    const specOf = (name: string, run: NodeSpec['run']): NodeSpec => ({
      name,
      run,
      edges: this.#edges.filter(([from, to]) => from === name && to !== END).map(([, to]) => to),
      metadata: this.#nodes.get(name)?.options.metadata,
      branches: this.#branches.filter(({ source }) => source === name).map(({ branch }) => branch),
      joins: this.#joins.filter(({ sources, target }) => sources.includes(name) && target !== END),
    });
    nodes.set(
      START,
      specOf(START, (input) => input),
    );
    for (const [name, { action }] of this.#nodes) nodes.set(name, specOf(name, runOf(action)!));
    const { name = 'graph', checkQuestions = true, interruptBefore = [], interruptAfter = [] } = options;
    const breakpoints = { before: interruptBefore, after: interruptAfter };
    validateBreakpoints(declared, breakpoints);
    const spec = { name, channels, nodes, entry: START, breakpoints, checkQuestions };
    return new CompiledStateGraph(spec, options);
  }

  #checkName(name: string): void {
    const refuse = (why: string): never => {
      throw new GraphValidationError(`Node ${quote(name)}: ${why}`, { node: name });
    };
    if (typeof name !== 'string' || name === '') refuse('a name is a string that is not empty.');
    if (RESERVED.test(name)) refuse('this name is reserved.');
    if (/[|:]/.test(name)) refuse('a name must not contain "|" or ":".');
    if (this.#nodes.has(name)) refuse('there is a node of this name already.');
    if (Object.hasOwn(this.#definition, name)) refuse('the state has a channel of this name. Rename one of them.');
  }
}

/** How to call a function, or anything with `invoke`. */
function runOf(action: unknown): NodeSpec['run'] | undefined {
  if (typeof action === 'function') return action as NodeSpec['run'];
  const runnable = action as { invoke?: NodeSpec['run'] } | undefined;
  return typeof runnable?.invoke === 'function' ? (input, config) => runnable.invoke!(input, config) : undefined;
}

function listOf<Name extends string>(
  nodes: NodeList<Name, never, unknown>,
): readonly (readonly [Name, NodeAction<never, unknown>, NodeOptions?])[] {
  return Array.isArray(nodes) ? nodes : (Object.entries(nodes) as [Name, NodeAction<never, unknown>][]);
}
