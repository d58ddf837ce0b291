/** For tests of the engine: threads in a hostile store, promises that the test resolves, a process that dies, a store that counts. */
import { Annotation, type Checkpointer, type Interrupt, isInterrupted, MemorySaver } from '../../core/index.ts';
import type { Checkpoint } from '../../core/checkpoint/checkpoint.ts';
import type { Claim, ThreadStatus } from '../../core/checkpoint/checkpointer.ts';
import { hostile } from './hostile.ts';

/** `log` collects in the order in which writes were applied; `value` keeps the last. */
export const Log = Annotation.Root({
  log: Annotation<string[], string | string[]>({ reducer: (list, item) => list.concat(item), default: () => [] }),
  value: Annotation<unknown>,
});

export function memory(): Checkpointer {
  return hostile(new MemorySaver());
}

export function thread(id = 'thread-1', checkpointId?: string) {
  return { configurable: { thread_id: id, ...(checkpointId !== undefined && { checkpoint_id: checkpointId }) } };
}

export interface Deferred<T = void> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** A promise that the test settles. */
export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** What a promise was rejected with. @throws when it was not */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`Expected a rejection, got ${JSON.stringify(value)}`);
}

export async function collect<T>(items: AsyncIterable<T> | Promise<AsyncIterable<T>>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of await items) all.push(item);
  return all;
}

/** The questions that a result waits for. */
export function asked(result: unknown): Interrupt[] {
  return isInterrupted(result) ? result.__interrupt__ : [];
}

/** The thread as the store has it, to be compared before and after: an equal one was not touched. */
export async function stored(store: Checkpointer, threadId = 'thread-1'): Promise<unknown> {
  const loaded = await store.load(threadId);
  return { loaded, history: (await collect(store.chain(threadId))).map(({ id }) => id) };
}

export interface Commit {
  readonly checkpoint: Checkpoint;
  readonly status: ThreadStatus | 'running';
}

/** Records commits, in the order in which they were asked for. */
export function counting(store: Checkpointer): { readonly store: Checkpointer; readonly commits: Commit[] } {
  const commits: Commit[] = [];
  return {
    commits,
    store: withClaims(store, (claim) => ({
      commit: (checkpoint, status) => {
        commits.push({ checkpoint, status });
        return claim.commit(checkpoint, status);
      },
      release: () => claim.release(),
    })),
  };
}

export class Died extends Error {}

/** The process dies after its first commit that says that the run goes on: no call of the claim reaches the store any more. */
function dying(store: Checkpointer): Checkpointer {
  return withClaims(store, (claim) => {
    let dead = false;
    const alive = (): void => {
      if (dead) throw new Died();
    };
    return {
      commit: async (checkpoint, status) => {
        alive();
        await claim.commit(checkpoint, status);
        dead = status === 'running';
        alive();
      },
      keep: async (kept) => {
        alive();
        return claim.keep(kept);
      },
      release: async () => {
        alive();
        await claim.release();
      },
    };
  });
}

/**
 * Runs as a row of processes that die after every superstep: each is a graph of its own over the same store, long after the one before, and
 * continues with null.
 */
export async function dyingRuns<Result>(
  compile: (store: Checkpointer, now: () => number) => { invoke(input: null, config: object): Promise<Result> },
  store: Checkpointer,
  input: unknown,
): Promise<{ readonly result: Result; readonly deaths: number }> {
  for (let deaths = 0; ; deaths++) {
    const graph = compile(dying(store), () => DAY * (deaths + 1));
    try {
      const result = await graph.invoke((deaths === 0 ? input : null) as null, { ...thread(), durability: 'sync' });
      return { result, deaths };
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    }
  }
}

const DAY = 86_400_000;

/** The calls of each claim go through `wrap`. */
export function withClaims(
  store: Checkpointer,
  wrap: (claim: Claim) => Pick<Claim, 'commit' | 'release'> & Partial<Pick<Claim, 'keep'>>,
): Checkpointer {
  return {
    check: (value, where) => store.check(value, where),
    load: (threadId, checkpointId) => store.load(threadId, checkpointId),
    chain: (threadId, options) => store.chain(threadId, options),
    listThreads: (options) => store.listThreads(options),
    deleteThread: (threadId) => store.deleteThread(threadId),
    claim: async (threadId, request) => {
      const claim = await store.claim(threadId, request);
      return { ...claim, ...wrap(claim) };
    },
  };
}
