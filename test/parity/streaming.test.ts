import { compare } from './compare.ts';

await compare('streaming', {
  questionsInStreams: { at: [0, 2, 4, 8], why: 'a question is told once it is saved, after what its siblings did' },
});
