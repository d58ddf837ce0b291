import { describe, expect, it } from 'vitest';
import { storeUnavailable } from '../../../../core/checkpoint/dynamodb/failures.ts';

function sdkError(name: string, more: object = {}): Error {
  return Object.assign(new Error('secret detail'), { name }, more);
}

describe('a failure of the SDK', () => {
  it.each([
    ['throttling', sdkError('ProvisionedThroughputExceededException', { $metadata: { httpStatusCode: 400 } })],
    ['throttling on demand', sdkError('ThrottlingException', { $metadata: { httpStatusCode: 400 } })],
    ['an internal error', sdkError('InternalServerError', { $metadata: { httpStatusCode: 500 } })],
    ['a time-out', sdkError('TimeoutError')],
    ['a refused connection', sdkError('Error', { code: 'ECONNREFUSED' })],
    ['an abort', sdkError('AbortError')],
  ])('that is %s can be tried again', (_, cause) => {
    const error = storeUnavailable('UpdateItem', 'threads', cause);
    expect(error).toMatchObject({
      code: 'store_unavailable',
      details: { operation: 'UpdateItem', table: 'threads', retryable: true },
      cause,
    });
    expect(error.message).toContain('Try again later.');
  });

  it.each([
    ['ResourceNotFoundException', 'create it (see tableDefinition)'],
    ['AccessDeniedException', 'Grant dynamodb:UpdateItem on the table'],
    ['ExpiredTokenException', 'Check the credentials'],
    ['CredentialsProviderError', 'Check the credentials'],
    ['ValidationException', 'has the keys pk (S, partition) and sk (S, sort)'],
    ['SomethingElse', 'Trying again will not help'],
  ])('that is %s says what to do instead', (name, advice) => {
    const status = name === 'CredentialsProviderError' ? {} : { $metadata: { httpStatusCode: 400 } };
    const error = storeUnavailable('UpdateItem', 'threads', sdkError(name, status));
    expect(error.details).toMatchObject({ retryable: false, reason: name });
    expect(error.message).toContain(advice);
  });

  it("does not repeat the SDK's message", () => {
    expect(storeUnavailable('GetItem', 'threads', sdkError('TimeoutError')).message).not.toContain('secret');
  });
});
