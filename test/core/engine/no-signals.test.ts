/** An AbortSignal costs more than the rest of a small superstep, so one is made only for those who ask. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { END, START, StateGraph, task } from '../../../core/index.ts';
import { Log, memory, thread } from '../../support/engine.ts';

let made = 0;

beforeEach(() => {
  made = 0;
  class Counted extends AbortController {
    constructor() {
      super();
      made += 1;
    }
  }
  vi.stubGlobal('AbortController', Counted);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function build(read: (config: { signal?: AbortSignal }) => unknown) {
  const inner = new StateGraph(Log)
    .addNode('work', async (_, config) => ({ log: [await stamp(String(read(config)))] }))
    .addEdge(START, 'work')
    .addEdge('work', END)
    .compile();
  return new StateGraph(Log)
    .addNode('inner', inner)
    .addNode('called', async (state) => ({ log: (await inner.invoke(state)).log.slice(-1) }))
    .addEdge(START, 'inner')
    .addEdge('inner', 'called')
    .compile({ checkpointer: memory() });
}

const stamp = task('stamp', (text: string) => Promise.resolve(text));

it('makes no AbortSignal for nodes, nested graphs and tasks that read none', async () => {
  const { log } = await build(() => 'unread').invoke({ log: [] }, thread());
  expect(log).toEqual(['unread', 'unread']);
  expect(made).toBe(0);
});

it('makes them for a node that reads its signal', async () => {
  const { log } = await build(({ signal }) => signal?.aborted).invoke({ log: [] }, thread());
  expect(log).toEqual(['false', 'false']);
  expect(made).toBeGreaterThan(0);
});
