/**
 * A claim on a thread, and what its run commits.
 *
 * - C1 The commit point is one conditional write of the head. Everything the head will name is written before it.
 * - C2 A fresh claim is in no table until the first commit, which is the only write that a start then needs.
 * - C4 A commit whose condition fails may have been made by an earlier try: the head, or the record of what it held, says so.
 * - C12 What a commit supersedes is removed after it.
 * - C9 A run whose thread was deleted commits nothing, and leaves nothing.
 */
import { invalidArgument } from '../../errors.ts';
import { type Checkpoint, pendingIds, type TaskRecord, versionOf } from '../checkpoint.ts';
import { type Claim, continuationOf, type Kept, type RunRequest, type ThreadStatus } from '../checkpointer.ts';
import { placeAt } from '../listing.ts';
import { claimLost } from '../refusals.ts';
import { encodeCheckpoint, joinTexts } from '../serialize.ts';
import { isLeftWaiting, waitsOn } from '../summary.ts';
import { allOf } from './all.ts';
import { Archive } from './archive.ts';
import { lapse, release, unborn } from './claiming.ts';
import { leaveNothing, removeChildren } from './deletion.ts';
import { type Life, lifeKey } from './head.ts';
import { remember } from './hints.ts';
import { firstRun, type FoundKept, Keeper } from './keeping.ts';
import { checkRun, HEAD_KEY } from './keys.ts';
import { commit, type NextHead, type Place } from './moving.ts';
import { packText } from './pack.ts';
import { type Partition, placeOf, readHead } from './partition.ts';
import { wasCommitted } from './reading.ts';
import { archive } from './records.ts';
import { restingOf } from './retention.ts';
import { type Contents, type Placed, Shelf } from './shelf.ts';

/** What the claim was taken on. */
export interface ClaimedThread extends Life {
  readonly runId: string;
  readonly expiresAt: number;
  readonly request: RunRequest | undefined;
  readonly tookOver: string | undefined;
  /** The run that held the claim before it was taken over. */
  readonly first: string;
  readonly found: FoundKept;
  readonly checkpoint: Checkpoint | undefined;
  readonly status: ThreadStatus | undefined;
  /** The head's, 0 before the first commit; undefined when there is no head yet (fresh). */
  readonly version: number | undefined;
  /** Of the checkpoint, which has to be kept when the head moves on. */
  readonly archive: Archive | undefined;
  /** When the thread is over, should the claim be given back. */
  readonly over: number | undefined;
  /** What the checkpoint is stored against. */
  readonly contents: Contents;
}

export class DynamoDBClaim implements Claim {
  readonly threadId: string;
  readonly runId: string;
  readonly expiresAt: number;
  readonly incarnation: string;
  readonly request: RunRequest | undefined;
  readonly tookOver: string | undefined;
  readonly checkpoint: Checkpoint | undefined;
  readonly status: ThreadStatus | undefined;
  readonly kept: readonly Kept[];
  readonly #partition: Partition;
  readonly #life: Life;
  readonly #inc: string;
  readonly #shelf: Shelf;
  readonly #keeper: Keeper;
  #version: number | undefined;
  #newestId: string | undefined;
  #archive: Archive | undefined;
  #over: number | undefined;
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
    this.status = thread.status;
    this.kept = thread.found.kept;
    this.#partition = partition;
    this.#life = { incarnation: thread.incarnation, born: thread.born };
    this.#inc = lifeKey(this.#life);
    this.#version = thread.version;
    this.#newestId = thread.checkpoint?.id;
    this.#archive = thread.archive;
    this.#over = thread.over;
    this.#shelf = new Shelf(partition, thread.contents);
    this.#keeper = new Keeper(partition, this.#inc, thread.runId, thread.first, thread.found.keys);
    this.#graph = thread.checkpoint?.origin.graph;
  }

  async commit(checkpoint: Checkpoint, status: ThreadStatus | 'running'): Promise<void> {
    const { threadId, runId } = this;
    if (this.#ended || checkpoint.runId !== runId || checkpoint.version <= (this.#version ?? 0)) {
      throw claimLost(threadId, runId);
    }
    checkCheckpoint(checkpoint);
    const { table, pk, codec } = this.#partition;
    const text = joinTexts(encodeCheckpoint(checkpoint, codec));
    const pending = pendingIds(checkpoint.frame);
    const placed = this.#shelf.place(this.#inc, checkpoint, text, restingOf(status, pending.length > 0));
    const next = this.#nextHead(checkpoint, status, pending, placed);
    const superseded = checkpoint.progress ? [] : this.#keeper.take();
    await allOf([this.#archive?.done(), this.#shelf.write(placed)]);
    if (!(await table.update(pk, HEAD_KEY, commit(next, this.#version)))) {
      await this.#confirm(checkpoint.id, placed, superseded);
    }
    const { previousId, data, base } = next;
    this.#version = checkpoint.version;
    this.#newestId = checkpoint.id;
    this.#graph = checkpoint.origin.graph;
    this.#over = undefined;
    this.#archive = undefined;
    this.#ended = status !== 'running';
    if (!this.#ended) {
      const record = { id: checkpoint.id, runId, status: next.status, previousId, data, base };
      this.#archive = new Archive(() => archive(this.#partition, this.#inc, record));
    }
    remember(this.#partition, base && { inc: this.#inc, since: base.since });
    await allOf([this.#shelf.settle(placed), this.#keeper.remove(superseded)]);
  }

  async keep(kept: Kept): Promise<TaskRecord> {
    return this.#ended ? kept.record : this.#keeper.keep(kept);
  }

  release(): Promise<void> {
    return this.tookOver === undefined ? this.reopen() : this.lapse();
  }

  reopen(): Promise<void> {
    return this.#end((version) => this.#releaseHead(version));
  }

  async lapse(): Promise<void> {
    const { table, pk } = this.#partition;
    const give = (): Promise<boolean> => table.update(pk, HEAD_KEY, lapse(this.runId));
    // The commit that was to make the head may have made it, and its answer was lost.
    if (!this.#ended && this.#version === undefined) await give();
    await this.#end(give);
  }

  async #end(give: (version: number) => Promise<boolean>): Promise<void> {
    if (this.#ended) return;
    await this.#archive?.idle();
    if (this.#version !== undefined && !(await give(this.#version))) {
      await leaveNothing(this.#partition, this.#life);
    }
    this.#ended = true;
  }

  async #releaseHead(version: number): Promise<boolean> {
    const { table, pk } = this.#partition;
    const released =
      version === 0
        ? await table.remove(pk, HEAD_KEY, unborn(this.runId))
        : await table.update(pk, HEAD_KEY, release(this.runId, this.#graph, this.#over));
    if (released) await allOf([this.#shelf.discard(), this.#keeper.remove()]);
    return released;
  }

  /** Whether the commit whose condition failed was made all the same, by an earlier try (C4). @throws HoldpointError `claim_lost` */
  async #confirm(checkpointId: string, placed: Placed, superseded: readonly string[]): Promise<void> {
    const head = await readHead(this.#partition);
    if (head && lifeKey(head) === this.#inc) {
      if (await wasCommitted(this.#partition, head, checkpointId)) return;
      await this.#shelf.discard(placed);
      // Whoever took over may be cut off too, and the next one wants what we kept.
      const left = !head.claim || firstRun(head.claim) !== this.#keeper.first;
      if (left) await this.#keeper.remove([...superseded, ...this.#keeper.take()]);
    } else {
      await removeChildren(this.#partition, this.#life);
    }
    this.#ended = true;
    throw claimLost(this.threadId, this.runId);
  }

  #nextHead(
    checkpoint: Checkpoint,
    status: ThreadStatus | 'running',
    pending: readonly string[],
    { data, base, over, expires }: Placed,
  ): NextHead {
    const running = status === 'running';
    return {
      ...this.#life,
      runId: this.runId,
      version: checkpoint.version,
      checkpointId: checkpoint.id,
      previousId: this.#newestId,
      status: running ? 'paused' : status,
      pending,
      graph: checkpoint.origin.graph,
      updatedAt: checkpoint.createdAt,
      place: this.#place(checkpoint.createdAt, status, pending),
      data,
      base,
      over,
      expires,
      ...(running && { goesOn: { expiresAt: this.expiresAt, request: packText(this.#continuation()) } }),
    };
  }

  #place(at: string, status: ThreadStatus | 'running', pending: readonly string[]): Place {
    const place = placeOf(this.#partition, this.#life.born);
    if (status === 'running' || !isLeftWaiting(status, pending)) return place;
    const before = this.checkpoint ? pendingIds(this.checkpoint.frame) : [];
    const waiting = { since: placeAt(Date.parse(at), this.threadId), still: waitsOn(pending, before) };
    return { ...place, waiting };
  }

  #continuation(): string {
    const encode = (request: RunRequest): string => this.#partition.codec.encode(request, 'Request');
    return encode(continuationOf(this.request, encode));
  }
}

/** What becomes part of the head or of a key. */
function checkCheckpoint({ id, version, runId, origin }: Checkpoint): void {
  if (versionOf(id) !== version) {
    throw invalidArgument(`Checkpoint id "${id}" is not one of version ${version}.`, { id, version });
  }
  checkRun(runId, origin.graph);
}
