/** LangChain's callbacks say by their metadata which task they come from. Those of tasks that the listener does not hear are not for it. */
import type { Handlers, Namespace } from './events.ts';
import { metadataOf } from './runtime.ts';

export type Metadata = Readonly<Record<string, unknown>>;

export interface HeardTasks {
  /** The namespace that a callback is told under. Undefined: it is not told. */
  namespaceOf(metadata: Metadata | undefined): Namespace | undefined;
  /** To be listened with. */
  readonly handlers: Handlers;
}

export function heardTasks(): HeardTasks {
  const tasks = new Map<unknown, Namespace>();
  return {
    namespaceOf: (metadata) => tasks.get(metadata?.['langgraph_checkpoint_ns']),
    handlers: {
      task: (event) => void tasks.set(metadataOf(event)['checkpoint_ns'], event.scope.toldAs),
      update: (event) => void tasks.delete(metadataOf(event)['checkpoint_ns']),
    },
  };
}
