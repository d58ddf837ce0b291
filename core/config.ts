/** The second argument of `invoke`, and of every node. */
import type { RunControl } from './control.ts';
import type { BaseStore } from './store/store.ts';

export type Durability = 'exit' | 'sync' | 'async';

export interface RunnableConfig<Configurable extends Record<string, unknown> = Record<string, unknown>> {
  /** `thread_id` names the thread; `checkpoint_id` one of its checkpoints; your own keys reach the nodes. */
  readonly configurable?: Partial<Configurable> & {
    readonly thread_id?: string;
    readonly checkpoint_id?: string;
    readonly checkpoint_ns?: string;
    readonly checkpoint_map?: Readonly<Record<string, string>>;
  };
  /** How many supersteps a run may take. @default 25 */
  readonly recursionLimit?: number;
  /** How many tasks of a superstep may run at once. @default all */
  readonly maxConcurrency?: number;
  /** How long a superstep may take, in milliseconds. @default as compiled, or for ever */
  readonly stepTimeout?: number;
  /** Stops the run when it is aborted. */
  readonly signal?: AbortSignal;
  /** Aborts the run after so many milliseconds. */
  readonly timeout?: number;
  /** Kept with the checkpoints that the run makes. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly tags?: string[];
  readonly runName?: string;
  readonly runId?: string;
  /** LangChain's callbacks: passed on to the models and tools that nodes call. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a type of LangChain's, which core does not know
  readonly callbacks?: any;
  /** Passed to the nodes, validated by the graph's context schema when it has one. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the caller's own type
  readonly context?: any;
  /** @default as compiled */
  readonly store?: BaseStore;
  /** Asks the run to stop at the next superstep boundary. */
  readonly control?: RunControl;
  /** Stop before these nodes, `'*'`: before every one. @default as compiled */
  readonly interruptBefore?: readonly string[] | '*';
  /** Stop after these nodes, `'*'`: after every one. @default as compiled */
  readonly interruptAfter?: readonly string[] | '*';
  /**
   * When checkpoints are saved. `exit`: when the run ends or stops; `sync`: after every superstep, before the next begins;
   * `async`: after every superstep while the next one runs, all of it before the run returns. `sync` and `async` also keep the result of a
   * task that finishes before its siblings, and of each `task()`, so that a crash runs neither again (docs/reliability.md).
   * @default 'async'
   */
  readonly durability?: Durability;
}

/** Of the execution that reads it. */
export interface ExecutionInfo {
  /** The checkpoint that the task was planned in. */
  readonly checkpointId: string;
  /** `node:taskId`, those of nested graphs joined by `|`. */
  readonly checkpointNs: string;
  /** The same on every replay, retry and take-over: an idempotency key for the outside world. */
  readonly taskId: string;
  readonly threadId?: string;
  readonly runId?: string;
  /** 1 at first, one more with each retry. */
  readonly nodeAttempt: number;
  /** Milliseconds since 1970. */
  readonly nodeFirstAttemptTime?: number;
}

/** Of LangGraph Server: programs that ask for it find none. */
export interface ServerInfo {
  readonly assistantId: string;
  readonly graphId: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- as in LangGraph
  readonly user?: Record<string, any>;
}

/** What a node gets beside its state. */
export interface Runtime<Context = Record<string, unknown>, InterruptType = unknown, WriterType = unknown> {
  readonly configurable?: Context;
  readonly context?: Context;
  readonly store?: BaseStore;
  /** Tells a chunk to readers of the stream mode `custom`. */
  readonly writer: unknown extends WriterType ? (chunk: unknown) => void : WriterType;
  // oxlint-disable-next-line typescript/no-explicit-any -- the answer's type is the caller's to say
  readonly interrupt: unknown extends InterruptType ? (value: unknown) => any : InterruptType;
  /** Aborted when the run, its superstep or a sibling task ends early. */
  readonly signal: AbortSignal;
  /** Tells that the node makes progress, to its `idleTimeout`. */
  readonly heartbeat?: () => void;
  readonly executionInfo?: ExecutionInfo;
  readonly serverInfo?: ServerInfo;
  readonly control?: RunControl;
}

/** The config as a node gets it. */
export interface LangGraphRunnableConfig<
  // oxlint-disable-next-line typescript/no-explicit-any -- as in LangGraph, so that its programs compile
  Context extends Record<string, any> = Record<string, any>,
>
  extends Omit<RunnableConfig, 'configurable' | 'context' | 'signal' | 'store' | 'control'>, Partial<Runtime<Context>> {
  readonly configurable?: Context & NonNullable<RunnableConfig['configurable']>;
}

/** A config with a thread id, as getState and updateState return it. */
export interface ThreadConfig {
  readonly configurable: {
    readonly thread_id: string;
    readonly checkpoint_ns: string;
    readonly checkpoint_id?: string;
    /** Of a nested graph: the checkpoints around it and its own, by namespace. */
    readonly checkpoint_map?: Readonly<Record<string, string>>;
  };
}

export function threadConfig(
  threadId: string,
  checkpointId?: string,
  ns = '',
  map?: Readonly<Record<string, string>>,
): ThreadConfig {
  return {
    configurable: {
      thread_id: threadId,
      checkpoint_ns: ns,
      ...(checkpointId !== undefined && { checkpoint_id: checkpointId }),
      ...(map && { checkpoint_map: map }),
    },
  };
}

export function recursionLimitOf({ recursionLimit }: RunnableConfig): number {
  return recursionLimit ?? 25;
}
