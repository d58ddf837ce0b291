/**
 * The one seam to DynamoDB: every call passes `#send`, in one place, with one mapping of failures.
 *
 * - C6 Every read is strongly consistent, but those of an index, which cannot be.
 * - C8 Plain DynamoDB: single-item writes with conditions, Query, BatchWriteItem with its UnprocessedItems.
 * - A condition that does not hold is an answer, not an error.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { HoldpointError } from '../../errors.ts';
import type { Condition, Write } from './expression.ts';
import { isConditionFailure, storeUnavailable } from './failures.ts';
import { type Item, sortKey } from './item.ts';
import { type Index, TABLE_KEYS } from './keys.ts';

export interface Range {
  readonly from: string;
  readonly to: string;
  readonly descending?: boolean;
  readonly pageSize?: number;
  /** The attributes wanted. @default all */
  readonly only?: readonly string[];
}

export interface IndexRange {
  readonly index: Index;
  readonly partition: string;
  /** Exclusive. @default from the beginning, or the end when descending */
  readonly after: string | undefined;
  readonly descending: boolean;
  readonly limit: number;
}

/** DynamoDB's limit for one BatchWriteItem. */
const BATCH = 25;
const BATCH_TRIES = 8;

export class Table {
  readonly name: string;
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly #wait: (ms: number) => Promise<unknown>;

  constructor(client: Pick<DynamoDBClient, 'send'>, name: string, wait: (ms: number) => Promise<unknown> = sleep) {
    this.name = name;
    this.client = client;
    this.#wait = wait;
  }

  async get(pk: string, sk: string): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.name, Key: key(pk, sk), ConsistentRead: true });
    return (await this.#send('GetItem', () => this.client.send(command))).Item;
  }

  async put(item: Item): Promise<void> {
    const command = new PutItemCommand({ TableName: this.name, Item: item });
    await this.#send('PutItem', () => this.client.send(command));
  }

  /** @returns false when the condition did not hold */
  async update(pk: string, sk: string, write: Write): Promise<boolean> {
    const command = new UpdateItemCommand({ TableName: this.name, Key: key(pk, sk), ...write });
    return (await this.#conditional('UpdateItem', () => this.client.send(command))) !== undefined;
  }

  /** @returns the whole item as it is now, or undefined when the condition did not hold */
  async updateAndGet(pk: string, sk: string, write: Write): Promise<Item | undefined> {
    const command = new UpdateItemCommand({
      TableName: this.name,
      Key: key(pk, sk),
      ReturnValues: 'ALL_NEW',
      ...write,
    });
    return (await this.#conditional('UpdateItem', () => this.client.send(command)))?.Attributes;
  }

  /** @returns false when the condition did not hold */
  async remove(pk: string, sk: string, condition?: Condition): Promise<boolean> {
    const command = new DeleteItemCommand({ TableName: this.name, Key: key(pk, sk), ...condition });
    return (await this.#conditional('DeleteItem', () => this.client.send(command))) !== undefined;
  }

  /** Items of a partition whose sort keys lie in a range, page by page as they are asked for. */
  async *query(pk: string, range: Range): AsyncGenerator<Item> {
    let start: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.name,
        ConsistentRead: true,
        KeyConditionExpression: `${TABLE_KEYS.partition} = :pk AND ${TABLE_KEYS.sort} BETWEEN :from AND :to`,
        ExpressionAttributeValues: { ':pk': { S: pk }, ':from': { S: range.from }, ':to': { S: range.to } },
        ScanIndexForward: !range.descending,
        ...(range.pageSize !== undefined && { Limit: range.pageSize }),
        ...(range.only && { ProjectionExpression: range.only.join(', ') }),
        ...(start && { ExclusiveStartKey: start }),
      });
      const page: QueryCommandOutput = await this.#send('Query', () => this.client.send(command));
      yield* page.Items ?? [];
      start = page.LastEvaluatedKey;
    } while (start);
  }

  /** The keys of a few items in an index's order: so many that they fit one answer, which may be a moment old. */
  async queryIndex({ index, partition, after, descending, limit }: IndexRange): Promise<Item[]> {
    const beyond = after === undefined ? '' : ` AND ${index.sort} ${descending ? '<' : '>'} :after`;
    const command = new QueryCommand({
      TableName: this.name,
      IndexName: index.name,
      KeyConditionExpression: `${index.partition} = :shard${beyond}`,
      ExpressionAttributeValues: { ':shard': { S: partition }, ...(after !== undefined && { ':after': { S: after } }) },
      ScanIndexForward: !descending,
      Limit: limit,
    });
    return (await this.#send('Query', () => this.client.send(command), index.name)).Items ?? [];
  }

  async putAll(items: readonly Item[]): Promise<void> {
    const [only, ...others] = items;
    if (only && others.length === 0) return this.put(only);
    await this.#writeAll(items.map((item) => ({ PutRequest: { Item: item } })));
  }

  async removeAll(pk: string, keys: readonly string[]): Promise<void> {
    await this.#writeAll(keys.map((sk) => ({ DeleteRequest: { Key: key(pk, sk) } })));
  }

  async #writeAll(requests: readonly WriteRequest[]): Promise<void> {
    for (let at = 0; at < requests.length; at += BATCH) await this.#writeBatch(requests.slice(at, at + BATCH));
  }

  /** DynamoDB may leave a part of a batch undone: that part is sent again, each time after twice the wait. */
  async #writeBatch(requests: WriteRequest[]): Promise<void> {
    let left = requests;
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === BATCH_TRIES) throw this.#unprocessed(left);
      if (attempt > 0) await this.#wait(25 * 2 ** attempt);
      const command = new BatchWriteItemCommand({ RequestItems: { [this.name]: left } });
      const output = await this.#send('BatchWriteItem', () => this.client.send(command));
      left = output.UnprocessedItems?.[this.name] ?? [];
    }
  }

  #unprocessed(left: readonly WriteRequest[]): HoldpointError {
    const keys = left.map(({ PutRequest, DeleteRequest }) => sortKey(PutRequest?.Item ?? DeleteRequest?.Key ?? {}));
    return new HoldpointError(
      'store_unavailable',
      `DynamoDB BatchWriteItem on table "${this.name}" left ${keys.length} items unwritten after ${BATCH_TRIES} tries: it is throttled. Try again later.`,
      { operation: 'BatchWriteItem', table: this.name, reason: 'UnprocessedItems', retryable: true, keys },
    );
  }

  async #conditional<T>(operation: string, call: () => Promise<T>): Promise<T | undefined> {
    return this.#send(operation, async () => {
      try {
        return await call();
      } catch (error) {
        if (isConditionFailure(error)) return undefined;
        throw error;
      }
    });
  }

  async #send<T>(operation: string, call: () => Promise<T>, index?: string): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw storeUnavailable(operation, this.name, error, index);
    }
  }
}

function key(pk: string, sk: string): Item {
  return { [TABLE_KEYS.partition]: { S: pk }, [TABLE_KEYS.sort]: { S: sk } };
}
