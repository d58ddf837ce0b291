/**
 * The application over DynamoDB, from the function's environment. The only file of the rims that reads it.
 *
 *   HOLDPOINT_TABLE                the table's name
 *   HOLDPOINT_TTL_SECONDS          how long a thread is kept that is over (default: for ever)
 *   HOLDPOINT_HISTORY_TTL_SECONDS  how long a superseded checkpoint is kept (default: as long as a thread)
 *   DYNAMODB_ENDPOINT              a DynamoDB-compatible server to use instead of DynamoDB
 */
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBSaver, type DynamoDBSaverOptions } from '../../core/checkpoint/dynamodb/index.ts';
import { type Application, type AppOptions, createApp } from '../app.ts';
import { createStreamingHandler, type StreamingHandler } from './streaming.ts';

export interface HandlerOptions
  extends Omit<AppOptions, 'checkpointer'>, Pick<DynamoDBSaverOptions, 'ttlSeconds' | 'historyTtlSeconds'> {
  /** @default the environment's HOLDPOINT_TABLE */
  readonly table?: string;
  /** @default a client with time-outs that end before the invocation does */
  readonly client?: DynamoDBSaverOptions['client'];
  /** Codecs for instances of your own classes in the state. */
  readonly codecs?: NonNullable<DynamoDBSaverOptions['codecs']>;
}

/**
 * A Lambda handler that serves your graphs, for the `Holdpoint` construct's `entry`.
 * @example
 * export const handler = createHandler({ graphs: { refund } });
 * Without a table the first request fails.
 */
export function createHandler(options: HandlerOptions): StreamingHandler {
  return createStreamingHandler(createLambdaApp(options));
}

/** The application of `createHandler`, for another rim. Make it once, outside of the handler. */
export function createLambdaApp(given: HandlerOptions): Application {
  const { table, client, codecs, ttlSeconds, historyTtlSeconds, ...options } = given;
  const name = table ?? process.env['HOLDPOINT_TABLE'];
  const database = client ?? dynamoClient(process.env);
  const ttl = ttlSeconds ?? secondsIn('HOLDPOINT_TTL_SECONDS');
  const historyTtl = historyTtlSeconds ?? secondsIn('HOLDPOINT_HISTORY_TTL_SECONDS');
  const checkpointer = (tenant?: string): DynamoDBSaver => {
    if (!name) throw new Error('No table: set the environment variable HOLDPOINT_TABLE, or pass { table }.');
    return new DynamoDBSaver({
      client: database,
      table: name,
      ...(tenant !== undefined && { tenant }),
      ...(codecs && { codecs }),
      ...(ttl !== undefined && { ttlSeconds: ttl }),
      ...(historyTtl !== undefined && { historyTtlSeconds: historyTtl }),
    });
  };
  if (name) checkpointer(); // refuses settings that are none now, not with the first request
  return createApp({ ...options, checkpointer });
}

/** What is no number is left to DynamoDBSaver to refuse. */
function secondsIn(name: string): number | undefined {
  const text = process.env[name];
  return text ? Number(text) : undefined;
}

/**
 * Three tries of at most 1.5 s and the waits between them fit into the 5 s that a run keeps for its last save (`limits.reserveMs`).
 * With an endpoint, region and credentials have stand-ins: local servers ask for some, and do not look at them.
 */
export function dynamoClient(environment: Readonly<Record<string, string | undefined>>): DynamoDBClient {
  const { DYNAMODB_ENDPOINT: endpoint } = environment;
  return new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
    ...(endpoint && { endpoint, ...standIns(environment) }),
  });
}

function standIns(environment: Readonly<Record<string, string | undefined>>): DynamoDBClientConfig {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE } = environment;
  return {
    region: AWS_REGION ?? AWS_DEFAULT_REGION ?? 'us-east-1',
    ...(!AWS_ACCESS_KEY_ID && !AWS_PROFILE && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
}
