/**
 * The differential test: generated graphs and histories of calls, played on Holdpoint and on LangGraph.js 1.7.3. Everything that a program could see must
 * be equal, but for what differences.ts lists. A failure prints the seed, the path and the shrunk case, which is plain data.
 *
 * HOLDPOINT_DIFFERENTIAL_RUNS=100000 HOLDPOINT_DIFFERENTIAL_SEED=$RANDOM npx vitest run test/differential
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases } from './cases.ts';
import { playBoth } from './compare.ts';
import { ATLEAST, traitsOf } from './distribution.ts';

const { HOLDPOINT_DIFFERENTIAL_RUNS = '2000', HOLDPOINT_DIFFERENTIAL_SEED = '20261122' } = process.env;
const numRuns = Number(HOLDPOINT_DIFFERENTIAL_RUNS);
const seed = Number(HOLDPOINT_DIFFERENTIAL_SEED);

it(`Holdpoint and LangGraph.js tell the same (seed ${seed})`, { timeout: 600_000 + numRuns * 100 }, async () => {
  process.removeAllListeners('warning'); // LangGraph.js leaks listeners of abort signals, and Node says so
  const counts = new Map<string, number>();
  let played = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const { difference, ...rest } = await playBoth(one);
      played += 1;
      for (const trait of traitsOf(one, rest)) counts.set(trait, (counts.get(trait) ?? 0) + 1);
      expect(difference?.holdpoint).toEqual(difference?.langgraph);
      expect(difference).toBeUndefined();
    }),
    { numRuns, seed },
  );
  const shares = Object.keys(ATLEAST).map(
    (trait) => [trait, Math.round((100 * (counts.get(trait) ?? 0)) / played)] as const,
  );
  process.stdout.write(
    `${played} cases, seed ${seed}: ${shares.map(([trait, share]) => `${trait} ${share} %`).join(', ')}\n`,
  );
  expect(shares.filter(([trait, share]) => share < ATLEAST[trait]!)).toEqual([]);
});
