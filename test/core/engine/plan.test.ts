/** The scheduler, over plain frames: no run, no promise. */
import { describe, expect, it } from 'vitest';
import type { Frame, Planned, Stored, Target, TaskRecord } from '../../../core/checkpoint/checkpoint.ts';
import { taskPath } from '../../../core/checkpoint/checkpoint.ts';
import { lastValue, reduced } from '../../../core/channel.ts';
import { applyWrites, planStep, planTargets } from '../../../core/engine/plan.ts';
import { GraphChanged, InvalidUpdateError } from '../../../core/errors.ts';
import type { GraphSpec, Join, NodeSpec } from '../../../core/graph/spec.ts';

interface NodeOutline {
  readonly edges?: readonly string[];
  readonly joins?: readonly Join[];
}

function graphOf(nodes: Readonly<Record<string, NodeOutline>>): GraphSpec {
  const node = ([name, { edges = [], joins = [] }]: [string, NodeOutline]): [string, NodeSpec] => [
    name,
    { name, edges, joins, branches: [], run: () => undefined },
  ];
  return {
    name: 'graph',
    entry: '__start__',
    channels: new Map<string, GraphSpec['channels'] extends ReadonlyMap<string, infer C> ? C : never>([
      [
        'log',
        reduced(
          (list: unknown, item: unknown) => [...(list as unknown[]), item],
          () => [] as unknown,
        ),
      ],
      ['value', lastValue()],
    ]),
    nodes: new Map(Object.entries(nodes).map(node)),
    breakpoints: { before: [], after: [] },
    checkQuestions: true,
  };
}

function frameOf(next: readonly Planned[], more: Partial<Frame> = {}): Frame {
  return { step: 4, planned: 7, channels: new Map(), next, joins: new Map(), ran: [], tasks: new Map(), ...more };
}

/** A superstep whose tasks have finished, their records in this order. */
function finished(
  results: readonly (readonly [planned: Planned, writes?: TaskRecordWrites, targets?: readonly Target[]])[],
): ReadonlyMap<string, TaskRecord> {
  return new Map(
    results.map(([planned, writes = [], targets = []]) => [
      taskPath(planned),
      { answers: [], questions: [], result: { writes, targets } },
    ]),
  );
}
type TaskRecordWrites = readonly (readonly [string, unknown])[];

const identity = { threadId: 't', incarnation: 'run-1' };

describe('S1: order', () => {
  it('S1: Sends come first, as they were sent; then nodes by name, whatever the order of the edges', () => {
    const targets = [{ node: 'b', input: 1 }, 'B', { node: 'a', input: 2 }, 'a', 'c'];
    expect(planTargets(targets)).toEqual([
      { node: 'b', index: 0, input: 1 },
      { node: 'a', index: 1, input: 2 },
      { node: 'B' },
      { node: 'a' },
      { node: 'c' },
    ]);
  });

  it('S1: the next superstep is planned from static edges and from what tasks said', () => {
    const graph = graphOf({ a: { edges: ['d'] }, b: {}, c: {}, d: {} });
    const next = [{ node: 'a' }, { node: 'b' }];
    const tasks = finished([
      [{ node: 'a' }, [], [{ node: 'b', input: 'own' }]],
      [{ node: 'b' }, [], ['c']],
    ]);
    expect(applyWrites(graph, frameOf(next, { tasks }), 8).next).toEqual([
      { node: 'b', index: 0, input: 'own' },
      { node: 'c' },
      { node: 'd' },
    ]);
  });
});

it('S2: writes apply in task order when tasks finished in reverse', () => {
  const graph = graphOf({ a: {}, b: {} });
  const next: Planned[] = [{ node: 'a' }, { node: 'b' }, { node: 'a', index: 0 }];
  const tasks = finished([
    [{ node: 'a', index: 0 }, [['log', 'send']]],
    [
      { node: 'b' },
      [
        ['log', 'b1'],
        ['log', 'b2'],
      ],
    ],
    [{ node: 'a' }, [['log', 'a']]],
  ]);
  expect(applyWrites(graph, frameOf(next, { tasks }), 8).channels.get('log')?.value).toEqual(['a', 'b1', 'b2', 'send']);
});

it('S3: a node that two edges lead to runs once, and each Send to it is a task of its own', () => {
  const graph = graphOf({ a: { edges: ['c'] }, b: { edges: ['c'] }, c: {} });
  const send = { node: 'c', input: 0 };
  const tasks = finished([[{ node: 'a' }, [], [send, send]], [{ node: 'b' }]]);
  expect(applyWrites(graph, frameOf([{ node: 'a' }, { node: 'b' }], { tasks }), 8).next).toEqual([
    { node: 'c', index: 0, input: 0 },
    { node: 'c', index: 1, input: 0 },
    { node: 'c' },
  ]);
});

describe('S4: joins', () => {
  const join: Join = { id: 'a+b:c', sources: ['a', 'b'], target: 'c' };
  const graph = graphOf({ a: { joins: [join] }, b: { joins: [join] }, c: {}, z: {} });
  const after = (node: string, joins: Frame['joins']): Frame =>
    applyWrites(graph, frameOf([{ node }], { joins, tasks: finished([[{ node }]]) }), 8);

  it('S4: the target waits for the last source, and the ones that came first are remembered', () => {
    const first = after('b', new Map());
    expect(first.next).toEqual([]);
    expect([...first.joins]).toEqual([['a+b:c', ['b']]]);
  });

  it('S4: a source that comes twice is one source', () => {
    const twice = after('b', after('b', new Map()).joins);
    expect(twice.next).toEqual([]);
  });

  it('S4: the target runs after the last source, and the join begins anew', () => {
    const second = after('a', after('b', new Map()).joins);
    expect(second.next).toEqual([{ node: 'c', join: 'a+b' }]);
    expect(second.joins.size).toBe(0);
  });

  it('S4: a superstep that no source is in leaves the join as it is', () => {
    const waiting = after('b', new Map()).joins;
    expect(after('z', waiting).joins).toBe(waiting);
  });

  it('S4: both sources in one superstep reach the target once', () => {
    const tasks = finished([[{ node: 'a' }], [{ node: 'b' }]]);
    const { next } = applyWrites(graph, frameOf([{ node: 'a' }, { node: 'b' }], { tasks }), 8);
    expect(next).toEqual([{ node: 'c', join: 'a+b' }]);
  });
});

describe('S5: channels', () => {
  const graph = graphOf({ a: {} });
  const log: Stored = { version: 3, value: ['before'] };
  const apply = (writes: TaskRecordWrites): Frame =>
    applyWrites(
      graph,
      frameOf([{ node: 'a' }], { channels: new Map([['log', log]]), tasks: finished([[{ node: 'a' }, writes]]) }),
      8,
    );

  it('S5: a channel that no task wrote keeps its very Stored object', () => {
    expect(apply([['value', 1]]).channels.get('log')).toBe(log);
  });

  it('S5: a channel that a task wrote is a new object with the new version, and the old one is as it was', () => {
    expect(apply([['log', 'after']]).channels.get('log')).toEqual({ version: 8, value: ['before', 'after'] });
    expect(log).toEqual({ version: 3, value: ['before'] });
  });

  it('a write to a channel that the graph does not have is left out', () => {
    expect([...apply([['gone', 1]]).channels.keys()]).toEqual(['log']);
  });
});

describe('what a frame says of itself', () => {
  const graph = graphOf({ a: {}, b: {} });

  it('the step grows by one, the plan carries the version, records are done with', () => {
    const tasks = finished([[{ node: 'a' }]]);
    expect(applyWrites(graph, frameOf([{ node: 'a' }], { tasks }), 8)).toMatchObject({
      step: 5,
      planned: 8,
      ran: ['a'],
      tasks: new Map(),
    });
  });

  it('a node that ran for several Sends is named once among those that ran', () => {
    const sends = [0, 1, 2].map((index) => ({ node: 'a', index }));
    const tasks = finished(sends.map((send) => [send] as const));
    expect(applyWrites(graph, frameOf(sends, { tasks }), 8).ran).toEqual(['a']);
  });

  it('two values for a last-value channel in one superstep are refused, with the channel named', () => {
    const tasks = finished([
      [{ node: 'a' }, [['value', 1]]],
      [{ node: 'b' }, [['value', 2]]],
    ]);
    const apply = (): Frame => applyWrites(graph, frameOf([{ node: 'a' }, { node: 'b' }], { tasks }), 8);
    expect(apply).toThrow(InvalidUpdateError);
    expect(apply).toThrow('Invalid update for channel "value": it can only receive one value per step');
  });
});

describe('K3: task ids', () => {
  const graph = graphOf({ a: {}, b: {} });
  const idOf = (node: string, more: Partial<Frame> = {}, who = identity): string =>
    planStep(graph, frameOf([{ node }], more), who)[0]!.id;

  it('K3: 32 hex digits, the same each time', () => {
    expect(idOf('a')).toMatch(/^[0-9a-f]{32}$/);
    expect(idOf('a')).toBe(idOf('a'));
  });

  it('K3: answers, questions and state of the superstep do not change it', () => {
    const tasks = new Map([['a', { answers: [{ slot: '0', question: 'q', answer: 1 }], questions: [] }]]);
    expect(idOf('a', { tasks, channels: new Map([['value', { version: 1, value: 9 }]]) })).toBe(idOf('a'));
  });

  it('K3: another node, plan, step, thread or life of the thread has another id', () => {
    const ids = [
      idOf('a'),
      idOf('b'),
      idOf('a', { planned: 8 }),
      idOf('a', { step: 5 }),
      idOf('a', {}, { ...identity, threadId: 'u' }),
      idOf('a', {}, { ...identity, incarnation: 'run-2' }),
      planStep(graph, frameOf([{ node: 'a', index: 0 }]), identity)[0]!.id,
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a planned node that the graph no longer has', () => {
  const graph = graphOf({ b: {} });

  it('GraphChanged names it, and what there is', () => {
    expect(() => planStep(graph, frameOf([{ node: 'gone' }]), identity)).toThrow(
      expect.objectContaining({ code: 'graph_changed', details: { node: 'gone', nodes: ['b'] } }) as GraphChanged,
    );
  });

  it('does not matter once it has finished', () => {
    const tasks = finished([[{ node: 'gone' }, [['value', 1]]]]);
    const frame = frameOf([{ node: 'b' }, { node: 'gone' }], { tasks });
    expect(planStep(graph, frame, identity).map(({ path }) => path)).toEqual(['b', 'gone']);
  });
});
