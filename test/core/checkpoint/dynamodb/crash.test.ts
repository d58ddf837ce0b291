/**
 * A process that dies at any of its calls to the table, before or after it was applied, on a large thread: another goes on, and in the end
 * the thread is what it would have been, its history whole, and nothing is left that no checkpoint leads to (C1, C3, C4, C7).
 */
import { type AttributeValue, type DynamoDBClient, type GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../core/checkpoint/checkpoint.ts';
import type { ClaimRequest, RunRequest, ThreadStatus } from '../../../../core/checkpoint/checkpointer.ts';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';
import { createTable, startDynalite, testClient, type TestServer } from '../../../support/dynamodb.ts';
import { type WireClient, wireClient } from '../../../support/wire.ts';
import { commitNext, listed, MINUTE, noise, NOW, questionId, wanting } from '../../../support/threads.ts';

const Q = questionId('q');
const text = noise(6_000);
const input: RunRequest = { kind: 'input', input: { text } };
const answer: RunRequest = { kind: 'command', command: { answers: { [Q]: noise(5_000, 'answer') } } };

/** The commits of two runs: what each saves, and as what. */
const plan: readonly (readonly [status: ThreadStatus | 'running', state: Record<string, unknown>])[][] = [
  [
    ['running', { text }],
    ['running', { text, draft: noise(4_000, 'draft') }],
    ['interrupted', { text, draft: noise(4_000, 'draft'), n: 1 }],
  ],
  [
    ['running', { text, answer: noise(5_000, 'answer') }],
    ['done', { answer: noise(5_000, 'answer'), result: noise(9_000, 'result') }],
  ],
];
const want: readonly Partial<ClaimRequest>[] = [
  { create: true, request: input },
  { answers: [Q], request: answer },
];

class Crashed extends Error {}

let server: TestServer;
let quiet: DynamoDBClient;
let wire: WireClient;
let table: string;
let threads = 0;

beforeAll(async () => {
  server = await startDynalite();
  quiet = testClient(server.endpoint);
  wire = wireClient(server.endpoint);
  table = await createTable(quiet);
});
afterAll(async () => {
  quiet.destroy();
  wire.destroy();
  await server.stop();
});

/** A process that dies at its call of this number. @returns how many calls it made */
async function runUntil(thread: string, life: number, dies: number, applied: boolean): Promise<number> {
  let calls = 0;
  const send = async (command: GetItemCommand): Promise<unknown> => {
    const call = calls++;
    if (call === dies && applied) await wire.send(command);
    if (call >= dies) throw new Crashed('The process has died.');
    return wire.send(command);
  };
  try {
    await drive(new DynamoDBSaver({ client: { send }, table }), thread, life);
  } catch (error) {
    if (calls <= dies) throw error;
  }
  return calls;
}

/** Goes on from wherever the thread stands, as two callers would that send their requests until they are answered. */
async function drive(store: DynamoDBSaver, thread: string, life: number): Promise<void> {
  const now = NOW + life * 2 * MINUTE;
  for (const [run, commits] of plan.entries()) {
    const end = plan.slice(0, run + 1).reduce((sum, { length }) => sum + length, 0);
    const done = (await store.load(thread))?.head.version ?? 0;
    if (done >= end) continue;
    const claim = await store.claim(
      thread,
      wanting(`life ${life} run ${run}`, { now, expiresAt: now + MINUTE, ...want[run] }),
    );
    let before = claim.checkpoint;
    for (const [i, [status, state]] of commits.entries()) {
      const version = end - commits.length + i + 1;
      if (version <= (before?.version ?? 0)) continue;
      const questions = status === 'interrupted' ? [Q] : [];
      before = await commitNext(claim, status, { state, questions }, before);
    }
  }
}

async function items(thread: string): Promise<Record<string, AttributeValue>[]> {
  const input = {
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: `default#${thread}` } },
  };
  const all: Record<string, AttributeValue>[] = [];
  for await (const { Items = [] } of paginateQuery({ client: quiet }, input)) all.push(...Items);
  return all;
}

/** Parts that neither the head nor a record leads to. */
async function leftOver(thread: string): Promise<string[]> {
  const all = await items(thread);
  const parts = new Map(all.flatMap((item) => (idOf(item) === undefined ? [] : [[idOf(item)!, item] as const])));
  const reached = new Set<string>();
  for (const item of all.filter((one) => idOf(one) === undefined)) {
    for (let id = item['l']?.S; id !== undefined; id = id === item['ls']?.S ? undefined : parts.get(id)?.['l']?.S)
      reached.add(id);
  }
  return [...parts.keys()].filter((id) => !reached.has(id));
}

/** Of a part's first item. */
function idOf({ sk }: Record<string, AttributeValue>): string | undefined {
  return /#p#([^#]+)$/.exec(sk?.S ?? '')?.[1];
}

function states(checkpoints: readonly Checkpoint[]): unknown[] {
  return checkpoints.map(({ frame }) =>
    Object.fromEntries([...frame.channels].map(([name, { value }]) => [name, value])),
  );
}

describe('a crash', () => {
  const expected = plan
    .flat()
    .map(([, state]) => state)
    .toReversed();

  it('C1, C3, C4, C7: at every call, before and after it was applied, and at a call of the recovery too', async () => {
    const { length } = Array.from({ length: await runUntil('undisturbed', 0, Infinity, false) });
    expect(length).toBeGreaterThan(15);
    let cases = 0;
    for (let dies = 0; dies < length; dies++) {
      for (const applied of [false, true]) {
        for (const again of [undefined, 3]) {
          const thread = `thread ${++threads}`;
          await runUntil(thread, 0, dies, applied);
          if (again !== undefined) await runUntil(thread, 1, again, (dies + again) % 2 === 0);
          await runUntil(thread, 2, Infinity, false);
          const store = new DynamoDBSaver({ client: quiet, table });
          expect(states(await listed(store, thread)), `call ${dies}, ${applied}, ${again}`).toEqual(expected);
          expect(await leftOver(thread), `call ${dies}, ${applied}, ${again}`).toEqual([]);
          cases++;
        }
      }
    }
    expect(cases).toBe(length * 4);
  }, 120_000);
});
