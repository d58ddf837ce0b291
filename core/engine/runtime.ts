/**
 * The config that a node gets: the run's, with what its task adds. What costs something is made when it is read.
 */
import {
  DEFAULT_RECURSION_LIMIT,
  type ExecutionInfo,
  type LangGraphRunnableConfig,
  type RunnableConfig,
} from '../config.ts';
import { interrupt } from '../interrupt.ts';
import type { GraphSpec } from '../graph/spec.ts';
import type { TaskContext } from './context.ts';
import type { Listener } from './events.ts';
import { pathOf, triggersOf } from './plan.ts';

/** What all tasks of one graph run share. */
export type SharedConfig = Omit<
  LangGraphRunnableConfig,
  'configurable' | 'metadata' | 'executionInfo' | 'signal' | 'runName'
>;

/** @param writer tells a custom chunk of this graph */
export function sharedConfig(graph: GraphSpec, config: RunnableConfig, writer: (chunk: unknown) => void): SharedConfig {
  const { tags = [], recursionLimit = DEFAULT_RECURSION_LIMIT, context, callbacks, control } = config;
  const store = config.store ?? graph.store;
  return {
    tags,
    recursionLimit,
    writer,
    interrupt,
    ...(context !== undefined && { context }),
    ...(callbacks !== undefined && { callbacks }),
    ...(store && { store }),
    ...(control && { control }),
  };
}

export function nodeConfig(context: TaskContext): LangGraphRunnableConfig {
  const { scope } = context;
  let configurable: LangGraphRunnableConfig['configurable'];
  let metadata: LangGraphRunnableConfig['metadata'];
  return {
    ...scope.shared,
    runName: context.task.node.name,
    get signal() {
      return context.cancel.signal;
    },
    get configurable() {
      return (configurable ??= { ...scope.config.configurable, checkpoint_ns: context.namespace.join('|') });
    },
    get metadata() {
      return (metadata ??= metadataOf(context));
    },
    get executionInfo() {
      return executionInfoOf(context);
    },
  };
}

/** The config of a graph that a task runs inside: its own keys win. */
export function nestedConfig({ scope }: TaskContext, config: RunnableConfig): RunnableConfig {
  const { store } = scope.shared;
  const configurable = { ...scope.config.configurable, ...config.configurable };
  return { ...scope.config, ...(store && { store }), ...config, configurable };
}

/** Who makes the calls, for LangSmith. */
export const INTEGRATION = { ls_integration: 'langgraph' } as const;

export function metadataOf({
  scope,
  frame,
  task,
}: Pick<TaskContext, 'scope' | 'frame' | 'task'>): Record<string, unknown> {
  const { thread_id } = scope.config.configurable ?? {};
  const { node, planned } = task;
  const ns = [...scope.ns, `${node.name}:${task.id}`].join('|');
  return {
    ...INTEGRATION,
    ...scope.config.metadata,
    ...(thread_id !== undefined && { thread_id }),
    langgraph_step: frame.step + 1,
    langgraph_node: node.name,
    langgraph_triggers: triggersOf(planned),
    langgraph_path: pathOf(planned),
    langgraph_checkpoint_ns: ns,
    checkpoint_ns: ns,
    ...node.metadata,
  };
}

function executionInfoOf({ scope, frame, task, namespace, attempt, startedAt }: TaskContext): ExecutionInfo {
  const { thread_id } = scope.config.configurable ?? {};
  const { runId } = scope.config;
  return {
    checkpointId: scope.checkpointId(frame.planned),
    checkpointNs: namespace.join('|'),
    taskId: task.id,
    ...(thread_id !== undefined && { threadId: thread_id }),
    ...(runId !== undefined && { runId }),
    nodeAttempt: attempt,
    nodeFirstAttemptTime: startedAt,
  };
}

/** The config, with the callback handlers of whoever listens. */
export function listenTo(config: RunnableConfig, listen: Listener | undefined): RunnableConfig {
  const added = listen?.callbacks;
  if (!added) return config;
  const given = config.callbacks as CallbackManager | readonly object[] | undefined;
  const callbacks = given && !isList(given) ? given.copy(added, true) : [...(given ?? []), ...added];
  return { ...config, callbacks };
}

/** LangChain's, by shape. */
interface CallbackManager {
  copy(handlers: readonly object[], inherit: boolean): CallbackManager;
}

function isList(callbacks: CallbackManager | readonly object[]): callbacks is readonly object[] {
  return Array.isArray(callbacks);
}
