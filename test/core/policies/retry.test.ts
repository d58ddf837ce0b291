/** G4: retry policies. */
import { describe, expect, it } from 'vitest';
import {
  Annotation,
  Command,
  GraphValueError,
  interrupt,
  type LangGraphRunnableConfig,
  MemorySaver,
  type RetryPolicy,
  START,
  StateGraph,
  task,
} from '../../../core/index.ts';
import { ManualClock, settled } from '../../support/clock.ts';
import { asked, Log, rejection, thread } from '../../support/engine.ts';
import { same } from '../../support/libraries.ts';

const fast: RetryPolicy = { initialInterval: 1, jitter: false, logWarning: false };

function failing(times: number, error: unknown = new Error('boom')) {
  let ran = 0;
  return (): { log: string } => {
    ran += 1;
    if (ran <= times) throw error;
    return { log: `ran ${ran}` };
  };
}

function graphOf(
  node: (state: never, config: LangGraphRunnableConfig) => unknown,
  retryPolicy: RetryPolicy,
  clock = new ManualClock(),
) {
  const graph = new StateGraph(Log)
    .addNode('a', node as () => object, { retryPolicy })
    .addEdge(START, 'a')
    .compile({ checkpointer: new MemorySaver(), now: clock.now, sleep: clock.sleep });
  return { graph, clock };
}

/** Runs to the end, however long that takes. */
async function through<T>(run: Promise<T>, clock: ManualClock): Promise<T> {
  const state = { over: false };
  const end = run.finally(() => {
    state.over = true;
  });
  end.catch(() => undefined);
  while (!state.over) await clock.advance(60_000);
  return end;
}

describe('G4: when', () => {
  it('three attempts, after half a second and a second', async () => {
    const { graph, clock } = graphOf(failing(2), { jitter: false });
    const run = graph.invoke({}, thread());
    await settled();
    expect(clock.waits).toEqual([500]);
    await clock.advance(500);
    expect(clock.waits).toEqual([1000]);
    await clock.advance(1000);
    expect(await run).toEqual({ log: ['ran 3'] });
  });

  it('the wait grows up to maxInterval', async () => {
    const { graph, clock } = graphOf(failing(4), {
      jitter: false,
      maxAttempts: 5,
      backoffFactor: 3,
      maxInterval: 2000,
    });
    const run = graph.invoke({}, thread());
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      await settled();
      waits.push(...clock.waits);
      await clock.advance(clock.waits[0]!);
    }
    expect(waits).toEqual([500, 1500, 2000, 2000]);
    await run;
  });

  it('jitter adds less than a second, another one for each task and attempt', async () => {
    const clock = new ManualClock();
    const graph = new StateGraph(Log)
      .addNode('a', failing(9), { retryPolicy: {} })
      .addNode('b', failing(9), { retryPolicy: {} })
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile({ now: clock.now, sleep: clock.sleep });
    const run = rejection(graph.invoke({}));
    await settled();
    expect(clock.waits).toHaveLength(2);
    for (const wait of clock.waits) expect(wait).toBeGreaterThan(500);
    for (const wait of clock.waits) expect(wait).toBeLessThan(1500);
    expect(clock.waits[0]).not.toBe(clock.waits[1]);
    await clock.advance(60_000);
    await run;
  });

  it('the last error is thrown when the attempts are used up', async () => {
    const { graph, clock } = graphOf(failing(3), { maxAttempts: 3 });
    expect(await rejection(through(graph.invoke({}, thread()), clock))).toMatchObject({ message: 'boom' });
  });

  it('an abort ends the wait, with its reason', async () => {
    const { graph, clock } = graphOf(failing(1), {});
    const controller = new AbortController();
    const run = rejection(graph.invoke({}, { ...thread(), signal: controller.signal }));
    await clock.advance(1);
    controller.abort(new TypeError('enough'));
    expect(await run).toEqual(new TypeError('enough'));
    expect(await graph.invoke(null, thread())).toEqual({ log: ['ran 2'] });
  });
});

describe('G4: what', () => {
  const errors: [string, unknown, boolean][] = [
    ['an error', new Error('x'), true],
    ['a server error', Object.assign(new Error('x'), { status: 500 }), true],
    ['not found', Object.assign(new Error('x'), { status: 404 }), false],
    ['a response that is bad', Object.assign(new Error('x'), { response: { status: 400 } }), false],
    ['too many requests', Object.assign(new Error('x'), { status: 429 }), true],
    ['a cancellation', new Error('Cancelled'), false],
    ['an abort', Object.assign(new Error('x'), { name: 'AbortError' }), false],
    ['a lost connection', Object.assign(new Error('x'), { code: 'ECONNABORTED' }), false],
    ['a quota', Object.assign(new Error('x'), { error: { code: 'insufficient_quota' } }), false],
  ];
  it.each(errors)('%s: as LangGraph', async (_, error, retried) => {
    const ran = await same(async ({ Annotation, StateGraph, START }) => {
      let times = 0;
      const graph = new StateGraph(Annotation.Root({ log: Annotation<string> }))
        .addNode(
          'a',
          () => {
            times += 1;
            throw error as Error;
          },
          { retryPolicy: { ...fast, maxAttempts: 2 } },
        )
        .addEdge(START, 'a')
        .compile();
      await graph.invoke({}).catch(() => undefined);
      return times;
    });
    expect(ran).toBe(retried ? 2 : 1);
  });

  it('misuse of the graph is not retried, nor is a value that is no error asked what it is', async () => {
    for (const error of [new GraphValueError('x', 'outside_graph')]) {
      const { graph, clock } = graphOf(failing(1, error), {});
      expect(await rejection(through(graph.invoke({}, thread()), clock))).toBe(error);
    }
    const { graph, clock } = graphOf(failing(1, 'text'), {});
    expect(await through(graph.invoke({}, thread()), clock)).toEqual({ log: ['ran 2'] });
  });

  it('retryOn decides, and questions are no errors for it', async () => {
    const seen: unknown[] = [];
    let ran = 0;
    const { graph, clock } = graphOf(
      () => {
        ran += 1;
        return { value: interrupt('ok?') };
      },
      {
        retryOn: (error) => {
          seen.push(error);
          return true;
        },
      },
    );
    expect(asked(await through(graph.invoke({}, thread()), clock))).toHaveLength(1);
    expect({ ran, seen }).toEqual({ ran: 1, seen: [] });
  });
});

describe('G4: what an attempt knows', () => {
  it('its number, and when the first began', async () => {
    const infos: unknown[] = [];
    const fail = failing(2);
    const { graph, clock } = graphOf(
      (_, { executionInfo }) => {
        infos.push([executionInfo?.nodeAttempt, executionInfo?.nodeFirstAttemptTime, executionInfo?.taskId]);
        return fail();
      },
      { jitter: false },
    );
    await clock.advance(7);
    await through(graph.invoke({}, thread()), clock);
    const id = (infos[0] as unknown[])[2];
    expect(infos).toEqual([
      [1, 7, id],
      [2, 7, id],
      [3, 7, id],
    ]);
  });

  it('1.0#8: an answer stays with its question, and the questions are counted anew', async () => {
    const ran: unknown[] = [];
    let broken = true;
    const { graph, clock } = graphOf(
      () => {
        const one: unknown = interrupt('one?');
        ran.push(one);
        if (broken) {
          broken = false;
          throw new Error('after the answer');
        }
        return { log: [`${String(one)}${interrupt('two?')}`] };
      },
      { jitter: false },
    );
    await graph.invoke({}, thread());
    const second = await through(graph.invoke(new Command({ resume: 'a' }), thread()), clock);
    expect(asked(second).map(({ value }) => value)).toEqual(['two?']);
    expect(ran).toEqual(['a', 'a']);
    expect(await through(graph.invoke(new Command({ resume: 'b' }), thread()), clock)).toEqual({ log: ['ab'] });
  });

  it('a nested graph goes on from where it failed; a finished task is not run again', async () => {
    const ran: string[] = [];
    const fail = failing(1);
    const inner = new StateGraph(Log)
      .addNode('one', () => void ran.push('one'))
      .addNode('two', () => {
        ran.push('two');
        return fail();
      })
      .addEdge(START, 'one')
      .addEdge('one', 'two')
      .compile();
    const paid = task('pay', () => ran.push('pay'));
    const { graph, clock } = graphOf(
      async () => {
        await paid();
        return inner.invoke({});
      },
      { jitter: false },
    );
    expect(await through(graph.invoke({}, thread()), clock)).toEqual({ log: ['ran 2'] });
    expect(ran).toEqual(['pay', 'one', 'two', 'two']);
  });

  it('a node of a nested graph has a policy of its own', async () => {
    const clock = new ManualClock();
    const inner = new StateGraph(Log)
      .addNode('flaky', failing(1), { retryPolicy: { jitter: false } })
      .addEdge(START, 'flaky')
      .compile();
    const graph = new StateGraph(Log)
      .addNode('inner', inner)
      .addEdge(START, 'inner')
      .compile({ now: clock.now, sleep: clock.sleep });
    expect(await through(graph.invoke({}), clock)).toEqual({ log: ['ran 2'] });
  });
});

it('G4: what the failed attempt returned or wrote is not seen', async () => {
  const State = Annotation.Root({ out: Annotation<string> });
  let ran = 0;
  const clock = new ManualClock();
  const graph = new StateGraph(State)
    .addNode(
      'a',
      ({ out = '' }: { out?: string }) => {
        ran += 1;
        if (ran === 1) throw new Error('once');
        return { out: `${out}!` };
      },
      { retryPolicy: { jitter: false } },
    )
    .addEdge(START, 'a')
    .compile({ now: clock.now, sleep: clock.sleep });
  expect(await through(graph.invoke({ out: 'in' }), clock)).toEqual({ out: 'in!' });
});
