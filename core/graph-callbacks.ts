/** A callback handler that hears when a graph stops for people or at a breakpoint, and when it goes on. */
import type { Interrupt } from './checkpoint/checkpoint.ts';
import { isObject } from './objects.ts';

// LangGraph's own: its handlers are heard too.
const GRAPH_CALLBACK_HANDLER = Symbol.for('langgraph.graph_callback_handler');

/** Why the graph stands where it stands. */
export type GraphLifecycleStatus =
  | 'pending'
  | 'done'
  | 'interrupt_before'
  | 'interrupt_after'
  | 'out_of_steps'
  | 'draining';

/** The graph goes on from a checkpoint. */
export interface GraphResumeEvent {
  readonly runId: string | undefined;
  readonly status: GraphLifecycleStatus;
  readonly checkpointId: string;
  /** The tasks around it, outermost first: `node:taskId`. Empty at the root. */
  readonly checkpointNs: readonly string[];
}

/** The root graph stopped. At a breakpoint nobody asks: the list is empty. */
export interface GraphInterruptEvent extends GraphResumeEvent {
  readonly interrupts: readonly Interrupt[];
}

export type GraphLifecycleEvent = GraphInterruptEvent | GraphResumeEvent;

/**
 * Extend it, and pass an instance in `callbacks`. LangChain's other callbacks (`handleChainStart` …) may be methods of it too.
 * @example
 * class Notify extends GraphCallbackHandler {
 *   async handleInterrupt({ interrupts }: GraphInterruptEvent) {
 *     for (const { id, value } of interrupts) await mail(id, value);
 *   }
 * }
 * await graph.invoke(input, { callbacks: [new Notify()], configurable });
 */
export class GraphCallbackHandler {
  name = 'GraphCallbackHandler';
  /** Whether what it throws ends the run. */
  raiseError = false;
  readonly [GRAPH_CALLBACK_HANDLER] = true;

  static isInstance(value: unknown): value is GraphCallbackHandler {
    return isGraphCallbackHandler(value);
  }

  /** Called when the root graph has stopped and is saved. */
  handleInterrupt?(event: GraphInterruptEvent): void | Promise<void>;

  /** Called before a graph, or one inside it, goes on. */
  handleResume?(event: GraphResumeEvent): void | Promise<void>;
}

export function isGraphCallbackHandler(value: unknown): boolean {
  return isObject(value) && GRAPH_CALLBACK_HANDLER in value;
}
