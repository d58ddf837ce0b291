import { describe, expect, it } from 'vitest';
import { readJson } from '../../functions/body.ts';
import { Problem } from '../../functions/problems.ts';

function request(
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  headers: Record<string, string> = {},
): Request {
  return new Request('http://localhost/', { method: 'POST', body, headers, duplex: 'half' });
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Problem) return error;
  throw new Error(`No Problem, but ${String(error)}`);
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

describe('readJson', () => {
  it('the limit is measured while reading: a body over it is not read to its end', async () => {
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1000).fill(0x20));
      },
      cancel() {
        cancelled = true;
      },
    });
    expect(await problemOf(readJson(request(endless), 10_000))).toMatchObject({ code: 'body_too_large', status: 413 });
    expect(pulled).toBeLessThan(20);
    expect(cancelled).toBe(true);
  });

  it('a length that is announced is believed, so nothing is read', async () => {
    const big = request('{}', { 'content-length': '10001' });
    expect(await problemOf(readJson(big, 10_000))).toMatchObject({ code: 'body_too_large' });
    expect(big.bodyUsed).toBe(false);
  });

  it('a body of exactly the limit is read', async () => {
    expect(await readJson(request('{"a":12}'), 8)).toEqual({ a: 12 });
    expect((await problemOf(readJson(request('{"a":123}'), 8))).code).toBe('body_too_large');
  });

  it('text that is not UTF-8', async () => {
    const bytes = new Uint8Array([0x22, 0xff, 0xfe, 0x22]);
    expect(await problemOf(readJson(request(bytes), 100))).toMatchObject({ code: 'malformed_json', status: 400 });
  });

  it('nesting', async () => {
    expect(await readJson(request(nested(400)), 10_000)).toBeInstanceOf(Array);
    expect(await problemOf(readJson(request(nested(401)), 10_000))).toMatchObject({ code: 'invalid_request' });
    expect((await problemOf(readJson(request(nested(1_000_000)), 5_000_000))).status).toBe(400);
  });
});
