import { Annotation, Command, END, interrupt, MemorySaver, START, StateGraph } from '../core/index.ts';

const State = Annotation.Root({ draft: Annotation<string>, approved: Annotation<boolean> });

const graph = new StateGraph(State)
  .addNode('write', () => ({ draft: 'We refund you 250 EUR.' }))
  .addNode('review', ({ draft }) => ({ approved: interrupt(`Send "${draft}"?`) }))
  .addEdge(START, 'write')
  .addEdge('write', 'review')
  .addEdge('review', END)
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: 'case-7' } };

const asked = await graph.invoke({}, config);
console.log(asked.__interrupt__?.[0]?.value); // Send "We refund you 250 EUR."?

// Seconds later here, or months later in another process with DynamoDBSaver:
console.log(await graph.invoke(new Command({ resume: true }), config));
// { draft: 'We refund you 250 EUR.', approved: true }
