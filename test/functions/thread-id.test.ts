import { describe, expect, it } from 'vitest';
import { readThreadId } from '../../functions/thread-id.ts';
import { steps } from '../support/http-graphs.ts';
import { service } from '../support/http.ts';

describe('thread ids', () => {
  it.each([
    'a',
    '7',
    '_x',
    'refund-1',
    '0198c7b2-5b1e-7000-8000-000000000000',
    'user:42',
    'ada@example.com',
    'a+b=c,d~e.f',
    'x'.repeat(256),
  ])('%s is taken', (id) => {
    expect(readThreadId(id)).toBe(id);
    expect(readThreadId(encodeURIComponent(id))).toBe(id);
    expect(decodeURIComponent(id)).toBe(id);
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(257)],
    ['an encoded slash', 'a%2Fb'],
    ['a control character', 'a%00'],
    ['a line break', 'a%0Ab'],
    ['a space', 'a%20b'],
    ['half of a surrogate pair', '%ED%A0%80'],
    ['not UTF-8', '%FF'],
    ['an encoded percent sign', 'a%2541'],
    ['the separator of keys', 'a%23b'],
    ['letters of elsewhere', 'caf%C3%A9'],
    ['a dot first', '.hidden'],
    ['a dash first', '-x'],
  ])('%s: 400 invalid_thread_id, on every route', async (_what, segment) => {
    const { send, saver } = service({ graphs: { steps: steps() } });
    const replies = [
      await send('POST', `/threads/${segment}/invoke`, { input: {} }),
      await send('POST', `/threads/${segment}/resume`, { resume: 1 }),
      await send('GET', `/threads/${segment}`),
      await send('GET', `/threads/${segment}/state`),
      await send('GET', `/threads/${segment}/history`),
      await send('DELETE', `/threads/${segment}`),
    ];
    for (const { body } of replies) expect(body).toMatchObject({ status: 400, code: 'invalid_thread_id' });
    expect(await saver.load(decode(segment))).toBeUndefined();
  });

  it('dots that mean folders never get that far', async () => {
    const { send } = service({ graphs: { steps: steps() } });
    expect((await send('GET', '/threads/%2e%2e/state')).body).toMatchObject({ code: 'unknown_route' });
  });
});

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
