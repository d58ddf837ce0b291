/** Codes, statuses, and the page that explains them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HoldpointError } from '../../core/errors.ts';
import { Problem, problemBody, PROBLEMS, problemResponse, toProblem } from '../../functions/problems.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  const headings = [...read('docs/errors.md').matchAll(/^### `(\w+)`(?: \((\d{3}(?:, \d{3})*)\))?$/gm)];
  const documented = new Map(headings.map(([, code, statuses]) => [code!, statuses?.split(', ').map(Number) ?? []]));
  const gateway = [...read('infra/gateway-responses.ts').matchAll(/\bcode: '(\w+)'/g)].map(([, code]) => code!);

  it('has one heading for every code, and no other', () => {
    const codes = new Set([...Object.keys(PROBLEMS), ...gateway]);
    expect([...documented.keys()].sort()).toEqual([...codes].sort());
    expect(headings).toHaveLength(documented.size);
  });

  it('gives the status of every code', () => {
    for (const [code, [status]] of Object.entries(PROBLEMS))
      expect([code, documented.get(code)]).toEqual([code, expect.arrayContaining([status])]);
  });
});

function after(code: 'thread_busy' | 'store_unavailable', details: Record<string, unknown>): string | undefined {
  return toProblem(new HoldpointError(code, '', details)).headers['retry-after'];
}

describe('toProblem', () => {
  it('P2: a refusal has the status of its code; its details become members in snake case', () => {
    const error = new HoldpointError('thread_busy', 'Busy.', {
      threadId: 't',
      retryAfterMs: 2300,
      nested: { keptAsIs: 1 },
    });
    const problem = toProblem(error);
    expect(problem.headers).toEqual({ 'retry-after': '3' });
    expect(problemBody(problem)).toEqual({
      type: 'about:blank',
      title: 'The thread is busy',
      status: 409,
      detail: 'Busy.',
      code: 'thread_busy',
      thread_id: 't',
      retry_after_ms: 2300,
      nested: { keptAsIs: 1 },
    });
  });

  it('Retry-After: at least a second, at most five for a busy thread, longer for a store that waiting does not mend', () => {
    expect(after('thread_busy', { retryAfterMs: 1 })).toBe('1');
    expect(after('thread_busy', { retryAfterMs: 60_000 })).toBe('5');
    expect(after('store_unavailable', { retryable: true })).toBe('1');
    expect(after('store_unavailable', { retryable: false })).toBe('30');
  });

  it('P3: details that no JSON holds do not break the response, and do not replace its own members', async () => {
    const self: Record<string, unknown> = {};
    self['self'] = self;
    const response = problemResponse(new Problem('internal', 'x', { value: 1n, self, status: 'mine', code: 'mine' }));
    expect(await response.json()).toMatchObject({
      value: '1',
      self: { self: '[Circular]' },
      status: 500,
      code: 'internal',
    });
  });

  it('P3: an error that nobody foresaw shows nothing of itself', () => {
    const body = JSON.stringify(problemBody(toProblem(new Error('password=hunter2'))));
    expect(body).not.toContain('hunter2');
    expect(JSON.parse(body)).toMatchObject({ status: 500, code: 'internal' });
  });
});
