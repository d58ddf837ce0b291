import { expect, it } from 'vitest';
import { transcript } from '../support/transcript.ts';

it('-20, an object and 25: the node is entered four times, and each question has its own id', async () => {
  expect(await transcript('02-validate')).toBe(`\
> Entered the node: 1 # of times
{"__interrupt__":[{"id":"id-1","value":"What is your age?"}]}
> Entered the node: 2 # of times
{"__interrupt__":[{"id":"id-2","value":"'-20' is not a valid age. What is your age?"}]}
> Entered the node: 3 # of times
{"__interrupt__":[{"id":"id-3","value":"'{\\"foo\\":\\"bar\\"}' is not a valid age. What is your age?"}]}
> Entered the node: 4 # of times
{"node":{"human_value":"The human is 25 years old."}}
`);
});
