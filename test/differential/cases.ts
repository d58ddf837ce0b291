/** Generators of cases: a graph, and calls of its thread. */
import * as fc from 'fast-check';
import { type Call, type Case, type GraphDescription, nested } from './description.ts';
import { breakpoints, channels, graphs, maybe } from './graphs.ts';

const modes = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('values', 'updates', ['values', 'updates'], ['updates']) },
  { weight: 3, arbitrary: fc.constantFrom('tasks', 'checkpoints', 'debug') },
  { weight: 1, arbitrary: fc.constantFrom('custom', ['custom', 'updates']) },
);

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
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('update' as const),
      channels,
      asNode: maybe(50, fc.constantFrom('a', 'b', 'c')),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('command' as const),
      channels,
      goto: fc.subarray(['a', 'b', 'c'], { maxLength: 2 }),
    }),
  },
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
      at: maybe(12, fc.nat(5)),
    })
    .map(({ stream, interruptBefore, interruptAfter, at, ...call }) => ({
      ...call,
      // An answer to an old checkpoint begins a branch here, and is ignored or asked for again in LangGraph (H8): not compared.
      ...(at !== undefined && !call.ask.do.startsWith('answer') && call.ask.do !== 'wrong' && { at }),
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

/**
 * With durability exit, LangGraph forgets what nested graphs have done when their task stops, and does it again; and it applies a Command's update
 * twice. Checkpoints of nested graphs show answered questions there. Not compared.
 */
function savedFor(graph: GraphDescription, call: Call): Call {
  const inside = nested(graph);
  const { stream, durability } = call;
  const lost = call.ask.do === 'command' || inside;
  const shows = stream?.modes === 'checkpoints' || stream?.modes === 'debug';
  return {
    ...call,
    durability: durability === 'exit' && lost ? 'sync' : durability,
    ...(stream && { stream: { ...stream, subgraphs: stream.subgraphs && !(inside && shows) } }),
  };
}
