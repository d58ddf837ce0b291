/**
 * A superstep while it runs, as a frame: for a run that saves the progress of nested graphs before their tasks have ended.
 *
 * - V1 Each task is shown as it stood last: ended, or with its nested graphs at their last boundary, or as it was found.
 * - V2 Who still tells of an earlier superstep is not heard: an attempt that nobody waited for.
 */
import { type Frame, type TaskRecord, taskPath } from '../checkpoint/checkpoint.ts';
import type { TaskContext } from './context.ts';

export class Live {
  #frame: Frame | undefined;
  #ended = new Map<string, TaskRecord>();
  readonly #running = new Map<string, TaskRecord>();

  /** @returns where to put the records of tasks that have ended */
  begin(frame: Frame): Map<string, TaskRecord> {
    this.#frame = frame;
    this.#running.clear();
    return (this.#ended = new Map());
  }

  /** A running task has come further. @returns false when its superstep is over */
  tell(context: TaskContext): boolean {
    if (context.frame !== this.#frame) return false;
    this.#running.set(context.task.path, context.unfinished());
    return true;
  }

  get frame(): Frame {
    const frame = this.#frame!;
    const tasks = new Map<string, TaskRecord>();
    for (const planned of frame.next) {
      const path = taskPath(planned);
      const record = this.#ended.get(path) ?? this.#running.get(path) ?? frame.tasks.get(path);
      if (record) tasks.set(path, record);
    }
    return { ...frame, tasks };
  }
}
