/** The DynamoDB checkpointer: entry point "holdpoint/dynamodb". */
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { type Index, TABLE_INDEXES, TABLE_KEYS } from './keys.ts';

export { TABLE_KEYS } from './keys.ts';
export { DynamoDBSaver, type DynamoDBSaverOptions } from './saver.ts';

/**
 * What CreateTable needs for a table of Holdpoint's: for tests, scripts and local servers. In AWS, use the CDK construct. Time to live is a call
 * of its own (UpdateTimeToLive, on attribute `TABLE_KEYS.timeToLive`).
 *
 * @example
 * await client.send(new CreateTableCommand(tableDefinition('holdpoint')));
 */
export function tableDefinition(tableName: string): CreateTableCommandInput {
  const indexes: readonly Index[] = Object.values(TABLE_INDEXES);
  const keys = new Set([
    TABLE_KEYS.partition,
    TABLE_KEYS.sort,
    ...indexes.flatMap(({ partition, sort }) => [partition, sort]),
  ]);
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: TABLE_KEYS.partition, KeyType: 'HASH' },
      { AttributeName: TABLE_KEYS.sort, KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: indexes.map(({ name, partition, sort }) => ({
      IndexName: name,
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
    AttributeDefinitions: [...keys].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  };
}
