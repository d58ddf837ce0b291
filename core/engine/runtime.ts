/**
 * The config that a node gets: the run's, with what its task adds. What costs something is made when it is read.
 */
import { type ExecutionInfo, type LangGraphRunnableConfig, recursionLimitOf, type RunnableConfig } from '../config.ts';
import { pickBy } from '../objects.ts';
import { interrupt } from '../interrupt.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { type Handler, handlersOf } from './callbacks.ts';
import type { TaskContext } from './context.ts';
import type { Listener } from './events.ts';
import { configurableInside } from './foreign.ts';
import { pathOf, triggersOf } from './plan.ts';

type Mutable<T> = { -readonly [Key in keyof T]?: T[Key] | undefined };

/** What all tasks of one graph run share. The keys that each task adds are there, and empty. */
export type SharedConfig = Mutable<LangGraphRunnableConfig>;

/** @param writer tells a custom chunk of this graph */
export function sharedConfig(graph: GraphSpec, config: RunnableConfig, writer: (chunk: unknown) => void): SharedConfig {
  const { tags = [], maxConcurrency, context, callbacks, control } = config;
  const store = config.store ?? graph.store;
  return {
    tags,
    recursionLimit: recursionLimitOf(config),
    writer,
    interrupt: graph.interrupt ?? interrupt,
    ...(maxConcurrency !== undefined && { maxConcurrency }),
    ...(context !== undefined && { context }),
    ...(callbacks !== undefined && { callbacks }),
    ...(store && { store }),
    ...(control && { control }),
    configurable: undefined,
    metadata: undefined,
    executionInfo: undefined,
    signal: undefined,
    runName: undefined,
    [INSPECT]: inspected,
  } as SharedConfig;
}

/** Most nodes read none of what is made when it is read, and some of it costs more than a node. */
export function nodeConfig(context: TaskContext): LangGraphRunnableConfig {
  const config = { ...context.scope.shared };
  // It would name the models and tools that the node calls.
  if (!config.callbacks) config.runName = context.handler?.by ?? context.task.node.name;
  return new Proxy(config, new MadeWhenRead(context)) as LangGraphRunnableConfig;
}

class MadeWhenRead implements ProxyHandler<SharedConfig> {
  readonly #context: TaskContext;

  constructor(context: TaskContext) {
    this.#context = context;
  }

  get(config: SharedConfig, key: string): unknown {
    const value: unknown = config[key as keyof SharedConfig];
    if (value !== undefined) return value;
    const context = this.#context;
    switch (key) {
      case 'signal':
        return (config.signal = context.cancel.signal);
      case 'configurable':
        return (config.configurable = {
          ...context.scope.config.configurable,
          checkpoint_ns: context.namespace.join('|'),
        });
      case 'metadata':
        return (config.metadata = metadataOf(context));
      case 'executionInfo':
        return executionInfoOf(context); // changes with every attempt
      default:
        return undefined;
    }
  }
}

/** For console.log, which would show what has not been read as undefined. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

function inspected(this: object): object {
  return Object.fromEntries(Object.entries(this));
}

/** The config of a graph that a task runs inside: what it is called with wins. What limits the run around is not its own. */
export function nestedConfig({ scope, task, config: around }: TaskContext, given: RunnableConfig): RunnableConfig {
  const { interruptBefore: _b, interruptAfter: _a, signal: _s, timeout: _t, runName: _n, ...inherited } = scope.config;
  const own: RunnableConfig =
    given === around ? (around.runName === undefined ? {} : { runName: around.runName }) : given;
  const { metadata } = task.node;
  const { store } = scope.shared;
  return {
    ...inherited,
    ...(store && { store }),
    ...(around.callbacks && { callbacks: around.callbacks as unknown }),
    ...own,
    configurable: { ...inherited.configurable, ...configurableInside(own.configurable) },
    ...(metadata && !own.metadata && { metadata: { ...inherited.metadata, ...metadata } }),
  };
}

/** Who makes the calls, for LangSmith. */
export const INTEGRATION = { ls_integration: 'langgraph' } as const;

export function metadataOf({
  scope,
  frame,
  task,
  handler,
}: Pick<TaskContext, 'scope' | 'frame' | 'task'> & Partial<Pick<TaskContext, 'handler'>>): Record<string, unknown> {
  const { node, planned } = task;
  const ns = [...scope.ns(), `${node.name}:${task.id}`].join('|');
  return {
    ...INTEGRATION,
    ...scope.config.metadata,
    ...namesIn(scope.config),
    langgraph_step: frame.step + 1,
    langgraph_node: handler?.by ?? node.name,
    langgraph_triggers: handler || scope.ns !== scope.toldAs ? ['__pregel_push'] : triggersOf(planned),
    langgraph_path: handler ? [...pathOf(planned), 'node_error_handler', false] : pathOf(planned),
    langgraph_checkpoint_ns: ns,
    checkpoint_ns: ns,
    ...node.metadata,
  };
}

const NAMES = ['thread_id', 'checkpoint_id', 'checkpoint_ns', 'run_id', 'assistant_id', 'graph_id'];

/** What a config names, as metadata repeats it. */
export function namesIn({ configurable }: RunnableConfig): Record<string, unknown> {
  return pickBy(
    configurable ?? {},
    (key, value) => NAMES.includes(key) || (key === 'model' && typeof value === 'string'),
  );
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
  return {
    ...config,
    callbacks: [...handlersOf((config.callbacks ?? []) as readonly Handler[]), ...(added as readonly Handler[])],
  };
}
