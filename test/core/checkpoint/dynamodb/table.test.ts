import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Item } from '../../../../core/checkpoint/dynamodb/item.ts';
import { Table } from '../../../../core/checkpoint/dynamodb/table.ts';
import { createTable, startDynalite, testClient, type TestServer } from '../../../support/dynamodb.ts';

interface Requests {
  readonly RequestItems: Record<string, unknown[]>;
}

describe('a batch that DynamoDB leaves partly undone', () => {
  let server: TestServer;
  let name: string;
  let client: DynamoDBClient;
  let waits: number[];
  let table: Table;

  beforeAll(async () => {
    server = await startDynalite();
    const client = testClient(server.endpoint);
    name = await createTable(client);
    client.destroy();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    client = testClient(server.endpoint);
    waits = [];
    table = new Table(client, name, async (ms) => void waits.push(ms));
    return () => client.destroy();
  });

  /** Processes only the first so many requests of each call, and gives the others back as the server would. */
  function processOnly(count: number): number[] {
    const sizes: number[] = [];
    client.middlewareStack.add(
      (next) => async (args) => {
        const input = args.input as Requests;
        const all = input.RequestItems?.[name];
        if (!all) return next(args);
        sizes.push(all.length);
        const left = all.slice(count);
        if (count === 0)
          return { response: {}, output: { $metadata: {}, UnprocessedItems: { [name]: left } } as never };
        const result = await next({
          ...args,
          input: { ...input, RequestItems: { [name]: all.slice(0, count) } },
        });
        const output = { ...(result.output as object), UnprocessedItems: left.length > 0 ? { [name]: left } : {} };
        return { ...result, output: output as never };
      },
      { step: 'initialize' },
    );
    return sizes;
  }

  async function keys(pk: string): Promise<string[]> {
    const found: string[] = [];
    for await (const item of table.query(pk, { from: 'c', to: 'd', pageSize: 7 })) found.push(item['sk']?.S ?? '');
    return found;
  }

  it('C8: is written to the end, waiting twice as long each time', async () => {
    const sizes = processOnly(4);
    await table.putAll(items(10, 'a'));
    expect(sizes).toEqual([10, 6, 2]);
    expect(waits).toEqual([50, 100]);
    expect(await keys('a')).toHaveLength(10);
  });

  it('C8: goes in calls of 25, and removes what it wrote', async () => {
    const sizes = processOnly(25);
    await table.putAll(items(60, 'b'));
    await table.removeAll('b', await keys('b'));
    expect(sizes).toEqual([25, 25, 10, 25, 25, 10]);
    expect(await keys('b')).toEqual([]);
  });

  it('C8: that makes no progress ends in an error that names what is left', async () => {
    processOnly(0);
    await expect(table.putAll(items(2, 'c'))).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { operation: 'BatchWriteItem', retryable: true, keys: ['c000', 'c001'] },
    });
    expect(waits).toEqual([50, 100, 200, 400, 800, 1600, 3200]);
  });
});

function items(count: number, pk: string): Item[] {
  return Array.from({ length: count }, (_, i) => ({ pk: { S: pk }, sk: { S: `c${String(i).padStart(3, '0')}` } }));
}
