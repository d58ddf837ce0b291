/** From parts to a graph. Each node hangs on one that was there before, so every graph is connected, and shrinks node by node. */
import {
  type BranchDescription,
  type Breakpoints,
  type Channel,
  type Decision,
  END,
  type GraphDescription,
  type NodeDescription,
  type Returns,
  START,
  type Step,
} from './description.ts';

/** How a node is reached from the one that it hangs on. */
export type Link =
  | { readonly kind: 'edge' | 'join' | 'command' | 'several' }
  | { readonly kind: 'branch'; readonly paths: BranchDescription['paths'] }
  | { readonly kind: 'while'; readonly entries: number; readonly paths: BranchDescription['paths'] }
  | { readonly kind: 'ask'; readonly paths: BranchDescription['paths'] }
  | { readonly kind: 'sends'; readonly count: number; readonly alongside: boolean };

export interface Part {
  readonly from: number;
  readonly link: Link;
  readonly loop: { readonly to: number; readonly entries: number } | undefined;
  readonly also: number | undefined;
  readonly steps: readonly Step[];
  readonly channels: readonly Channel[];
  readonly graph: GraphDescription | undefined;
  readonly toParent: true | undefined;
  readonly defer: true | undefined;
  readonly retries: true | undefined;
}

const LETTERS = ['a', 'b', 'c', 'd', 'e'];

export interface Given {
  readonly parts: readonly Part[];
  readonly interruptBefore: Breakpoints;
  readonly interruptAfter: Breakpoints;
  readonly checkpointer: boolean | undefined;
}

/** @param depth how deep graphs may nest in it */
export function assemble(
  { parts, interruptBefore, interruptAfter, checkpointer }: Given,
  depth: number,
): GraphDescription {
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
          return branch(source, name, { ...link, targets: [name], otherwise: END }, link.paths);
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
      branch(name, to, { kind: 'while', entries: loop.entries, targets: [to], otherwise: END }, 'list');
    }
  }
  // A finished task that wrote nothing runs again in LangGraph beside one that asked: not compared.
  const leads = (name: string): boolean =>
    edges.some(([from]) => from === name) || joins.some(([from]) => from.includes(name));
  for (const [i, one] of returns.entries()) {
    if (one.channels.length === 0 && !leads(names[i]!)) returns[i] = { ...one, channels: ['sum'] };
  }
  // In LangGraph a deferred node does not wait for Sends: not compared.
  const sends = JSON.stringify([returns, [...branches.values()]]).includes('"send"');
  const nodes = parts.map(({ steps, graph, defer, retries }, i): NodeDescription => {
    // A retry counts the graphs that it calls on from those of the attempt before in LangGraph, so they begin anew: not compared.
    const calls = steps.some(({ do: what }) => what === 'call');
    const node = {
      name: names[i]!,
      steps: graph ? [] : steps,
      returns: returns[i]!,
      ends: ends[i]!,
      ...(defer && !sends && { defer }),
      ...(retries && !graph && !calls && { retries }),
    };
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
