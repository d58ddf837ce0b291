/**
 * `Holdpoint`, the construct: a table for the threads, a function that runs the graphs, and a REST API in front of it.
 * Put it into your own stack with your own entry file, or deploy the stack beside it (infra/stack.ts).
 * The routes and the key names are read from where the application and the checkpointer read them.
 */
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  Cors,
  EndpointType,
  LambdaIntegration,
  ResponseTransferMode,
  RestApi,
  type IApiKey,
} from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { TABLE_INDEXES, TABLE_KEYS } from '../core/checkpoint/dynamodb/keys.ts';
import { ALLOWED_HEADERS, EXPOSED_HEADERS } from '../functions/cors.ts';
import { routes } from '../functions/routes.ts';
import { bundling, ownFile } from './bundling.ts';
import { addGatewayResponses } from './gateway-responses.ts';

/** Every DynamoDB action that the checkpointer calls. The function may call these on its own table, Query on its indexes too, and nothing else. */
export const CHECKPOINTER_ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
];

export interface HoldpointProps {
  /**
   * Absolute path of the file that exports the Lambda `handler` serving your graphs.
   * It must lie under the folder of your lock file, where esbuild bundles it. With `buffered`, export a buffered handler.
   * @default - the graphs listed in Holdpoint's own functions/
   */
  readonly entry?: string;
  /**
   * How long one request may run. It also bounds how long a crashed run can hold its thread.
   * At most 15 minutes, or 29 seconds when `buffered`.
   * @default - 60 seconds, or 25 seconds when `buffered`
   */
  readonly timeout?: Duration;
  /**
   * Memory of the function in MB; processor time is in proportion (1,769 MB is one vCPU).
   * @default 512
   */
  readonly memorySize?: number;
  /**
   * Answer in one piece instead of streaming: for `sam local start-api`, which does not know response streaming.
   * @default false
   */
  readonly buffered?: boolean;
  /**
   * What becomes of the table and the logs when they leave the stack. With anything but DESTROY the table also has
   * deletion protection.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Ask for an API key in `x-api-key` on every route that is not open. Turn it off only behind another authorizer.
   * @default true
   */
  readonly apiKeyRequired?: boolean;
  /**
   * Requests per second and the burst above them: of each API key, and of the API's stage whoever calls.
   * @default { rateLimit: 50, burstLimit: 100 }
   */
  readonly throttle?: { readonly rateLimit: number; readonly burstLimit: number };
  /**
   * How long the function's logs are kept.
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * How long a thread is kept after it is over: done or failed, with nothing pending. A thread that waits for somebody is kept.
   * @default - for ever
   */
  readonly threadRetention?: Duration;
  /**
   * How long a checkpoint is kept after a newer one has taken its place.
   * @default - as long as a thread that is over
   */
  readonly historyRetention?: Duration;
}

/**
 * Serves graphs over HTTPS and keeps their threads in DynamoDB.
 *
 * @example
 * const holdpoint = new Holdpoint(this, 'Refunds', {
 *   entry: fileURLToPath(new URL('./handler.ts', import.meta.url)),
 *   timeout: Duration.minutes(5),
 * });
 * holdpoint.function.addEnvironment('PAYMENTS_URL', 'https://payments.example');
 */
export class Holdpoint extends Construct {
  readonly table: TableV2;
  readonly function: NodejsFunction;
  readonly api: RestApi;
  /** Undefined when no API key is required. Its value is not in the template: see docs/operations.md. */
  readonly apiKey: IApiKey | undefined;
  /** Where the API answers, without a slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: HoldpointProps = {}) {
    super(scope, id);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const buffered = props.buffered ?? false;
    const timeout = props.timeout ?? Duration.seconds(buffered ? 25 : 60);
    const limit = Duration.seconds(buffered ? 29 : 900);
    if (timeout.toSeconds() > limit.toSeconds()) {
      throw new Error(
        `${this.node.path}: a time-out of ${timeout.toSeconds()} s is over the ${limit.toSeconds()} s that API Gateway ` +
          `waits for a ${buffered ? 'buffered' : 'streamed'} answer.`,
      );
    }

    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: TABLE_KEYS.partition, type: AttributeType.STRING },
      sortKey: { name: TABLE_KEYS.sort, type: AttributeType.STRING },
      timeToLiveAttribute: TABLE_KEYS.timeToLive,
      globalSecondaryIndexes: Object.values(TABLE_INDEXES).map(({ name, partition, sort }) => ({
        indexName: name,
        partitionKey: { name: partition, type: AttributeType.STRING },
        sortKey: { name: sort, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      })),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    });

    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy,
    });
    // A role of our own: the one that CDK would make may write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    const indexes = Object.values(TABLE_INDEXES).map(({ name }) => `${this.table.tableArn}/index/${name}`);
    // Not `table.grant`: that would allow every action on every index.
    role.addToPolicy(new PolicyStatement({ actions: CHECKPOINTER_ACTIONS, resources: [this.table.tableArn] }));
    role.addToPolicy(new PolicyStatement({ actions: ['dynamodb:Query'], resources: indexes }));

    this.function = new NodejsFunction(this, 'Function', {
      description: 'Holdpoint: runs graphs that stop for people',
      entry: props.entry ?? ownFile(`functions/${buffered ? 'http-buffered' : 'http'}`),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize ?? 512,
      timeout,
      role,
      logGroup,
      environment: {
        HOLDPOINT_TABLE: this.table.tableName,
        ...seconds('HOLDPOINT_TTL_SECONDS', props.threadRetention),
        ...seconds('HOLDPOINT_HISTORY_TTL_SECONDS', props.historyRetention),
      },
      bundling,
    });

    const throttle = props.throttle ?? { rateLimit: 50, burstLimit: 100 };
    const apiKeyRequired = props.apiKeyRequired ?? true;
    this.api = new RestApi(this, 'Api', {
      restApiName: this.node.path.replaceAll('/', '-'),
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      deployOptions: {
        stageName: 'api',
        throttlingRateLimit: throttle.rateLimit,
        throttlingBurstLimit: throttle.burstLimit,
      },
      defaultCorsPreflightOptions: {
        allowOrigins: Cors.ALL_ORIGINS,
        allowMethods: [...new Set(routes.map((route) => route.method)), 'OPTIONS'],
        allowHeaders: ALLOWED_HEADERS,
        exposeHeaders: EXPOSED_HEADERS,
        maxAge: Duration.hours(1),
      },
    });
    this.api.node.tryRemoveChild('Endpoint'); // An output that RestApi adds to the caller's stack unasked.
    addGatewayResponses(this.api);

    const integration = new LambdaIntegration(this.function, {
      responseTransferMode: buffered ? ResponseTransferMode.BUFFERED : ResponseTransferMode.STREAM,
      // A cold start (10 s at most) is not counted in the function's time-out, but it is in this one.
      timeout: Duration.seconds(Math.min(limit.toSeconds(), timeout.toSeconds() + 10)),
      scopePermissionToMethod: false, // One permission for this API instead of two for each of its methods.
    });
    for (const route of routes) {
      this.api.root.resourceForPath(route.path).addMethod(route.method, integration, {
        apiKeyRequired: apiKeyRequired && !route.open,
      });
    }

    if (apiKeyRequired) {
      this.apiKey = this.api.addApiKey('Key');
      const usagePlan = this.api.addUsagePlan('UsagePlan', {
        apiStages: [{ stage: this.api.deploymentStage }],
        throttle,
      });
      usagePlan.addApiKey(this.apiKey);
    }
    this.url = `https://${this.api.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}/${this.api.deploymentStage.stageName}`;
  }
}

function seconds(name: string, duration: Duration | undefined): Record<string, string> {
  return duration ? { [name]: String(duration.toSeconds()) } : {};
}
