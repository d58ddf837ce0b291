/** Whether a process that stays warm keeps memory: the heap in use after each tenth of 100,000 runs, garbage collected, in a process of its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { quantile } from './stats.ts';
import { round, table, verdict } from './table.ts';

const CYCLES = 50_000;
const RUNS_PER_CYCLE = 2;
const SAMPLES = 10;
/** Of the median of the last three samples over that of the second to the fourth: before them the JIT compiler has not seen everything. */
const AIM = 1.03;

export async function memory(): Promise<string> {
  const child = fileURLToPath(new URL('memory-child.ts', import.meta.url));
  const args = ['--expose-gc', '--import', 'tsx', child, `${CYCLES}`, `${SAMPLES}`];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const heaps = stdout.trim().split('\n').map(Number);
  const [early, late] = [quantile(heaps.slice(1, 4), 0.5), quantile(heaps.slice(-3), 0.5)];
  const growth = late / early;
  const bytesPerRun = (late - early) / ((CYCLES * RUNS_PER_CYCLE * (SAMPLES - 4)) / SAMPLES);
  return [
    table(
      ['after runs', 'heap in use, MB'],
      heaps.map((bytes, i) => [
        (((i + 1) * CYCLES * RUNS_PER_CYCLE) / SAMPLES).toLocaleString('en'),
        (bytes / 1e6).toFixed(3),
      ]),
    ),
    '',
    `The median of the last three over that of the second to the fourth: ${growth.toFixed(3)}, aim ≤ ${AIM}: ${verdict(growth <= AIM)}. That is ${round(bytesPerRun)} bytes per run. A cycle is two runs: ` +
      'start, a graph inside with a `task()` and a question, the answer by a stream, two Sends, `getState`, and the thread is deleted.',
  ].join('\n');
}
