/** What the SDK throws, as errors of Holdpoint: what failed, whether trying again helps, and what to do when it does not. */
import { HoldpointError } from '../../errors.ts';

/** The parts of an SDK or network error that are looked at. */
interface Failure {
  readonly name?: string;
  readonly code?: unknown;
  readonly $retryable?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const THROTTLED = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

const CREDENTIALS = new Set([
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
]);

export function isConditionFailure(error: unknown): boolean {
  return (error as Failure | undefined)?.name === 'ConditionalCheckFailedException';
}

/** Code `store_unavailable`, with the SDK's error as its cause. */
export function storeUnavailable(operation: string, table: string, error: unknown, index?: string): HoldpointError {
  const failure = (error ?? {}) as Failure;
  const name = failure.name ?? 'unknown error';
  const retryable = isRetryable(failure);
  const where = index === undefined ? `table "${table}"` : `index "${index}" of table "${table}"`;
  const remedy = (index !== undefined && adviceOnIndex(name, index)) || advice(name, operation, retryable);
  return new HoldpointError(
    'store_unavailable',
    `DynamoDB ${operation} on ${where} failed (${name}). ${remedy}`,
    { operation, table, ...(index !== undefined && { index }), reason: name, retryable },
    error,
  );
}

function isRetryable(failure: Failure): boolean {
  const { name = '', code, $metadata } = failure;
  if (CREDENTIALS.has(name)) return false;
  if (THROTTLED.has(name) || failure.$retryable !== undefined) return true;
  const status = $metadata?.httpStatusCode;
  if (status !== undefined) return status >= 500 || status === 429;
  return typeof code === 'string' || name === 'TimeoutError' || name === 'AbortError';
}

/** Nothing but lists of threads reads an index: a table from before there were any serves everything else. */
function adviceOnIndex(name: string, index: string): string | undefined {
  if (name === 'AccessDeniedException') {
    return `Grant dynamodb:Query on the table's index "${index}" to the role that this process runs as.`;
  }
  if (name === 'ValidationException') {
    return (
      'The table was made by an earlier version and has no such index, or the index is still being built. Update the stack, or add the index ' +
      'as in tableDefinition (docs/operations.md, "Tables from before there were lists"). Everything but lists works without.'
    );
  }
  return undefined;
}

function advice(name: string, operation: string, retryable: boolean): string {
  if (retryable) return 'Try again later.';
  if (name === 'ResourceNotFoundException') {
    return 'The table does not exist in this account, region and endpoint: create it (see tableDefinition), or correct the name.';
  }
  if (name === 'AccessDeniedException')
    return `Grant dynamodb:${operation} on the table to the role that this process runs as.`;
  if (CREDENTIALS.has(name)) return 'Check the credentials that the DynamoDB client was made with.';
  if (name === 'ValidationException') {
    return 'Check that the table has the keys pk (S, partition) and sk (S, sort): see tableDefinition.';
  }
  return 'Trying again will not help: see the cause.';
}
