import { describe, expect, it } from 'vitest';
import { Annotation, GraphCallbackHandler, MemorySaver, START, StateGraph, interrupt } from '../../../core/index.ts';
import { thread } from '../../support/engine.ts';

const State = Annotation.Root({ value: Annotation<string> });

function graphOf(run: () => { value?: string }) {
  return new StateGraph(State).addNode('n', run).addEdge(START, 'n').compile({ checkpointer: new MemorySaver() });
}

describe("B2: a handler's own errors", () => {
  const throwing = { name: 'h', handleChainStart: () => Promise.reject(new Error('of the handler')) };

  it('are dropped', async () => {
    const graph = graphOf(() => ({ value: 'done' }));
    expect(await graph.invoke({}, { ...thread(), callbacks: [throwing] })).toEqual({ value: 'done' });
  });

  it('are the run’s when it says raiseError, and no node runs', async () => {
    const ran: string[] = [];
    const graph = graphOf(() => ({ value: ran.push('n').toString() }));
    const run = graph.invoke({}, { ...thread(), callbacks: [{ ...throwing, raiseError: true }] });
    await expect(run).rejects.toThrow('of the handler');
    expect(ran).toEqual([]);
  });

  it('of handleInterrupt leave the question pending', async () => {
    class Observer extends GraphCallbackHandler {
      override raiseError = true;
      override handleInterrupt() {
        throw new Error('of the observer');
      }
    }
    const graph = graphOf(() => ({ value: interrupt('?') }));
    await expect(graph.invoke({}, { ...thread(), callbacks: [new Observer()] })).rejects.toThrow('of the observer');
    expect((await graph.getState(thread())).next).toEqual(['n']);
  });
});

it('B2: an asynchronous handler has ended when the run has', async () => {
  const ended: string[] = [];
  const handler = {
    handleChainEnd: async (_: unknown, __: string, parent?: string) => {
      await Promise.resolve();
      ended.push(parent ? 'node' : 'graph');
    },
  };
  await graphOf(() => ({})).invoke({ value: 'x' }, { ...thread(), callbacks: [handler] });
  expect(ended).toEqual(['node', 'node', 'graph']); // START is a node too
});

it('handlers are instances that may have private fields, and can refuse chains', async () => {
  class Counter {
    #starts = 0;
    readonly ignoreChain: boolean;
    constructor(ignoreChain: boolean) {
      this.ignoreChain = ignoreChain;
    }
    handleChainStart() {
      this.#starts++;
    }
    get starts() {
      return this.#starts;
    }
  }
  const [hears, refuses] = [new Counter(false), new Counter(true)];
  await graphOf(() => ({})).invoke({ value: 'x' }, { ...thread(), callbacks: [hears, refuses] });
  expect([hears.starts, refuses.starts]).toEqual([3, 0]);
});

it('what goes on from a checkpoint is told as resumed before its node runs, a new input is not', async () => {
  const told: string[] = [];
  class Observer extends GraphCallbackHandler {
    override handleResume() {
      told.push('resumed');
    }
  }
  const graph = graphOf(() => {
    told.push('n');
    return { value: interrupt('?') };
  });
  const config = { ...thread(), callbacks: [new Observer()] };
  await graph.invoke({}, config);
  await graph.invoke(null, config);
  expect(told).toEqual(['n', 'resumed', 'n']);
});
