/** From an API Gateway REST proxy event to a Request, and what the Lambda context knows to an Invocation. */
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type { Invocation } from '../handler.ts';

export function requestOf(event: APIGatewayProxyEvent): Request {
  const method = event.httpMethod;
  const body = method === 'GET' || method === 'HEAD' ? null : bodyOf(event);
  return new Request(urlOf(event), { method, headers: headersOf(event), body });
}

/**
 * @param work collects what the handler has to await before it returns
 * @param now milliseconds since 1970
 */
export function invocationOf(
  context: Context,
  work: Promise<unknown>[],
  now: number,
  event?: APIGatewayProxyEvent,
): Invocation {
  const identity = event && identityOf(event);
  return {
    ...(identity !== undefined && { identity }),
    deadline: now + context.getRemainingTimeInMillis(),
    requestId: context.awsRequestId,
    waitUntil: (promise) => {
      work.push(promise);
    },
  };
}

/** The longest that is kept; an ARN is shorter. */
const MAX_IDENTITY = 512;

/** Who a Lambda authorizer, a Cognito user pool or IAM says is calling. An API key is nobody's identity. */
function identityOf({ requestContext }: APIGatewayProxyEvent): string | undefined {
  const { authorizer, identity } = requestContext ?? {};
  const claims = authorizer?.['claims'] as { readonly sub?: unknown } | undefined;
  const known = [authorizer?.['principalId'], claims?.sub, identity?.userArn];
  const name = known.find((one): one is string => typeof one === 'string' && one !== '');
  return name?.slice(0, MAX_IDENTITY);
}

/** REST APIs deliver the path percent-encoded and query parameters decoded. */
function urlOf(event: APIGatewayProxyEvent): URL {
  const url = new URL('https://localhost');
  url.host = event.requestContext?.domainName ?? ''; // what is no host is ignored: emulators have it from the client
  url.pathname = pathOf(event).split('/').map(verbatim).join('/');
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {})) {
    for (const value of values ?? []) url.searchParams.append(name, value);
  }
  return url;
}

/**
 * The path below the API's root. A custom domain's base path stands before it in `path`, and not in `resource`, so it is as many
 * segments from the end as the resource has.
 */
function pathOf({ path, resource, pathParameters }: APIGatewayProxyEvent): string {
  const id = pathParameters?.['thread_id'];
  if (id && FOLDER.test(id)) return resource.replace('{thread_id}', id); // its path may have been resolved on the way
  const segments = path.replace(/\/+$/, '').split('/');
  if (!resource || resource.includes('+}')) return segments.join('/') || '/';
  const count = resource.split('/').length - 1;
  return `/${segments.slice(1).slice(-count).join('/')}`;
}

/** What URLs take for a folder. */
const FOLDER = /^(?:\.|%2e){1,2}$/i;

/** A segment that a URL keeps: it would resolve dots to another route, take `\\` for `/`, and drop tabs and line breaks. */
function verbatim(segment: string): string {
  return FOLDER.test(segment)
    ? segment.replace(/\.|%2e/gi, '%252E')
    : segment.replace(/[\\\t\n\r]/g, encodeURIComponent);
}

function headersOf({ multiValueHeaders, headers: single }: APIGatewayProxyEvent): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    for (const value of values ?? []) headers.append(name, value);
  }
  for (const [name, value] of Object.entries(single ?? {})) {
    if (value !== undefined && !headers.has(name)) headers.set(name, value);
  }
  return headers;
}

function bodyOf({ body, isBase64Encoded }: APIGatewayProxyEvent): string | Uint8Array<ArrayBuffer> | null {
  return body !== null && isBase64Encoded ? new Uint8Array(Buffer.from(body, 'base64')) : body;
}
