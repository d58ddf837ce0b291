/** What every task of one graph run shares. A nested graph's scope derives from its task's. */
import type { Answer, Frame, TaskRecord } from '../checkpoint/checkpoint.ts';
import type { Kept } from '../checkpoint/checkpointer.ts';
import type { Clock } from '../clock.ts';
import type { RunnableConfig } from '../config.ts';
import type { GraphSpec } from '../graph/spec.ts';
import type { BaseCache } from '../policies/cache.ts';
import type { Cancel } from './cancel.ts';
import type { TaskContext } from './context.ts';
import type { Listener, Namespace } from './events.ts';
import type { Live } from './live.ts';
import type { Identity } from './plan.ts';
import type { SharedConfig } from './runtime.ts';

/** Refuses what cannot be stored: `unstorable_state`. */
export type Check = (value: unknown, where: string) => void;

export interface Scope {
  readonly graph: GraphSpec;
  /** Runs inside a task of another graph. */
  readonly nested: boolean;
  readonly identity: Identity;
  readonly config: RunnableConfig;
  readonly shared: SharedConfig;
  /** The tasks around the graph, outermost first: `node:taskId`. Made when it is asked for, because ids cost more than a small graph. */
  readonly ns: () => Namespace;
  /** What stops every task of the run. */
  readonly cancel: Cancel;
  /** The step after which the recursion limit is reached. */
  readonly lastStep: number;
  /** Undefined when the run has no checkpointer. */
  readonly cache?: BaseCache | undefined;
  readonly check: Check | undefined;
  readonly listen?: Listener | undefined;
  /** The namespace that is told: a `task()` is told as the graph that calls it. */
  readonly toldAs: () => Namespace;
  /** Called with the frame after each superstep, before the next one begins. */
  boundary(frame: Frame): Promise<void> | void;
  /** The superstep that runs, when what happens inside its tasks is saved too. */
  readonly live?: Live | undefined;
  /** A graph inside a running task has come further. */
  readonly within?: ((context: TaskContext) => Promise<void> | void) | undefined;
  /** Keeps what a task has said before its superstep is saved. Undefined when the run does not. @returns what counts (D5) */
  readonly keep?: ((kept: Kept) => Promise<TaskRecord>) | undefined;
  /** The run goes on for one that was cut off. */
  readonly tookOver: boolean;
  /** Answers that no replay has taken yet: it may still refuse them. */
  readonly fresh?: Set<Answer> | undefined;
  /** The id of the checkpoint of the superstep that was planned at that version, whether or not it is saved. */
  readonly checkpointId: (planned: number) => string;
  /** Milliseconds since 1970. */
  readonly now: Clock['now'];
  readonly sleep: Clock['sleep'];
  /** Whether to stop before the next superstep, to be continued later. */
  readonly draining: () => boolean;
}

const root: Namespace = [];

/** The namespace of graphs that run inside of no other. */
export function atRoot(): Namespace {
  return root;
}
