/** Generators of graphs. */
import * as fc from 'fast-check';
import { assemble, type Link, type Part } from './assemble.ts';
import type { Breakpoints, Channel, GraphDescription, Step } from './description.ts';

/** Mostly those that take several writes of one superstep. */
export const channels: fc.Arbitrary<readonly Channel[]> = fc.oneof(
  { weight: 3, arbitrary: fc.subarray(['log', 'sum'] as const) },
  { weight: 1, arbitrary: fc.subarray(['log', 'sum', 'v', 'w'] as const) },
);
/** Present in so many of a hundred. */
export function maybe<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 100 - weight, arbitrary: fc.constant(undefined) }, { weight, arbitrary });
}

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

function steps(depth: number): fc.Arbitrary<readonly Step[]> {
  const ask = fc.constantFrom('one?', 'two?').map((question): Step => ({ do: 'ask', question }));
  const fail = fc.integer({ min: 1, max: 2 }).map((times): Step => ({ do: 'fail', times }));
  const call =
    depth > 0 ? [{ weight: 1, arbitrary: graphs(depth - 1, false).map((graph): Step => ({ do: 'call', graph })) }] : [];
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

function parts(depth: number, leaves: boolean): fc.Arbitrary<readonly Part[]> {
  const part = fc.record({
    from: fc.nat(9),
    link,
    loop: maybe(18, fc.record({ to: fc.nat(9), entries: fc.integer({ min: 2, max: 8 }) })),
    also: maybe(20, fc.nat(9)),
    steps: steps(depth),
    channels,
    graph: depth > 0 ? maybe(15, graphs(depth - 1)) : fc.constant(undefined),
    // Deferred nodes are not generated yet: what LangGraph makes of Sends, new input and updates beside them differs. See core/engine/deferred.test.ts.
    defer: fc.constant(undefined),
    retries: maybe(10, fc.constant(true)),
    toParent: leaves ? maybe(8, fc.constant(true)) : fc.constant(undefined),
  });
  return fc.array(part, { minLength: 1, maxLength: depth === 2 ? 5 : 3 });
}

export function breakpoints(weight: number): fc.Arbitrary<Breakpoints> {
  const names = fc.oneof(fc.constant('*' as const), fc.constantFrom(['a'], ['b'], ['c'], ['a', 'c']));
  return fc.oneof({ weight: 100 - weight, arbitrary: fc.constant([]) }, { weight, arbitrary: names });
}

/**
 * @param depth how deep graphs may nest in it; 2 at the root
 * @param leaves with Commands for the parent. From the second graph that a node calls, LangGraph drops them: not compared
 */
export function graphs(depth: number, leaves = depth < 2): fc.Arbitrary<GraphDescription> {
  return fc
    .record({
      parts: parts(depth, leaves),
      interruptBefore: breakpoints(4),
      interruptAfter: breakpoints(4),
      checkpointer: fc.constant(undefined),
    })
    .map((given) => assemble(given, depth));
}
