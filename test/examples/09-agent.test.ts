import { expect, it } from 'vitest';
import { transcript } from '../support/transcript.ts';

it('the agent asks, and goes on with the answer', async () => {
  expect(await transcript('09-agent')).toBe(`\
Book the Ritz?
human Ritz
ai 
tool The Ritz is booked.
ai The Ritz is booked.
`);
});
