/** `task()`: a node runs again when its answer comes, but a task in it that has finished does not. */
import { Annotation, Command, interrupt, MemorySaver, START, StateGraph, task } from '../core/index.ts';

const State = Annotation.Root({ order: Annotation<string>, receipt: Annotation<string> });

const reserve = task('reserve', (order: string) => {
  console.log('reserving', order);
  return `R-${order}`;
});

const graph = new StateGraph(State)
  .addNode('sell', async ({ order }) => {
    console.log('the node runs');
    const reservation = await reserve(order);
    const price = interrupt<string, number>(`Price of ${reservation}?`);
    return { receipt: `${reservation} for ${price} EUR` };
  })
  .addEdge(START, 'sell')
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: 'order-9' } };
await graph.invoke({ order: 'A9' }, config);
console.log('answered');
console.log(await graph.invoke(new Command({ resume: 40 }), config));
