/** Calls of an application as Lambda makes them behind API Gateway: real events, through the buffered rim. */
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type { Application } from '../../functions/app.ts';
import { createBufferedHandler } from '../../functions/lambda/buffered.ts';
import { matchRoute } from '../../functions/routing.ts';
import type { Reply } from './http.ts';

export interface Caller {
  /** What an authorizer has found out. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
  /** Until Lambda ends the invocation. @default 60_000 */
  readonly remainingMs?: number;
}

export type Gateway = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
  caller?: Caller,
) => Promise<Reply>;

export function gateway(app: Application): Gateway {
  const handler = createBufferedHandler(app);
  return async (httpMethod, path, body, headers = {}, { authorizer, remainingMs = 60_000 } = {}) => {
    const context = { awsRequestId: 'r-1', getRemainingTimeInMillis: () => remainingMs } as Context;
    const { route, threadId } = matchRoute(httpMethod, path);
    const event = {
      resource: route.path,
      path,
      httpMethod,
      headers,
      multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: threadId === '' ? null : { thread_id: threadId },
      stageVariables: null,
      requestContext: { domainName: 'api.example.com', stage: 'api', authorizer: authorizer ?? null },
      body: body === undefined ? null : JSON.stringify(body),
      isBase64Encoded: false,
    } as unknown as APIGatewayProxyEvent;
    const answer = await handler(event, context);
    const type = String(answer.headers?.['content-type'] ?? '');
    return {
      status: answer.statusCode,
      headers: new Headers(answer.headers as Record<string, string>),
      text: answer.body,
      body: type.includes('json') ? JSON.parse(answer.body) : undefined,
    };
  };
}
