/** T3, T4: a stream is what LangGraph's callers take it for, an async iterator and a ReadableStream. S3: server-sent events. */
import { describe, expect, it } from 'vitest';
import { Annotation, START, StateGraph } from '../../../core/index.ts';
import { collect, deferred, Log, memory, rejection, thread } from '../../support/engine.ts';

function chain() {
  return new StateGraph(Log)
    .addNode('a', () => ({ log: 'a' }))
    .addNode('b', () => ({ log: 'b' }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile();
}

const chunks = [{ a: { log: 'a' } }, { b: { log: 'b' } }];

describe('T4: a stream is a ReadableStream', () => {
  it('getReader, tee, pipeThrough', async () => {
    const stream = await chain().stream({});
    expect(stream).toBeInstanceOf(ReadableStream);
    const reader = stream.getReader();
    expect(await reader.read()).toEqual({ done: false, value: chunks[0] });
    expect(await reader.read()).toEqual({ done: false, value: chunks[1] });
    expect(await reader.read()).toEqual({ done: true, value: undefined });

    const [left, right] = (await chain().stream({})).tee();
    expect(await collect(left)).toEqual(chunks);
    expect(await collect(right)).toEqual(chunks);

    const names = new TransformStream<object, string>({
      transform: (chunk, out) => out.enqueue(Object.keys(chunk).join()),
    });
    expect(await collect((await chain().stream({})).pipeThrough(names))).toEqual(['a', 'b']);
  });

  it('a failure of the run errors its reader', async () => {
    const boom = new Error('boom');
    const graph = new StateGraph(Log)
      .addNode('a', () => {
        throw boom;
      })
      .addEdge(START, 'a')
      .compile();
    expect(await rejection((await graph.stream({})).getReader().read())).toBe(boom);
  });

  it('T3: cancel drains the run', async () => {
    const [entered, gate] = [deferred(), deferred()];
    const ran: string[] = [];
    const graph = new StateGraph(Log)
      .addNode('a', async () => {
        entered.resolve();
        await gate.promise;
        ran.push('a');
      })
      .addNode('b', () => void ran.push('b'))
      .addEdge(START, 'a')
      .addEdge('a', 'b')
      .compile({ checkpointer: memory() });
    const stream = await graph.stream({}, thread());
    await entered.promise;
    const cancelled = stream.cancel();
    gate.resolve();
    await cancelled;
    expect(ran).toEqual(['a']);
    expect((await graph.getState(thread())).next).toEqual(['b']);
  });

  it('throw() leaves too, and throws', async () => {
    const stream = await chain().stream({});
    expect(await rejection(stream.throw(new Error('enough')))).toMatchObject({ message: 'enough' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('several next() at once get the chunks in order', async () => {
    const stream = await chain().stream({});
    const results = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
    expect(results.map(({ value }) => value as unknown)).toEqual([...chunks, undefined, undefined]);
  });

  it('readers side by side get the chunks in order', async () => {
    const graph = new StateGraph(Log)
      .addNode('a', async (_, { writer }) => {
        for (let chunk = 0; chunk < 6; chunk++) {
          await Promise.resolve();
          writer?.(chunk);
        }
        return {};
      })
      .addEdge(START, 'a')
      .compile();
    const stream = await graph.stream({}, { streamMode: 'custom' });
    const read: unknown[] = [];
    const reader = async (): Promise<void> => {
      const { done, value } = await stream.next();
      if (done) return;
      read.push(value);
      await reader();
    };
    await Promise.all([reader(), reader()]);
    expect(read).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

const text = async (stream: Promise<AsyncIterable<Uint8Array>>): Promise<string[]> =>
  (await collect(stream)).map((bytes) => new TextDecoder().decode(bytes));

describe('S3: encoding text/event-stream', () => {
  it('an event for each chunk, named by its mode', async () => {
    const told = await text(chain().stream({}, { streamMode: ['values', 'updates'], encoding: 'text/event-stream' }));
    expect(told).toEqual([
      'event: updates\ndata: {"a":{"log":"a"}}\n\n',
      'event: values\ndata: {"log":["a"]}\n\n',
      'event: updates\ndata: {"b":{"log":"b"}}\n\n',
      'event: values\ndata: {"log":["a","b"]}\n\n',
    ]);
  });

  it('of a nested graph, its namespace too', async () => {
    const graph = new StateGraph(Log).addNode('sub', chain()).addEdge(START, 'sub').compile();
    const [first] = await text(graph.stream({}, { subgraphs: true, encoding: 'text/event-stream' }));
    expect(first).toMatch(/^event: updates\|sub:[0-9a-f]{32}\ndata: \{"a":\{"log":"a"\}\}\n\n$/);
  });

  it('a failure is the last event, and the stream ends', async () => {
    const graph = new StateGraph(Annotation.Root({ value: Annotation<number> }))
      .addNode('a', () => {
        throw new TypeError('boom');
      })
      .addEdge(START, 'a')
      .compile();
    const told = await text(graph.stream({ value: 1 }, { streamMode: 'values', encoding: 'text/event-stream' }));
    expect(told).toEqual([
      'event: values\ndata: {"value":1}\n\n',
      'event: error\ndata: {"error":"TypeError","message":"boom"}\n\n',
    ]);
  });
});
