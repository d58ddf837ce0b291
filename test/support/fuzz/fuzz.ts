/** Sends what nobody means, a few requests at a time to a world as it was in the beginning, and shrinks what breaks an invariant. */
import * as fc from 'fast-check';
import { requests } from './requests.ts';
import { type Backing, World } from './world.ts';

/** @returns the world, with its counts @throws Error the smallest requests that break an invariant, and which */
export async function fuzz(back: (build: number) => Backing, atLeast: number, seed: number): Promise<World> {
  const world = new World(back);
  const known = await world.build();
  // Now and then a request is sent twice.
  const some = fc
    .tuple(requests(known), fc.constantFrom(1, 1, 1, 2))
    .map(([one, times]) => Array.from({ length: times }, () => one));
  const few = fc.array(some, { minLength: 1, maxLength: 3, size: 'max' }).map((all) => all.flat());
  const property = fc.asyncProperty(few, async (sent) => {
    await world.reset();
    const wrong: string[] = [];
    for (const request of sent) wrong.push(...(await world.send(request)));
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  for (let round = 0; world.requests < atLeast; round++) {
    const numRuns = Math.max(10, Math.ceil((atLeast - world.requests) / 2.5));
    await fc.assert(property, { numRuns, seed: seed + round, interruptAfterTimeLimit: 600_000 });
  }
  return world;
}
