/**
 * All interleavings of a late run and whoever takes it over, at their storage calls, where what a task returned is kept (C12): whoever keeps
 * first is whom the state has, whoever is told a result is told that one, and nothing is left beside the head. The late run has its claim, and
 * its task is about to return.
 */
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { DynamoDBSaver } from '../../core/checkpoint/dynamodb/index.ts';
import { type Durability, entrypoint, type EntrypointOptions, isHoldpointError, task } from '../../core/index.ts';
import { deferred } from '../support/engine.ts';
import { itemsOf } from './aftermath.ts';
import { type Client, useDatabase } from './database.ts';
import { everySchedule, type Schedule } from './scheduler.ts';

const TODAY = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

const database = useDatabase();
let threads = 0;

interface Process {
  readonly saver: DynamoDBSaver;
  invoke(input: string | null, config?: object): Promise<string>;
}

/** One task, which returns who ran it, once it is let. */
function boot(
  storage: Client,
  now: number,
  name: string,
  thread: string,
  enter: () => Promise<void> = () => Promise.resolve(),
): Process {
  const saver = new DynamoDBSaver({ client: storage, table: database.table, clock: () => now });
  const who = task('who', async () => {
    await enter();
    return name;
  });
  const graph = entrypoint(
    { name: 'flow', checkpointer: saver, now: () => now } as EntrypointOptions,
    async (_input: string) => who(),
  );
  const given = { configurable: { thread_id: thread } };
  return { saver, invoke: (input, config) => graph.invoke(input, { ...given, ...config }) };
}

/** Calls go straight to the table until the schedule begins. @returns when those have been answered */
function scheduled(schedule: Schedule, storage: Client, process: number) {
  const later = schedule.client(storage, process);
  const sent: Promise<unknown>[] = [];
  let begun = false;
  const send = (command: UpdateItemCommand): Promise<unknown> => {
    if (begun) return later.send(command);
    const answer = storage.send(command);
    sent.push(answer);
    return answer;
  };
  const begin = async (): Promise<void> => {
    await Promise.all(sent);
    begun = true;
  };
  return { storage: { send }, begin };
}

/** Tells of each result that comes into the table. */
function noting(kept: () => void): Client {
  const send = async (command: UpdateItemCommand): Promise<unknown> => {
    const answer = await database.client.send(command);
    if (command instanceof UpdateItemCommand && command.input.Key?.['sk']?.S?.includes('#t#')) kept();
    return answer;
  };
  return { send };
}

async function told(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (isHoldpointError(error)) return error.code;
    throw error;
  }
}

/** @returns what is wrong */
async function runSchedule(
  schedule: Schedule,
  durability: Durability,
  second: 'continue' | 'delete',
): Promise<string[]> {
  const thread = `${durability} ${second} ${++threads}`;
  await boot(database.client, TODAY, 'nobody', thread).invoke('in', { interruptBefore: '*' });
  const keepers: string[] = [];
  const [early, gated] = [deferred(), deferred()];
  const calls = scheduled(
    schedule,
    noting(() => void keepers.push('run 0')),
    0,
  );
  const first = boot(calls.storage, TODAY, 'run 0', thread, () => {
    early.resolve();
    return gated.promise;
  });
  const storage = schedule.client(
    noting(() => void keepers.push('run 1')),
    1,
  );
  const late = boot(storage, TODAY + DAY, 'run 1', thread);
  const running = told(() => first.invoke(null, { durability }));
  await early.promise;
  await calls.begin();
  const results = await schedule.run<unknown>([
    () => {
      gated.resolve();
      return running;
    },
    () => told(() => (second === 'delete' ? late.saver.deleteThread(thread) : late.invoke(null, { durability }))),
  ]);
  if (!results) return [];
  const where = `${thread}, calls of ${schedule.order.join(' ')}`;
  const loaded = await boot(database.client, TODAY + DAY, 'nobody', thread).saver.load(thread);
  const left = await itemsOf(database, thread);
  const wrong: string[] = [];
  const strays = loaded ? left.filter((sk) => sk.includes('#t#')) : left;
  if (strays.length > 0) wrong.push(`${where}: left ${strays.join(', ')}`);
  if (second === 'delete') return wrong;
  const value = loaded?.checkpoint?.frame.channels.get('__end__')?.value;
  const counts = results.map(({ result }) => result).filter((result) => result !== 'claim_lost');
  if (value === undefined || value !== keepers[0])
    wrong.push(`${where}: ${keepers.join(', ')} kept, and the state has ${String(value)}`);
  if (counts.some((result) => result !== value))
    wrong.push(`${where}: ${String(value)}, and told ${counts.join(', ')}`);
  return wrong;
}

it.each<[Durability, 'continue' | 'delete']>([
  ['sync', 'continue'],
  ['sync', 'delete'],
])('%s, against %s', { timeout: 240_000 }, async (durability, second) => {
  const wrong: string[] = [];
  const count = await everySchedule(async (schedule) => {
    wrong.push(...(await runSchedule(schedule, durability, second)));
  });
  process.stdout.write(`late keep against ${second}, ${durability}: ${count} schedules\n`);
  expect(wrong).toEqual([]);
});
