/** The smallest program with a question, on the bundle that it is given: asks, and goes on with the answer. Plain JavaScript, as cold-start.mjs. */
import process from 'node:process';

const { Annotation, Command, interrupt, MemorySaver, START, StateGraph } = await import(process.argv[2]);

const State = Annotation.Root({
  log: Annotation({ reducer: (log, more) => [...log, ...more], default: () => [] }),
});
const graph = new StateGraph(State)
  .addNode('ask', () => ({ log: [interrupt('Refund?')] }))
  .addNode('note', ({ log }) => ({ log: [`${log.length} answers`] }))
  .addEdge(START, 'ask')
  .addConditionalEdges('ask', () => 'note', ['note'])
  .compile({ checkpointer: new MemorySaver() });
const thread = { configurable: { thread_id: 't' } };
await graph.invoke({ log: [] }, thread);
const { log } = await graph.invoke(new Command({ resume: 'yes' }), thread);
if (log.join() !== 'yes,1 answers') throw new Error(log.join());
