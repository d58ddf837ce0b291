/** The construct, variant by variant: what it puts into a template, read from the template. */
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { beforeAll, describe, expect, it } from 'vitest';
import { tableDefinition } from '../../core/checkpoint/dynamodb/index.ts';
import { routes, type Route } from '../../functions/routes.ts';
import { Holdpoint } from '../../infra/holdpoint.ts';
import { dynamodbActions, methods, NO_BUNDLING, only, statements, synth, type Properties } from './synth.ts';

let standard: Template;
let buffered: Template;
let changed: Template;

beforeAll(() => {
  standard = synth();
  buffered = synth({ buffered: true });
  changed = synth({
    timeout: Duration.minutes(5),
    memorySize: 1769,
    removalPolicy: RemovalPolicy.DESTROY,
    apiKeyRequired: false,
    throttle: { rateLimit: 7, burstLimit: 9 },
    logRetention: RetentionDays.ONE_WEEK,
    threadRetention: Duration.days(30),
    historyRetention: Duration.hours(12),
  });
});

const TABLE = 'AWS::DynamoDB::GlobalTable';

describe('the table', () => {
  it('is on demand, keyed by pk and sk, and expires items by ttl', () => {
    expect(only(standard, TABLE)).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 't', AttributeType: 'S' },
        { AttributeName: 'c', AttributeType: 'S' },
        { AttributeName: 'y', AttributeType: 'S' },
      ],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  it('C15: has the indexes of lists, of keys only, as tests and local servers have them', () => {
    const { GlobalSecondaryIndexes: indexes, ...keys } = tableDefinition('any');
    expect(only(standard, TABLE)['GlobalSecondaryIndexes']).toEqual(indexes);
    expect(only(standard, TABLE)['AttributeDefinitions']).toEqual(keys.AttributeDefinitions);
    expect(indexes?.map(({ IndexName, Projection }) => [IndexName, Projection?.ProjectionType])).toEqual([
      ['threads', 'KEYS_ONLY'],
      ['waiting', 'KEYS_ONLY'],
    ]);
  });

  it('C15: can be updated with one index at a time, as docs/operations.md says', () => {
    const stack = new Stack(new App({ context: NO_BUNDLING }));
    const table = new Holdpoint(stack, 'H').table.node.defaultChild as CfnGlobalTable;
    for (const what of ['GlobalSecondaryIndexes.1', 'Replicas.0.GlobalSecondaryIndexes.1', 'AttributeDefinitions.4']) {
      table.addPropertyDeletionOverride(what);
    }
    const { GlobalSecondaryIndexes, Replicas, AttributeDefinitions } = only(Template.fromStack(stack), TABLE);
    expect(GlobalSecondaryIndexes).toMatchObject([{ IndexName: 'threads' }]);
    expect(Replicas).toMatchObject([{ GlobalSecondaryIndexes: [{ IndexName: 'threads' }] }]);
    expect(AttributeDefinitions.map(({ AttributeName }: Properties) => AttributeName)).toEqual(['pk', 'sk', 't', 'c']);
  });

  it('is retained, protected from deletion and restorable to a point in time', () => {
    standard.hasResource(TABLE, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(only(standard, TABLE)['Replicas']).toMatchObject([
      { DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    ]);
  });

  it('goes with its stack when the removal policy is DESTROY', () => {
    changed.hasResource(TABLE, { DeletionPolicy: 'Delete' });
    changed.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
    expect(only(changed, TABLE)['Replicas']).toMatchObject([{ DeletionProtectionEnabled: false }]);
  });
});

describe('the function', () => {
  it('runs nodejs24.x on arm64, for 60 seconds at most, and knows its table', () => {
    const [table] = Object.keys(standard.findResources(TABLE));
    expect(only(standard, 'AWS::Lambda::Function')).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: 60,
      MemorySize: 512,
      Environment: { Variables: { HOLDPOINT_TABLE: { Ref: table } } },
    });
  });

  it('C10: knows how long threads are kept, when the caller says so', () => {
    expect(only(changed, 'AWS::Lambda::Function')).toMatchObject({
      Environment: { Variables: { HOLDPOINT_TTL_SECONDS: '2592000', HOLDPOINT_HISTORY_TTL_SECONDS: '43200' } },
    });
    expect(JSON.stringify(only(standard, 'AWS::Lambda::Function'))).not.toContain('TTL_SECONDS');
  });

  it('takes time-out and memory from the caller', () => {
    expect(only(changed, 'AWS::Lambda::Function')).toMatchObject({ Timeout: 300, MemorySize: 1769 });
  });

  it('writes to a log group of the stack, kept for a month unless the caller says otherwise', () => {
    const [group] = Object.keys(standard.findResources('AWS::Logs::LogGroup'));
    expect(only(standard, 'AWS::Lambda::Function')['LoggingConfig']).toEqual({ LogGroup: { Ref: group } });
    expect(only(standard, 'AWS::Logs::LogGroup')).toEqual({ RetentionInDays: 30 });
    expect(only(changed, 'AWS::Logs::LogGroup')).toEqual({ RetentionInDays: 7 });
  });

  it.each([
    { timeout: Duration.seconds(901), buffered: false, limit: '900 s' },
    { timeout: Duration.seconds(30), buffered: true, limit: '29 s' },
  ])('refuses a time-out that API Gateway would not wait for: over $limit', ({ timeout, buffered, limit }) => {
    const stack = new Stack(new App({ context: NO_BUNDLING }));
    expect(() => new Holdpoint(stack, 'H', { timeout, buffered })).toThrow(`over the ${limit}`);
  });
});

describe('permissions', () => {
  it('are the six calls of the checkpointer, and one of them on its two indexes', () => {
    expect(dynamodbActions(standard)).toEqual([
      'BatchWriteItem',
      'DeleteItem',
      'GetItem',
      'PutItem',
      'Query',
      'Query threads',
      'Query waiting',
      'UpdateItem',
    ]);
  });

  it('reach this table and this log group, and nothing else', () => {
    const [table] = Object.keys(standard.findResources(TABLE));
    const [group] = Object.keys(standard.findResources('AWS::Logs::LogGroup'));
    expect(statements(standard).map(({ Effect, Resource }) => ({ Effect, Resource }))).toEqual([
      { Effect: 'Allow', Resource: { 'Fn::GetAtt': [group, 'Arn'] } },
      { Effect: 'Allow', Resource: { 'Fn::GetAtt': [table, 'Arn'] } },
      {
        Effect: 'Allow',
        Resource: ['threads', 'waiting'].map((index) => ({
          'Fn::Join': ['', [{ 'Fn::GetAtt': [table, 'Arn'] }, `/index/${index}`]],
        })),
      },
    ]);
    expect(only(standard, 'AWS::IAM::Role')).not.toHaveProperty('ManagedPolicyArns');
    expect(only(standard, 'AWS::IAM::Role')).not.toHaveProperty('Policies');
  });

  it('let this API, and no other, call the function', () => {
    const [api] = Object.keys(standard.findResources('AWS::ApiGateway::RestApi'));
    const permission = only(standard, 'AWS::Lambda::Permission');
    expect(permission).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' });
    expect(JSON.stringify(permission['SourceArn'])).toContain(`{"Ref":"${api}"}`);
  });
});

describe('the API', () => {
  it('is regional, and has the methods of the route table', () => {
    expect(only(standard, 'AWS::ApiGateway::RestApi')).toMatchObject({
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    const declared = [...methods(standard).keys()].filter((key) => !key.startsWith('OPTIONS '));
    expect(declared.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  it('streams every answer, and waits longer than the function may take', () => {
    for (const route of routes) expect(integrationOf(standard, route)).toMatchObject(streamed(70_000));
    for (const route of routes) expect(integrationOf(changed, route)).toMatchObject(streamed(310_000));
    const [fn] = Object.keys(standard.findResources('AWS::Lambda::Function'));
    expect(uriOf(standard)).toMatch(
      new RegExp(`:lambda:path/2021-11-15/functions/.*"${fn}".*/response-streaming-invocations`),
    );
  });

  it('never waits longer than API Gateway can', () => {
    const longest = synth({ timeout: Duration.minutes(15) });
    expect(integrationOf(longest, routes[0])).toMatchObject(streamed(900_000));
  });

  it('answers in one piece when buffered, within the 29 seconds that API Gateway gives', () => {
    expect(only(buffered, 'AWS::Lambda::Function')).toMatchObject({ Timeout: 25 });
    for (const route of routes) {
      expect(integrationOf(buffered, route)).toMatchObject({ Type: 'AWS_PROXY', TimeoutInMillis: 29_000 });
      expect(integrationOf(buffered, route)['ResponseTransferMode']).not.toBe('STREAM');
    }
    expect(uriOf(buffered)).toContain('2015-03-31/functions/');
    expect(uriOf(buffered)).not.toContain('streaming');
  });

  it('asks for an API key on every route that is not open', () => {
    const keyed = [...methods(standard)].filter(([, properties]) => properties['ApiKeyRequired'] === true);
    expect(keyed.map(([key]) => key).toSorted()).toEqual(
      routes
        .filter((route) => route.path !== '/ok')
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
    );
    const [key] = Object.keys(standard.findResources('AWS::ApiGateway::ApiKey'));
    const [plan] = Object.keys(standard.findResources('AWS::ApiGateway::UsagePlan'));
    expect(only(standard, 'AWS::ApiGateway::UsagePlanKey')).toMatchObject({
      KeyId: { Ref: key },
      UsagePlanId: { Ref: plan },
    });
  });

  it('has neither key nor usage plan when none is required', () => {
    changed.resourceCountIs('AWS::ApiGateway::ApiKey', 0);
    changed.resourceCountIs('AWS::ApiGateway::UsagePlan', 0);
    for (const properties of methods(changed).values()) expect(properties['ApiKeyRequired']).not.toBe(true);
  });

  it('throttles each key, and the stage for callers without one', () => {
    const [api] = Object.keys(standard.findResources('AWS::ApiGateway::RestApi'));
    const [stage] = Object.keys(standard.findResources('AWS::ApiGateway::Stage'));
    expect(only(standard, 'AWS::ApiGateway::UsagePlan')).toMatchObject({
      ApiStages: [{ ApiId: { Ref: api }, Stage: { Ref: stage } }],
      Throttle: { RateLimit: 50, BurstLimit: 100 },
    });
    expect(only(standard, 'AWS::ApiGateway::Stage')['MethodSettings']).toMatchObject([
      { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    ]);
    expect(only(changed, 'AWS::ApiGateway::Stage')['MethodSettings']).toMatchObject([
      { ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 },
    ]);
  });

  it('answers a preflight without a key, on every path, with the headers that clients send', () => {
    for (const { path } of routes) {
      const preflight = methods(standard).get(`OPTIONS ${path}`);
      expect(preflight).toMatchObject({ ApiKeyRequired: false, Integration: { Type: 'MOCK' } });
      const headers: Properties = preflight?.['Integration'].IntegrationResponses[0].ResponseParameters;
      expect(headers['method.response.header.Access-Control-Allow-Origin']).toBe("'*'");
      expect(headers['method.response.header.Access-Control-Allow-Methods']).toBe("'GET,POST,DELETE,OPTIONS'");
      expect(headers['method.response.header.Access-Control-Allow-Headers']).toBe(
        "'x-api-key,content-type,accept,authorization,last-event-id,idempotency-key,if-match'",
      );
      expect(headers['method.response.header.Access-Control-Expose-Headers']).toMatch(
        /^'Location,Content-Location,Retry-After,/,
      );
    }
  });
});

describe("API Gateway's own answers", () => {
  it.each([
    ['INVALID_API_KEY', '403', 'invalid_api_key'],
    ['MISSING_AUTHENTICATION_TOKEN', '404', 'unknown_route'],
    ['RESOURCE_NOT_FOUND', '404', 'unknown_route'],
    ['REQUEST_TOO_LARGE', '413', 'body_too_large'],
    ['THROTTLED', '429', 'throttled'],
    ['INTEGRATION_TIMEOUT', '504', 'gateway_timeout'],
    ['DEFAULT_4XX', undefined, 'request_refused'],
    ['DEFAULT_5XX', undefined, 'gateway_failed'],
  ])('%s is a problem with status %s and code %s', (type, status, code) => {
    const answer = answers().find((properties) => properties['ResponseType'] === type);
    expect(answer?.['StatusCode']).toBe(status);
    const templates: Record<string, string> = answer?.['ResponseTemplates'];
    expect(Object.keys(templates)).toEqual(['application/problem+json']);
    const problem: Properties = JSON.parse(templates['application/problem+json'] ?? '');
    expect(problem).toMatchObject({ code, request_id: '$context.requestId' });
    expect(problem['status']).toBe(status === undefined ? undefined : Number(status));
    expect(problem['title']).toBeTruthy();
    expect(problem['detail']).toBeTruthy();
  });

  it('can be read by a browser, and a throttled one says when to come back', () => {
    for (const { ResponseParameters: headers } of answers()) {
      expect(headers['gatewayresponse.header.Access-Control-Allow-Origin']).toBe("'*'");
    }
    const throttled = answers().find((properties) => properties['ResponseType'] === 'THROTTLED');
    expect(throttled?.['ResponseParameters']['gatewayresponse.header.Retry-After']).toBe("'1'");
  });
});

describe("in somebody's own stack", () => {
  it('fits twice, names nothing physically and adds no output', () => {
    const stack = new Stack(new App({ context: NO_BUNDLING }), 'Theirs');
    const parts = ['First', 'Second'].map((id) => new Holdpoint(stack, id));
    const template = Template.fromStack(stack);
    expect(template.findOutputs('*')).toEqual({});
    expect(parts.map((part) => part.apiKey?.node.path)).toEqual(['Theirs/First/Api/Key', 'Theirs/Second/Api/Key']);
    const nameOf: Record<string, string> = {
      [TABLE]: 'TableName',
      'AWS::Lambda::Function': 'FunctionName',
      'AWS::Logs::LogGroup': 'LogGroupName',
      'AWS::IAM::Role': 'RoleName',
      'AWS::ApiGateway::ApiKey': 'Name',
      'AWS::ApiGateway::UsagePlan': 'UsagePlanName',
    };
    for (const [type, name] of Object.entries(nameOf)) {
      const found = Object.values(template.findResources(type));
      expect([type, found.map((resource) => resource['Properties']?.[name])]).toEqual([type, [undefined, undefined]]);
    }
  });
});

describe('the stack', () => {
  it('puts out where to call, which key to use and which table holds the threads', () => {
    const outputs = standard.findOutputs('*');
    expect(Object.keys(outputs).toSorted()).toEqual(['ApiKeyId', 'ApiUrl', 'TableName']);
    const [api] = Object.keys(standard.findResources('AWS::ApiGateway::RestApi'));
    const [stage] = Object.keys(standard.findResources('AWS::ApiGateway::Stage'));
    expect(outputs['ApiUrl']?.['Value']['Fn::Join'][1]).toEqual([
      'https://',
      { Ref: api },
      '.execute-api.',
      { Ref: 'AWS::Region' },
      '.',
      { Ref: 'AWS::URLSuffix' },
      '/',
      { Ref: stage },
    ]);
    expect(Object.keys(changed.findOutputs('*')).toSorted()).toEqual(['ApiUrl', 'TableName']);
  });
});

function integrationOf(template: Template, route: Route | undefined): Properties {
  return methods(template).get(`${route?.method} ${route?.path}`)?.['Integration'];
}

function uriOf(template: Template): string {
  return JSON.stringify(integrationOf(template, routes[0])['Uri']);
}

function streamed(milliseconds: number): Properties {
  return { Type: 'AWS_PROXY', ResponseTransferMode: 'STREAM', TimeoutInMillis: milliseconds };
}

function answers(): Properties[] {
  return Object.values(standard.findResources('AWS::ApiGateway::GatewayResponse')).map(
    (answer) => answer['Properties'],
  );
}
