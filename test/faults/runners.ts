/** Two runners on one thread, each a process of its own: one schedule, and everything that is wrong with what it led to. */
import { inspect } from 'node:util';
import { DynamoDBSaver } from '../../core/checkpoint/dynamodb/index.ts';
import { type Durability, isHoldpointError, START, StateGraph } from '../../core/index.ts';
import { createApp } from '../../functions/app.ts';
import { client, type Send } from '../support/http.ts';
import { acting, asking, type Ledger, noise, State } from './scenarios.ts';
import type { Schedule } from './scheduler.ts';
import { type Event, explanations, type Operation, type Told } from './serial.ts';
import type { Client, Database } from './database.ts';
import { finish, finished, happened, isThread, itemsOf, questionsOf } from './aftermath.ts';

export interface Pair {
  readonly name: string;
  readonly operations: readonly [Operation, Operation];
  /** The second runner comes so late that the claim of the first has expired. @default false */
  readonly late?: boolean;
  readonly durability?: Durability;
  /** A state that is stored in parts. @default false */
  readonly large?: boolean;
}

interface Process {
  readonly send: Send;
  readonly update: () => Promise<Told>;
}

const TODAY = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

/** @returns what is wrong, as text: nothing when all is well */
export async function runSchedule(
  pair: Pair,
  database: Database,
  threadId: string,
  schedule: Schedule,
): Promise<string[]> {
  const { operations, late = false, durability = 'exit', large = false } = pair;
  const effects: { name: string; key: string | undefined }[] = [];
  const ledger: Ledger = { effect: (name, key) => void effects.push({ name, key }) };
  const path = `/threads/${threadId}`;
  const boot = (storage: Client, now: number): Process =>
    start({ storage, table: database.table, now, ledger, threadId });

  const before = boot(database.client, TODAY);
  const asked = await before.send('POST', `${path}/invoke`, { input: large ? { text: noise(30_000) } : {} });
  const beganWith = effects.length;
  const latest = late ? TODAY + DAY : TODAY;
  const processes = [TODAY, latest].map((now, i) => boot(schedule.client(database.client, i), now));
  const told = await schedule.run(
    operations.map((operation, i) => () => perform(processes[i]!, operation, { path, durability, asked: asked.body })),
  );
  if (!told) return [];
  const events = told.map(({ result, span }, i): Event => ({
    operation: operations[i]!,
    told: result,
    span,
    expires: late && i === 0,
  }));

  const after = boot(database.client, latest);
  const view = await after.send('GET', path);
  const found = effects.slice(beganWith);
  const explained = explanations(events as [Event, Event]).filter(({ thread, ...outside }) => {
    return isThread(view.body, thread) && happened(found, outside);
  });
  const where = `${pair.name}, calls of ${schedule.order.join(' ')}`;
  const said = inspect(
    { told: told.map(({ result }) => result), view: view.body, found },
    { depth: 6, breakLength: 200 },
  );
  if (explained.length === 0) return [`${where}: no serial order explains ${said}`];
  const { thread } = explained[0]!;
  if (!thread) {
    const left = await itemsOf(database, threadId);
    return left.length > 0 ? [`${where}: the thread was deleted, and left ${left.join(', ')}`] : [];
  }
  const end = await finish(after.send, path);
  const expected = finished(thread);
  return end === String(expected) ? [] : [`${where}: ends with ${end} instead of ${String(expected)} after ${said}`];
}

function start(given: { storage: Client; table: string; now: number; ledger: Ledger; threadId: string }): Process {
  const { storage, table, now, ledger, threadId } = given;
  const saver = new DynamoDBSaver({ client: storage, table, clock: () => now });
  const graph = new StateGraph(State)
    .addNode('begin', acting(ledger, 'begin'))
    .addNode('first', asking(ledger, 'first'))
    .addNode('second', asking(ledger, 'second'))
    .addEdge(START, 'begin')
    .addEdge('begin', 'first')
    .addEdge('first', 'second')
    .compile({ checkpointer: saver, now: () => now });
  const app = createApp({
    graphs: { graph },
    checkpointer: () => saver,
    now: () => now,
    allowBareResume: true,
    log: () => undefined,
  });
  return {
    send: client((request) => app(request)),
    update: async () => {
      try {
        await graph.updateState({ configurable: { thread_id: threadId } }, { log: 'by hand' }, 'first');
        return { code: 'ok' };
      } catch (error) {
        if (!isHoldpointError(error)) throw error;
        return { code: error.code };
      }
    },
  };
}

interface Place {
  readonly path: string;
  readonly durability: Durability;
  /** What the client was told before. */
  readonly asked: { readonly checkpoint_id: string; readonly interrupts: readonly [{ readonly id: string }] };
}

async function perform(
  { send, update }: Process,
  operation: Operation,
  { path, durability, asked }: Place,
): Promise<Told> {
  if (operation.do === 'update') return update();
  const call = (): ReturnType<Send> => {
    switch (operation.do) {
      case 'delete':
        return send('DELETE', path);
      case 'invoke':
        return send('POST', `${path}/invoke`, { input: {}, discard: true, durability });
      case 'continue':
        return send('POST', `${path}/invoke`, { input: null, durability });
      case 'resume': {
        const { answer } = operation;
        const bound = {
          id: { answers: { [asked.interrupts[0].id]: answer } },
          checkpoint: { resume: answer, checkpoint_id: asked.checkpoint_id },
          nothing: { resume: answer },
        };
        const headers = operation.key === undefined ? {} : { 'idempotency-key': operation.key };
        return send('POST', `${path}/resume`, { ...bound[operation.by], durability }, headers);
      }
    }
  };
  const { status, body } = await call();
  if (status === 204) return { code: 'ok' };
  if (status !== 200) return { code: body.code };
  return { code: 'ok', log: body.values.log, pending: questionsOf(body) };
}
