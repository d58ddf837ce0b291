/**
 * What finished tasks of one superstep said, kept while their siblings run (D5).
 *
 * - W1 Siblings that need nothing from outside end in the same turn of the event loop: then nothing is kept, because the superstep is saved.
 */
import { nextTurn } from '../clock.ts';
import type { Scope } from './scope.ts';
import type { TaskEnd } from './task.ts';

type Finished = TaskEnd & { readonly end: 'finished' };

export class Keeping {
  readonly #scope: Scope;
  #running: number;
  #pause: Promise<void> | undefined;
  #allEnded: () => void = () => undefined;

  constructor(scope: Scope, tasks: number) {
    this.#scope = scope;
    this.#running = tasks;
  }

  /** A task has ended. @returns what counts of it */
  async ended(end: TaskEnd): Promise<TaskEnd> {
    this.#running -= 1;
    if (this.#running === 0) this.#allEnded();
    else if (end.end === 'finished' && !end.task.record.result) {
      await (this.#pause ??= this.#siblings());
      if (this.#running > 0) return this.#keep(end);
    }
    return end;
  }

  #siblings(): Promise<void> {
    return new Promise((resolve) => {
      this.#allEnded = resolve;
      void nextTurn().then(() => {
        this.#pause = undefined;
        resolve();
      });
    });
  }

  /** When another run was first, its result counts. A result that cannot be kept counts too, and the run ends. */
  async #keep(end: Finished): Promise<TaskEnd> {
    const { task } = end;
    const record = this.#scope.graph.transient?.record(end.record) ?? end.record;
    try {
      const first = await this.#scope.keep!({ id: task.id, taskId: task.id, record });
      return first === record ? end : { end: 'finished', task, record: first, result: first.result!, cached: true };
    } catch (error) {
      return { end: 'failed', task, record, error, byItself: true };
    }
  }
}
