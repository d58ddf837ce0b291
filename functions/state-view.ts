/** A snapshot as GET …/state and GET …/history show it: LangGraph's ThreadState on the wire. */
import type { ThreadConfig } from '../core/config.ts';
import type { StateSnapshot } from '../core/engine/snapshot.ts';

export interface CheckpointName {
  readonly thread_id: string;
  readonly checkpoint_id: string;
  readonly checkpoint_ns: '';
  readonly checkpoint_map: null;
}

export interface StateView extends Pick<StateSnapshot, 'values' | 'next'> {
  readonly tasks: readonly Readonly<Record<string, unknown>>[];
  readonly metadata: StateSnapshot['metadata'] | null;
  readonly created_at: string | null;
  /** Null before the first checkpoint. */
  readonly checkpoint: CheckpointName | null;
  readonly parent_checkpoint: CheckpointName | null;
}

export function stateOf({ values, next, tasks, metadata, createdAt, config, parentConfig }: StateSnapshot): StateView {
  return {
    values,
    next,
    tasks: tasks.map(({ id, name, path, interrupts, error, result }) => ({
      id,
      name,
      path,
      interrupts,
      error: error ? `${error.name}: ${error.message}` : null,
      result: result ?? null,
      checkpoint: null,
      state: null,
    })),
    metadata: metadata ?? null,
    created_at: createdAt ?? null,
    checkpoint: nameOf(config),
    parent_checkpoint: parentConfig ? nameOf(parentConfig) : null,
  };
}

function nameOf({ configurable: { thread_id, checkpoint_id } }: ThreadConfig): CheckpointName | null {
  return checkpoint_id === undefined ? null : { thread_id, checkpoint_id, checkpoint_ns: '', checkpoint_map: null };
}
