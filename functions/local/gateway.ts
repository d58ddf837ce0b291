/** From an HTTP request to the event that an API Gateway REST API makes of it (version 1.0, stage `api`). */
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { type Route, routes } from '../routes.ts';

const STAGE = 'api';

/** API Gateway's limit for a body. */
export const GATEWAY_BODY_LIMIT = 10 * 1024 * 1024;

/** @returns undefined when the body is larger than API Gateway takes */
export async function eventOf(message: IncomingMessage, requestId: string): Promise<APIGatewayProxyEvent | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > GATEWAY_BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  const { method: httpMethod = 'GET', socket } = message;
  const { path, query } = splitTarget(message.url ?? '/');
  const { resource, pathParameters } = resourceOf(path);
  const multiValueHeaders = headersOf(message);
  const now = new Date();
  return {
    resource,
    path,
    httpMethod,
    headers: lastOfEach(multiValueHeaders),
    multiValueHeaders,
    queryStringParameters: query && lastOfEach(query),
    multiValueQueryStringParameters: query,
    pathParameters,
    stageVariables: null,
    // Without binary media types a body is text: what is not UTF-8 is lost on the way.
    body: size === 0 ? null : Buffer.concat(chunks).toString('utf8'),
    isBase64Encoded: false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      authorizer: null,
      domainName: 'localhost', // the API's own on AWS, too: not what the client says
      domainPrefix: 'local',
      httpMethod,
      identity: { ...NOBODY, sourceIp: socket.remoteAddress ?? '', userAgent: message.headers['user-agent'] ?? null },
      path: `/${STAGE}${path}`,
      protocol: `HTTP/${message.httpVersion}`,
      requestId,
      requestTime: now.toUTCString(),
      requestTimeEpoch: now.getTime(),
      resourceId: resource,
      resourcePath: resource,
      stage: STAGE,
    },
  };
}

/** The methods of a path, for the preflight that API Gateway answers by itself. */
export function methodsOf(url: string): string[] {
  const { path } = splitTarget(url);
  return routes.filter((route) => parametersOf(route, path)).map(({ method }) => method);
}

/** By names that clients choose: without a prototype, so that `__proto__` is a name like any other. */
type Values = Record<string, string[]>;

function noValues(): Values {
  return Object.create(null) as Values;
}

function splitTarget(target: string): { path: string; query: Values | null } {
  const [path = '/', ...rest] = target.split('?');
  const query = noValues();
  for (const [name, value] of new URLSearchParams(rest.join('?'))) (query[name] ??= []).push(value);
  return { path, query: Object.keys(query).length === 0 ? null : query };
}

/** A path without a route has no event on AWS: API Gateway answers it. Here the application does, with the same problem. */
function resourceOf(path: string): Pick<APIGatewayProxyEvent, 'resource' | 'pathParameters'> {
  for (const route of routes) {
    const found = parametersOf(route, path);
    if (found) return { resource: route.path, pathParameters: Object.keys(found).length === 0 ? null : found };
  }
  return { resource: '/{proxy+}', pathParameters: { proxy: path.slice(1) } };
}

/** Undefined when the path is not this route's. */
function parametersOf(route: Route, path: string): Record<string, string> | undefined {
  const template = route.path.split('/');
  const segments = path.split('/');
  if (template.length !== segments.length) return undefined;
  const found: Record<string, string> = {};
  for (const [i, part] of template.entries()) {
    if (part.startsWith('{')) found[part.slice(1, -1)] = segments[i]!;
    else if (part !== segments[i]) return undefined;
  }
  return found;
}

function headersOf({ rawHeaders }: IncomingMessage): Values {
  const headers = noValues();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) (headers[rawHeaders[i]!] ??= []).push(rawHeaders[i + 1]!);
  return headers;
}

function lastOfEach(values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.at(-1)!]));
}

const NOBODY: APIGatewayProxyEvent['requestContext']['identity'] = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  sourceIp: '',
  user: null,
  userAgent: null,
  userArn: null,
};
