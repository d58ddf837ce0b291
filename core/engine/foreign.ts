/** What a graph of LangGraph's own looks for when it runs inside of a task: that it does, and the stream around it. Nodes do not see it. */
import type { LangGraphRunnableConfig } from '../config.ts';
import type { TaskContext } from './context.ts';

const READ = '__pregel_read';
const STREAM = '__pregel_stream';

const MODES = new Set(['values', 'updates', 'tasks', 'checkpoints', 'debug']);

/** The config of the task as LangChain's code finds it: made of what is asked for. */
export function configOutside(context: TaskContext): LangGraphRunnableConfig {
  return new Proxy(context.config, {
    get: (config, key) => {
      const value: unknown = Reflect.get(config, key);
      return key === 'configurable' ? { ...(value as object), [READ]: true, ...streamOf(context) } : value;
    },
  });
}

function streamOf({ listen }: TaskContext): object | undefined {
  const tell = listen?.inside.foreign;
  if (!tell) return undefined;
  const push = ([ns, mode, chunk]: [string[], string, unknown]): void => tell({ ns, mode, chunk });
  return { [STREAM]: { modes: MODES, push } };
}

/** Without it. */
export function configurableInside(given: object = {}): Record<string, unknown> {
  const { [READ]: _r, [STREAM]: _s, ...configurable } = given as Record<string, unknown>;
  return configurable;
}
