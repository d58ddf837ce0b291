/** LangChain's callbacks say by their metadata which task they come from. Those of tasks that the listener does not hear are not for it. */
import type { Handlers, Namespace } from './events.ts';
import { metadataOf } from './runtime.ts';

export type Metadata = Readonly<Record<string, unknown>>;

export interface HeardTasks {
  /** Whether it is told of a task itself, and not of a graph of LangGraph's own inside it. */
  isTask(metadata: Metadata | undefined): boolean;
  /** The namespace that a callback is told under. Undefined: it is not told. */
  namespaceOf(metadata: Metadata | undefined): Namespace | undefined;
  /** To be listened with. */
  readonly handlers: Handlers;
}

/** @param foreign of the graphs of LangGraph's own inside them too */
export function heardTasks(foreign: boolean): HeardTasks {
  const tasks = new Map<unknown, Namespace>();
  return {
    isTask: (metadata) => tasks.has(metadata?.['langgraph_checkpoint_ns']),
    namespaceOf: (metadata) => {
      const ns = metadata?.['langgraph_checkpoint_ns'];
      const known = tasks.get(ns);
      if (known || !foreign || typeof ns !== 'string') return known;
      const around = ns.split('|').slice(0, -1);
      return around.some((_, i) => tasks.has(around.slice(0, i + 1).join('|'))) ? around : undefined;
    },
    handlers: {
      task: (event) => void tasks.set(metadataOf(event)['checkpoint_ns'], event.scope.toldAs()),
      update: (event) => void tasks.delete(metadataOf(event)['checkpoint_ns']),
    },
  };
}
