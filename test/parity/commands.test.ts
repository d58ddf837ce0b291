import { compare } from './compare.ts';

await compare('commands', {
  listsOfCommandsAndSends: { at: [0, 1, 7], why: 'a Send in a list is sent' },
});
