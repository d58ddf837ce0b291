/** How a run ended: what its caller is told, at once, or later from the checkpoint that it left (C5). Pure. */
import {
  askedIn,
  type Checkpoint,
  type Failure,
  type Frame,
  type Interrupt,
  nextNodes,
  pendingQuestions,
} from '../checkpoint/checkpoint.ts';
import type { Checkpointer, ThreadStatus } from '../checkpoint/checkpointer.ts';
import { HoldpointError } from '../errors.ts';
import type { GraphSpec, State } from '../graph/spec.ts';
import { visibleChannels } from './plan.ts';
import { readState } from './state.ts';
import { describe } from './task.ts';

export interface RunEnd {
  readonly status: ThreadStatus;
  readonly runId: string;
  /** As it was saved; without a checkpointer as it would have been. */
  readonly checkpoint: Checkpoint;
  readonly values: State;
  /** Whether the run has told them: it began with a state, or wrote to it. */
  readonly told: boolean;
  readonly interrupts: readonly Interrupt[];
  /** The nodes that the thread waits to run. */
  readonly next: readonly string[];
  /** Why the run stopped before its end. */
  readonly stopped?: 'interrupted' | 'breakpoint' | 'drained';
  /** Of which kind the breakpoint is, when the root stopped at one. */
  readonly breakpoint?: 'before' | 'after' | undefined;
  /** What a node threw, when the status is `error`. */
  readonly error?: unknown;
}

/** @param frame as the run left it: the checkpoint lacks what is never saved */
export function shown(
  graph: GraphSpec,
  frame: Frame,
  channels: Frame['channels'],
): Pick<RunEnd, 'values' | 'interrupts' | 'next'> {
  return {
    values: readState(graph, channels, graph.output),
    interrupts: askedIn(pendingQuestions(frame)),
    next: nextNodes(frame),
  };
}

/** @throws HoldpointError what the run refused */
export function endOf(graph: GraphSpec, checkpoint: Checkpoint, status: ThreadStatus): RunEnd {
  const { failure, frame, version, runId } = checkpoint;
  const error = failure?.code ? new HoldpointError(failure.code, failure.message, failure.details) : failure;
  if (failure?.refused) throw error as HoldpointError;
  const seen = shown(graph, frame, visibleChannels(graph, frame, version));
  return { status, runId, checkpoint, ...seen, told: true, ...(status === 'error' && { error }) };
}

/** What a node threw is in its task's record already. */
export function failureOf(store: Checkpointer | undefined, error: unknown, { tasks }: Frame): Failure | undefined {
  const { name, message } = describe(error);
  if (!(error instanceof HoldpointError)) {
    for (const record of tasks.values()) if (record.error) return undefined;
    return { name, message };
  }
  const { code, details } = error;
  try {
    store?.check(details, 'Error');
    return { name, message, code, details };
  } catch {
    return { name, message, code };
  }
}
