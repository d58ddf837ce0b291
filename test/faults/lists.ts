/** Whether the lists of a tenant that has one thread tell the truth about it (C15): as a reader of the thread itself sees it. */
import { inspect, isDeepStrictEqual } from 'node:util';
import { DynamoDBSaver } from '../../core/checkpoint/dynamodb/index.ts';
import type { LoadedThread } from '../../core/checkpoint/checkpointer.ts';
import type { ThreadSummary } from '../../core/index.ts';
import type { Database } from './database.ts';
import { summaries } from '../support/threads.ts';

interface Place extends Database {
  readonly tenant: string;
  readonly threadId: string;
  /** When no run can be alive any more. */
  readonly now: number;
}

interface Seen {
  /** What is wrong, as text: nothing when all is well. */
  readonly misled: readonly string[];
  /** Whether the thread waits for somebody. */
  readonly waits: boolean;
}

/** @param waited whether the thread did when it was last at rest: a run that was cut off has changed nothing about that */
export async function lookAtLists({ client, table, tenant, threadId, now }: Place, waited: boolean): Promise<Seen> {
  const store = new DynamoDBSaver({ client, table, tenant, clock: () => now });
  const [all, waiting, loaded] = await Promise.all([
    store.listThreads().then(summaries),
    store.listThreads({ waiting: true }).then(summaries),
    store.load(threadId),
  ]);
  const thread = truth(threadId, loaded);
  const wrong: string[] = [];
  const must = (what: string, has: unknown, should: unknown): void => {
    if (!isDeepStrictEqual(has, should)) wrong.push(`${what} ${inspect(has)} instead of ${inspect(should)}`);
  };
  const shown = all.map((entry): Omit<ThreadSummary, 'waitingSince'> => {
    const { waitingSince: _, ...rest } = entry;
    return rest;
  });
  must('all are', shown, thread ? [thread] : []);
  must(
    'waiting are',
    waiting,
    all.filter(({ waitingSince }) => waitingSince !== undefined),
  );
  const waits = thread !== undefined && (thread.run ? waited : thread.status !== 'done');
  must('it waits:', waiting.length > 0, waits);
  return { misled: wrong, waits };
}

/** A thread without a run on it: what cannot be continued has left it as it was. */
function truth(threadId: string, loaded: LoadedThread | undefined): Omit<ThreadSummary, 'waitingSince'> | undefined {
  if (!loaded) return undefined;
  const { version, status, graph, checkpointId, pending, claim, createdAt, updatedAt } = loaded.head;
  const run = claim?.request && { runId: claim.runId, expiresAt: claim.expiresAt, state: 'cut off' as const };
  if (version === 0 && !run) return undefined;
  return {
    threadId,
    status: run ? 'paused' : status!,
    graph,
    checkpointId,
    pending,
    ...(run && { run }),
    createdAt,
    updatedAt,
  };
}
