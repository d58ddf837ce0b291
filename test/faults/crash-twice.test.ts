/** The crash matrix of docs/reliability.md, continued: the recovery is struck too, at every one of its calls. */
import { describe, expect, it } from 'vitest';
import type { Outcome } from './client.ts';
import type { Strike } from './faulty.ts';
import { broken, run } from './matrix.ts';
import { scenarios } from './scenarios.ts';

const twice = ['resume', 'sync durability', 'parallel questions'];

describe.each(scenarios.filter(({ name }) => twice.includes(name)))('$name', (scenario) => {
  it('dies at every call, and the recovery dies at every call', { timeout: 120_000 }, async () => {
    const undisturbed = await run(scenario, []);
    const wrong: string[] = [];
    for (const first of deaths(undisturbed, 0)) {
      const once = await run(scenario, [first]);
      for (const second of deaths(once, 1)) {
        const where = `${scenario.name}, ${told(first)}, then ${told(second)}`;
        wrong.push(...broken(await run(scenario, [first, second]), undisturbed, where));
      }
    }
    expect(wrong).toEqual([]);
  });
});

/**
 * The ways in which a process can die that leave different tables. After a call that was alone on its way the table is as it is before the next
 * call, and less has happened in between, so only that is tried. (crash.test.ts tries both.)
 */
function deaths({ calls, together }: Outcome, process: number): Strike[] {
  const strikes: Strike[] = [];
  const count = calls[process] ?? 0;
  for (let call = 0; call < count; call++) {
    strikes.push({ call, fault: 'before' });
    if (call === count - 1 || together[process]!.has(call)) strikes.push({ call, fault: 'after' });
  }
  return strikes;
}

function told({ call, fault }: Strike): string {
  return `${fault} call ${call}`;
}
