/** What a client said to DynamoDB, and what it was made to hear: for tests that count calls, and tests that inject faults. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export interface Call {
  /** As in GetItem. */
  readonly operation: string;
  readonly input: Record<string, unknown>;
  /** Capacity units of the table, as the server reports them. */
  units: number;
  /** And of each index, by its name. dynalite reports none of writes. */
  indexUnits: Readonly<Record<string, number>>;
  ended: boolean;
}

interface Consumed {
  readonly CapacityUnits?: number;
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, Consumed>>;
}

/** The calls of a client from now on, each attempt of the SDK's one call counted once. */
export function recordCalls(client: DynamoDBClient): Call[] {
  const calls: Call[] = [];
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = { ...(args.input as Record<string, unknown>) };
      const call: Call = { operation: operationOf(context), input, units: 0, indexUnits: {}, ended: false };
      calls.push(call);
      try {
        const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } });
        const consumed = (result.output as { ConsumedCapacity?: Consumed | readonly Consumed[] }).ConsumedCapacity;
        for (const one of [consumed ?? []].flat()) {
          const indexes = Object.entries(one.GlobalSecondaryIndexes ?? {}).map(
            ([name, used]) => [name, unitsIn(used)] as const,
          );
          call.indexUnits = Object.fromEntries(indexes);
          call.units += indexes.reduce((rest, [, units]) => rest - units, unitsIn(one));
        }
        return result;
      } finally {
        call.ended = true;
      }
    },
    { step: 'initialize', name: 'recordCalls' },
  );
  return calls;
}

function unitsIn({ CapacityUnits = 0 }: Consumed): number {
  return CapacityUnits;
}

/** Units of all calls of these operations. */
export function unitsOf(calls: readonly Call[], operations: readonly string[]): number {
  return calls.filter(({ operation }) => operations.includes(operation)).reduce((sum, { units }) => sum + units, 0);
}

export const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];

export interface Fault {
  readonly operation: string;
  /** Which calls of it: the first one is 0. @default 0 */
  readonly nth?: number;
  /** `lost`: applied, but the answer never arrives. `refused`: never applied. */
  readonly kind: 'lost' | 'refused';
  /** How many attempts in a row. @default 1 */
  readonly times?: number;
  /** The error's name. @default 'TimeoutError' */
  readonly error?: string;
  /** What happens meanwhile, between the first attempt and the next. */
  readonly meanwhile?: () => Promise<void>;
}

/** Strikes the attempts of one call. The SDK's own retries follow, as they would in production. */
export function inject(client: DynamoDBClient, fault: Fault): void {
  const { operation, nth = 0, kind, times = 1, meanwhile } = fault;
  let seen = -1;
  let struck = 0;
  let last: unknown;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (operationOf(context) !== operation) return next(args);
      const id = (args as { request?: { headers?: Record<string, string> } }).request?.headers?.[
        'amz-sdk-invocation-id'
      ];
      if (id !== last) seen++;
      last = id;
      if (seen !== nth || struck >= times) return next(args);
      struck++;
      if (kind === 'lost') await next(args).catch(() => undefined);
      if (struck === 1) await meanwhile?.();
      throw Object.assign(new Error('injected'), { name: fault.error ?? 'TimeoutError' });
    },
    { step: 'finalizeRequest', priority: 'low', name: `inject ${operation} ${nth}` },
  );
}

function operationOf(context: { commandName?: string }): string {
  return (context.commandName ?? '').replace(/Command$/, '');
}
