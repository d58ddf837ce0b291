/** Threads in this process's memory: for tests, scripts and examples. Values are stored encoded, so nothing is shared with the caller. */
import { type Checkpoint, pendingIds, versionOf } from './checkpoint.ts';
import {
  type ActiveClaim,
  type Checkpointer,
  type Claim,
  type ClaimRequest,
  continuationOf,
  decideClaim,
  type Head,
  type ListOptions,
  type LoadedThread,
  type RunRequest,
  sameRequestBy,
  type ThreadStatus,
} from './checkpointer.ts';
import { claimLost } from './refusals.ts';
import { Codec, type ValueCodec } from './codec.ts';
import { decideKey, type Idempotency, KEY_LIFE_MS, type KeyUse } from './idempotency.ts';
import { liveInstances } from './instances.ts';
import { decodeCheckpoint, encodeCheckpoint, type EncodedCheckpoint } from './serialize.ts';
import { spentClaim } from './spent.ts';

interface StoredCheckpoint extends EncodedCheckpoint {
  readonly id: string;
  readonly runId: string;
  readonly status: ThreadStatus;
  readonly previousId: string | undefined;
}

interface StoredClaim extends Omit<ActiveClaim, 'request'> {
  readonly request: string | undefined;
  /** The run has saved something: whoever takes over continues. */
  readonly continued: boolean;
}

interface StoredThread {
  readonly incarnation: string;
  head: Omit<Head, 'claim'>;
  claim: StoredClaim | undefined;
  readonly checkpoints: Map<string, StoredCheckpoint>;
  readonly keys: Map<string, KeyUse & { readonly expires: number }>;
}

export interface MemorySaverOptions {
  /** Codecs for instances of your own classes in the state. LangChain's need none here, because no other process reads them. */
  readonly codecs?: readonly ValueCodec[];
}

/**
 * @example
 * const graph = builder.compile({ checkpointer: new MemorySaver() });
 */
export class MemorySaver implements Checkpointer {
  readonly #codec: Codec;
  readonly #threads = new Map<string, StoredThread>();

  constructor(options: MemorySaverOptions = {}) {
    this.#codec = new Codec([...(options.codecs ?? []), liveInstances()]);
  }

  check(value: unknown, where: string): void {
    this.#codec.check(value, where);
  }

  async load(threadId: string, checkpointId?: string): Promise<LoadedThread | undefined> {
    const thread = this.#threads.get(threadId);
    return thread && { head: this.#head(thread), checkpoint: this.#checkpoint(thread, checkpointId) };
  }

  async *list(threadId: string, options: ListOptions = {}): AsyncIterable<Checkpoint> {
    const thread = this.#threads.get(threadId);
    if (!thread) return;
    const { head, checkpoints } = thread;
    let id = options.before === undefined ? head.checkpointId : checkpoints.get(options.before)?.previousId;
    for (; id !== undefined; id = checkpoints.get(id)?.previousId) {
      const checkpoint = this.#checkpoint(thread, id);
      if (checkpoint) yield checkpoint;
    }
  }

  async claim(threadId: string, want: ClaimRequest): Promise<Claim> {
    const thread = this.#threads.get(threadId);
    const { runId, expiresAt } = want;
    const key = want.request?.idempotency;
    const spent = thread && key && this.#spent(threadId, thread, key, want);
    if (spent) return spent;
    const over = decideClaim(
      threadId,
      thread && this.#head(thread),
      want,
      sameRequestBy((one) => this.#encode(one)),
    );
    const request = over ? over.request : want.request;
    const encoded = request && this.#encode(request);
    const claimed: StoredThread = thread ?? {
      incarnation: runId,
      head: newHead(want),
      claim: undefined,
      checkpoints: new Map(),
      keys: new Map(),
    };
    claimed.claim = { runId, expiresAt, request: encoded, continued: false };
    for (const tied of [key, request?.idempotency]) if (tied) tie(claimed, tied, want);
    this.#threads.set(threadId, claimed);
    return {
      threadId,
      runId,
      expiresAt,
      incarnation: claimed.incarnation,
      request: this.#decode(encoded),
      tookOver: over?.runId,
      checkpoint: this.#checkpoint(claimed),
      commit: async (checkpoint, status) => this.#commit(threadId, claimed, checkpoint, status),
      release: async () => this.#release(threadId, claimed, runId, over !== undefined),
      reopen: async () => this.#release(threadId, claimed, runId, false),
    };
  }

  async deleteThread(threadId: string): Promise<boolean> {
    return this.#threads.delete(threadId);
  }

  /** What the key's run came to (C5). */
  #spent(threadId: string, thread: StoredThread, key: Idempotency, want: ClaimRequest): Claim | undefined {
    const use = thread.keys.get(key.key);
    if (!use || use.expires <= want.now) return undefined;
    const commits = [...thread.checkpoints.values()].filter(({ id }) => versionOf(id)! > use.version);
    const outcome = decideKey(threadId, key, use, this.#head(thread).claim, commits, want.now);
    if (!outcome) return undefined;
    const { id, status } = outcome;
    return spentClaim(this.#checkpoint(thread, id)!, status, threadId, want);
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
    const encoded = encodeCheckpoint(checkpoint, this.#codec);
    const { id, runId } = checkpoint;
    const left = status === 'running' ? 'paused' : status;
    thread.checkpoints.set(id, { id, runId, status: left, previousId: head.checkpointId, ...encoded });
    thread.head = {
      version: checkpoint.version,
      checkpointId: id,
      status: left,
      pending: pendingIds(checkpoint.frame),
      graph: checkpoint.origin.graph,
      createdAt: head.createdAt,
      updatedAt: checkpoint.createdAt,
    };
    thread.claim = status === 'running' ? { ...claim, continued: true } : undefined;
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
    return stored && decodeCheckpoint(stored, this.#codec);
  }

  #head({ head, claim }: StoredThread): Head {
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

function tie({ keys, head }: StoredThread, { key, body }: Idempotency, { runId, expiresAt }: ClaimRequest): void {
  keys.set(key, { runId, body, version: head.version, expires: expiresAt + KEY_LIFE_MS });
}

function newHead(want: ClaimRequest): Omit<Head, 'claim'> {
  const at = new Date(want.now).toISOString();
  return {
    version: 0,
    checkpointId: undefined,
    status: undefined,
    pending: [],
    graph: want.graph,
    createdAt: at,
    updatedAt: at,
  };
}
