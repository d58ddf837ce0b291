/**
 * A claim on a thread, and what its run commits.
 *
 * - C1 The commit point is one conditional write of the head. Everything the head will name is written before it.
 * - C2 A fresh claim is in no table until the first commit, which is the only write that a start then needs.
 * - C4 A commit whose condition fails may have been made by an earlier try: the head, or the chain behind it, says so.
 * - C9 A run whose thread was deleted commits nothing, and leaves nothing.
 */
import { HoldpointError } from '../../errors.ts';
import { type Checkpoint, pendingQuestions, versionOf } from '../checkpoint.ts';
import { type Claim, claimLost, continuationOf, type RunRequest, type ThreadStatus } from '../checkpointer.ts';
import { Archive } from './archive.ts';
import { removeChildren } from './deletion.ts';
import { type Life, lifeKey } from './head.ts';
import { checkRun, HEAD_KEY, LIMIT, requestKey } from './keys.ts';
import { type Packed, packedSize } from './pack.ts';
import { type Partition, readHead } from './partition.ts';
import { archive, type CheckpointRecord, isCommitted, packCheckpoint, writeAhead } from './records.ts';
import { packRequest } from './requests.ts';
import { lapse, release, unborn } from './claiming.ts';
import { commit, type NextHead } from './moving.ts';

/** What the claim was taken on. */
export interface ClaimedThread extends Life {
  readonly runId: string;
  readonly expiresAt: number;
  readonly request: RunRequest | undefined;
  readonly tookOver: string | undefined;
  readonly checkpoint: Checkpoint | undefined;
  /** The head's, 0 before the first commit; undefined when there is no head yet (fresh). */
  readonly version: number | undefined;
  /** The inline checkpoint, which has to be kept when the head moves on. */
  readonly inline: CheckpointRecord | undefined;
  /** The run whose request item the claim refers to. */
  readonly requestKeptBy: string | undefined;
}

export class DynamoDBClaim implements Claim {
  readonly threadId: string;
  readonly runId: string;
  readonly expiresAt: number;
  readonly incarnation: string;
  readonly request: RunRequest | undefined;
  readonly tookOver: string | undefined;
  readonly checkpoint: Checkpoint | undefined;
  readonly #partition: Partition;
  readonly #life: Life;
  readonly #inc: string;
  #version: number | undefined;
  #newestId: string | undefined;
  #archive: Archive | undefined;
  #requestKeptBy: string | undefined;
  /** The graph of the newest checkpoint. */
  #graph: string | undefined;
  #ended = false;

  constructor(partition: Partition, thread: ClaimedThread) {
    this.threadId = partition.threadId;
    this.runId = thread.runId;
    this.expiresAt = thread.expiresAt;
    this.incarnation = thread.incarnation;
    this.request = thread.request;
    this.tookOver = thread.tookOver;
    this.checkpoint = thread.checkpoint;
    this.#partition = partition;
    this.#life = { incarnation: thread.incarnation, born: thread.born };
    this.#inc = lifeKey(this.#life);
    this.#version = thread.version;
    this.#newestId = thread.checkpoint?.id;
    this.#graph = thread.checkpoint?.origin.graph;
    this.#requestKeptBy = thread.requestKeptBy;
    this.#startArchive(thread.inline);
  }

  async commit(checkpoint: Checkpoint, status: ThreadStatus | 'running'): Promise<void> {
    const { threadId, runId } = this;
    if (this.#ended || checkpoint.runId !== runId || checkpoint.version <= (this.#version ?? 0)) {
      throw claimLost(threadId, runId);
    }
    checkCheckpoint(checkpoint);
    const record: CheckpointRecord = {
      id: checkpoint.id,
      runId,
      previousId: this.#newestId,
      data: packCheckpoint(this.#partition, checkpoint),
    };
    const inline = packedSize(record.data) <= LIMIT.inlineCheckpoint;
    await allOf([this.#archive?.done(), inline ? undefined : writeAhead(this.#partition, this.#inc, record)]);
    const next = this.#nextHead(checkpoint, status, inline ? record.data : undefined);
    const { table, pk } = this.#partition;
    if (!(await table.update(pk, HEAD_KEY, commit(next, this.#version)))) await this.#confirm(checkpoint.id);
    this.#version = checkpoint.version;
    this.#newestId = checkpoint.id;
    this.#graph = checkpoint.origin.graph;
    this.#requestKeptBy = undefined;
    this.#archive = undefined;
    this.#ended = status !== 'running';
    if (!this.#ended && inline) this.#startArchive(record);
  }

  release(): Promise<void> {
    const { table, pk } = this.#partition;
    return this.#end((version) =>
      this.tookOver === undefined ? this.#releaseHead(version) : table.update(pk, HEAD_KEY, lapse(this.runId)),
    );
  }

  reopen(): Promise<void> {
    return this.#end((version) => this.#releaseHead(version));
  }

  async #end(give: (version: number) => Promise<boolean>): Promise<void> {
    if (this.#ended) return;
    await this.#archive?.idle();
    if (this.#version !== undefined && !(await give(this.#version))) await this.#leaveNothing();
    this.#ended = true;
  }

  async #releaseHead(version: number): Promise<boolean> {
    const { table, pk } = this.#partition;
    const released =
      version === 0
        ? await table.remove(pk, HEAD_KEY, unborn(this.runId))
        : await table.update(pk, HEAD_KEY, release(this.runId, this.#graph));
    if (released && this.#requestKeptBy !== undefined) {
      await table.remove(pk, requestKey(this.#inc, this.#requestKeptBy));
    }
    return released;
  }

  /** Whether the commit whose condition failed was made all the same, by an earlier try (C4). @throws HoldpointError `claim_lost` */
  async #confirm(checkpointId: string): Promise<void> {
    const head = await readHead(this.#partition);
    if (head && lifeKey(head) === this.#inc) {
      if (await isCommitted(this.#partition, this.#inc, head, checkpointId)) return;
    } else {
      await removeChildren(this.#partition, this.#life);
    }
    this.#ended = true;
    throw claimLost(this.threadId, this.runId);
  }

  /** After a deletion: what this run wrote since is removed as well. */
  async #leaveNothing(): Promise<void> {
    const head = await readHead(this.#partition);
    if (!head || lifeKey(head) !== this.#inc) await removeChildren(this.#partition, this.#life);
  }

  #nextHead(checkpoint: Checkpoint, status: ThreadStatus | 'running', data: Packed | undefined): NextHead {
    const running = status === 'running';
    return {
      ...this.#life,
      runId: this.runId,
      version: checkpoint.version,
      checkpointId: checkpoint.id,
      previousId: this.#newestId,
      status: running ? 'paused' : status,
      pending: pendingQuestions(checkpoint.frame).map(({ id }) => id),
      graph: checkpoint.origin.graph,
      updatedAt: checkpoint.createdAt,
      data,
      ...(running && {
        goesOn: { expiresAt: this.expiresAt, request: packRequest(this.#partition, this.#continuation()) },
      }),
    };
  }

  #continuation(): RunRequest {
    return continuationOf(this.request, (request) => this.#partition.codec.encode(request, 'Request'));
  }

  #startArchive(record: CheckpointRecord | undefined): void {
    this.#archive = record && new Archive(() => archive(this.#partition, this.#inc, record));
  }
}

/** What becomes part of the head or of a key. */
function checkCheckpoint({ id, version, runId, origin }: Checkpoint): void {
  if (versionOf(id) !== version) {
    throw new HoldpointError('invalid_argument', `Checkpoint id "${id}" is not one of version ${version}.`, {
      id,
      version,
    });
  }
  checkRun(runId, origin.graph);
}

/** Waits for all of them, whatever happens to one: nothing is left running. */
async function allOf(steps: readonly (Promise<void> | undefined)[]): Promise<void> {
  const outcomes = await Promise.allSettled(steps.filter((step) => step !== undefined));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
