/** The differential test bites: bugs that are seeded into the engine, one at a time, are caught by a few of its cases. */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { bugs, withBug } from './bugs.ts';
import { cases } from './cases.ts';
import { type Played, playBoth } from './compare.ts';
import type { Case } from './description.ts';
import type { Library } from './library.ts';

const FEW = 200;
const some = fc.sample(cases, { seed: 1, numRuns: FEW });
let told: (readonly [one: Case, expected: Played['expected']])[];

/** The first case that tells the library from LangGraph. */
async function caughtBy(library: Library): Promise<number | undefined> {
  for (const [nth, [one, expected]] of told.entries()) {
    if ((await playBoth(one, library, expected)).difference) return nth;
  }
  return undefined;
}

beforeAll(async () => {
  process.removeAllListeners('warning'); // as in differential.test.ts
  told = [];
  for (const one of some) told.push([one, (await playBoth(one)).expected]);
}, 120_000);

it('without a bug nothing is caught', async () => {
  expect(await caughtBy(await withBug())).toBeUndefined();
});

describe('a bug is caught', () => {
  it.each(bugs)('$what', async (bug) => {
    expect(await caughtBy(await withBug(bug))).toBeLessThan(FEW);
  });
});
