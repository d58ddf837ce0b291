import { compare } from './compare.ts';

await compare('pauses', {
  questionsInEdgesOfSubgraphs: { at: [1], why: "a nested graph's history begins after its input" },
});
