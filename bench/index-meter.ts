/**
 * What writes cost in the indexes of the table, by DynamoDB's rule: an entry that comes, goes or changes costs a unit, one that moves costs two
 * (entries of keys only are far below 1 KB). For servers that do not count this, and beside the count of those that do.
 */
import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type Index, TABLE_INDEXES, TABLE_KEYS } from '../core/checkpoint/dynamodb/keys.ts';

type Item = Record<string, AttributeValue>;

const WRITES: ReadonlySet<string> = new Set(['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand']);

export class IndexMeter {
  units = 0;
  /** It looks at each item before and after it is written, which takes time. */
  on = false;

  /** @param observer whose reads nobody counts */
  constructor(client: DynamoDBClient, observer: DynamoDBClient) {
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          if (!this.on || !WRITES.has(commandName)) return next(args);
          const { TableName, Key, Item = {} } = args.input as { TableName: string; Key?: Item; Item?: Item };
          const key = Key ?? { pk: Item[TABLE_KEYS.partition]!, sk: Item[TABLE_KEYS.sort]! };
          const look = async (): Promise<Item> => {
            const command = new GetItemCommand({ TableName, Key: key, ConsistentRead: true });
            return (await observer.send(command)).Item ?? {};
          };
          const before = await look();
          const result = await next(args);
          this.units += unitsBetween(before, await look());
          return result;
        },
      { step: 'initialize', name: 'indexMeter' },
    );
  }
}

function unitsBetween(before: Item, after: Item): number {
  return Object.values(TABLE_INDEXES).reduce((sum, index) => {
    const [had, has] = [entry(before, index), entry(after, index)];
    return sum + (had === has ? 0 : had === undefined || has === undefined ? 1 : 2);
  }, 0);
}

/** An item without both keys is not in the index. */
function entry(item: Item, { partition, sort }: Index): string | undefined {
  const keys = [item[partition]?.S, item[sort]?.S];
  return keys.includes(undefined) ? undefined : keys.join(' ');
}
