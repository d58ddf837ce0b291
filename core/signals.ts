/** What stops a run on purpose and travels through user code as an error does, but is no failure. */
import type { Interrupt } from './checkpoint/checkpoint.ts';

/** Let it pass when you catch errors in a node. */
export class GraphBubbleUp extends Error {
  override readonly name: string = 'GraphBubbleUp';
  get is_bubble_up(): boolean {
    return true;
  }
}

/** Thrown by `interrupt()` to stop its node. `interrupts` holds the question that it asked. */
export class GraphInterrupt extends GraphBubbleUp {
  override readonly name: string = 'GraphInterrupt';
  readonly interrupts: readonly Partial<Interrupt>[];
  constructor(interrupts: readonly Partial<Interrupt>[] = []) {
    // A signal, not a failure: nobody reads its stack, and collecting one costs more than the rest of an interrupt.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`Interrupted: ${interrupts.length} question(s) pending. Let this error pass: it stops the node.`);
    Error.stackTraceLimit = stackTraceLimit;
    this.interrupts = interrupts;
  }
}

/** Stops its node each time it runs: an answer makes it run again, no more. @deprecated Use `interrupt()`. */
export class NodeInterrupt extends GraphInterrupt {
  override readonly name = 'NodeInterrupt';
  constructor(value: unknown) {
    super([{ value }]);
  }
}

/** The run was asked to stop at a superstep boundary. It is saved: `invoke(null)` goes on. */
export class GraphDrained extends GraphBubbleUp {
  override readonly name = 'GraphDrained';
  readonly reason: string;
  constructor(reason = 'shutdown') {
    super(`Graph drained: ${reason}`);
    this.reason = reason;
  }
}

export function isGraphDrained(error: unknown): error is GraphDrained {
  return isGraphBubbleUp(error) && error.name === 'GraphDrained';
}

export function isGraphBubbleUp(error: unknown): error is GraphBubbleUp {
  return (error as { is_bubble_up?: unknown } | null | undefined)?.is_bubble_up === true;
}

export function isGraphInterrupt(error: unknown): error is GraphInterrupt {
  return isGraphBubbleUp(error) && (error.name === 'GraphInterrupt' || error.name === 'NodeInterrupt');
}
