import { expect, it } from 'vitest';
import { transcript } from '../support/transcript.ts';

it('a second version asks in another order, and each question keeps its answer', async () => {
  expect(await transcript('04-keys')).toBe(`\
asked: Which size?
asked: Which colour?
done:  { summary: 'red in XL' }
`);
});
