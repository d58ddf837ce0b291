/**
 * Where the time of a program goes: `npx tsx bench/profile.ts [program [seconds]]`. Without a program it lists them.
 * Prints the functions by their own time. For the whole picture, open the file that it names in a browser's developer tools.
 */
import { writeFile } from 'node:fs/promises';
import { type Profiler, Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledCore } from './compile.ts';
import { programs } from './programs.ts';
import { table } from './table.ts';

const SHOWN = 30;
const [name, seconds = '3'] = process.argv.slice(2);
const program = programs.find((known) => known.name === name);
if (!program) {
  console.log(programs.map((known) => `npx tsx bench/profile.ts '${known.name}'`).join('\n'));
  process.exit(name === undefined ? 0 : 1);
}

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: 100 });
const run = program.prepare(await compiledCore());
for (const until = performance.now() + 500; performance.now() < until;) await run();
await session.post('Profiler.start');
let runs = 0;
const start = performance.now();
while (performance.now() - start < Number(seconds) * 1000) {
  await run();
  runs += 1;
}
const elapsed = performance.now() - start;
const { profile } = await session.post('Profiler.stop');
const file = join(tmpdir(), `holdpoint-${process.pid}.cpuprofile`);
await writeFile(file, JSON.stringify(profile));

const perUnit = (elapsed * 1000) / (runs * program.units);
console.log(`${program.name}: ${perUnit.toFixed(1)} µs per ${program.unit} while profiled; ${file}\n`);
const own = ownTimes(profile);
const total = own.reduce((sum, [, time]) => sum + time, 0);
console.log(
  table(
    ['function', 'own time', 'µs per unit'],
    own
      .slice(0, SHOWN)
      .map(([where, time]) => [where, `${((100 * time) / total).toFixed(1)} %`, ((perUnit * time) / total).toFixed(2)]),
  ),
);

function ownTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): [string, number][] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const key = names.get(id)!;
    times.set(key, (times.get(key) ?? 0) + (timeDeltas[i] ?? 0));
  }
  return [...times].toSorted(([, a], [, b]) => b - a);
}

function nameOf({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string {
  const called = functionName || '(anonymous)';
  if (!url.startsWith('file:')) return `${called} ${url}`.trim();
  return `${called} ${relative(process.cwd(), fileURLToPath(url))}:${lineNumber + 1}`;
}
