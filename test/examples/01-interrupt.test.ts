import { expect, it } from 'vitest';
import { transcript } from '../support/transcript.ts';

it('the node is entered twice: once to ask, once with the answer', async () => {
  expect(await transcript('01-interrupt')).toBe(`\
> Entered the node: 1 # of times
{"__interrupt__":[{"id":"id-1","value":"what is your age?"}]}
> Entered the node: 2 # of times
> Received an input from the interrupt: some input from a human!!!
{"node":{"human_value":"some input from a human!!!"}}
`);
});
