/** The second argument of `invoke` and of every node. */
export type Durability = 'exit' | 'sync' | 'async';

export interface RunnableConfig {
  /** `thread_id` names the thread; `checkpoint_id` one of its checkpoints; your own keys reach the nodes. */
  readonly configurable?: Readonly<Record<string, unknown>> & {
    readonly thread_id?: string;
    readonly checkpoint_id?: string;
  };
  /** How many supersteps a run may take. @default 25 */
  readonly recursionLimit?: number;
  /** Kept with the checkpoints that the run makes. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
  /** Passed to the nodes as it is. */
  readonly context?: unknown;
  /** Stop before these nodes, `'*'`: before every one. @default as compiled */
  readonly interruptBefore?: readonly string[] | '*';
  /** Stop after these nodes, `'*'`: after every one. @default as compiled */
  readonly interruptAfter?: readonly string[] | '*';
  /** Aborted when a sibling of the node failed. */
  readonly signal?: AbortSignal;
  /**
   * When checkpoints are saved. `exit`: when the run ends or stops; `sync`: after every superstep, before the next begins;
   * `async`: after every superstep while the next one runs, all of it before the run returns.
   * @default 'async'
   */
  readonly durability?: Durability;
}

/** A config with a thread id, as getState and updateState return it. */
export interface ThreadConfig {
  readonly configurable: { readonly thread_id: string; readonly checkpoint_ns: ''; readonly checkpoint_id?: string };
}

export const DEFAULT_RECURSION_LIMIT = 25;
