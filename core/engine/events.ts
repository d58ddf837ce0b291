/**
 * What a run tells while it runs. Stream modes are made of these.
 *
 * - E1 An event is made only when somebody listens to its type: `listen?.values?.({ … })`.
 * - E2 A listener hears the graphs inside tasks only through `inside`.
 */
import type { Frame, Interrupt, TaskResult } from '../checkpoint/checkpoint.ts';
import type { Task } from './plan.ts';
import type { Scope } from './scope.ts';
import type { TaskSnapshot } from './snapshot.ts';

/** The tasks around the graph that tells something, outermost first: `node:taskId`. Empty at the root. */
export type Namespace = readonly string[];

export interface TaskEvent {
  readonly scope: Scope;
  /** In which the task was planned. */
  readonly frame: Frame;
  readonly task: Task;
}

/** As LangGraph shows a checkpoint. Configs are its Python's: in snake case. */
export interface CheckpointShown {
  readonly config: object;
  readonly values: unknown;
  readonly metadata: { readonly source: string; readonly step: number; readonly parents: Record<string, string> };
  readonly next: readonly string[];
  readonly tasks: readonly TaskSnapshot[];
  readonly parentConfig?: object;
}

export interface RunEvents {
  /** The whole state: at the start, and after every superstep that wrote. */
  values: { readonly ns: Namespace; readonly values: unknown; readonly after?: Frame };
  /** A task is about to run. */
  task: TaskEvent;
  /** A task finished. `cached`: in an earlier run, and it was not run again. `left`: with the Command of a graph that its node ran. */
  update: TaskEvent & { readonly result: TaskResult; readonly cached: boolean; readonly left: boolean };
  /** The first task of a superstep that failed. */
  failure: TaskEvent & { readonly error: NonNullable<TaskSnapshot['error']> };
  /** The run stopped for the questions of this task, or without one, and that is saved. */
  interrupt: {
    readonly ns: Namespace;
    readonly step: number;
    readonly interrupts: readonly Interrupt[];
    readonly task?: { readonly id: string; readonly name: string };
  };
  /** A node told a chunk of its own. */
  custom: { readonly ns: Namespace; readonly chunk: unknown };
  /** A node told a message of its own. */
  message: { readonly ns: Namespace; readonly message: unknown; readonly metadata: object };
  /** A graph of LangGraph's own, inside a task, told a chunk of this mode. */
  foreign: { readonly ns: Namespace; readonly mode: string; readonly chunk: unknown };
  /** A checkpoint that the run begins with, or goes on from. */
  checkpoint: { readonly ns: Namespace; readonly checkpoint: CheckpointShown };
}

export type Handlers = { readonly [Type in keyof RunEvents]?: (event: RunEvents[Type]) => void };

export interface Listener extends Handlers {
  /** As the graphs inside tasks are listened to. */
  readonly inside: Listener;
  /** LangChain's callback handlers, for the models that nodes call. */
  readonly callbacks?: readonly object[];
}

/** What the first hears, the second hears next. */
export function inTurn(first: Handlers, second: Handlers): Handlers {
  const all = { ...first } as Record<string, (event: unknown) => void>;
  for (const [type, then] of Object.entries(second as typeof all)) {
    const before = all[type];
    all[type] = before
      ? (event) => {
          before(event);
          then(event);
        }
      : then;
  }
  return all;
}

/** Who hears a graph inside a task: whoever reads its own stream, and whoever hears the graph around it. */
export function inner(own: Listener | undefined, around: Listener | undefined): Listener | undefined {
  const outer = around?.inside;
  if (!own || !outer) return own ?? outer;
  const { inside, callbacks: _, ...first } = own;
  const { inside: __, callbacks: ___, ...second } = outer;
  return {
    ...inTurn(first, second),
    get inside() {
      return inner(inside, outer)!;
    },
  };
}

/** The same listener, but that each event goes through what `pass` makes of its handler. */
export function through(
  { inside, ...handlers }: Listener,
  pass: (tell: (event: unknown) => void) => (event: unknown) => void,
): Listener {
  const passed = Object.entries(handlers as Record<string, (event: unknown) => void>).map(
    ([type, tell]) => [type, typeof tell === 'function' ? pass(tell) : tell] as const,
  );
  return {
    ...(Object.fromEntries(passed) as Handlers),
    get inside() {
      return through(inside, pass);
    },
  };
}
