/** `StateGraph`: collects nodes and edges, and compiles them into an immutable graph. Names are checked as they come, wholes by `compile`. */
import { AnnotationRoot, type StateDefinition, type StateOf, type UpdateOf } from '../annotation.ts';
import type { Command, Send } from '../command.ts';
import type { RunnableConfig } from '../config.ts';
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

export type NodeFunction<State, Update> = (state: State, config: RunnableConfig) => MaybePromise<NodeReturn<Update>>;

/** Anything with `invoke` is a node. */
export interface RunnableLike<State, Update> {
  invoke(state: State, config: RunnableConfig): MaybePromise<NodeReturn<Update>>;
}

export interface NodeOptions {
  /** Where Commands that this node returns may go: for validation. */
  readonly ends?: readonly string[];
}

/** A router: the name of a node, END, a Send, or several of them; with a path map, labels. */
export type Router<State> = (
  state: State,
  config: RunnableConfig,
) => MaybePromise<string | boolean | number | Send | readonly (string | Send)[]>;

/** Nodes and edges as they were declared. */
export interface Declared {
  readonly nodes: ReadonlyMap<string, { readonly run: NodeSpec['run']; readonly ends: readonly string[] }>;
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
  readonly #nodes = new Map<string, { run: NodeSpec['run']; ends: readonly string[] }>();
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
    node:
      NodeFunction<StateOf<Definition>, UpdateOf<Definition>> | RunnableLike<StateOf<Definition>, UpdateOf<Definition>>,
    options: NodeOptions = {},
  ): StateGraph<Definition, Nodes | Name> {
    this.#checkName(name);
    const run =
      typeof node === 'function'
        ? node
        : (state: StateOf<Definition>, config: RunnableConfig) => node.invoke(state, config);
    this.#nodes.set(name, { run, ends: options.ends ?? [] });
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
  addConditionalEdges(
    source: Nodes,
    router: Router<StateOf<Definition>>,
    paths?: Readonly<Record<string, Nodes | typeof END>> | readonly (Nodes | typeof END)[],
  ): this {
    if (typeof router !== 'function') {
      throw new GraphValidationError(`Conditional edge from "${source}": expected a function, got ${quote(router)}.`);
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
      branches: this.#branches.filter(({ source }) => source === name).map(({ branch }) => branch),
      joins: this.#joins.filter(({ sources, target }) => sources.includes(name) && target !== END),
    });
    nodes.set(
      START,
      specOf(START, (input) => input),
    );
    for (const [name, { run }] of this.#nodes) nodes.set(name, specOf(name, run));
    const { name = 'graph', checkQuestions = true, interruptBefore = [], interruptAfter = [] } = options;
    const breakpoints = { before: interruptBefore, after: interruptAfter };
    validateBreakpoints(declared, breakpoints);
    const spec = { name, channels, nodes, breakpoints, checkQuestions };
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
