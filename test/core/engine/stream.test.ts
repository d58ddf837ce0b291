/** T1 to T3: what a stream tells, when, and what leaving it does. */
import { describe, expect, it } from 'vitest';
import { Command, interrupt, INTERRUPT, MemorySaver, Send, START, StateGraph } from '../../../core/index.ts';
import { asked, collect, deferred, Log, memory, rejection, thread } from '../../support/engine.ts';

function chain() {
  return new StateGraph(Log)
    .addNode('a', () => ({ log: 'a' }))
    .addNode('quiet', () => ({}))
    .addNode('b', () => ({ log: 'b', value: 1 }))
    .addEdge(START, 'a')
    .addEdge('a', 'quiet')
    .addEdge('quiet', 'b')
    .compile({ checkpointer: memory() });
}

const both = ['values', 'updates'] as const;

describe('S2: shapes', () => {
  it('values: the state after the input and after every superstep that wrote', async () => {
    const chunks = await collect(chain().stream({ log: 'in' }, { ...thread(), streamMode: 'values' }));
    expect(chunks).toEqual([{ log: ['in'] }, { log: ['in', 'a'] }, { log: ['in', 'a', 'b'], value: 1 }]);
  });

  it('values: an input that writes nothing has no chunk', async () => {
    const chunks = await collect(chain().stream({}, { ...thread(), streamMode: 'values' }));
    expect(chunks).toEqual([{ log: ['a'] }, { log: ['a', 'b'], value: 1 }]);
  });

  it('updates: what each node wrote; this is the default', async () => {
    const updates = [{ a: { log: 'a' } }, { quiet: {} }, { b: { log: 'b', value: 1 } }];
    expect(await collect(chain().stream({}, { ...thread(), streamMode: 'updates' }))).toEqual(updates);
    expect(await collect(chain().stream({}, thread()))).toEqual(updates);
  });

  it('a list of modes: each chunk with its mode, in the order in which things happened', async () => {
    expect(await collect(chain().stream({ log: 'in' }, { ...thread(), streamMode: both }))).toEqual([
      ['values', { log: ['in'] }],
      ['updates', { a: { log: 'a' } }],
      ['values', { log: ['in', 'a'] }],
      ['updates', { quiet: {} }],
      ['updates', { b: { log: 'b', value: 1 } }],
      ['values', { log: ['in', 'a', 'b'], value: 1 }],
    ]);
  });

  it('a list of one mode is a list', async () => {
    const [chunk] = await collect(chain().stream({}, { ...thread(), streamMode: ['updates'] }));
    expect(chunk).toEqual(['updates', { a: { log: 'a' } }]);
  });

  it('an unknown mode is refused before anything runs', async () => {
    const error = await rejection(chain().stream({}, { ...thread(), streamMode: 'tokens' as 'values' }));
    expect(error).toMatchObject({ code: 'invalid_argument' });
    expect((error as Error).message).toContain(
      'No stream mode "tokens". Modes: messages, tools, custom, updates, values, tasks, checkpoints, debug.',
    );
  });

  it('updates: one chunk for each Send', async () => {
    const graph = new StateGraph(Log)
      .addNode('work', (state) => ({ log: String((state as unknown as { n: number }).n) }))
      .addConditionalEdges(START, () => [new Send('work', { n: 2 }), new Send('work', { n: 1 })], ['work'])
      .compile();
    expect(await collect(graph.stream({}))).toEqual([{ work: { log: '2' } }, { work: { log: '1' } }]);
  });

  it('updates: several writes to one channel are a list of writes', async () => {
    const graph = new StateGraph(Log)
      .addNode('work', () => [new Command({ update: { log: 'one', value: 1 } }), { log: 'two' }])
      .addEdge(START, 'work')
      .compile();
    expect(await collect(graph.stream({}))).toEqual([{ work: [{ log: 'one' }, { value: 1 }, { log: 'two' }] }]);
  });
});

function halfDone() {
  return new StateGraph(Log)
    .addNode('ask', () => ({ log: String(interrupt('q')) }))
    .addNode('done', () => ({ log: 'done' }))
    .addEdge(START, 'ask')
    .addEdge(START, 'done')
    .compile({ checkpointer: memory() });
}

describe('questions', () => {
  it('come last, after what finished siblings wrote', async () => {
    const chunks = await collect(halfDone().stream({ log: 'in' }, { ...thread(), streamMode: both }));
    const question = { [INTERRUPT]: [{ id: expect.stringMatching(/^[0-9a-f]{32}$/) as string, value: 'q' }] };
    expect(chunks).toEqual([
      ['values', { log: ['in'] }],
      ['updates', { done: { log: 'done' } }],
      ['values', { log: ['in', 'done'] }],
      ['updates', question],
      ['values', question],
    ]);
  });

  it('on resume: the state first; a sibling that finished before is told as cached', async () => {
    const graph = halfDone();
    await graph.invoke({ log: 'in' }, thread());
    expect(await collect(graph.stream(new Command({ resume: 'yes' }), { ...thread(), streamMode: both }))).toEqual([
      ['values', { log: ['in'] }],
      ['updates', { done: { log: 'done' }, __metadata__: { cached: true } }],
      ['updates', { ask: { log: 'yes' } }],
      ['values', { log: ['in', 'yes', 'done'] }],
    ]);
  });

  it('T2: an answer sent on reading the question finds it', async () => {
    const graph = halfDone();
    for await (const chunk of await graph.stream({}, thread())) {
      const [question] = asked(chunk);
      if (!question) continue;
      expect(await graph.invoke(new Command({ resume: { [question.id]: 'yes' } }), thread())).toEqual({
        log: ['yes', 'done'],
      });
      return;
    }
    expect.unreachable('no question was streamed');
  });
});

describe('failures', () => {
  it('end the stream with what the node threw, after the chunks of what was done', async () => {
    const boom = new Error('boom');
    const graph = new StateGraph(Log)
      .addNode('a', () => ({ log: 'a' }))
      .addNode('b', () => {
        throw boom;
      })
      .addEdge(START, 'a')
      .addEdge(START, 'b')
      .compile({ checkpointer: memory() });
    const stream = await graph.stream({ log: 'in' }, { ...thread(), streamMode: both });
    const chunks: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of stream) chunks.push(chunk);
    };
    expect(await rejection(read())).toBe(boom);
    expect(chunks).toEqual([
      ['values', { log: ['in'] }],
      ['updates', { a: { log: 'a' } }],
    ]);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('a refusal is thrown when the stream is read', async () => {
    const graph = chain();
    expect(await rejection(collect(graph.stream(null, thread())))).toMatchObject({ code: 'unknown_thread' });
  });
});

describe('T1: while the run goes on', () => {
  it('a chunk is there while a later node still waits', async () => {
    const gate = deferred();
    const graph = new StateGraph(Log)
      .addNode('fast', () => ({ log: 'fast' }))
      .addNode('slow', async () => {
        await gate.promise;
        return { log: 'slow' };
      })
      .addEdge(START, 'fast')
      .addEdge('fast', 'slow')
      .compile({ checkpointer: new MemorySaver() });
    const stream = await graph.stream({}, thread());
    expect(await stream.next()).toEqual({ done: false, value: { fast: { log: 'fast' } } });
    gate.resolve();
    expect(await collect(stream)).toEqual([{ slow: { log: 'slow' } }]);
  });

  it('a chunk is there while a sibling still waits', async () => {
    const gate = deferred();
    const graph = new StateGraph(Log)
      .addNode('fast', () => ({ log: 'fast' }))
      .addNode('slow', async () => {
        await gate.promise;
        return { log: 'slow' };
      })
      .addEdge(START, 'fast')
      .addEdge(START, 'slow')
      .compile({ checkpointer: new MemorySaver() });
    const stream = await graph.stream({}, { ...thread(), streamMode: both });
    expect((await stream.next()).value).toEqual(['updates', { fast: { log: 'fast' } }]);
    gate.resolve();
    expect(await collect(stream)).toEqual([
      ['updates', { slow: { log: 'slow' } }],
      ['values', { log: ['fast', 'slow'] }],
    ]);
  });

  it('several reads at once get the chunks in order', async () => {
    const stream = await chain().stream({}, thread());
    const reads = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
    expect(reads.map(({ value }) => value && Object.keys(value))).toEqual([['a'], ['quiet'], ['b'], undefined]);
  });

  it('a run that nobody reads runs to its end', async () => {
    const ended = deferred();
    const graph = new StateGraph(Log)
      .addNode('a', () => ({}))
      .addNode('b', () => ended.resolve())
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile({ checkpointer: memory() });
    await graph.stream({}, thread());
    expect(await ended.promise).toBeUndefined();
  });
});

describe('T3: a reader that leaves early', () => {
  it('learns that the run failed after it left', async () => {
    const [entered, gate] = [deferred(), deferred()];
    const graph = new StateGraph(Log)
      .addNode('a', async () => {
        entered.resolve();
        await gate.promise;
        throw new Error('boom');
      })
      .addEdge(START, 'a')
      .compile({ checkpointer: memory() });
    const stream = await graph.stream({}, thread());
    await entered.promise;
    const left = stream.return();
    gate.resolve();
    expect(await rejection(left)).toMatchObject({ message: 'boom' });
  });

  it('drains: the node that runs ends, the next does not start, the thread is saved and continues', async () => {
    const [entered, gate] = [deferred(), deferred()];
    const ran: string[] = [];
    const graph = new StateGraph(Log)
      .addNode('a', () => {
        ran.push('a');
        return { log: 'a' };
      })
      .addNode('b', async () => {
        entered.resolve();
        await gate.promise;
        ran.push('b');
        return { log: 'b' };
      })
      .addNode('c', () => {
        ran.push('c');
        return { log: 'c' };
      })
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .addEdge('b', 'c')
      .compile({ checkpointer: new MemorySaver() });
    const stream = await graph.stream({}, { ...thread(), durability: 'exit' });
    await stream.next();
    await entered.promise;
    const left = stream.return();
    expect(await rejection(graph.invoke(null, thread()))).toMatchObject({ code: 'thread_busy' });
    gate.resolve();
    await left;

    expect(ran).toEqual(['a', 'b']);
    expect(await graph.getState(thread())).toMatchObject({ values: { log: ['a', 'b'] }, next: ['c'] });
    expect(await graph.invoke(null, thread())).toEqual({ log: ['a', 'b', 'c'] });
    expect(ran).toEqual(['a', 'b', 'c']);
  });

  it('gets nothing more from it, not even what had been told before', async () => {
    const ended = deferred();
    const graph = new StateGraph(Log)
      .addNode('a', () => ({}))
      .addNode('b', () => ended.resolve())
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile();
    const stream = await graph.stream({});
    await ended.promise;
    await stream.return();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});
