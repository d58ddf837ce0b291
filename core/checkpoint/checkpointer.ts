/**
 * Where threads live: the interface that every store implements, and the one decision that they share.
 *
 * A thread has a head: its newest checkpoint, its status and the claim of the run that is on it. Every change of a thread is one
 * conditional write of the head.
 *
 * - C1 Only the holder of the claim commits, and only over the version that it claimed.
 * - C2 What the head alone can refuse is refused by `claim`, before the claim is taken. `decideClaim` says what that is.
 * - C3 A claim records what its run was asked. When it has expired, the next run continues with what was recorded.
 */
import type { RunnableConfig } from '../config.ts';
import { hash128 } from '../hash.ts';
import type { Answerer, Checkpoint, Origin, Target, TaskRecord } from './checkpoint.ts';
import { type Idempotency, keyBusy } from './idempotency.ts';
import type { ListThreadsOptions, ThreadPage } from './listing.ts';
import {
  graphMismatch,
  keyReused,
  notOnePending,
  notPending,
  pendingQuestion,
  runUnfinished,
  staleCheckpoint,
  threadBusy,
  unknownThread,
} from './refusals.ts';

/** How the newest run of a thread ended. `paused` can be continued: stopped at a breakpoint, drained, or abandoned between supersteps. */
export type ThreadStatus = 'done' | 'interrupted' | 'paused' | 'error';

/** What a run was asked: recorded with its claim, so that a take-over does the same. */
export type RunRequest = RequestKind & {
  /** What the run was told about itself: a take-over stops at the same breakpoints. */
  readonly config?: RequestConfig;
  /** The same key again gets the outcome of the first (C5). */
  readonly idempotency?: Idempotency;
};

export type RequestConfig = Pick<
  RunnableConfig,
  'interruptBefore' | 'interruptAfter' | 'recursionLimit' | 'metadata' | 'durability' | 'tags'
>;

type RequestKind =
  | { readonly kind: 'input'; readonly input: unknown; readonly at?: string; readonly origin?: Origin }
  | { readonly kind: 'command'; readonly command: CommandData; readonly at?: string; readonly origin?: Origin }
  /** Go on from where the thread stands. `of`: the hash of the request that the run began with, once it has saved something. */
  | { readonly kind: 'continue'; readonly at?: string; readonly of?: string };

/** A Command as data. Exactly one of `answers` and `resume` is there when the command answers something. */
export interface CommandData {
  /** By interrupt id. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** For the one question that is pending, in an array of one so that `undefined` is told from nothing. */
  readonly resume?: readonly [unknown];
  /** Who answers. */
  readonly answerer?: Answerer;
  readonly update?: unknown;
  readonly goto?: readonly Target[];
}

export interface ClaimRequest {
  readonly runId: string;
  /** Milliseconds since 1970, as are all times here. */
  readonly now: number;
  /** After this the claim can be taken over. */
  readonly expiresAt: number;
  /** Recorded with the claim. Without one, an expired claim is void: nothing is to be continued (updateState). */
  readonly request?: RunRequest;
  /** The claim may create the thread. @default false */
  readonly create?: boolean;
  /** Nobody else can know the thread's name, so there is nothing to exclude: no call is made before the first commit (C2). @default false */
  readonly fresh?: boolean;
  /** The graph that the caller means; another than the thread's is refused. */
  readonly graph?: string;
  /** The checkpoint that must be the newest. */
  readonly newest?: string;
  /** The interrupts that must be pending, or `'single'`: exactly one is. */
  readonly answers?: readonly string[] | 'single';
  /** Refuse while a question is pending. @default false */
  readonly refusePending?: boolean;
}

/** What a task has said, before its superstep is committed (C12). */
export interface Kept {
  /** Of the task that has ended: the first that is kept under it wins. */
  readonly id: string;
  /** The task of the root graph whose record it is part of: itself, or one around it. */
  readonly taskId: string;
  /** That part. */
  readonly record: TaskRecord;
}

/** The right to run a thread from one checkpoint, until `expiresAt`. But for `keep`, not to be used by two callers at once. */
export interface Claim {
  readonly threadId: string;
  readonly runId: string;
  readonly expiresAt: number;
  /** The run that created this thread: `runId` on a new one, unless this claim took over the start of another run. */
  readonly incarnation: string;
  /** What to do: the caller's own request, or on a take-over the one that was recorded. */
  readonly request: RunRequest | undefined;
  /** The run that this one takes over. */
  readonly tookOver: string | undefined;
  /** The thread's newest checkpoint. Undefined on a new thread. */
  readonly checkpoint: Checkpoint | undefined;
  /** Of the thread, with that checkpoint. */
  readonly status: ThreadStatus | undefined;
  /** What the runs that this one takes over had kept, and may not have committed. */
  readonly kept: readonly Kept[];
  /** The request's key was used: so its run (`runId`) ended, with `checkpoint`. Nothing is claimed. */
  readonly outcome?: ThreadStatus;
  /**
   * Makes `checkpoint` the thread's newest, and ends the claim unless the run goes on (`'running'`).
   * @throws HoldpointError `claim_lost`, `unstorable_state`, `store_unavailable`
   */
  commit(checkpoint: Checkpoint, status: ThreadStatus | 'running'): Promise<void>;
  /**
   * Keeps what a task has said, beside the head: whoever takes over is told. A commit that is no mere progress supersedes it, and so does
   * the end of the claim. A run that has lost its claim may still keep: for the one that took over.
   * @returns what counts: this very record, or what was kept first
   * @throws HoldpointError `unstorable_state`, `store_unavailable`, `corrupt_item`
   */
  keep(kept: Kept): Promise<TaskRecord>;
  /**
   * Ends the claim and leaves the thread as it was found: for a request that only later code could refuse. What a run that was
   * taken over had accepted stays recorded (C3): then it lapses.
   */
  release(): Promise<void>;
  /** Ends the claim and drops what it recorded: an answer that could not be used, whose question is pending again. */
  reopen(): Promise<void>;
  /** Ends the claim as if its time was over: whoever comes next takes it over, with what it recorded and kept. */
  lapse(): Promise<void>;
}

export interface ActiveClaim {
  readonly runId: string;
  readonly expiresAt: number;
  readonly request: RunRequest | undefined;
}

/** The part of a thread that decides. */
export interface Head {
  /** 0 before the first commit. */
  readonly version: number;
  readonly checkpointId: string | undefined;
  readonly status: ThreadStatus | undefined;
  /** The ids of the pending questions. */
  readonly pending: readonly string[];
  readonly graph: string | undefined;
  readonly claim: ActiveClaim | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface LoadedThread {
  readonly head: Head;
  /** The checkpoint asked for: the newest, or the one named. Undefined when there is none. */
  readonly checkpoint: Checkpoint | undefined;
}

export interface ChainOptions {
  /** Begin after this checkpoint id (exclusive). @default at the newest */
  readonly before?: string;
  /** Those after this one of the thread (exclusive), oldest first. */
  readonly after?: string;
  /** How many the caller is going to take: a hint for the store's page size. */
  readonly limit?: number;
}

export interface Checkpointer {
  /**
   * Reads strongly consistent.
   * @returns undefined for an unknown thread
   * @throws HoldpointError `store_unavailable`, `corrupt_item`
   */
  load(threadId: string, checkpointId?: string): Promise<LoadedThread | undefined>;
  /** Checkpoints along the chain of commits, newest first unless `after` is given. Empty for an unknown thread. */
  chain(threadId: string, options?: ChainOptions): AsyncIterable<Checkpoint>;
  /**
   * Takes the claim and loads the newest checkpoint.
   * @throws HoldpointError what `decideClaim` refuses, `store_unavailable`, `corrupt_item`
   */
  claim(threadId: string, request: ClaimRequest): Promise<Claim>;
  /**
   * The threads of this store, page by page: none twice and none left out while nothing changes. What a page says of a thread is read strongly
   * consistent; which threads it has may lag a little behind. One that cannot be read is shown as `unreadable`.
   * @throws HoldpointError `invalid_argument`, `store_unavailable`
   */
  listThreads(options?: ListThreadsOptions): Promise<ThreadPage>;
  /** @returns false for an unknown thread */
  deleteThread(threadId: string): Promise<boolean>;
  /** Refuses what cannot be stored before it is used. @throws HoldpointError `unstorable_state` */
  check(value: unknown, where: string): void;
}

/**
 * Whether a claim may be taken, from the head alone (C2).
 * @param sameRequest tells whether two requests are the same once stored.
 * @returns the claim to take over, of a run that is gone: go on with what it recorded. Undefined: the thread is free.
 * @throws HoldpointError the refusal
 */
export function decideClaim(
  threadId: string,
  head: Head | undefined,
  want: ClaimRequest,
  sameRequest: (a: RunRequest, b: RunRequest) => boolean,
): ActiveClaim | undefined {
  const { graph, now, request: mine, newest, answers, create, refusePending } = want;
  if (!head) {
    if (create) return undefined;
    throw unknownThread(threadId);
  }
  if (graph !== undefined && head.graph !== undefined && graph !== head.graph) {
    throw graphMismatch(threadId, head.graph, graph);
  }
  const { claim, pending } = head;
  const key = mine?.idempotency;
  const recorded = claim?.request?.idempotency;
  const sameKey = key !== undefined && key.key === recorded?.key;
  if (claim && claim.expiresAt > now) {
    throw sameKey ? keyBusy(threadId, key, recorded, claim, now) : threadBusy(threadId, claim, head, now);
  }
  if (claim?.request) {
    if (mine && (mine.kind === 'continue' || sameRequest(mine, claim.request))) return claim;
    throw sameKey ? keyReused(threadId, claim) : runUnfinished(threadId, claim);
  }
  if (newest !== undefined && newest !== head.checkpointId) throw staleCheckpoint(threadId, newest, head);
  if (answers === 'single' && pending.length !== 1) throw notOnePending(threadId, pending);
  if (Array.isArray(answers)) {
    const unknown = answers.filter((id) => !pending.includes(id));
    if (unknown.length > 0) throw notPending(threadId, unknown, pending);
  }
  if (refusePending && pending.length > 0) throw pendingQuestion(threadId, pending);
  if (head.version === 0 && !create) throw unknownThread(threadId);
  return undefined;
}

/** Whether a request is the one that a claim recorded, or began with. @param encode as the store encodes requests */
export function sameRequestBy(
  encode: (request: RunRequest) => string,
): (mine: RunRequest, recorded: RunRequest) => boolean {
  return (mine, recorded) => {
    const text = encode(mine);
    return text === encode(recorded) || (recorded.kind === 'continue' && recorded.of === hash128(text));
  };
}

/** What a claim records once its run has saved something: the request is in the checkpoint, and is not to be applied again. */
export function continuationOf(request: RunRequest | undefined, encode: (request: RunRequest) => string): RunRequest {
  if (!request) return { kind: 'continue' };
  const of = (request.kind === 'continue' ? request.of : undefined) ?? hash128(encode(request));
  const { metadata: _, ...config } = request.config ?? {}; // the checkpoint has the metadata
  const { idempotency } = request;
  return {
    kind: 'continue',
    of,
    ...(idempotency && { idempotency }),
    ...(Object.keys(config).length > 0 && { config }),
  };
}
