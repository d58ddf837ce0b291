/** The shape of the requests that decide: what a server that behaves well could not show. Behaviour is tested against servers. */
import { DynamoDBClient, GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, expect, it } from 'vitest';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';

const mock = mockClient(DynamoDBClient);
const saver = new DynamoDBSaver({
  client: new DynamoDBClient({ region: 'us-east-1' }),
  table: 'threads',
  tenant: 'acme',
});

afterEach(() => mock.reset());

it('C6: what decides is read strongly consistent', async () => {
  mock.on(GetItemCommand).resolves({});
  mock.on(QueryCommand).resolves({ Items: [] });
  await saver.load('t');
  for await (const _ of saver.chain('t'));
  expect(mock.calls().length).toBeGreaterThan(0);
  for (const call of mock.calls()) {
    expect(call.args[0].input).toMatchObject({ ConsistentRead: true });
  }
});

it('C2, C9: a claim is one conditional update of the head, in the partition of tenant and thread, and its answer is the state', async () => {
  mock.on(UpdateItemCommand).rejects(new Error('stop here'));
  await expect(saver.claim('t', { runId: 'run', now: 1, expiresAt: 2, answers: 'single' })).rejects.toMatchObject({
    code: 'store_unavailable',
  });
  const [call, ...others] = mock.commandCalls(UpdateItemCommand);
  expect(others).toEqual([]);
  expect(call!.args[0].input).toMatchObject({
    TableName: 'threads',
    Key: { pk: { S: 'acme#t' }, sk: { S: 'head' } },
    ReturnValues: 'ALL_NEW',
    ConditionExpression: expect.stringContaining('size(') as string,
  });
});
