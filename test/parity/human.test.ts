import { compare } from './compare.ts';

await compare('human', {
  aQuestionInASubgraph: {
    at: [1, 3, 6],
    why: "a nested graph's history begins after its input; an update in it shows no question until it is asked anew",
  },
  parallelQuestions: { at: [3, 5], why: 'an answered question is not shown as pending' },
  resumeWithAnUpdateOrAGoto: { at: [1], why: "a Command's update shows in its own snapshot" },
  validateInALoop: { at: [2, 4, 6, 8, 10], why: 'a node that waits for its second answer is still next' },
});
