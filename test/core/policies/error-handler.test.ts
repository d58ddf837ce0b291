/** G4: error handlers. The same programs on LangGraph.js 1.7.3. */
import { describe, expect, it } from 'vitest';
import * as holdpoint from '../../../core/index.ts';
import { asked, dyingRuns, Log, memory, rejection, thread } from '../../support/engine.ts';
import { errorName, type Library, same } from '../../support/libraries.ts';

type Handler = holdpoint.NodeErrorHandler<{ log: string[] }, { log: string[] }>;

function logOf({ Annotation }: Library) {
  return Annotation.Root({
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
}

function boom(): never {
  throw new TypeError('boom');
}

/** START -> a -> b; c stands apart. */
function build(library: Library, errorHandler: Handler, a: () => object = boom, more: holdpoint.NodePolicies = {}) {
  return new library.StateGraph(logOf(library))
    .addNode('a', a, { errorHandler, ...more })
    .addNode('b', () => ({ log: ['b'] }))
    .addNode('c', () => ({ log: ['c'] }))
    .addEdge(library.START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer: new library.MemorySaver() });
}

async function told(graph: Pick<ReturnType<typeof build>, 'stream'>, input: unknown = {}): Promise<unknown[]> {
  const chunks: unknown[] = [];
  const options = { ...thread(), streamMode: ['updates', 'values'] as ('updates' | 'values')[] };
  for await (const chunk of await graph.stream(input as { log: string[] }, options)) chunks.push(chunk);
  return JSON.parse(JSON.stringify(chunks, (key, value: unknown) => (key === 'id' ? 'id' : value))) as unknown[];
}

describe('G4: an error handler', () => {
  it('is told the state, the error and its config; its update counts, and the edges of the node do not fire', async () => {
    const result = await same(async (library) => {
      const seen: unknown[] = [];
      const graph = build(library, (state, error, config) => {
        const { langgraph_node, langgraph_triggers, langgraph_path, langgraph_step } = config.metadata!;
        seen.push(
          state,
          error.node,
          error.error.name,
          error.error.message,
          library.isNodeError(error),
          Object.keys(error),
        );
        seen.push(
          error instanceof library.NodeError,
          library.isNodeError(error.error),
          config.executionInfo?.nodeAttempt,
        );
        seen.push([langgraph_node, langgraph_triggers, langgraph_path, langgraph_step]);
        return { log: ['handled'] };
      });
      const chunks = await told(graph, { log: ['in'] });
      const { values, next, tasks } = await graph.getState(thread());
      return { chunks, seen, values, next, tasks };
    });
    expect(result).toEqual({
      chunks: [
        ['values', { log: ['in'] }],
        ['updates', { __error_handler__a: { log: ['handled'] } }],
        ['values', { log: ['in', 'handled'] }],
      ],
      seen: [
        { log: ['in'] },
        'a',
        'TypeError',
        'boom',
        true,
        ['node', 'error'],
        true,
        false,
        1,
        ['__error_handler__a', ['__pregel_push'], ['__pregel_pull', 'a', 'node_error_handler', false], 1],
      ],
      values: { log: ['in', 'handled'] },
      next: [],
      tasks: [],
    });
  });

  it('may go somewhere', async () => {
    const chunks = await same((library) =>
      told(build(library, () => new library.Command({ update: { log: ['handled'] }, goto: 'c' }))),
    );
    expect(chunks).toEqual([
      ['updates', { __error_handler__a: { log: ['handled'] } }],
      ['values', { log: ['handled'] }],
      ['updates', { c: { log: ['c'] } }],
      ['values', { log: ['handled', 'c'] }],
    ]);
  });

  it('fires neither joins nor conditional edges; its writes stand where those of the node would', async () => {
    const result = await same(async (library) => {
      const { StateGraph, START, END } = library;
      let routed = 0;
      const graph = new StateGraph(logOf(library))
        .addNode('m', boom, { errorHandler: () => ({ log: ['handled'] }) })
        .addNode('a', () => ({ log: ['a'] }))
        .addNode('z', () => ({ log: ['z'] }))
        .addNode('join', () => ({ log: ['join'] }))
        .addEdge(START, 'm')
        .addEdge(START, 'a')
        .addEdge(START, 'z')
        .addEdge(['m', 'a'], 'join')
        .addConditionalEdges('m', () => {
          routed += 1;
          return END;
        })
        .compile();
      return { ...(await graph.invoke({})), routed };
    });
    expect(result).toEqual({ log: ['a', 'handled', 'z'], routed: 0 });
  });

  it('runs once the retries are used up', async () => {
    const result = await same(async (library) => {
      let ran = 0;
      const fail = (): never => {
        ran += 1;
        return boom();
      };
      const retryPolicy = { initialInterval: 1, jitter: false, logWarning: false, maxAttempts: 2 };
      const graph = build(library, () => ({ log: ['handled'] }), fail, { retryPolicy });
      return { ...(await graph.invoke({}, thread())), ran };
    });
    expect(result).toEqual({ log: ['handled'], ran: 2 });
  });

  it('gets the input of a Send, and what failed in a graph that is its node', async () => {
    const result = await same(async (library) => {
      const { StateGraph, START, Send } = library;
      const sends = new StateGraph(logOf(library))
        .addNode('a', ({ log }: { log: string[] }) => (log[0] === '1' ? boom() : { log }), {
          errorHandler: (({ log }) => ({ log: [`handled ${log[0]}`] })) satisfies Handler,
        })
        .addConditionalEdges(START, () => ['0', '1', '2'].map((item) => new Send('a', { log: [item] })))
        .compile();
      const inner = new StateGraph(logOf(library)).addNode('i', boom).addEdge(START, 'i').compile();
      const outer = new StateGraph(logOf(library))
        .addNode('inner', inner, {
          errorHandler: ((_, { node, error }) => ({ log: [node, error.message] })) satisfies Handler,
        })
        .addEdge(START, 'inner')
        .compile();
      return [(await sends.invoke({})).log, (await outer.invoke({})).log];
    });
    expect(result).toEqual([
      ['0', 'handled 1', '2'],
      ['inner', 'boom'],
    ]);
  });

  it('never sees a question', async () => {
    const result = await same(async (library) => {
      let handled = 0;
      const graph = build(
        library,
        () => {
          handled += 1;
          return {} as never;
        },
        () => ({ log: [library.interrupt<string, string>('ok?')] }),
      );
      await graph.invoke({}, thread());
      return { result: await graph.invoke(new library.Command({ resume: 'yes' }), thread()), handled };
    });
    expect(result).toEqual({ result: { log: ['yes', 'b'] }, handled: 0 });
  });

  it('that asks a question is run again with the answer, and the node is not', async () => {
    const result = await same(async (library) => {
      const ran: string[] = [];
      const graph = build(
        library,
        (_, { error }) => {
          ran.push('handler');
          return { log: [library.interrupt<string, string>('fix?'), error.name, error.message] };
        },
        () => {
          ran.push('a');
          return boom();
        },
      );
      const first = await told(graph);
      const { tasks } = await graph.getState(thread());
      const resumed = await told(graph, new library.Command({ resume: 'yes' }));
      return { first, error: tasks[0]?.error, resumed, ran };
    });
    expect(result).toMatchObject({
      error: { name: 'TypeError', message: 'boom' },
      resumed: [
        ['values', { log: [] }],
        ['updates', { __error_handler__a: { log: ['yes', 'TypeError', 'boom'] } }],
        ['values', { log: ['yes', 'TypeError', 'boom'] }],
      ],
      ran: ['a', 'handler', 'handler'],
    });
  });

  it('has questions of its own, apart from those that the node asked', async () => {
    const result = await same(async (library) => {
      const graph = build(
        library,
        () => ({ log: [library.interrupt<string, string>('handler?')] }),
        () => {
          library.interrupt('node?');
          return boom();
        },
      );
      const results = [await graph.invoke({ log: [] }, thread())];
      for (const resume of ['n', 'h']) results.push(await graph.invoke(new library.Command({ resume }), thread()));
      return results.map((one) => [one.log, asked(one).map(({ value }) => value)]);
    });
    expect(result).toEqual([
      [[], ['node?']],
      [[], ['handler?']],
      [['h'], []],
    ]);
  });

  it('that fails ends the run with its own error; the next run begins with the handler', async () => {
    const result = await same(async (library) => {
      const ran: string[] = [];
      const graph = build(
        library,
        () => {
          ran.push('handler');
          if (ran.length < 3) throw new Error('handler');
          return { log: ['handled'] };
        },
        () => {
          ran.push('a');
          return boom();
        },
      );
      const failed = ((await rejection(graph.invoke({}, thread()))) as Error).message;
      const { tasks } = await graph.getState(thread());
      return { failed, error: tasks[0]?.error, ...(await graph.invoke(null, thread())), ran };
    });
    expect(result).toEqual({
      failed: 'handler',
      error: { name: 'TypeError', message: 'boom' },
      log: ['handled'],
      ran: ['a', 'handler', 'handler'],
    });
  });
});

describe('G1: setNodeDefaults', () => {
  const retryPolicy = { initialInterval: 1, jitter: false, logWarning: false, maxAttempts: 2 };

  it('gives its policies to nodes that have none of their own', async () => {
    const result = await same(async (library) => {
      const { StateGraph, START } = library;
      const ran: string[] = [];
      const fail = (name: string) => (): never => {
        ran.push(name);
        return boom();
      };
      const graph = new StateGraph(logOf(library))
        .setNodeDefaults({
          retryPolicy,
          errorHandler: ((_, { node }) => ({ log: [`default ${node}`] })) as Handler,
        })
        .addNode('a', fail('a'))
        .addNode('b', fail('b'), {
          errorHandler: () => ({ log: ['own b'] }),
          retryPolicy: { ...retryPolicy, maxAttempts: 1 },
        })
        .addEdge(START, 'a')
        .addEdge(START, 'b')
        .compile();
      const { log } = await graph.invoke({});
      const chunks: unknown[] = [];
      for await (const chunk of await graph.stream({})) chunks.push(chunk);
      return {
        log,
        ran: ran.slice(0, 3).sort(),
        names: new Set(chunks.flatMap((chunk) => Object.keys(chunk as object))),
      };
    });
    expect(result).toEqual({
      log: ['default a', 'own b'],
      ran: ['a', 'a', 'b'],
      names: new Set(['__default_error_handler__', '__error_handler__b']),
    });
  });

  it('retries handlers too', async () => {
    const result = await same(async (library) => {
      let ran = 0;
      const graph = new library.StateGraph(logOf(library))
        .setNodeDefaults({ retryPolicy })
        .addNode('a', boom, {
          errorHandler: (() => {
            ran += 1;
            if (ran === 1) throw new Error('once');
            return { log: [`handler ran ${ran}`] };
          }) as Handler,
        })
        .addEdge(library.START, 'a')
        .compile();
      return (await graph.invoke({})).log;
    });
    expect(result).toEqual(['handler ran 2']);
  });
});

it('G4: what a handler did is kept when a sibling fails, and an error that storage cannot hold is told by name', async () => {
  let handled = 0;
  let broken = true;
  const graph = new holdpoint.StateGraph(Log)
    .addNode('a', boom, {
      errorHandler: () => {
        handled += 1;
        return { log: 'handled' };
      },
    })
    .addNode('s', () => {
      if (broken) throw new Error('sibling');
      return { log: 's' };
    })
    .addEdge(holdpoint.START, 'a')
    .addEdge(holdpoint.START, 's')
    .compile({ checkpointer: memory() });
  expect(await rejection(graph.invoke({}, { ...thread(), maxConcurrency: 1 }))).toEqual(new Error('sibling'));
  broken = false;
  expect(await graph.invoke(null, thread())).toEqual({ log: ['handled', 's'] });
  expect(handled).toBe(1);
});

it('G4: a handler that waits is told as what it is, and survives every process', async () => {
  const ran: string[] = [];
  const compile = (checkpointer: holdpoint.Checkpointer, now: () => number = () => 0) =>
    new holdpoint.StateGraph(Log)
      .addNode(
        'a',
        () => {
          ran.push('a');
          return boom();
        },
        { errorHandler: () => ({ log: String(holdpoint.interrupt('fix?', { key: 'fix' })) }) },
      )
      .addEdge(holdpoint.START, 'a')
      .compile({ checkpointer, now });
  const store = memory();
  const { result } = await dyingRuns(compile, store, {});
  expect(asked(result).map(({ value }) => value)).toEqual(['fix?']);
  const { next, tasks } = await compile(store).getState(thread());
  expect({ next, interrupts: tasks[0]?.interrupts }).toEqual({ next: ['a'], interrupts: asked(result) });
  const [{ id }] = asked(result) as [holdpoint.Interrupt];
  expect(await compile(store).invoke(new holdpoint.Command({ resume: { [id]: 'yes' } }), thread())).toEqual({
    log: ['yes'],
  });
  expect(ran).toEqual(['a']);
});

it('G4: nodes of a graph with an error handler are all reachable; END and unknown names are as with edges', async () => {
  const result = await same(async (library) => {
    const { StateGraph, START } = library;
    const apart = () => new StateGraph(logOf(library)).addNode('a', boom).addNode('apart', boom).addEdge(START, 'a');
    return [
      await errorName(() => apart().compile()),
      await errorName(() =>
        apart()
          .setNodeDefaults({ errorHandler: () => ({}) })
          .compile(),
      ),
    ];
  });
  expect(result).toEqual(['UnreachableNodeError', 'none']);
});

it('G4: stream mode tasks tells node and handler as two tasks', async () => {
  const result = await same(async (library) => {
    const chunks: { name: string; triggers?: string[]; error?: unknown; result?: unknown }[] = [];
    const graph = build(library, () => ({ log: ['handled'] }));
    for await (const chunk of await graph.stream({}, { ...thread(), streamMode: 'tasks' })) chunks.push(chunk);
    return chunks.map(({ name, triggers, error, result: told }) => ({ name, triggers, error, told }));
  });
  const error = { name: 'TypeError', message: 'boom' };
  expect(result).toEqual([
    { name: 'a', triggers: ['branch:to:a'] },
    { name: '__error_handler__a', triggers: ['__pregel_push'] },
    { name: 'a', error, told: {} },
    { name: '__error_handler__a', error: null, told: { log: ['handled'] } },
  ]);
});
