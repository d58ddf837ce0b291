import { expect, it } from 'vitest';
import { transcript } from '../support/transcript.ts';

it('after invoke, getState shows next, the task and its question; after the answer, the final state', async () => {
  expect(await transcript('03-get-state')).toBe(`\
> Entered the node: 1 # of times
[ 'node' ]
{
  id: 'id-1',
  name: 'node',
  path: [ '__pregel_pull', 'node' ],
  interrupts: [
    {
      id: 'id-2',
      value: 'what is your age?'
    }
  ]
}
[
  {
    id: 'id-2',
    value: 'what is your age?'
  }
]
> Entered the node: 2 # of times
> Received an input from the interrupt: 25
{ foo: 'abc', human_value: 25 }
[]
`);
});
