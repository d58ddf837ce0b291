/**
 * What API Gateway answers by itself, before or instead of the function: the same problem+json as the application,
 * with a stable `code`, and readable by a browser. Each code has a heading in docs/errors.md.
 */
import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { EXPOSED_HEADERS } from '../functions/cors.ts';

interface GatewayProblem {
  readonly type: ResponseType;
  /** Left out for the two defaults, which stand for many statuses: API Gateway then keeps its own. */
  readonly status?: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

const NO_ROUTE = {
  status: 404,
  code: 'unknown_route',
  title: 'No such route',
  detail: 'No route has this method and path. docs/http.md lists them.',
};

const PROBLEMS: readonly GatewayProblem[] = [
  {
    type: ResponseType.INVALID_API_KEY,
    status: 403,
    code: 'invalid_api_key',
    title: 'API key missing or not valid',
    detail: 'Send a valid API key in the x-api-key header.',
  },
  // API Gateway's name for a method and path that it does not know is "missing authentication token", with status 403.
  { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, ...NO_ROUTE },
  { type: ResponseType.RESOURCE_NOT_FOUND, ...NO_ROUTE },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    status: 413,
    code: 'body_too_large',
    title: 'Request body too large',
    detail: 'The body is larger than API Gateway accepts. Send less, or send a reference to it.',
  },
  {
    type: ResponseType.THROTTLED,
    status: 429,
    code: 'throttled',
    title: 'Too many requests',
    detail: 'The request was not run. Send it again after the time in Retry-After.',
    retryAfterSeconds: 1,
  },
  {
    type: ResponseType.INTEGRATION_TIMEOUT,
    status: 504,
    code: 'gateway_timeout',
    title: 'No answer in time',
    detail: 'The run may have gone on. Get the thread to see where it stands before sending the request again.',
  },
  {
    type: ResponseType.DEFAULT_4XX,
    code: 'request_refused',
    title: 'Request refused',
    detail: 'API Gateway refused the request before it reached the application.',
  },
  {
    type: ResponseType.DEFAULT_5XX,
    code: 'gateway_failed',
    title: 'No valid answer from the application',
    detail: 'The run may have gone on. Get the thread to see where it stands before sending the request again.',
  },
];

export function addGatewayResponses(api: RestApi): void {
  for (const { type, status, retryAfterSeconds, ...problem } of PROBLEMS) {
    const body = { type: 'about:blank', ...(status === undefined ? {} : { status }), ...problem };
    api.addGatewayResponse(type.responseType, {
      type,
      ...(status === undefined ? {} : { statusCode: `${status}` }),
      responseHeaders: {
        'Access-Control-Allow-Origin': `'*'`,
        'Access-Control-Expose-Headers': `'${EXPOSED_HEADERS.join(',')}'`,
        ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': `'${retryAfterSeconds}'` }),
      },
      // The only template is used whatever the Accept header says. API Gateway fills in the request id.
      templates: { 'application/problem+json': JSON.stringify({ ...body, request_id: '$context.requestId' }) },
    });
  }
}
