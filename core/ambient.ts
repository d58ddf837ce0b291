/** What a node can ask for from anywhere inside it, so that nothing needs to be passed on. */
import type { LangGraphRunnableConfig } from './config.ts';
import { currentTask, requireTask } from './engine/current.ts';
import type { BaseStore } from './store/store.ts';

/** The config of the node that runs now. Undefined outside of one. */
export function getConfig(): LangGraphRunnableConfig {
  return currentTask()?.config as LangGraphRunnableConfig;
}

/** The store of the run. @throws GraphValueError `outside_graph` */
export function getStore(config?: LangGraphRunnableConfig): BaseStore | undefined {
  return (config ?? requireTask('getStore()').config).store;
}

/** Tells chunks to readers of the stream mode `custom`. @throws GraphValueError `outside_graph` */
export function getWriter(config?: LangGraphRunnableConfig): ((chunk: unknown) => void) | undefined {
  return (config ?? requireTask('getWriter()').config).writer;
}

/** The input of the node that runs now. @throws GraphValueError `outside_graph` */
// oxlint-disable-next-line typescript/no-explicit-any -- the input's type is the caller's to say, as in LangGraph
export function getCurrentTaskInput<Input = any>(_config?: LangGraphRunnableConfig): Input {
  return requireTask('getCurrentTaskInput()').task.input as Input;
}

/** Tells one custom chunk. @throws GraphValueError `outside_graph` */
export function writer<Chunk>(chunk: Chunk): void {
  requireTask('writer()').config.writer?.(chunk);
}
