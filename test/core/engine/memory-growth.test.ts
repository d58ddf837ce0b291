/** A warm process: what a run has opened is garbage when it has ended. bench/memory.ts runs the same cycle 50,000 times. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('keeps no task, signal, promise, map or closure of a run that has ended', { timeout: 60_000 }, async () => {
  const program = fileURLToPath(new URL('../../support/live-objects.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program]);
  expect(JSON.parse(stdout)).toEqual([]);
});
