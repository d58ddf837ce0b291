/** Generators of cases. Each node hangs on one that was there before, so every graph is connected, ends, and shrinks node by node. */
import fc from 'fast-check';
import { nested } from './differences.ts';
import {
  type BranchDescription,
  type Breakpoints,
  type Call,
  type Case,
  type Channel,
  type Decision,
  END,
  type GraphDescription,
  type NodeDescription,
  type Returns,
  START,
  type Step,
} from './description.ts';

/** Mostly those that take several writes of one superstep. */
const channels: fc.Arbitrary<readonly Channel[]> = fc.oneof(
  { weight: 3, arbitrary: fc.subarray(['log', 'sum'] as const) },
  { weight: 1, arbitrary: fc.subarray(['log', 'sum', 'v', 'w'] as const) },
);
/** Present in so many of a hundred. */
function maybe<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 100 - weight, arbitrary: fc.constant(undefined) }, { weight, arbitrary });
}

/** How a node is reached from the one that it hangs on. */
type Link =
  | { readonly kind: 'edge' | 'join' | 'command' | 'several' }
  | { readonly kind: 'branch'; readonly paths: BranchDescription['paths'] }
  | { readonly kind: 'while'; readonly entries: number; readonly paths: BranchDescription['paths'] }
  | { readonly kind: 'ask'; readonly paths: BranchDescription['paths'] }
  | { readonly kind: 'sends'; readonly count: number; readonly alongside: boolean };

const paths = fc.constantFrom('none', 'list', 'map');
const link: fc.Arbitrary<Link> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('edge' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('join' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('branch' as const), paths }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('while' as const), entries: fc.integer({ min: 1, max: 8 }), paths }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ask' as const), paths }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('sends' as const), count: fc.nat(3), alongside: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('command' as const, 'several' as const) }) },
);

interface Part {
  readonly from: number;
  readonly link: Link;
  readonly loop: { readonly to: number; readonly entries: number } | undefined;
  readonly also: number | undefined;
  readonly steps: readonly Step[];
  readonly channels: readonly Channel[];
  readonly graph: GraphDescription | undefined;
  readonly toParent: true | undefined;
}

function steps(depth: number): fc.Arbitrary<readonly Step[]> {
  const ask = fc.constantFrom('one?', 'two?').map((question): Step => ({ do: 'ask', question }));
  const fail = fc.integer({ min: 1, max: 2 }).map((times): Step => ({ do: 'fail', times }));
  const call =
    depth > 0 ? [{ weight: 1, arbitrary: graphs(depth - 1).map((graph): Step => ({ do: 'call', graph })) }] : [];
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant<readonly Step[]>([]) },
    {
      weight: 4,
      arbitrary: fc.array(fc.oneof({ weight: 7, arbitrary: ask }, { weight: 1, arbitrary: fail }, ...call), {
        minLength: 1,
        maxLength: 2,
      }),
    },
  );
}

function parts(depth: number): fc.Arbitrary<readonly Part[]> {
  const part = fc.record({
    from: fc.nat(9),
    link,
    loop: maybe(12, fc.record({ to: fc.nat(9), entries: fc.integer({ min: 2, max: 8 }) })),
    also: maybe(20, fc.nat(9)),
    steps: steps(depth),
    channels,
    graph: depth > 0 ? maybe(15, graphs(depth - 1)) : fc.constant(undefined),
    toParent: depth < 2 ? maybe(8, fc.constant(true)) : fc.constant(undefined),
  });
  return fc.array(part, { minLength: 1, maxLength: depth === 2 ? 5 : 3 });
}

function breakpoints(weight: number): fc.Arbitrary<Breakpoints> {
  const names = fc.oneof(fc.constant('*' as const), fc.constantFrom(['a'], ['b'], ['c'], ['a', 'c']));
  return fc.oneof({ weight: 100 - weight, arbitrary: fc.constant([]) }, { weight, arbitrary: names });
}

/** @param depth how deep graphs may nest in it; 2 at the root */
export function graphs(depth: number): fc.Arbitrary<GraphDescription> {
  return fc
    .record({
      parts: parts(depth),
      interruptBefore: breakpoints(4),
      interruptAfter: breakpoints(4),
      checkpointer: fc.constant(undefined),
    })
    .map((given) => assemble(given, depth));
}

const LETTERS = ['a', 'b', 'c', 'd', 'e'];

interface Given {
  readonly parts: readonly Part[];
  readonly interruptBefore: Breakpoints;
  readonly interruptAfter: Breakpoints;
  readonly checkpointer: boolean | undefined;
}

function assemble({ parts, interruptBefore, interruptAfter, checkpointer }: Given, depth: number): GraphDescription {
  const names = parts.map((_, i) => LETTERS[i]! + '2'.repeat(2 - depth));
  const edges: (readonly [string, string])[] = [];
  const joins: (readonly [readonly string[], string])[] = [];
  const branches = new Map<string, BranchDescription>();
  // Whether LangGraph drops a question for a Command to the parent beside it is a matter of chance: not compared.
  const alone = parts.length === 1 && parts[0]!.link.kind !== 'sends';
  const asks = parts.some(({ graph, steps, link }) => graph !== undefined || steps.length > 0 || link.kind === 'ask');
  const returns = parts.map(({ channels, toParent }): Returns =>
    toParent && (alone || !asks) ? { kind: 'command', channels, goto: [], parent: true } : { kind: 'update', channels },
  );
  const ends = parts.map((): string[] => []);
  /** LangGraph takes one function a node; the second becomes an edge. */
  const branch = (source: string, to: string, decide: Decision, paths: BranchDescription['paths']): boolean => {
    if (branches.has(source)) return false;
    branches.set(source, { source, decide, names: [...new Set([to, END])], paths });
    return true;
  };
  for (const [i, { from, link, also, loop }] of parts.entries()) {
    const name = names[i]!;
    const over = i === 0 ? undefined : from % i;
    const source = over === undefined ? START : names[over]!;
    const linked = (): boolean => {
      switch (link.kind) {
        case 'edge':
          return false;
        case 'branch':
          return branch(source, name, { kind: 'always', targets: [name] }, link.paths);
        case 'while':
          return branch(source, name, { ...link, targets: [name], then: END }, link.paths);
        case 'ask':
          // A question in an edge from START is invisible in LangGraph (I18): not compared.
          return (
            source !== START && branch(source, name, { kind: 'ask', question: 'go?', targets: [name] }, link.paths)
          );
        case 'sends': {
          const sends = Array.from({ length: link.count }, (_, value) => ({ send: name, value: value + 1 }));
          return branch(
            source,
            name,
            { kind: 'always', targets: [...(link.alongside ? [name] : []), ...sends] },
            'list',
          );
        }
        case 'command':
        case 'several': {
          if (over === undefined || parts[over]!.graph || returns[over]!.kind !== 'update') return false;
          const goto = i % 2 === 0 ? [name] : [{ send: name, value: 6 + i }];
          returns[over] = { kind: link.kind, channels: parts[over]!.channels, goto, parent: false };
          ends[over]!.push(name);
          return true;
        }
        case 'join': {
          const other = names[(from + 1) % Math.max(i, 1)]!;
          if (source === START || other === source) return false;
          joins.push([[source, other], name]);
          return true;
        }
      }
    };
    if (!linked()) edges.push([source, name]);
    // LangGraph reads one trigger of a node that both an edge and a join lead to, and the join begins anew a superstep late: not compared.
    const second = i > 0 && also !== undefined && link.kind !== 'join' ? names[also % i]! : source;
    if (second !== source) edges.push([second, name]);
    if (loop) {
      const to = names[loop.to % parts.length]!;
      if (parts[loop.to % parts.length]!.link.kind === 'join') continue;
      branch(name, to, { kind: 'while', entries: loop.entries, targets: [to], then: END }, 'list');
    }
  }
  // A finished task that wrote nothing runs again in LangGraph beside one that asked: not compared.
  const leads = (name: string): boolean =>
    branches.has(name) || edges.some(([from]) => from === name) || joins.some(([from]) => from.includes(name));
  for (const [i, one] of returns.entries()) {
    if (one.channels.length === 0 && !leads(names[i]!)) returns[i] = { ...one, channels: ['sum'] };
  }
  const nodes = parts.map(({ steps, graph }, i): NodeDescription => {
    const node = { name: names[i]!, steps: graph ? [] : steps, returns: returns[i]!, ends: ends[i]! };
    return graph ? { ...node, graph } : node;
  });
  const known = (wanted: Breakpoints): Breakpoints =>
    wanted === '*' ? '*' : wanted.filter((name) => names.includes(name));
  return {
    nodes,
    edges,
    joins,
    branches: [...branches.values()],
    interruptBefore: known(interruptBefore),
    interruptAfter: known(interruptAfter),
    ...(checkpointer !== undefined && { checkpointer }),
  };
}

const modes = fc.constantFrom<string | readonly string[]>('values', 'updates', ['values', 'updates'], ['updates']);

const answers = fc.constantFrom<unknown>('yes', 'no', false, 0, '', { a: 1 }, [1, [2]]);

const ask: fc.Arbitrary<Call['ask']> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('answer' as const), value: answers }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('answers' as const),
      some: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('continue' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('input' as const), channels }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('wrong' as const),
      id: fc.constantFrom('unknown' as const, 'stale' as const),
    }),
  },
);

function calls(first: fc.Arbitrary<Call['ask']>): fc.Arbitrary<Call> {
  return fc
    .record({
      ask: first,
      stream: maybe(50, fc.record({ modes, subgraphs: fc.boolean() })),
      durability: fc.constantFrom('async' as const, 'sync' as const, 'exit' as const),
      interruptBefore: maybe(5, breakpoints(100)),
      interruptAfter: maybe(5, breakpoints(100)),
      recursionLimit: fc.constantFrom(9, 9, 9, 2, 5),
      fresh: fc.boolean(),
    })
    .map(({ stream, interruptBefore, interruptAfter, ...call }) => ({
      ...call,
      ...(stream && { stream }),
      ...(interruptBefore && { interruptBefore }),
      ...(interruptAfter && { interruptAfter }),
    }));
}

export const cases: fc.Arbitrary<Case> = fc
  .record({
    graph: graphs(2),
    first: calls(fc.record({ do: fc.constant('input' as const), channels })),
    others: fc.array(calls(ask), { maxLength: 3 }),
  })
  .map(({ graph, first, others }) => ({ graph, calls: [first, ...others].map((call) => savedFor(graph, call)) }));

/** With durability exit, LangGraph forgets what nested graphs have done when their task stops, and does it again: not compared. */
function savedFor(graph: GraphDescription, call: Call): Call {
  return call.durability === 'exit' && nested(graph) ? { ...call, durability: 'sync' } : call;
}
