/** Whether a process that stays warm keeps memory: the heap in use after each tenth of 100,000 runs, garbage collected, in a process of its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { round, table, verdict } from './table.ts';

const CYCLES = 50_000;
const RUNS_PER_CYCLE = 2;
const SAMPLES = 10;
/** Of the last sample over the second: before that the JIT compiler and the caches of the engine still fill. */
const AIM = 1.03;

export async function memory(): Promise<string> {
  const child = fileURLToPath(new URL('memory-child.ts', import.meta.url));
  const args = ['--expose-gc', '--import', 'tsx', child, `${CYCLES}`, `${SAMPLES}`];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const heaps = stdout.trim().split('\n').map(Number);
  const growth = heaps.at(-1)! / heaps[1]!;
  const bytesPerRun = (heaps.at(-1)! - heaps[1]!) / ((CYCLES * RUNS_PER_CYCLE * (SAMPLES - 2)) / SAMPLES);
  return [
    table(
      ['after runs', 'heap in use, MB'],
      heaps.map((bytes, i) => [
        (((i + 1) * CYCLES * RUNS_PER_CYCLE) / SAMPLES).toLocaleString('en'),
        (bytes / 1e6).toFixed(3),
      ]),
    ),
    '',
    `The last over the second: ${growth.toFixed(3)}, aim ≤ ${AIM}: ${verdict(growth <= AIM)}. That is ${round(bytesPerRun)} bytes per run. A cycle is two runs: ` +
      'start, a graph inside with a `task()` and a question, the answer by a stream, two Sends, `getState`, and the thread is deleted.',
  ].join('\n');
}
