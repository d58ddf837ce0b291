/** What a browser's script on another origin may send and read. API Gateway answers the preflight, the application the rest. */

/** Request headers. */
export const ALLOWED_HEADERS = [
  'x-api-key',
  'content-type',
  'accept',
  'authorization',
  'last-event-id',
  'idempotency-key',
  'if-match',
];

/** Response headers. */
export const EXPOSED_HEADERS = [
  'Location',
  'Content-Location',
  'Retry-After',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'x-amzn-RequestId',
];

export function allowOrigins(response: Response): Response {
  response.headers.set('access-control-allow-origin', '*');
  response.headers.set('access-control-expose-headers', EXPOSED_HEADERS.join(','));
  return response;
}
