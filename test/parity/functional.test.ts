import { compare } from './compare.ts';

await compare('functional', {
  failingTasks: { at: [1], why: "an entrypoint's error is what its task threw (there: AbortError)" },
});
