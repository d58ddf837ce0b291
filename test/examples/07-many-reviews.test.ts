import { expect, it } from 'vitest';
import { transcript } from '../support/transcript.ts';

it('three questions at once, answered in two calls; the report runs when all are', async () => {
  expect(await transcript('07-many-reviews')).toBe(`\
waiting: Publish one? Publish three?
report: one: no, two: yes, three: later
`);
});
