/** What two runners left behind: as a client sees it, in the world outside, and in the table. */
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { partitionKey } from '../../core/checkpoint/dynamodb/keys.ts';
import type { Send } from '../support/http.ts';
import type { Database } from './database.ts';
import { apply, type Operation, pendingOf, type Thread } from './serial.ts';

export function questionsOf(body: { interrupts: { value: string }[] }): string[] {
  return body.interrupts.map(({ value }) => value);
}

/** Whether a thread is seen as the model has it: nothing of a run is left on it. */
export function isThread(
  view: { code?: string; status: string; values: { log: string[] }; next: string[]; interrupts: { value: string }[] },
  thread: Thread,
): boolean {
  if (!thread) return view.code === 'unknown_thread';
  return (
    view.code === undefined &&
    view.status === statusOf(thread) &&
    String(view.values.log) === String(thread.log) &&
    String(view.next) === String(thread.next) &&
    String(questionsOf(view)) === String(pendingOf(thread))
  );
}

function statusOf({ pending, next }: NonNullable<Thread>): string {
  return pending ? 'interrupted' : next.length > 0 ? 'paused' : 'done';
}

/** Whether every effect that must be there is, under one key, and no other is. Questions are asked without effect. */
export function happened(
  found: readonly { readonly name: string; readonly key: string | undefined }[],
  { effects, perhaps }: { readonly effects: readonly string[]; readonly perhaps: readonly string[] },
): boolean {
  const keyed = new Map(found.filter(({ key }) => key !== undefined).map(({ name, key }) => [key, name]));
  const names = [...keyed.values()].toSorted();
  const or = (sure: readonly string[]): boolean => String(names) === String([...sure].toSorted());
  return or(effects) || (perhaps.length > 0 && or([...effects, ...perhaps]));
}

/** Answers whatever is asked until nothing is. @returns what the thread then says */
export async function finish(send: Send, path: string): Promise<string> {
  for (let turn = 0; turn < 4; turn++) {
    const { body } = await send('GET', path);
    if (body.status === 'done') return String(body.values.log);
    const [question] = body.interrupts;
    const { status, text } = question
      ? await send('POST', `${path}/resume`, { answers: { [question.id]: 'late' } })
      : await send('POST', `${path}/invoke`, { input: null });
    if (status !== 200) return text;
  }
  return 'no end';
}

/** The same, by the specification. */
export function finished(thread: NonNullable<Thread>): readonly string[] {
  let now: NonNullable<Thread> = thread;
  while (now.next.length > 0) {
    const operation: Operation = now.pending ? { do: 'resume', by: 'nothing', answer: 'late' } : { do: 'continue' };
    now = apply(now, operation).thread!;
  }
  return now.log;
}

export async function itemsOf({ client: database, table }: Database, threadId: string): Promise<string[]> {
  const pk = partitionKey('default', threadId);
  const query = {
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: pk } },
  };
  const { Items = [] } = await database.send(new QueryCommand({ ...query, ConsistentRead: true }));
  return Items.map(({ sk }) => sk!.S!).filter((sk) => !sk.startsWith('k#')); // idempotency keys expire
}
