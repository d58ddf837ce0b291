/** Stores for the fuzzed application: in memory, and a table whose every key is recorded. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBSaver } from '../../../core/checkpoint/dynamodb/index.ts';
import { MemorySaver } from '../../../core/index.ts';
import { START_TIME } from '../http.ts';
import type { Backing } from './world.ts';

export function memoryBacking(): Backing {
  return { checkpointer: new MemorySaver(), tenant: '', asked: () => [], cheap: true };
}

/** Every build of the world is a tenant of its own. */
export function tableBacking(client: DynamoDBClient, table: string): (build: number) => Backing {
  return (build) => {
    const tenant = `tenant-${build}`;
    let seen: { pk: string; write: boolean }[] = [];
    const watched = {
      send: (command: { readonly input: Input }) => {
        seen.push(...keysOf(command.input));
        return client.send(command as never);
      },
    } as unknown as Pick<DynamoDBClient, 'send'>;
    const asked = (): typeof seen => {
      const all = seen;
      seen = [];
      return all;
    };
    const checkpointer = new DynamoDBSaver({ client: watched, table, tenant, clock: () => START_TIME });
    return { checkpointer, tenant, asked, cheap: false };
  };
}

type Keyed = { readonly pk?: { readonly S?: string } };

interface Input {
  readonly Key?: Keyed;
  readonly Item?: Keyed;
  readonly UpdateExpression?: string;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<
    Record<string, readonly { PutRequest?: { Item: Keyed }; DeleteRequest?: { Key: Keyed } }[]>
  >;
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S?: string }>>;
}

/** Reads are told by being consistent, as all of them are. */
function keysOf({
  Key,
  Item,
  RequestItems = {},
  ExpressionAttributeValues = {},
  ConsistentRead,
}: Input): { pk: string; write: boolean }[] {
  const batch = Object.values(RequestItems).flat();
  const items = [Key, Item, ...batch.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key)];
  const keys = items.flatMap((item) => item?.pk?.S ?? []);
  const queried = Key || Item ? [] : (ExpressionAttributeValues[':pk']?.S ?? []);
  return [...keys, ...[queried].flat()].map((pk) => ({ pk, write: !ConsistentRead }));
}
