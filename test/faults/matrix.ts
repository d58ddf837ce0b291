/** What both halves of the crash matrix share: a table, runs of scenarios, and the invariants that hold of every one of them. */
import { inspect, isDeepStrictEqual } from 'node:util';
import { afterAll } from 'vitest';
import { drive, type Outcome } from './client.ts';
import { useDatabase } from './database.ts';
import type { Strike } from './faulty.ts';
import type { Scenario } from './scenarios.ts';

const database = useDatabase();
let threads = 0;
const counted = { cases: 0, again: 0, kept: 0 };

afterAll(() => {
  process.stdout.write(
    `crash matrix: ${counted.cases} cases, ${counted.again} effects without a key ran again, ${counted.kept} results kept\n`,
  );
});

export const run = (scenario: Scenario, strikes: readonly Strike[]): Promise<Outcome> =>
  drive(scenario, database, `thread ${++threads}`, strikes);

/** The invariants that a disturbed run breaks, seen from the undisturbed one. */
export function broken(disturbed: Outcome, undisturbed: Outcome, where: string): string[] {
  counted.cases += 1;
  const wrong: string[] = [];
  const must = (what: string, has: unknown, had: unknown): void => {
    if (!isDeepStrictEqual(has, had)) wrong.push(`${where}: ${what} ${inspect(has)} instead of ${inspect(had)}`);
  };
  for (const what of ['values', 'next', 'pending'] as const) must(what, disturbed[what], undisturbed[what]);
  must('lists', disturbed.misled, []);
  const names = new Set(undisturbed.effects.map(({ name }) => name));
  counted.kept += disturbed.kept.length;
  must('kept results that were asked for again', disturbed.ranAgain, []);
  must('effects', new Set(disturbed.effects.map(({ name }) => name)), names);
  for (const name of names) {
    const [has, had] = [disturbed, undisturbed].map(({ effects }) => effects.filter((effect) => effect.name === name));
    if (had![0]!.key === undefined) counted.again += Math.max(0, has!.length - had!.length);
    else must(`keys of "${name}"`, keysOf(has!), keysOf(had!));
  }
  return wrong;
}

function keysOf(effects: Outcome['effects']): number {
  return new Set(effects.map(({ key }) => key)).size;
}
