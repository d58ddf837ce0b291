import { describe, expect, it } from 'vitest';
import { decodeHead, encodePending, lifeKey } from '../../../../core/checkpoint/dynamodb/head.ts';
import type { Item } from '../../../../core/checkpoint/dynamodb/item.ts';
import { questionId } from '../../../support/threads.ts';

/** A head as version 1 of the format writes it: the one that this test holds still. */
const waiting: Item = {
  pk: { S: 'default#case-1' },
  sk: { S: 'head' },
  f: { N: '1' },
  i: { S: 'run-1' },
  b: { N: '1767323045000' },
  v: { N: '2' },
  s: { S: 'interrupted' },
  q: { L: [{ B: Uint8Array.from({ length: 16 }, (_, i) => 255 - i) }, { B: new Uint8Array(16) }] },
  g: { S: 'refund' },
  k: { S: 'checkpoint-2' },
  p: { S: 'checkpoint-1' },
  w: { S: 'run-1' },
  u: { S: '2026-01-02T03:04:05.678Z' },
  d: { S: '[]' },
  r: { S: 'run-2' },
  e: { N: '1767323105000' },
  a: { S: '{"kind":"continue"}' },
};

describe('a head', () => {
  it('is read from its item', () => {
    expect(decodeHead(waiting)).toEqual({
      item: waiting,
      incarnation: 'run-1',
      born: 1767323045000,
      version: 2,
      checkpointId: 'checkpoint-2',
      previousId: 'checkpoint-1',
      writer: 'run-1',
      status: 'interrupted',
      pending: ['fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0', '00000000000000000000000000000000'],
      graph: 'refund',
      updatedAt: '2026-01-02T03:04:05.678Z',
      data: '[]',
      claim: { runId: 'run-2', expiresAt: 1767323105000, request: { packed: '{"kind":"continue"}' } },
    });
  });

  it('C9: names its life in the keys of its children by time and run', () => {
    expect(lifeKey(decodeHead(waiting))).toMatch(/^0mjwaid1k[0-9a-f]{10}$/);
    expect(lifeKey({ incarnation: 'run-2', born: 1767323045000 })).not.toBe(lifeKey(decodeHead(waiting)));
  });

  it('says what the claim of a run with a large request was asked', () => {
    const { a: _, ...kept } = waiting;
    expect(decodeHead({ ...kept, ar: { S: 'run-0' } }).claim?.request).toEqual({ keptBy: 'run-0' });
    expect(decodeHead(kept).claim?.request).toBeUndefined();
  });
});

describe('the ids of pending questions', () => {
  it('C11: are there while forty of them fit, and only counted after that', () => {
    expect(encodePending(ids(40)).ids?.L).toHaveLength(40);
    expect(encodePending(ids(40)).count).toBeUndefined();
    expect(encodePending(ids(41))).toEqual({ count: { N: '41' } });
    expect(encodePending(['x'.repeat(700)])).toEqual({ count: { N: '1' } });
  });

  it('are no attribute at all when nothing is pending', () => {
    expect(encodePending([])).toEqual({});
  });

  it('are bytes when they are ids, and text when they are something else', () => {
    const { ids: list } = encodePending([questionId('q'), 'other']);
    expect(list?.L?.[0]?.B).toHaveLength(16);
    expect(list?.L?.[1]).toEqual({ S: 'other' });
  });
});

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, i) => questionId(`${i}`));
}
