/** What the checkpointer calls, recorded on a real server, against what the synthesised policy allows: the same actions, no more, no fewer. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DynamoDBSaver } from '../../core/checkpoint/dynamodb/index.ts';
import { Annotation, Command, interrupt, START, StateGraph } from '../../core/index.ts';
import { recordCalls } from '../support/calls.ts';
import { createTable, startDynalite, testClient, type TestServer } from '../support/dynamodb.ts';
import { dynamodbActions, synth } from './synth.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startDynalite();
});

afterAll(() => server.stop());

it('every action that the checkpointer calls is allowed, and every action that is allowed is called', async () => {
  const client = testClient(server.endpoint);
  const table = await createTable(client);
  const calls = recordCalls(client);
  const checkpointer = new DynamoDBSaver({ client, table });
  const graph = new StateGraph(Annotation.Root({ text: Annotation<string>, answer: Annotation<string> }))
    .addNode('grow', () => ({ text: incompressible(500_000) }))
    .addNode('ask', () => ({ answer: interrupt('ok?') }))
    .addEdge(START, 'grow')
    .addEdge('grow', 'ask')
    .compile({ checkpointer });
  const thread = { configurable: { thread_id: 't' } };

  // A large state as well as a small one, a long answer, history, a refusal, both lists, and a deletion.
  await graph.invoke({ text: '' }, thread);
  await graph.updateState(thread, { text: 'short' });
  await expect(graph.invoke(new Command({ resume: { ['0'.repeat(32)]: 'x' } }), thread)).rejects.toThrow('not pending');
  await graph.invoke(null, thread);
  await graph.invoke(new Command({ resume: incompressible(3_000) }), thread);
  for await (const snapshot of graph.getStateHistory(thread)) await graph.getState(snapshot.config);
  for (const waiting of [false, true]) await checkpointer.listThreads({ waiting });
  await checkpointer.deleteThread('t');

  const called = [
    ...new Set(calls.map(({ operation, input }) => [operation, input['IndexName']].filter(Boolean).join(' '))),
  ].toSorted();
  expect(called).toEqual(dynamodbActions(synth()));
});

/** Text that deflate cannot make much smaller, the same every time. */
function incompressible(length: number): string {
  let seed = 7;
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (seed % 90));
  }).join('');
}
