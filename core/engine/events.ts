/** What a run tells while it runs. Stream modes are made of these. */
import type { Interrupt, TaskResult } from '../checkpoint/checkpoint.ts';
import type { State } from '../graph/spec.ts';

export type RunEvent = {
  /** The tasks around the graph that tells this, outermost first: `node:taskId`. Absent at the root. */
  readonly ns?: readonly string[];
} &
  /** The whole state: at the start, and after every superstep that wrote. */
  (
    | { readonly type: 'values'; readonly values: State }
    /** A task finished. `cached`: in an earlier run, and it was not run again. */
    | {
        readonly type: 'update';
        readonly node: string;
        readonly writes: TaskResult['writes'];
        readonly cached: boolean;
      }
    /** A node told a chunk of its own. */
    | { readonly type: 'custom'; readonly chunk: unknown }
    /** The run stopped for these questions, and that is saved. */
    | { readonly type: 'interrupt'; readonly interrupts: readonly Interrupt[] }
  );

export type Emit = (event: RunEvent) => void;
