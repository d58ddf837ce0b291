import { compare } from './compare.ts';

await compare('runtime', {
  badCalls: { at: [3], why: 'a state without a thread is an error, not an empty snapshot' },
});
