/** The crash matrix of docs/reliability.md, continued: the recovery is struck too, at every one of its calls. */
import { describe, expect, it } from 'vitest';
import type { Fault } from './faulty.ts';
import { broken, run } from './matrix.ts';
import { scenarios } from './scenarios.ts';

const twice = ['resume', 'sync durability', 'parallel questions'];

describe.each(scenarios.filter(({ name }) => twice.includes(name)))(
  '$name, and the recovery is struck too',
  (scenario) => {
    it.each<[Fault, Fault]>([
      ['before', 'before'],
      ['before', 'after'],
      ['after', 'before'],
      ['after', 'after'],
    ])('%s, then %s', { timeout: 120_000 }, async (first, second) => {
      const undisturbed = await run(scenario, []);
      const wrong: string[] = [];
      for (let call = 0; call < undisturbed.calls[0]!; call++) {
        const once = await run(scenario, [{ call, fault: first }]);
        for (let next = 0; next < (once.calls[1] ?? 0); next++) {
          const strikes = [
            { call, fault: first },
            { call: next, fault: second },
          ];
          const where = `${scenario.name}, ${first} at call ${call}, ${second} at call ${next}`;
          wrong.push(...broken(await run(scenario, strikes), undisturbed, where));
        }
      }
      expect(wrong).toEqual([]);
    });
  },
);
