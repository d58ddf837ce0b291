import { expect, it } from 'vitest';
import { transcript } from '../support/transcript.ts';

it('asks before it sends, and knows the answer', async () => {
  expect(await transcript('00-hello')).toBe(`\
Send "We refund you 250 EUR."?
{ draft: 'We refund you 250 EUR.', approved: true }
`);
});
