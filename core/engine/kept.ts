/**
 * What tasks said before their superstep was committed (C12), put back to where they had said it: for a run that takes over. Pure.
 *
 * - N1 A run that takes over stands where the run before it stood, with all that was kept: whatever stops it, nothing of that is lost.
 */
import { emptyRecord, type Frame, type TaskRecord, taskPath } from '../checkpoint/checkpoint.ts';
import type { Kept } from '../checkpoint/checkpointer.ts';
import { identityOf } from './namespace.ts';
import { type Identity, taskId } from './plan.ts';

type Keep = (kept: Kept) => Promise<TaskRecord>;

/** By the task's id. */
export type KeptRecords = ReadonlyMap<string, readonly TaskRecord[]>;

/** Undefined when there is nothing. */
export function keptRecords(kept: readonly Kept[]): KeptRecords | undefined {
  if (kept.length === 0) return undefined;
  const records = new Map<string, TaskRecord[]>();
  for (const { taskId, record } of kept) records.set(taskId, [...(records.get(taskId) ?? []), record]);
  return records;
}

export function withKept(kept: KeptRecords | undefined, frame: Frame, identity: Identity): Frame {
  if (!kept) return frame;
  const tasks = new Map<string, TaskRecord>();
  for (const planned of frame.next) {
    const path = taskPath(planned);
    const found = frame.tasks.get(path);
    const record = found?.result ? found : recordWith(kept, found, taskId(identity, frame, path));
    if (record) tasks.set(path, record);
  }
  return { ...frame, tasks };
}

function recordWith(kept: KeptRecords, found: TaskRecord | undefined, id: string): TaskRecord | undefined {
  const said = kept.get(id) ?? [];
  const finished = said.find(({ result }) => result);
  if (finished) return finished;
  const calls = new Map<string, Frame>();
  for (const [call, frame] of found?.calls ?? []) calls.set(call, withKept(kept, frame, identityOf(id, call)));
  for (const record of said) addCalls(calls, record.calls);
  return calls.size === 0 ? found : { ...(found ?? emptyRecord), calls };
}

function addCalls(calls: Map<string, Frame>, more: TaskRecord['calls']): void {
  for (const [call, frame] of more ?? []) {
    const before = calls.get(call);
    calls.set(call, before ? furthest(before, frame) : frame);
  }
}

function furthest(one: Frame, other: Frame): Frame {
  if (one.step !== other.step) return one.step > other.step ? one : other;
  const tasks = new Map(one.tasks);
  for (const [path, record] of other.tasks) {
    const before = tasks.get(path);
    if (!before) tasks.set(path, record);
    else if (!before.result) {
      const calls = new Map(before.calls);
      addCalls(calls, record.calls);
      tasks.set(path, { ...before, calls });
    }
  }
  return { ...one, tasks };
}

/** As the record of the task around: a `task()` is not saved while it runs, so what it says is kept with where it stands (N1). */
export function keepAround(keep: Keep, taskAround: string, call: string, frame: Frame): Keep {
  const path = taskPath(frame.next[0]!);
  const identity = identityOf(taskAround, call);
  return async (kept) => {
    if (kept.taskId !== taskId(identity, frame, path)) return keep(kept); // of a graph in it, which is saved
    const calls = new Map([[call, { ...frame, tasks: new Map([[path, kept.record]]) }]]);
    const record = { ...emptyRecord, calls };
    const first = await keep({ id: kept.id, taskId: taskAround, record });
    return first === record ? kept.record : first.calls!.get(call)!.tasks.get(path)!;
  };
}
