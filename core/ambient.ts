/** What a node can ask for from anywhere inside it, so that nothing needs to be passed on. */
import type { LangGraphRunnableConfig } from './config.ts';
import { currentTask, requireTask } from './engine/current.ts';
import { configInLangChain } from './engine/langchain.ts';
import type { BaseStore } from './store/store.ts';

/** The config of the node that runs now, or of LangChain's tool or Runnable that it calls. Undefined outside of one. */
export function getConfig(): LangGraphRunnableConfig {
  const own = currentTask()?.config;
  return (own && (configInLangChain() ?? own)) as LangGraphRunnableConfig;
}

function configFor(what: string): LangGraphRunnableConfig {
  const { config } = requireTask(what);
  return configInLangChain() ?? config;
}

/** The store of the run. @throws GraphValueError `outside_graph` */
export function getStore(config?: LangGraphRunnableConfig): BaseStore | undefined {
  return (config ?? configFor('getStore()')).store;
}

/** Tells chunks to readers of the stream mode `custom`. @throws GraphValueError `outside_graph` */
export function getWriter(config?: LangGraphRunnableConfig): ((chunk: unknown) => void) | undefined {
  return (config ?? configFor('getWriter()')).writer;
}

/** The input of the node that runs now. @throws GraphValueError `outside_graph` */
// oxlint-disable-next-line typescript/no-explicit-any -- the input's type is the caller's to say, as in LangGraph
export function getCurrentTaskInput<Input = any>(config?: LangGraphRunnableConfig): Input {
  const { task } = requireTask('getCurrentTaskInput()');
  // A node of a graph of LangGraph's own inside of this one has its own.
  const pad = (config ?? configInLangChain())?.configurable?.['__pregel_scratchpad'] as
    | { readonly currentTaskInput?: unknown }
    | undefined;
  return (pad ? pad.currentTaskInput : task.input) as Input;
}

/** Tells one custom chunk. @throws GraphValueError `outside_graph` */
export function writer<Chunk>(chunk: Chunk): void {
  configFor('writer()').writer?.(chunk);
}
