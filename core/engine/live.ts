/**
 * A superstep while it runs, as a frame: for a run that saves the progress of nested graphs before their tasks have ended.
 *
 * - V1 Each task is shown as it stood last: ended, or with its nested graphs at their last boundary, or as it was found.
 * - V2 Who still tells of an earlier superstep is not heard: an attempt that nobody waited for.
 */
import { type Frame, type TaskRecord, taskPath } from '../checkpoint/checkpoint.ts';
import type { TaskContext } from './context.ts';
import type { TaskEnd } from './task.ts';

export class Live {
  #frame: Frame | undefined;
  #ended: TaskEnd[] = [];
  readonly #running = new Map<string, TaskRecord>();

  /** @returns where to put tasks that have ended */
  begin(frame: Frame): TaskEnd[] {
    this.#frame = frame;
    this.#running.clear();
    return (this.#ended = []);
  }

  /** A running task has come further. @returns false when its superstep is over */
  tell(context: TaskContext): boolean {
    if (context.frame !== this.#frame) return false;
    this.#running.set(context.task.path, context.unfinished());
    return true;
  }

  get frame(): Frame {
    const frame = this.#frame!;
    const tasks = new Map([...frame.tasks, ...this.#running]);
    for (const end of this.#ended) if ('record' in end) tasks.set(end.task.path, end.record);
    const ordered = frame.next.flatMap((planned): [string, TaskRecord][] => {
      const path = taskPath(planned);
      const record = tasks.get(path);
      return record ? [[path, record]] : [];
    });
    return { ...frame, tasks: new Map(ordered) };
  }
}
