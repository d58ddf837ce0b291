import { compare } from './compare.ts';

await compare('schemas', {
  zodState: { at: [1, 4], why: 'a default never resets a value that the thread has' },
});
