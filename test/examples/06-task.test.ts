import { expect, it } from 'vitest';
import { transcript } from '../support/transcript.ts';

it('the node runs twice and its task once', async () => {
  expect(await transcript('06-task')).toBe(`\
the node runs
reserving A9
answered
the node runs
{ order: 'A9', receipt: 'R-A9 for 40 EUR' }
`);
});
