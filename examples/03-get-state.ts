/** `invoke`, then `getState` to see where the thread waits and what it asks. */
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
  const answer = interrupt('what is your age?');
  console.log(`> Received an input from the interrupt: ${answer}`);
  return { human_value: answer };
}

const graph = new StateGraph(State)
  .addNode('node', node)
  .addEdge(START, 'node')
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: randomUUID() } };

await graph.invoke({ foo: 'abc' }, config);

const state = await graph.getState(config);
console.log(state.next);
console.log(state.tasks[0]);
console.log(state.tasks[0]?.interrupts);

console.log(await graph.invoke(new Command({ resume: 25 }), config));
console.log((await graph.getState(config)).next);
