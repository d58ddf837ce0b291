/** A node stops for a person, and goes on with the answer. It is entered twice: on resume it runs again from its start. */
import { randomUUID } from 'node:crypto';
import { Annotation, Command, interrupt, MemorySaver, START, StateGraph } from '../core/index.ts';

const State = Annotation.Root({
  foo: Annotation<string>,
  /** Updated with what the person answered. */
  human_value: Annotation<string>,
});

let counter = 0;

function node() {
  counter += 1;
  console.log(`> Entered the node: ${counter} # of times`);
  const answer = interrupt('what is your age?');
  console.log(`> Received an input from the interrupt: ${answer}`);
  return { human_value: answer };
}

// A thread waits in the checkpointer: without one, interrupt() is refused.
const graph = new StateGraph(State)
  .addNode('node', node)
  .addEdge(START, 'node')
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: randomUUID() } };

for await (const chunk of await graph.stream({ foo: 'abc' }, config)) print(chunk);
for await (const chunk of await graph.stream(new Command({ resume: 'some input from a human!!!' }), config))
  print(chunk);

function print(chunk: unknown) {
  console.log(JSON.stringify(chunk));
}
