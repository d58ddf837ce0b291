/**
 * What a run saves, and when. One journal per run; without a claim it saves nothing.
 *
 * - D1 `exit` saves once, when the run ends or stops. `sync` saves every superstep before the next begins. `async` saves it while
 *   the next one runs. Saves never overtake each other, and all have ended before `finish` returns.
 * - D2 A checkpoint's parent is the one that the history shows of the superstep before: the last that is no mere progress.
 * - D3 State that cannot be stored ends the run as failed, at the last frame that can be.
 * - D4 What nested graphs do is saved too, as another version of the superstep that they run in: not after the superstep, but not with
 *   `exit` either, nor while an answer may still be refused. Graphs side by side that wait for a save share one.
 * - D5 What a task says while its superstep goes on is kept beside that (C12): a task that finishes before its siblings, a `task()` that
 *   returns. Not with `exit`. What it was said in is saved before, so that whoever takes over stands in the same state.
 * - D6 A store that fails, and a claim that is lost, end the run and not the node that they are told to: after that nothing is saved.
 */
import {
  type Answered,
  type Checkpoint,
  checkpointIds,
  type CheckpointSource,
  type Failure,
  type Frame,
  type TaskRecord,
} from '../checkpoint/checkpoint.ts';
import type { Claim, Kept, ThreadStatus } from '../checkpoint/checkpointer.ts';
import { isoTime } from '../clock.ts';
import type { Durability } from '../config.ts';
import { HoldpointError } from '../errors.ts';
import { answeredIn } from './answered.ts';

export interface JournalOptions {
  readonly claim: Claim | undefined;
  readonly runId: string;
  readonly incarnation: string;
  readonly durability: Durability;
  readonly metadata: Checkpoint['metadata'];
  readonly origin: Checkpoint['origin'];
  readonly called: Checkpoint['called'];
  /** Of the graph. */
  readonly shape: string;
  /** To the run. */
  readonly answered: readonly Answered[];
  /** The checkpoint that the run continues: the newest, or the one that it forks. */
  readonly base: Checkpoint | undefined;
  /** A frame as it is stored. */
  stored(frame: Frame): Frame;
  readonly now: () => number;
}

/** Whether the claim is lost, or what became of a save is not known: nothing more is to be saved under it. */
export function claimIsGone(error: unknown): boolean {
  return error instanceof HoldpointError && (error.code === 'claim_lost' || error.code === 'store_unavailable');
}

export class Journal {
  readonly #options: JournalOptions;
  readonly #idOf: (version: number) => string;
  #saved: Checkpoint | undefined;
  /** D2 */
  #shown: Checkpoint | undefined;
  /** Saved, or about to be. */
  #newest: Checkpoint | undefined;
  /** Undefined when nothing is being saved. */
  #saving: Promise<void> | undefined;
  /** What the store threw: raised by the next save, or by `finish`. */
  #failed: { readonly error: unknown } | undefined;
  /** Waits for its turn. */
  #within: Promise<void> | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#idOf = checkpointIds(options.runId);
    this.#newest = this.#saved = this.#shown = options.base;
  }

  /** A checkpoint that the run goes on from. */
  save(frame: Frame, source: CheckpointSource): Promise<void> | void {
    if (!this.savesSupersteps) return;
    return this.#saving ? this.#inTurn(() => this.#begin(frame, source)) : this.#begin(frame, source);
  }

  /** Another version of the superstep that runs (D4). @param read the frame by the time that it is saved */
  saveWithin(read: () => Frame, source: CheckpointSource): Promise<void> {
    return (this.#within ??= this.#inTurn(() => {
      this.#within = undefined;
      return this.#begin(read(), source, true);
    }));
  }

  /** D5 @returns what counts: what was kept first */
  keep(kept: Kept): Promise<TaskRecord> {
    return this.#inTurn(async () => {
      if (this.#saved?.id !== this.#newest?.id) return kept.record; // its save has failed, which the next one tells
      try {
        return await this.#options.claim!.keep(kept);
      } catch (error) {
        if (claimIsGone(error)) this.#failed = { error };
        throw error;
      }
    });
  }

  /** The id of the checkpoint of that superstep, whether or not it is saved. */
  idOf(planned: number): string {
    const newest = this.#newest;
    return newest?.frame.planned === planned ? newest.id : this.#idOf(this.#versionOf(planned));
  }

  get savesSupersteps(): boolean {
    return this.#options.claim !== undefined && this.#options.durability !== 'exit';
  }

  /** The run's last checkpoint, one version on if this one is saved already. Ends the claim. */
  finish(frame: Frame, source: CheckpointSource, status: ThreadStatus, failure?: Failure): Promise<Checkpoint> {
    return this.#inTurn(async () => {
      this.#raise();
      const checkpoint = this.#seal(frame, source, { failure });
      await this.#options.claim?.commit(checkpoint, status);
      this.#keep(checkpoint);
      return checkpoint;
    });
  }

  /** The newest frame that this run has saved. */
  get savedFrame(): Frame | undefined {
    return this.#saved === this.#options.base ? undefined : this.#saved?.frame;
  }

  #begin(frame: Frame, source: CheckpointSource, progress?: true): Promise<void> | void {
    this.#raise();
    const checkpoint = this.#seal(frame, source, { progress });
    this.#saving = this.#options.claim!.commit(checkpoint, 'running').then(
      () => {
        this.#saving = undefined;
        this.#keep(checkpoint);
      },
      (error: unknown) => {
        this.#saving = undefined;
        this.#failed = { error };
      },
    );
    return this.#options.durability === 'sync' ? this.#inTurn(() => this.#raise()) : undefined;
  }

  /** When nothing is being saved any more, and at the earliest when this tick has ended. */
  async #inTurn<Result>(act: () => Result): Promise<Awaited<Result>> {
    do await this.#saving;
    while (this.#saving);
    return await act();
  }

  /** @throws what the last save threw */
  #raise(): void {
    const failed = this.#failed;
    if (!failed) return;
    if (!claimIsGone(failed.error)) this.#failed = undefined;
    throw failed.error;
  }

  #keep(checkpoint: Checkpoint): void {
    this.#saved = checkpoint;
    const { planned } = checkpoint.frame;
    if (!checkpoint.progress || this.#shown?.frame.planned !== planned) this.#shown = checkpoint;
  }

  #seal(
    frame: Frame,
    source: CheckpointSource,
    { progress, failure }: Pick<Checkpoint, 'progress' | 'failure'>,
  ): Checkpoint {
    const { runId, incarnation, metadata, origin, called, answered, shape } = this.#options;
    const before = this.#saved;
    const version = this.#versionOf(frame.planned);
    const revised = before?.frame.planned === frame.planned ? before : undefined;
    // No part of it is spread: this is done for every superstep.
    return (this.#newest = {
      id: this.#idOf(version),
      version,
      incarnation,
      runId,
      parentId: revised ? revised.parentId : this.#shown?.id,
      createdAt: isoTime(this.#options.now()),
      source: revised?.source ?? source,
      progress,
      metadata,
      origin,
      called: frame.next.length > 0 ? called : undefined,
      frame: this.#options.stored(frame),
      shape,
      answered: answeredIn(frame, runId, answered, before),
      failure,
    });
  }

  #versionOf(planned: number): number {
    return Math.max(planned, (this.#newest?.version ?? 0) + 1);
  }
}
