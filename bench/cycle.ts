/**
 * What a warm process does all day: a thread begins, a graph inside its graph runs a `task()` and asks, the answer comes by a stream, the thread
 * ends and is deleted. Two runs on one thread, and all that they open.
 */
import { setImmediate } from 'node:timers/promises';
import type { Library } from './compile.ts';
import { expectValue } from './program.ts';

/** Runs one cycle. */
export function prepareCycle(library: Library): () => Promise<void> {
  const { Annotation, StateGraph, START, END, MemorySaver, Command, Send, interrupt, task, getWriter } = library;
  const State = Annotation.Root({
    order: Annotation<string>,
    log: Annotation<string[], string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }),
  });
  const stamp = task('stamp', (order: string) => Promise.resolve(`stamped ${order}`));
  const inner = new StateGraph(State)
    .addNode('prepare', async ({ order }, { signal }) => ({ log: [`${await stamp(order)}, ${signal?.aborted}`] }))
    .addNode('ask', ({ order }) => ({ log: [interrupt<string, string>(`Refund ${order}?`)] }))
    .addEdge(START, 'prepare')
    .addEdge('prepare', 'ask')
    .addEdge('ask', END)
    .compile();
  const checkpointer = new MemorySaver();
  const graph = new StateGraph(State)
    .addNode('inner', inner)
    .addNode('tell', ({ log }) => {
      getWriter()?.(log.length);
      return {};
    })
    .addNode('each', () => ({ log: ['each'] }), { retryPolicy: { maxAttempts: 2 } })
    .addEdge(START, 'inner')
    .addEdge('inner', 'tell')
    .addConditionalEdges('tell', ({ order }) => [1, 2].map(() => new Send('each', { order })), ['each'])
    .addEdge('each', END)
    .compile({ checkpointer });
  let cycles = 0;
  return async () => {
    const thread_id = `thread-${cycles++}`;
    const config = { configurable: { thread_id } };
    const asked = await graph.invoke({ order: 'A-1' }, config);
    expectValue(asked.__interrupt__?.[0]?.value, 'Refund A-1?');
    const modes = [];
    const command = new Command({ resume: 'yes' });
    for await (const [mode] of await graph.stream(command, { ...config, streamMode: ['values', 'custom'] })) {
      modes.push(mode);
    }
    expectValue(modes.includes('custom'), true);
    const { values } = await graph.getState(config);
    expectValue(JSON.stringify(values.log.slice(-3)), '["yes","each","each"]');
    await checkpointer.deleteThread(thread_id);
    // Requests are turns of the event loop. Within one, the platform keeps alive whatever a WeakRef was made for: its AbortSignals.
    await setImmediate();
  };
}
