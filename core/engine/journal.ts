/**
 * What a run saves, and when. One journal per run; without a claim it saves nothing.
 *
 * - D1 `exit` saves once, when the run ends or stops. `sync` saves every superstep before the next begins. `async` saves it while
 *   the next one runs. Saves never overtake each other, and all have ended before `finish` returns.
 * - D2 A checkpoint's parent is the newest saved checkpoint of the superstep before.
 * - D3 State that cannot be stored ends the run as failed, at the last frame that can be.
 */
import { type Checkpoint, checkpointIds, type CheckpointSource, type Failure, type Frame } from '../checkpoint/checkpoint.ts';
import type { Claim, ThreadStatus } from '../checkpoint/checkpointer.ts';
import type { Durability } from '../config.ts';

export interface JournalOptions {
  readonly claim: Claim | undefined;
  readonly runId: string;
  readonly incarnation: string;
  readonly durability: Durability;
  readonly metadata: Checkpoint['metadata'];
  readonly origin: Checkpoint['origin'];
  /** The checkpoint that the run continues: the newest, or the one that it forks. */
  readonly base: Checkpoint | undefined;
  /** A frame as it is stored. */
  stored(frame: Frame): Frame;
  now(): number;
}

export class Journal {
  readonly #options: JournalOptions;
  /** The id of the checkpoint of that version, whether or not it is saved. */
  readonly idOf: (version: number) => string;
  #saved: Checkpoint | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: JournalOptions) {
    this.#options = options;
    this.idOf = checkpointIds(options.runId);
    this.#saved = options.base;
  }

  /** A checkpoint that the run goes on from. */
  async save(frame: Frame, version: number, source: CheckpointSource): Promise<void> {
    const { durability, claim } = this.#options;
    if (!claim || durability === 'exit') return;
    await this.#settle();
    const checkpoint = this.#seal(frame, version, source);
    this.#saving = claim.commit(checkpoint, 'running').then(() => {
      this.#saved = checkpoint;
    });
    if (durability === 'sync') await this.#settle();
    else this.#saving.catch(() => undefined); // raised by the next save, or by finish
  }

  /** The run's last checkpoint, one version on if this one is saved already. Ends the claim. */
  async finish(
    frame: Frame,
    version: number,
    source: CheckpointSource,
    status: ThreadStatus,
    failure?: Failure,
  ): Promise<Checkpoint> {
    await this.#settle();
    const sealed = this.#seal(frame, Math.max(version, (this.#saved?.version ?? 0) + 1), source);
    const checkpoint = failure ? { ...sealed, failure } : sealed;
    await this.#options.claim?.commit(checkpoint, status);
    this.#saved = checkpoint;
    return checkpoint;
  }

  /** The newest frame that this run has saved. */
  get savedFrame(): Frame | undefined {
    return this.#saved === this.#options.base ? undefined : this.#saved?.frame;
  }

  async #settle(): Promise<void> {
    const saving = this.#saving;
    this.#saving = Promise.resolve();
    await saving;
  }

  #seal(frame: Frame, version: number, source: CheckpointSource): Checkpoint {
    const { runId, incarnation, metadata, origin } = this.#options;
    const before = this.#saved;
    const revised = before?.frame.planned === frame.planned ? before : undefined;
    const parentId = revised ? revised.parentId : before?.id;
    return {
      id: this.idOf(version),
      version,
      incarnation,
      runId,
      ...(parentId !== undefined && { parentId }),
      createdAt: new Date(this.#options.now()).toISOString(),
      source: revised?.source ?? source,
      metadata,
      origin,
      frame: this.#options.stored(frame),
    };
  }
}
