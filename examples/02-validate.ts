/** A node asks until the answer is valid. Each question is one of its own, with an id of its own. */
import { randomUUID } from 'node:crypto';
import { Annotation, Command, interrupt, MemorySaver, START, StateGraph } from '../core/index.ts';

const State = Annotation.Root({
  foo: Annotation<string>,
  human_value: Annotation<string>,
});

let counter = 0;

function node() {
  counter += 1;
  console.log(`> Entered the node: ${counter} # of times`);

  let question = 'What is your age?';
  let answer: unknown;
  while (true) {
    answer = interrupt(question);
    if (typeof answer === 'number' && Number.isInteger(answer) && answer >= 0) break;
    question = `'${JSON.stringify(answer)}' is not a valid age. What is your age?`;
  }
  return { human_value: `The human is ${answer} years old.` };
}

const graph = new StateGraph(State)
  .addNode('node', node)
  .addEdge(START, 'node')
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: randomUUID() } };

for await (const chunk of await graph.stream({ foo: 'abc' }, config)) print(chunk);
for (const answer of [-20, { foo: 'bar' }, 25]) {
  for await (const chunk of await graph.stream(new Command({ resume: answer }), config)) print(chunk);
}

function print(chunk: unknown) {
  console.log(JSON.stringify(chunk));
}
