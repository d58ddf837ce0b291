/**
 * The application over DynamoDB, from the function's environment: `HOLDPOINT_TABLE` names the table, `DYNAMODB_ENDPOINT` a
 * DynamoDB-compatible server to use instead of DynamoDB. The only file of the rims that reads the environment.
 */
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBSaver, type DynamoDBSaverOptions } from '../../core/checkpoint/dynamodb/index.ts';
import { type Application, type AppOptions, createApp } from '../app.ts';
import { createStreamingHandler, type StreamingHandler } from './streaming.ts';

export interface HandlerOptions extends Omit<AppOptions, 'checkpointer'> {
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
export function createLambdaApp({ table, client, codecs, ...options }: HandlerOptions): Application {
  const name = table ?? process.env['HOLDPOINT_TABLE'];
  const database = client ?? dynamoClient(process.env);
  return createApp({
    ...options,
    checkpointer: (tenant) => {
      if (!name) throw new Error('No table: set the environment variable HOLDPOINT_TABLE, or pass { table }.');
      return new DynamoDBSaver({ client: database, table: name, tenant, ...(codecs && { codecs }) });
    },
  });
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
