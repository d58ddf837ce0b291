/**
 * What tasks said before their superstep was committed (C12), put back to where they had said it: for a run that takes over. Pure.
 *
 * - N1 A run that takes over stands where the run before it stood, with all that was kept: whatever stops it, nothing of that is lost.
 * - N2 What was said where no frame stands yet is carried on by the task around, until there is one or that task is over.
 */
import { emptyRecord, type Frame, type TaskRecord, taskPath } from '../checkpoint/checkpoint.ts';
import type { Kept } from '../checkpoint/checkpointer.ts';
import { identityOf } from './namespace.ts';
import { type Identity, type Task, taskId } from './plan.ts';

type Keep = (kept: Kept) => Promise<TaskRecord>;
/** By the task's id. */
type Said = ReadonlyMap<string, TaskRecord>;

/** In the record of the task around: whoever takes over may not have come to the frame of the one that said it (N2). */
export function keepAround(keep: Keep, task: Pick<Task, 'id'>, call: string): Keep {
  return async ({ id, taskId: own, record }) => {
    const around = { ...emptyRecord, inside: new Map([[call, new Map([[own, record]])]]) };
    const first = await keep({ id, taskId: task.id, record: around });
    return first === around ? record : first.inside!.get(call)!.get(own)!;
  };
}

/** The root's frame. What was kept of a superstep that is over is left out. */
export function withKept(kept: readonly Kept[], frame: Frame, identity: Identity): Frame {
  const said = new Map<string, TaskRecord>();
  for (const { taskId: id, record } of kept) said.set(id, merged(said.get(id), record));
  return withSaid(said, frame, identity);
}

export function withSaid(said: Said | undefined, frame: Frame, identity: Identity): Frame {
  if (!said) return frame;
  const tasks = new Map(frame.tasks);
  for (const planned of frame.next) {
    const path = taskPath(planned);
    const id = taskId(identity, frame, path);
    const record = said.get(id);
    if (record) tasks.set(path, settled(merged(tasks.get(path), record), { id }));
  }
  return { ...frame, tasks };
}

/** A task's record, in which what was said in frames that stand by now is in those. */
export function settled(record: TaskRecord, task: Pick<Task, 'id'>): TaskRecord {
  const { inside, calls, ...rest } = record;
  if (!inside || !calls) return record;
  const stand = [...calls].map(
    ([call, frame]) => [call, withSaid(inside.get(call), frame, identityOf(task, call))] as const,
  );
  const left = [...inside].filter(([call]) => !calls.has(call));
  return { ...rest, calls: new Map(stand), ...(left.length > 0 && { inside: new Map(left) }) };
}

function merged(found: TaskRecord | undefined, said: TaskRecord): TaskRecord {
  if (!found || said.result) return said;
  if (found.result) return found;
  const calls = new Map([...(found.calls ?? []), ...(said.calls ?? [])]);
  const inside = new Map(found.inside);
  for (const [call, more] of said.inside ?? []) {
    const all = new Map(inside.get(call));
    for (const [id, record] of more) all.set(id, merged(all.get(id), record));
    inside.set(call, all);
  }
  return { ...found, ...(calls.size > 0 && { calls }), ...(inside.size > 0 && { inside }) };
}
