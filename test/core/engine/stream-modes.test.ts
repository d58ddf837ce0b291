/** S2: what each mode tells, and in which order, beside LangGraph.js 1.7.3. A question comes when it is saved here (T2): no sibling is slower than it. */
import { describe, expect, it } from 'vitest';
import { both, type Library, logOf } from '../../support/libraries.ts';
import { collect } from '../../support/engine.ts';
import type { StreamConfig } from '../../../core/index.ts';

const ALL = ['values', 'updates', 'custom', 'tasks', 'checkpoints', 'debug'] as const;
const config = (more: object = {}) =>
  ({ configurable: { thread_id: 't', mine: 1 }, streamMode: ALL, ...more }) as const;

/** Expects the same on both, and returns it. */
async function same(program: (library: Library) => Promise<unknown>): Promise<unknown> {
  const { ours, theirs } = await both(program);
  expect(ours).toEqual(theirs);
  return ours;
}

function line(library: Library) {
  return new library.StateGraph(logOf(library))
    .addNode(
      'a',
      (_, { writer }) => {
        writer?.('hello');
        return { log: ['a'] };
      },
      { metadata: { own: 1 } },
    )
    .addNode('b', () => ({}))
    .addEdge(library.START, 'a')
    .addEdge('a', 'b');
}

describe('S2: all modes at once', () => {
  it.each(['async', 'sync', 'exit'] as const)(
    'a line, durability %s, and a second run on the thread',
    async (durability) => {
      const told = await same(async (library) => {
        const graph = line(library).compile({ checkpointer: new library.MemorySaver() });
        const options = config({ durability, tags: ['tag'], metadata: { um: 1 }, runName: 'run' });
        const first = await collect(graph.stream({ log: ['in'] }, options));
        // LangGraph gives what `exit` does not save the id of what was saved before it.
        return durability === 'exit'
          ? first
          : [...first, ...(await collect(graph.stream({ log: ['again'] }, config())))];
      });
      expect(told).toContainEqual([
        'tasks',
        {
          id: 'id',
          name: 'a',
          input: { log: ['in'] },
          triggers: ['branch:to:a'],
          interrupts: [],
          metadata: { ls_integration: 'langgraph', um: 1, own: 1, tags: ['tag'] },
        },
      ]);
      expect(told).toContainEqual([
        'tasks',
        { id: 'id', name: 'a', result: { log: ['a'] }, interrupts: [], error: null },
      ]);
      expect(told).toContainEqual(['custom', 'hello']);
    },
  );

  it('without a checkpointer there are no checkpoints', async () => {
    const told = await same((library) => collect(line(library).compile().stream({}, { streamMode: ALL })));
    expect((told as [string][]).filter(([mode]) => mode === 'checkpoints')).toEqual([]);
  });

  it('joins name their sources; several writes to a channel are kept apart', async () => {
    const told = await same((library) => {
      const { Command } = library;
      const graph = new library.StateGraph(logOf(library))
        .addNode('a', () => ({ log: ['a'] }))
        .addNode('b', () => ({ log: ['b'], value: 1 }))
        .addNode('c', () => new Command({ goto: 'd', update: { log: ['c'] } }), { ends: ['d'] })
        .addNode('d', () => null)
        .addNode('e', () => [new Command({ update: { log: ['e1'] } }), { log: ['e2'], value: 3 }])
        .addEdge(library.START, 'a')
        .addEdge(library.START, 'b')
        .addEdge(['a', 'b'], 'c')
        .addConditionalEdges('d', () => 'e', ['e'])
        .compile({ checkpointer: new library.MemorySaver() });
      return collect(graph.stream({ log: ['in'] }, config()));
    });
    expect(told).toContainEqual(['tasks', expect.objectContaining({ name: 'c', triggers: ['join:a+b:c'] })]);
    expect(told).toContainEqual(['updates', { e: [{ log: ['e1'] }, { log: ['e2'] }, { value: 3 }] }]);
    const result = { log: { $writes: [['e1'], ['e2']] }, value: 3 };
    expect(told).toContainEqual(['tasks', { id: 'id', name: 'e', result, interrupts: [], error: null }]);
  });

  it('a node that an edge and a join lead to was triggered by the edge', async () => {
    const told = await same((library) => {
      const graph = new library.StateGraph(logOf(library))
        .addNode('a', () => ({}))
        .addNode('b', () => ({}))
        .addNode('c', () => ({}))
        .addEdge(library.START, 'a')
        .addEdge(library.START, 'b')
        .addEdge(['a', 'b'], 'c')
        .addEdge('a', 'c')
        .compile();
      return collect(graph.stream({}, { streamMode: 'tasks' }));
    });
    expect(told).toContainEqual(expect.objectContaining({ name: 'c', triggers: ['branch:to:c'] }));
  });

  it('Sends', async () => {
    const told = await same((library) => {
      const graph = new library.StateGraph(logOf(library))
        .addNode('work', (state) => ({ log: [String((state as unknown as { n: number }).n)] }))
        .addNode('end', () => ({}))
        .addConditionalEdges(library.START, () => [2, 1].map((n) => new library.Send('work', { n })), ['work'])
        .addEdge('work', 'end')
        .compile({ checkpointer: new library.MemorySaver() });
      return collect(graph.stream({ log: ['in'] }, config()));
    });
    const send = { name: 'work', input: { n: 2 }, triggers: ['__pregel_push'] };
    expect(told).toContainEqual(['tasks', expect.objectContaining(send)]);
  });

  it('questions and their answers', async () => {
    const told = await same(async (library) => {
      const graph = new library.StateGraph(logOf(library))
        .addNode('ask', () => ({ log: [`${library.interrupt('q1')}${library.interrupt('q2')}`] }))
        .addNode('end', () => ({}))
        .addEdge(library.START, 'ask')
        .addEdge('ask', 'end')
        .compile({ checkpointer: new library.MemorySaver() });
      const runs = [await collect(graph.stream({ log: ['in'] }, config()))];
      for (const resume of ['A', 'B'])
        runs.push(await collect(graph.stream(new library.Command({ resume }), config())));
      return runs;
    });
    expect((told as unknown[][])[0]!.slice(-4, -1)).toEqual([
      ['updates', { __interrupt__: [{ id: 'id', value: 'q1' }] }],
      ['values', { __interrupt__: [{ id: 'id', value: 'q1' }] }],
      ['tasks', { id: 'id', name: 'ask', result: {}, interrupts: [{ id: 'id', value: 'q1' }], error: null }],
    ]);
  });

  it('two tasks that ask tell a chunk each', async () => {
    const told = await same((library) => {
      const graph = new library.StateGraph(logOf(library))
        .addNode('a', () => ({ log: [String(library.interrupt('qa'))] }))
        .addNode('b', () => ({ log: [String(library.interrupt('qb'))] }))
        .addEdge(library.START, 'a')
        .addEdge(library.START, 'b')
        .compile({ checkpointer: new library.MemorySaver() });
      return collect(graph.stream({}, config()));
    });
    expect(told).toContainEqual(['updates', { __interrupt__: [{ id: 'id', value: 'qb' }] }]);
  });

  it.each(['interruptBefore', 'interruptAfter'] as const)('breakpoints: %s', async (which) => {
    const told = await same(async (library) => {
      const stops = { [which]: which === 'interruptBefore' ? ['b'] : ['a'] };
      const graph = line(library).compile({ checkpointer: new library.MemorySaver(), ...stops });
      const told = await collect(graph.stream({ log: ['in'] }, config()));
      return [told, await collect(graph.stream(null, config()))];
    });
    expect((told as unknown[])[0]).toContainEqual(['updates', { __interrupt__: [] }]);
  });

  it('a failure, and the run that goes on: what had finished is told as cached, before the tasks', async () => {
    const told = await same(async (library) => {
      let failures = 1;
      const graph = new library.StateGraph(logOf(library))
        .addNode('ok', () => ({ log: ['ok'] }))
        .addNode('bad', async () => {
          await new Promise((resolve) => setTimeout(resolve, 5)); // LangGraph does not tell of siblings that end later
          if (failures-- > 0) throw new TypeError('boom');
          return { log: ['bad'] };
        })
        .addEdge(library.START, 'bad')
        .addEdge(library.START, 'ok')
        .compile({ checkpointer: new library.MemorySaver() });
      const chunks: unknown[] = [];
      for (const input of [{ log: ['in'] }, null]) {
        try {
          for await (const chunk of await graph.stream(input, config({ streamMode: ['updates', 'values', 'tasks'] }))) {
            chunks.push(chunk);
          }
        } catch (error) {
          chunks.push((error as Error).name);
        }
      }
      return chunks;
    });
    const error = { name: 'TypeError', message: 'boom' };
    expect(told).toContainEqual(['tasks', { id: 'id', name: 'bad', result: {}, interrupts: [], error }]);
    expect(told).toContainEqual(['updates', { ok: { log: ['ok'] }, __metadata__: { cached: true } }]);
  });
});

const inner = (library: Library) =>
  new library.StateGraph(logOf(library))
    .addNode('in', (_, { writer }) => {
      writer?.('inside');
      return { log: ['in'] };
    })
    .addEdge(library.START, 'in')
    .compile();

const outer = (library: Library) =>
  new library.StateGraph(logOf(library))
    .addNode('node', inner(library))
    .addNode('calls', async () => {
      await inner(library).invoke({ log: ['x'] });
      await inner(library).invoke({ log: ['y'] });
      return { value: 1 };
    })
    .addEdge(library.START, 'node')
    .addEdge('node', 'calls')
    .compile({ checkpointer: new library.MemorySaver() });

describe('S2: nested graphs', () => {
  it.each([true, false])('as a node, called, and called twice, subgraphs: %s', async (subgraphs) => {
    const told = await same((library) =>
      collect(outer(library).stream({}, config({ subgraphs, streamMode: ['values', 'updates', 'custom', 'tasks'] }))),
    );
    // What nodes tell themselves is told whoever asks for it.
    expect(told).toContainEqual(subgraphs ? [['calls:id', '1'], 'custom', 'inside'] : ['custom', 'inside']);
  });

  it('their checkpoints', async () => {
    const told = await same((library) =>
      collect(outer(library).stream({}, config({ subgraphs: true, streamMode: ['checkpoints'] }))).then((chunks) =>
        chunks.map((chunk) => {
          const [ns, , { config: _, parentConfig: __, ...shown }] = chunk as unknown as [
            string[],
            string,
            { config: object; parentConfig?: object },
          ];
          return [ns, shown];
        }),
      ),
    );
    const metadata = { source: 'loop', step: 1, parents: { '': 'id' } };
    expect(told).toContainEqual([['node:id'], expect.objectContaining({ metadata })]);
  });

  it.each([
    ['the default', {}],
    ['updates', { streamMode: 'updates' }],
    ['several, with namespaces', { streamMode: ['values', 'updates'], subgraphs: true }],
  ] as const)('a stream that a node reads: %s', async (_, options) => {
    const streamed: StreamConfig = options;
    const told = await same(async (library) => {
      const read: unknown[] = [];
      const graph = new library.StateGraph(logOf(library))
        .addNode('reads', async () => {
          for await (const chunk of await inner(library).stream({ log: ['x'] }, streamed)) read.push(chunk);
          return { value: read.length };
        })
        .addEdge(library.START, 'reads')
        .compile();
      const told = await collect(graph.stream({}, { streamMode: ['updates', 'values'], subgraphs: true }));
      return { told, read };
    });
    expect((told as { read: unknown[] }).read).not.toEqual([]);
  });

  it('a question inside is told inside, then outside', async () => {
    const told = await same(async (library) => {
      const asks = new library.StateGraph(logOf(library))
        .addNode('ask', () => ({ log: [String(library.interrupt('q'))] }))
        .addEdge(library.START, 'ask')
        .compile();
      const graph = new library.StateGraph(logOf(library))
        .addNode('node', asks)
        .addEdge(library.START, 'node')
        .compile({ checkpointer: new library.MemorySaver() });
      const options = config({ subgraphs: true, streamMode: ['values', 'updates', 'tasks'] });
      const told = await collect(graph.stream({ log: ['in'] }, options));
      return [told, await collect(graph.stream(new library.Command({ resume: 'A' }), options))];
    });
    const question = { __interrupt__: [{ id: 'id', value: 'q' }] };
    expect((told as unknown[])[0]).toContainEqual([['node:id'], 'updates', question]);
  });
});

describe('S1: invoke and outputKeys', () => {
  it.each(['updates', 'custom', 'tasks', ['values'], ['updates', 'custom']] as const)(
    'invoke with streamMode %s returns the chunks',
    async (streamMode) => {
      const told = await same((library) =>
        line(library)
          .compile()
          .invoke({ log: ['in'] }, { streamMode: streamMode as 'updates' }),
      );
      expect(told).toBeInstanceOf(Array);
    },
  );

  it.each(['log', ['value'], ['log', 'value']])('outputKeys %j', async (outputKeys) => {
    const told = await same(async (library) => {
      const graph = new library.StateGraph(logOf(library))
        .addNode('a', () => ({ log: ['a'] }))
        .addNode('b', () => ({ value: 2 }))
        .addEdge(library.START, 'a')
        .addEdge('a', 'b')
        .compile();
      const options = { outputKeys: outputKeys as never };
      return [
        await graph.invoke({ log: ['in'] }, options),
        await collect(graph.stream({ log: ['in'] }, { ...options, streamMode: 'values' })),
        ...(typeof outputKeys === 'string' ? [] : [await collect(graph.stream({ log: ['in'] }, options))]),
      ];
    });
    expect(told).toHaveLength(typeof outputKeys === 'string' ? 2 : 3);
  });

  it('outputKeys that are no channels are refused before anything runs', async () => {
    const { ours } = await both(async (library) => {
      const graph = line(library).compile();
      return graph.stream({}, { outputKeys: ['nope'] as never }).then(
        () => 'ran',
        (error: Error) => error.message,
      );
    });
    expect(ours).toBe('outputKeys: Key nope not found in channels.');
  });
});
