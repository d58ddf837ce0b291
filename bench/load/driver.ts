/** A client that brings a thread to its end whatever happens to the servers: it reads where the thread stands, and sends again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';

export interface Driven {
  readonly thread: string;
  /** What the thread says at its end. */
  readonly log: readonly string[] | undefined;
  /** Whether it ever said less than a client had been told before. */
  readonly lost: boolean;
}

/** More tries than any number of kills can cost. */
const PATIENCE = 400;
const PAUSE_MS = 50;

/** With a key the same request is sent again for as long as it is answered so, or not at all. */
const AGAIN = new Set(['thread_busy', 'in_progress', 'store_unavailable', 'claim_lost']);

const answerOf = (thread: string, question: string): string => `${question} of ${thread}`;
export const logOf = (thread: string): string[] => ['first', 'second'].map((one) => `${one}: ${answerOf(thread, one)}`);

/** @param keys whether requests carry idempotency keys */
export async function drive(cluster: Cluster, thread: string, keys: boolean): Promise<Driven> {
  const path = `/threads/${thread}`;
  let told: readonly string[] = [];
  let lost = false;
  /** What a client was told stays so. */
  const hear = (log: readonly string[] = []): void => {
    if (told.some((line, i) => log[i] !== line)) lost = true;
    else told = log;
  };
  const send = async (verb: string, body: unknown, key?: string): Promise<boolean> => {
    const headers = keys && key !== undefined ? { 'idempotency-key': key } : {};
    for (let tries = 0; tries < PATIENCE; tries++) {
      const answer = await cluster.send('POST', `${path}/${verb}`, body, headers);
      if (answer?.status === 200 && !answer.replayed) hear(answer.body.values.log);
      if (answer?.status === 200) return true;
      if (!keys || (answer && !AGAIN.has(answer.body.code))) return false;
      await sleep(PAUSE_MS);
    }
    return false;
  };
  for (let tries = 0; tries < PATIENCE; tries++) {
    const view = await cluster.send('GET', path);
    const { status, values, interrupts = [] } = view?.body ?? {};
    if (view?.status === 404) {
      if (await send('invoke', { input: { name: thread } }, 'start')) continue;
    } else if (view?.status === 200) {
      hear(values.log);
      if (status === 'done') return { thread, log: values.log, lost };
      const [asked] = interrupts as { id: string; value: string }[];
      const question = asked?.value.slice(0, -1);
      if (status === 'interrupted' && asked && question) {
        const body = { answers: { [asked.id]: answerOf(thread, question) } };
        if (await send('resume', body, question)) continue;
      } else if (status !== 'busy' && (await send('invoke', { input: null }))) continue;
    }
    await sleep(PAUSE_MS);
  }
  return { thread, log: undefined, lost };
}
