/** A warm process: what a run has opened is garbage when it has ended. bench/memory.ts runs the same cycle 50,000 times. */
import { queryObjects } from 'node:v8';
import { expect, it } from 'vitest';
import { prepareCycle } from '../../../bench/cycle.ts';
import { TaskContext } from '../../../core/engine/context.ts';
import * as holdpoint from '../../../core/index.ts';

const CYCLES = 200;

it('keeps no task, signal, promise, map or closure of a run that has ended', async () => {
  const cycle = prepareCycle(holdpoint);
  const run = async (): Promise<void> => {
    for (let i = 0; i < CYCLES; i++) await cycle();
  };
  await run();
  const before = counts();
  await run();
  const after = counts();
  const kept = Object.keys(after).filter((kind) => after[kind]! - before[kind]! > CYCLES / 2);
  expect(kept).toEqual([]);
});

/** Live objects of each class, garbage collected. */
function counts(): Record<string, number> {
  const kinds = { TaskContext, AbortSignal, Promise, Map, Function };
  return Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [name, queryObjects(kind, { format: 'count' })]),
  );
}
