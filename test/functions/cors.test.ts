/** One list in two places: what API Gateway lets a browser send and read, and what the application does. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ALLOWED_HEADERS, EXPOSED_HEADERS } from '../../functions/cors.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('infra allows and exposes the same headers', () => {
  const infra = read('infra/holdpoint.ts') + read('infra/gateway-responses.ts');
  for (const header of [...ALLOWED_HEADERS, ...EXPOSED_HEADERS]) expect(infra).toContain(`'${header}'`);
});
