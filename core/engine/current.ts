/** The task that code runs in, carried to `interrupt()` and its like by AsyncLocalStorage, so that runs side by side never mix. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { LangGraphRunnableConfig } from '../config.ts';
import { GraphValueError } from '../errors.ts';
import type { TaskContext } from './context.ts';
import { configOutside } from './foreign.ts';
import { inLangChain } from './langchain.ts';

const storage = new AsyncLocalStorage<TaskContext>();

export function inTask<Result>(context: TaskContext, run: () => Result): Result {
  return storage.run(context, inLangChain, configNow, run);
}

const configNow = (): LangGraphRunnableConfig | undefined => {
  const context = storage.getStore();
  return context && configOutside(context);
};

/** The task that the caller runs in, however deep. */
export function currentTask(): TaskContext | undefined {
  return storage.getStore();
}

/** @throws GraphValueError `outside_graph` */
export function requireTask(what: string): TaskContext {
  const context = storage.getStore();
  if (context) return context;
  throw new GraphValueError(`Called ${what} outside the context of a graph.`, 'outside_graph');
}
