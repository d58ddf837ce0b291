/**
 * Size and import time of the Lambda bundle, against the same graph served with LangGraph.js (bench/peer/), and what each part costs.
 * Every import happens in a process of its own; the bundles take turns.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Bundle, buildAll, CORE, NOTHING, OURS, PEER } from './bundles.ts';
import { ratioOf, sampleOf } from './stats.ts';
import { round, spread, table, verdict } from './table.ts';

const ROUNDS = 15;
/** Of the peer's import time. */
const AIM = 0.45;
const CORE_AIM = 45_000;

const run = promisify(execFile);

export async function bundle(): Promise<string> {
  const bundles = await buildAll();
  const times = new Map<string, number[]>(bundles.map(({ name }) => [name, []]));
  for (let turn = -1; turn < ROUNDS; turn++) {
    for (const { name, file } of rotated(bundles, turn + 1)) {
      const time = await importTime(file);
      if (turn >= 0) times.get(name)!.push(time);
    }
  }
  const of = (name: string): readonly number[] => times.get(name)!;
  const sizeOf = (name: string): number => bundles.find((one) => one.name === name)!.bytes;
  const ratio = ratioOf(of(OURS), of(PEER));
  return [
    table(
      ['Holdpoint ÷ LangGraph.js', 'ratio', 'aim'],
      [
        ['import time of the Lambda bundle', spread(ratio), `≤ ${AIM}: ${verdict(ratio.median <= AIM)}`],
        ['size of the Lambda bundle', round(sizeOf(OURS) / sizeOf(PEER)), '–'],
      ],
    ),
    `Core alone, minified: ${kb(sizeOf(CORE))} KB, aim ≤ ${kb(CORE_AIM)} KB: ${verdict(sizeOf(CORE) <= CORE_AIM)}.`,
    table(
      ['bundle', 'KB, minified', 'KB, gzipped', 'import, ms', 'over nothing, ms'],
      bundles.map(({ name, bytes, gzipped }) => [
        name,
        kb(bytes),
        kb(gzipped),
        spread(sampleOf(of(name))),
        round(sampleOf(of(name)).median - sampleOf(of(NOTHING)).median),
      ]),
    ),
    `Medians of ${ROUNDS} fresh processes each (10th to 90th percentile in brackets; the ratio is taken round by round). 1 KB is 1,000 bytes.`,
  ].join('\n\n');
}

function rotated(bundles: readonly Bundle[], by: number): readonly Bundle[] {
  const at = by % bundles.length;
  return [...bundles.slice(at), ...bundles.slice(0, at)];
}

/** Milliseconds, in a fresh process. */
async function importTime(file: string): Promise<number> {
  const program = fileURLToPath(new URL('import-time.mjs', import.meta.url));
  const { stdout } = await run(process.execPath, [program, pathToFileURL(file).href], {
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      NODE_NO_WARNINGS: '1',
      HOLDPOINT_TABLE: 'bench',
      CHECKPOINTS: 'bench',
      WRITES: 'bench',
    },
  });
  return Number(stdout);
}

function kb(bytes: number): string {
  return round(bytes / 1000);
}
