/** A program: a warm process that runs one cycle many times, and prints of which classes it then has more live objects than before. */
import { queryObjects } from 'node:v8';
import { prepareCycle } from '../../bench/cycle.ts';
import { TaskContext } from '../../core/engine/context.ts';
import * as holdpoint from '../../core/index.ts';

const CYCLES = 200;

const cycle = prepareCycle(holdpoint);
const run = async (): Promise<void> => {
  for (let i = 0; i < CYCLES; i++) await cycle();
};
await run();
const before = counts();
await run();
const after = counts();
const kept = Object.keys(after).filter((kind) => after[kind]! - before[kind]! > CYCLES / 2);
process.stdout.write(JSON.stringify(kept));

/** Garbage collected. */
function counts(): Record<string, number> {
  const kinds = { TaskContext, AbortSignal, Promise, Map, Function };
  return Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [name, queryObjects(kind, { format: 'count' })]),
  );
}
