import { describe, expect, it } from 'vitest';
import { Codec } from '../../../core/checkpoint/codec.ts';
import { decodeJoined, encodeCheckpoint, joinTexts } from '../../../core/checkpoint/serialize.ts';
import { makeCheckpoint, questionId } from '../../support/threads.ts';

const codec = new Codec();
const checkpoint = makeCheckpoint('r1', 2, {
  graph: 'refund',
  questions: [questionId('q')],
  metadata: { user: 'u1' },
  state: { a: 1, b: undefined, when: new Date(0), __proto__: 1 },
});

describe('a checkpoint as text', () => {
  it('comes back whole from its texts joined to one', () => {
    expect(decodeJoined(joinTexts(encodeCheckpoint(checkpoint, codec)), codec)).toStrictEqual(checkpoint);
  });

  it('K1: a channel that was read and not written has the very text that was stored', () => {
    const { channels } = encodeCheckpoint(checkpoint, codec);
    const read = decodeJoined(joinTexts(encodeCheckpoint(checkpoint, codec)), codec);
    expect(encodeCheckpoint(read, codec).channels).toEqual(channels);
  });

  it('names the channel that cannot be stored', () => {
    const bad = makeCheckpoint('r1', 1, { state: { draft: { f: () => 1 } } });
    expect(() => encodeCheckpoint(bad, codec)).toThrow('Channel "draft", at ["f"]: a function cannot be stored.');
  });
});
