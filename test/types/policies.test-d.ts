/** The types of policies. */
import { expectTypeOf, it } from 'vitest';
import {
  Annotation,
  type CachePolicy,
  type LangGraphRunnableConfig,
  NodeError,
  type RetryPolicy,
  Send,
  START,
  StateGraph,
  type TimeoutPolicy,
} from '../../core/index.ts';

const State = Annotation.Root({ text: Annotation<string>, count: Annotation<number> });

it('an error handler gets the state, the error and a config, and returns an update or a Command', () => {
  new StateGraph(State).addNode('a', () => ({ count: 1 }), {
    errorHandler: (state, error, config) => {
      expectTypeOf(state).toEqualTypeOf<{ text: string; count: number }>();
      expectTypeOf(error).toEqualTypeOf<NodeError>();
      expectTypeOf(config).toEqualTypeOf<LangGraphRunnableConfig>();
      return { text: error.error.message };
    },
  });
  new StateGraph(State).setNodeDefaults({
    errorHandler: (state) => {
      expectTypeOf(state.text).toEqualTypeOf<string>();
      return {};
    },
  });
  // @ts-expect-error -- a count is a number
  new StateGraph(State).setNodeDefaults({ errorHandler: () => ({ count: 'one' }) });
});

it('policies take what LangGraph takes', () => {
  const retryPolicy: RetryPolicy = {
    maxAttempts: 2,
    retryOn: (error) => (error as Error).name === 'x',
    logWarning: false,
  };
  const timeout: TimeoutPolicy = { runTimeout: 1, idleTimeout: 2, refreshOn: 'heartbeat' };
  const cachePolicy: CachePolicy = { ttl: 60, keyFunc: ([input]) => JSON.stringify(input) };
  new StateGraph(State)
    .addNode('a', () => ({}), { retryPolicy, timeout, cachePolicy, defer: true, ends: ['a'] })
    .addNode('b', () => ({}), { timeout: 5, cachePolicy: false })
    .addConditionalEdges(START, () => new Send('a', {}, { timeout }));
  expectTypeOf(new Send('a', {}).timeout).toEqualTypeOf<TimeoutPolicy | undefined>();
  // @ts-expect-error -- auto or heartbeat
  new StateGraph(State).addNode('a', () => ({}), { timeout: { idleTimeout: 1, refreshOn: 'sometimes' } });
});

it('batch gives errors only when it is asked to', () => {
  const graph = new StateGraph(State)
    .addNode('a', () => ({}))
    .addEdge(START, 'a')
    .compile();
  type Result = Awaited<ReturnType<typeof graph.invoke>>;
  expectTypeOf(graph.batch([{}], {})).toEqualTypeOf<Promise<Result[]>>();
  expectTypeOf(graph.batch([{}], {}, { returnExceptions: true })).toEqualTypeOf<Promise<(Result | Error)[]>>();
  expectTypeOf(graph.withConfig({ tags: ['x'] })).toEqualTypeOf<typeof graph>();
});
