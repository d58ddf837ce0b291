/**
 * Threads in this process's memory: for tests, scripts and examples.
 *
 * - M1 Values are stored as texts, so nothing that can change is shared with whoever made or reads them. What is around them is the engine's,
 *   which changes none of it (K1), and stored as it is.
 */
import { systemClock } from '../clock.ts';
import { type Checkpoint, pendingIds, type Stored, type TaskRecord } from './checkpoint.ts';
import {
  type Checkpointer,
  type Claim,
  type ClaimRequest,
  continuationOf,
  decideClaim,
  type Head,
  type Kept,
  type ChainOptions,
  type LoadedThread,
  type RunRequest,
  sameRequestBy,
  type ThreadStatus,
} from './checkpointer.ts';
import { isObject } from '../objects.ts';
import { claimLost } from './refusals.ts';
import { Saver } from './saver.ts';
import { Codec, type ValueCodec } from './codec.ts';
import { decideKey, type Idempotency } from './idempotency.ts';
import { liveInstances } from './instances.ts';
import { cutPage, type ListThreadsOptions, readListOptions, type ThreadPage } from './listing.ts';
import {
  newThread,
  placesOf,
  type StoredClaim,
  type StoredThread,
  summaryOf,
  tie,
  waitingSince,
} from './memory-thread.ts';
import { spentClaim } from './spent.ts';
import { keepsTexts, keepText, textOf } from './texts.ts';
import { type Changer, changerOf } from './values.ts';

export interface MemorySaverOptions {
  /** Codecs for instances of your own classes in the state. LangChain's need none here, because no other process reads them. */
  readonly codecs?: readonly ValueCodec[];
  /** Milliseconds since 1970: lists tell by it whether a run has been cut off. @default Date.now */
  readonly clock?: () => number;
}

/**
 * @example
 * const graph = builder.compile({ checkpointer: new MemorySaver() });
 */
export class MemorySaver extends Saver implements Checkpointer {
  readonly #codec: Codec;
  readonly #write: Changer;
  readonly #writeAndKeep: Changer;
  readonly #read: Changer;
  readonly #clock: () => number;
  readonly #threads = new Map<string, StoredThread>();

  constructor(options: MemorySaverOptions = {}) {
    super();
    this.#codec = new Codec([...(options.codecs ?? []), liveInstances()]);
    this.#write = writer(this.#codec, false);
    this.#writeAndKeep = writer(this.#codec, true);
    this.#read = reader(this.#codec);
    this.#clock = options.clock ?? systemClock.now;
  }

  check(value: unknown, where: string): void {
    this.#codec.check(value, where);
  }

  load(threadId: string, checkpointId?: string): Promise<LoadedThread | undefined> {
    return attempt(() => {
      const thread = this.#threads.get(threadId);
      if (!thread) return undefined;
      return { head: this.#head(thread), checkpoint: this.#checkpoint(thread, checkpointId) };
    });
  }

  async *chain(threadId: string, options: ChainOptions = {}): AsyncIterable<Checkpoint> {
    const thread = this.#threads.get(threadId);
    if (!thread) return;
    if (options.after !== undefined) {
      const all = [...thread.checkpoints.values()];
      const from = all.findIndex(({ checkpoint }) => checkpoint.id === options.after);
      for (const later of from < 0 ? [] : all.slice(from + 1)) yield this.#read.checkpoint(later.checkpoint);
      return;
    }
    const first =
      options.before === undefined ? thread.head.checkpointId : thread.checkpoints.get(options.before)?.previousId;
    for (let id = first; id !== undefined;) {
      const stored = thread.checkpoints.get(id);
      if (!stored) return;
      yield this.#read.checkpoint(stored.checkpoint);
      id = stored.previousId;
    }
  }

  claim(threadId: string, want: ClaimRequest): Promise<Claim> {
    return attempt(() => {
      const thread = this.#threads.get(threadId);
      const key = want.request?.idempotency;
      const spent = thread && key && this.#spent(threadId, thread, key, want);
      if (spent) return spent;
      const over = decideClaim(
        threadId,
        thread && this.#head(thread),
        want,
        sameRequestBy((request) => this.#encode(request)),
      );
      const request = over ? over.request : want.request;
      const held: StoredClaim = {
        runId: want.runId,
        expiresAt: want.expiresAt,
        request: request && this.#encode(request),
        continued: false,
        pending: thread?.head.pending ?? [],
        kept: (over && thread?.claim?.kept) ?? new Map<string, Kept>(),
      };
      const claimed = thread ?? newThread(want);
      claimed.claim = held;
      for (const tied of [key, request?.idempotency]) if (tied) tie(claimed, tied, want);
      this.#threads.set(threadId, claimed);
      return {
        threadId,
        runId: want.runId,
        expiresAt: want.expiresAt,
        incarnation: claimed.incarnation,
        request: this.#decode(held.request),
        tookOver: over?.runId,
        checkpoint: this.#checkpoint(claimed),
        status: claimed.head.status,
        kept: [...held.kept.values()].map((one) => ({ ...one, record: this.#read.record(one.record) })),
        keep: (kept) => attempt(() => this.#keep(held, kept)),
        commit: (checkpoint, status) => attempt(() => this.#commit(threadId, claimed, checkpoint, status)),
        release: () => attempt(() => this.#release(threadId, claimed, want.runId, over !== undefined)),
        reopen: () => attempt(() => this.#release(threadId, claimed, want.runId, false)),
        lapse: () => attempt(() => this.#release(threadId, claimed, want.runId, true)),
      };
    });
  }

  listThreads(options: ListThreadsOptions = {}): Promise<ThreadPage> {
    return attempt(() => {
      const query = readListOptions(options);
      const { page, more } = cutPage(query, placesOf(this.#threads, query));
      const threads = page.flatMap(
        ({ threadId }) => summaryOf(threadId, this.#threads.get(threadId)!, this.#clock()) ?? [],
      );
      return { threads: query.waiting ? threads.filter((thread) => thread.waitingSince) : threads, ...more };
    });
  }

  deleteThread(threadId: string): Promise<boolean> {
    return attempt(() => this.#threads.delete(threadId));
  }

  /** What the key's run came to (C5). */
  #spent(threadId: string, thread: StoredThread, key: Idempotency, want: ClaimRequest): Claim | undefined {
    const use = thread.keys.get(key.key);
    if (!use || use.expires <= want.now) return undefined;
    const commits = [...thread.checkpoints.values()]
      .filter(({ checkpoint }) => checkpoint.version > use.version)
      .map(({ checkpoint, ...stored }) => ({ ...stored, id: checkpoint.id, runId: checkpoint.runId }));
    const outcome = decideKey(threadId, key, use, this.#head(thread).claim, commits, want.now);
    return outcome && spentClaim(this.#checkpoint(thread, outcome.id)!, outcome.status, threadId, want);
  }

  #commit(threadId: string, thread: StoredThread, checkpoint: Checkpoint, status: ThreadStatus | 'running'): void {
    const { claim, head } = thread;
    if (
      this.#threads.get(threadId) !== thread ||
      claim?.runId !== checkpoint.runId ||
      checkpoint.version <= head.version
    ) {
      throw claimLost(threadId, checkpoint.runId);
    }
    const { id } = checkpoint;
    const left = status === 'running' ? 'paused' : status;
    const write = keepsTexts(checkpoint) ? this.#writeAndKeep : this.#write;
    thread.checkpoints.set(id, {
      checkpoint: write.checkpoint(checkpoint),
      status: left,
      previousId: head.checkpointId,
    });
    thread.head = {
      version: checkpoint.version,
      checkpointId: id,
      status: left,
      pending: pendingIds(checkpoint.frame),
      graph: checkpoint.origin.graph,
      createdAt: head.createdAt,
      updatedAt: checkpoint.createdAt,
    };
    if (!checkpoint.progress) claim.kept.clear();
    if (status === 'running') {
      claim.continued = true;
      return;
    }
    thread.claim = undefined;
    thread.waitingSince = waitingSince(thread, claim.pending);
  }

  #keep({ kept }: StoredClaim, one: Kept): TaskRecord {
    const first = kept.get(one.id);
    if (first) return this.#read.record(first.record);
    kept.set(one.id, { ...one, record: this.#write.record(one.record) });
    return one.record;
  }

  /** @param keeps what was recorded can be taken over again, at once */
  #release(threadId: string, thread: StoredThread, runId: string, keeps: boolean): void {
    if (thread.claim?.runId !== runId) return;
    thread.claim = keeps ? { ...thread.claim, expiresAt: 0 } : undefined;
    if (keeps) return;
    if (thread.head.version === 0 && this.#threads.get(threadId) === thread) this.#threads.delete(threadId);
  }

  #checkpoint({ checkpoints, head }: StoredThread, id = head.checkpointId): Checkpoint | undefined {
    const stored = checkpoints.get(id ?? '');
    return stored && this.#read.checkpoint(stored.checkpoint);
  }

  #head({ head: stored, claim }: StoredThread): Head {
    const head = { ...stored, pending: [...stored.pending] };
    if (!claim) return { ...head, claim: undefined };
    const { runId, expiresAt, continued } = claim;
    const recorded = this.#decode(claim.request);
    const request = continued ? continuationOf(recorded, (one) => this.#encode(one)) : recorded;
    return { ...head, claim: { runId, expiresAt, request } };
  }

  #encode(request: RunRequest): string {
    return this.#codec.encode(request, 'Request');
  }

  #decode(text: string | undefined): RunRequest | undefined {
    return text === undefined ? undefined : (this.#codec.decode(text) as RunRequest);
  }
}

/** Of a value that may be changed in place, or cannot be stored. */
class Text {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function writer(codec: Codec, keeps: boolean): Changer {
  return changerOf({
    value: (value) => (changes(value) ? new Text(codec.encode(value, 'Checkpoint')) : value),
    channel: (stored, name) => {
      if (!changes(stored.value)) return stored;
      return { version: stored.version, value: new Text(textOf(stored, name, codec, keeps)) };
    },
  });
}

function reader(codec: Codec): Changer {
  return changerOf({
    value: (value) => (value instanceof Text ? codec.decode(value.text) : value),
    channel: (stored) => {
      if (!(stored.value instanceof Text)) return stored;
      const { text } = stored.value;
      const read: Stored = { version: stored.version, value: codec.decode(text) };
      keepText(read, text, codec);
      return read;
    },
  });
}

function changes(value: unknown): boolean {
  return isObject(value) || typeof value === 'function' || typeof value === 'symbol';
}

/** A synchronous step as a promise, its error a rejection. */
async function attempt<T>(step: () => T): Promise<T> {
  return step();
}
