import { describe, expect, it } from 'vitest';
import {
  checkpointKey,
  checkRun,
  incarnationKey,
  partitionKey,
  partKey,
  partsBehind,
  requestPartId,
} from '../../../../core/checkpoint/dynamodb/keys.ts';
import { checkpointId } from '../../../../core/checkpoint/checkpoint.ts';
import { NOW } from '../../../support/threads.ts';

describe('the partition key', () => {
  it('C9: is tenant and thread, and no two pairs share one', () => {
    expect(partitionKey('acme', 'case-1')).toBe('acme#case-1');
    expect(partitionKey('acme', '#case#1')).toBe('acme##case#1');
  });

  it.each([
    ['an empty thread id', 'acme', ''],
    ['a thread id of 257 characters', 'acme', 'x'.repeat(257)],
    ['a line feed', 'acme', 'a\nb'],
    ['a NUL', 'acme', 'a\u0000'],
    ['a C1 control character', 'acme', 'a\u0085'],
    ['half of a surrogate pair', 'acme', 'a\ud800'],
    ['an empty tenant', '', 'case-1'],
    ['a tenant with the separator', 'ac#me', 'case-1'],
    ['a tenant of 65 characters', 'x'.repeat(65), 'case-1'],
    ['a thread id that is no text', 'acme', 7 as unknown as string],
  ])('C9: refuses %s', (_, tenant, threadId) => {
    expect(() => partitionKey(tenant, threadId)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });

  it('takes every other text', () => {
    for (const id of ['x'.repeat(256), 'Müller & Söhne / 7', '你好', '🙂', ' ', 'head', 'c#']) {
      expect(partitionKey('t', id)).toBe(`t#${id}`);
    }
  });
});

describe('run ids and graph names', () => {
  it.each([
    ['an empty run id', '', undefined],
    ['a run id of 129 characters', 'x'.repeat(129), undefined],
    ['a run id that is not ASCII', 'é', undefined],
    ['a graph of 129 characters', 'r', 'g'.repeat(129)],
    ['a graph with a control character', 'r', 'g\u007f'],
  ])('C11: refuses %s', (_, runId, graph) => {
    expect(() => checkRun(runId, graph)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });
});

describe('the sort keys', () => {
  const [older, newer] = [incarnationKey(NOW, 'zzz'), incarnationKey(NOW + 1, 'aaa')];

  it('sort incarnations by the time they began, whatever the run was called', () => {
    expect([newer, older].toSorted()).toEqual([older, newer]);
    expect(incarnationKey(1, 'r')).toHaveLength(incarnationKey(8e12, 'r').length);
  });

  it('put the request of a run behind all parts of the version that it claimed, and before those of the next', () => {
    const expected = [
      checkpointKey(older, checkpointId(900, 'r9')),
      partKey(newer, checkpointId(2, 'z')),
      partKey(newer, checkpointId(2, 'z'), 1),
      partKey(newer, checkpointId(2, 'z'), 10),
      partKey(newer, partsBehind(2)),
      partKey(newer, requestPartId(2, 'a')),
      partKey(newer, requestPartId(2, 'a'), 1),
      partKey(newer, checkpointId(3, 'a')),
      checkpointKey(newer, checkpointId(1, 'z')),
      'head',
    ];
    expect(expected.toReversed().toSorted()).toEqual(expected);
  });
});
