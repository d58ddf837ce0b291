/** G7: what a node gets beside its state, and what it finds from anywhere inside it. The same programs on LangGraph.js 1.7.3. */
import { describe, expect, it } from 'vitest';
import * as holdpoint from '../../../core/index.ts';
import { deferred, Log, rejection, thread } from '../../support/engine.ts';
import { type Library, same } from '../../support/libraries.ts';

const run = { tags: ['t'], metadata: { m: 1 }, runName: 'mine', recursionLimit: 17 };
const called = { ...run, configurable: { thread_id: 'thread-1', own: 'x' } };

function logOf({ Annotation }: Library) {
  return Annotation.Root({
    log: Annotation<unknown[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
}

/** Ids by the order in which they are first seen. */
function normalized(value: unknown): unknown {
  const ids = new Map<string, string>();
  const text = JSON.stringify(value).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/g, (id) => {
    if (!ids.has(id)) ids.set(id, `id${ids.size}`);
    return ids.get(id)!;
  });
  return JSON.parse(text);
}

function seenBy(config: holdpoint.LangGraphRunnableConfig): unknown {
  const { tags, metadata, runName, recursionLimit, configurable, executionInfo } = config;
  const { checkpointNs, taskId, threadId, nodeAttempt } = executionInfo!;
  const { thread_id, own, checkpoint_ns } = configurable!;
  return {
    tags,
    metadata,
    runName,
    recursionLimit,
    thread_id,
    own,
    checkpoint_ns,
    info: { checkpointNs, taskId, threadId, nodeAttempt },
  };
}

describe('G7: the config of a node', () => {
  it('of a node, a Send, a node of a nested graph, and of a graph called from a node', async () => {
    const result = await same(async (library) => {
      const { StateGraph, START, Send, MemorySaver } = library;
      const seen: unknown[] = [];
      const look = (_: unknown, config: holdpoint.LangGraphRunnableConfig) => {
        seen.push(seenBy(config));
        return {};
      };
      const inner = new StateGraph(logOf(library))
        .addNode('i', look, { metadata: { inner: true } })
        .addEdge(START, 'i')
        .compile();
      const graph = new StateGraph(logOf(library))
        .addNode('a', look, { metadata: { of: 'a' } })
        .addNode('sub', inner, { metadata: { of: 'sub' } })
        .addNode('call', async () => {
          await inner.invoke({});
          await inner.invoke({}, { tags: ['own'], metadata: { own: 1 }, configurable: { own: 'y' } });
          return {};
        })
        .addNode('pushed', look)
        .addEdge(START, 'a')
        .addEdge('a', 'sub')
        .addEdge('sub', 'call')
        .addConditionalEdges('call', () => new Send('pushed', { log: [] }), ['pushed'])
        .compile({ checkpointer: new MemorySaver() });
      await graph.invoke({}, called);
      return normalized(seen);
    });
    const [a, sub, call, own, pushed] = result as Record<string, unknown>[];
    expect(a).toMatchObject({
      tags: ['t'],
      runName: 'a',
      recursionLimit: 17,
      own: 'x',
      metadata: {
        m: 1,
        of: 'a',
        thread_id: 'thread-1',
        langgraph_step: 1,
        langgraph_node: 'a',
        langgraph_triggers: ['branch:to:a'],
        langgraph_path: ['__pregel_pull', 'a'],
      },
      info: { threadId: 'thread-1', nodeAttempt: 1 },
    });
    expect(sub).toMatchObject({ metadata: { of: 'sub', inner: true, langgraph_node: 'i' }, recursionLimit: 17 });
    expect(call).toMatchObject({ own: 'x', tags: ['t'] });
    expect(own).toMatchObject({ own: 'y', tags: ['own'] });
    expect(pushed).toMatchObject({ metadata: { langgraph_triggers: ['__pregel_push'], langgraph_step: 4 } });
  });

  it('executionInfo names the checkpoint in which the task was planned', async () => {
    const result = await same(async (library) => {
      const { StateGraph, START, MemorySaver } = library;
      const seen: [string, string][] = [];
      const look =
        (name: string) =>
        (_: unknown, { executionInfo }: holdpoint.LangGraphRunnableConfig) => {
          seen.push([name, executionInfo!.checkpointId]);
          return { log: [name] };
        };
      const graph = new StateGraph(logOf(library))
        .addNode('a', look('a'))
        .addNode('b', look('b'))
        .addEdge(START, 'a')
        .addEdge('a', 'b')
        .compile({ checkpointer: new MemorySaver() });
      await graph.invoke({}, thread());
      const planned = new Map<string | undefined, readonly string[]>();
      for await (const { config, next } of graph.getStateHistory(thread())) {
        planned.set(config.configurable.checkpoint_id, next);
      }
      return seen.map(([name, id]) => [name, planned.get(id)]);
    });
    expect(result).toEqual([
      ['a', ['a']],
      ['b', ['b']],
    ]);
  });
});

describe('G7: from anywhere inside', () => {
  it('getConfig, getWriter, getStore and getCurrentTaskInput after awaits, timers and in routers', async () => {
    const result = await same(async (library) => {
      const { StateGraph, START, END, InMemoryStore, getConfig, getWriter, getStore, getCurrentTaskInput } = library;
      const store = new InMemoryStore();
      const seen: unknown[] = [];
      const look = async (): Promise<void> => {
        await new Promise((resolve) => {
          setTimeout(resolve, 1);
        });
        getWriter()?.('told');
        await getStore()?.put(['x'], 'key', { from: getConfig()?.metadata?.['langgraph_node'] });
        seen.push(getCurrentTaskInput(), (await getStore()?.get(['x'], 'key'))?.value);
      };
      const graph = new StateGraph(logOf(library))
        .addNode('a', async () => {
          await look();
          return {};
        })
        .addEdge(START, 'a')
        .addConditionalEdges('a', () => {
          seen.push(getConfig()?.metadata?.['langgraph_node']);
          return END;
        })
        .compile({ store });
      const chunks: unknown[] = [];
      for await (const chunk of await graph.stream({ log: ['in'] }, { streamMode: 'custom' })) chunks.push(chunk);
      return { seen, chunks };
    });
    expect(result).toEqual({ seen: [{ log: ['in'] }, { from: 'a' }, 'a'], chunks: ['told'] });
  });

  it('outside of a graph there is nothing to find', async () => {
    const result = await same(async ({ getConfig, getWriter, getStore, getCurrentTaskInput }) => [
      getConfig(),
      ...(await Promise.all(
        [getWriter, getStore, getCurrentTaskInput].map(async (get) =>
          rejection((async () => get())()).then((error) => error instanceof Error),
        ),
      )),
    ]);
    expect(result).toEqual([undefined, true, true, true]);
  });

  it('runs side by side never mix, nor do the graphs that they call', async () => {
    const { StateGraph, START, getConfig } = holdpoint;
    const gates = [deferred(), deferred()];
    const inner = new StateGraph(Log)
      .addNode('i', async () => {
        const before = getConfig()?.configurable?.thread_id;
        await gates[Number(before)]!.promise;
        return { log: `${before} ${getConfig()?.configurable?.thread_id}` };
      })
      .addEdge(START, 'i')
      .compile();
    const graph = new StateGraph(Log)
      .addNode('a', () => inner.invoke({}))
      .addEdge(START, 'a')
      .compile();
    const runs = ['0', '1'].map((id) => graph.invoke({}, thread(id)));
    gates[1]!.resolve();
    gates[0]!.resolve();
    expect((await Promise.all(runs)).map(({ log }) => log)).toEqual([['0 0'], ['1 1']]);
  });

  it('a graph with a checkpointer, called from a node for another thread, runs on that thread', async () => {
    const { StateGraph, START, MemorySaver, interrupt } = holdpoint;
    const other = new StateGraph(Log)
      .addNode('i', () => ({ log: String(interrupt('other?')) }))
      .addEdge(START, 'i')
      .compile({ checkpointer: new MemorySaver() });
    const graph = new StateGraph(Log)
      .addNode('a', async () => ({ value: Object.keys(await other.invoke({}, thread('other'))) }))
      .addEdge(START, 'a')
      .compile();
    expect(await graph.invoke({})).toEqual({ log: [], value: ['__interrupt__'] });
    expect((await other.getState(thread('other'))).next).toEqual(['i']);
  });
});
