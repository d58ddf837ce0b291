import { expect, it } from 'vitest';
import { transcript } from '../support/transcript.ts';

it('each draft is made once, however often the function runs; null is an answer', async () => {
  expect(await transcript('08-function')).toBe(`\
drafting, 0 wishes
asked: "Rivers": any wishes?
drafting, 1 wishes
asked: "Rivers, shorter": any wishes?
drafting, 2 wishes
asked: "Rivers, shorter, with maps": any wishes?
done:  Rivers, shorter, with maps
`);
});
