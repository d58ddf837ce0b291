/**
 * The crash matrix of docs/reliability.md: every storage call of every scenario, struck by every fault, and the thread is driven to its end
 * by other processes on the same table. Nothing is sampled.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from './client.ts';
import { faults } from './faulty.ts';
import { broken, run } from './matrix.ts';
import { scenarios } from './scenarios.ts';

describe.each(scenarios)('$name', (scenario) => {
  let undisturbed: Outcome;
  beforeAll(async () => {
    undisturbed = await run(scenario, []);
  });

  it.each(faults)('%s at every call', { timeout: 120_000 }, async (fault) => {
    const wrong: string[] = [];
    for (let call = 0; call < undisturbed.calls[0]!; call++) {
      wrong.push(
        ...broken(await run(scenario, [{ call, fault }]), undisturbed, `${scenario.name}, ${fault} at call ${call}`),
      );
    }
    expect(wrong).toEqual([]);
  });
});
