/** Checkpoints and claims for tests of storage: plain data, no engine. */
import {
  type Checkpoint,
  checkpointId,
  emptyRecord,
  type Frame,
  type Stored,
  type TaskRecord,
} from '../../core/checkpoint/checkpoint.ts';
import type { Checkpointer, Claim, ClaimRequest, ThreadStatus } from '../../core/checkpoint/checkpointer.ts';
import type { ThreadPage } from '../../core/checkpoint/listing.ts';
import type { ThreadSummary } from '../../core/checkpoint/summary.ts';
import { hash128 } from '../../core/hash.ts';

/** The time at which every test begins. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const MINUTE = 60_000;

export interface CheckpointSpec {
  readonly incarnation?: string;
  readonly parentId?: string;
  readonly state?: Readonly<Record<string, unknown>>;
  /** The ids of the questions that are pending. */
  readonly questions?: readonly string[];
  readonly graph?: string;
  readonly createdAt?: string;
  readonly metadata?: Checkpoint['metadata'];
}

export function makeCheckpoint(runId: string, version: number, spec: CheckpointSpec = {}): Checkpoint {
  const { incarnation = runId, parentId, state = {}, questions = [], graph, metadata = {} } = spec;
  return {
    id: checkpointId(version, runId),
    version,
    incarnation,
    runId,
    ...(parentId !== undefined && { parentId }),
    createdAt: spec.createdAt ?? '2026-01-02T03:04:05.678Z',
    source: 'loop',
    metadata,
    origin: graph === undefined ? {} : { graph },
    frame: makeFrame(version, state, questions),
  };
}

function makeFrame(version: number, state: Readonly<Record<string, unknown>>, questions: readonly string[]): Frame {
  const stored = (value: unknown): Stored => ({ version, value });
  const record: TaskRecord = {
    ...emptyRecord,
    questions: questions.map((id, i) => ({ id, slot: String(i), value: `Question ${i}?` })),
  };
  return {
    step: version,
    planned: version,
    channels: new Map(Object.entries(state).map(([name, value]) => [name, stored(value)])),
    next: questions.length > 0 ? [{ node: 'ask' }] : [],
    ran: [],
    joins: new Map(),
    tasks: questions.length > 0 ? new Map([['ask', record]]) : new Map(),
  };
}

/** The id of a question, 32 hex digits as all are. */
export function questionId(name: string): string {
  return hash128(name);
}

export function wanting(runId: string, more: Partial<ClaimRequest> = {}): ClaimRequest {
  return { runId, now: NOW, expiresAt: NOW + MINUTE, ...more };
}

/** A request that starts a thread. */
export function starting(runId: string, more: Partial<ClaimRequest> = {}): ClaimRequest {
  return wanting(runId, { create: true, request: { kind: 'input', input: `input of ${runId}` }, ...more });
}

/** A request that answers the one pending question. */
export function answering(runId: string, answer: unknown, more: Partial<ClaimRequest> = {}): ClaimRequest {
  return wanting(runId, { answers: 'single', request: { kind: 'command', command: { resume: [answer] } }, ...more });
}

/** Runs once: claims, commits one checkpoint. @returns that checkpoint */
export async function runOnce(
  store: Checkpointer,
  threadId: string,
  want: ClaimRequest,
  status: ThreadStatus,
  spec: CheckpointSpec = {},
): Promise<Checkpoint> {
  const claim = await store.claim(threadId, want);
  return commitNext(claim, status, spec);
}

/** Commits the next version of a claimed thread. */
export async function commitNext(
  claim: Claim,
  status: ThreadStatus | 'running',
  spec: CheckpointSpec = {},
  before: Checkpoint | undefined = claim.checkpoint,
): Promise<Checkpoint> {
  const checkpoint = makeCheckpoint(claim.runId, (before?.version ?? 0) + 1, {
    incarnation: claim.incarnation,
    ...(before && { parentId: before.id }),
    ...spec,
  });
  await claim.commit(checkpoint, status);
  return checkpoint;
}

/** A thread that waits for an answer to one question, `questionId('q')`. */
export async function waitingThread(
  store: Checkpointer,
  threadId: string,
  spec: CheckpointSpec = {},
): Promise<Checkpoint> {
  return runOnce(store, threadId, starting('starter'), 'interrupted', { questions: [questionId('q')], ...spec });
}

export async function listed(
  store: Checkpointer,
  threadId: string,
  options?: Parameters<Checkpointer['chain']>[1],
): Promise<Checkpoint[]> {
  const all: Checkpoint[] = [];
  for await (const checkpoint of store.chain(threadId, options)) all.push(checkpoint);
  return all;
}

/** Text that does not compress to much less than half, the same on every call. */
export function noise(length: number, seed = 'noise'): string {
  let text = '';
  for (let i = 0; text.length < length; i++) text += hash128(`${seed} ${i}`);
  return text.slice(0, length);
}

/** Of a list in which every thread can be read. */
export function summaries({ threads }: ThreadPage): readonly ThreadSummary[] {
  return threads.map((thread) => {
    if (thread.status === 'unreadable') throw new Error(thread.error.message);
    return thread;
  });
}
