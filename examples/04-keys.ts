/** Two questions with keys: the second deployment asks them in another order, and each still gets its own answer. */
import { Annotation, Command, interrupt, MemorySaver, START, StateGraph } from '../core/index.ts';

const State = Annotation.Root({ summary: Annotation<string> });
const checkpointer = new MemorySaver();
const config = { configurable: { thread_id: 'order-7' } };

const first = new StateGraph(State)
  .addNode('ask', () => {
    const size = interrupt('Which size?', { key: 'size' });
    const colour = interrupt('Which colour?', { key: 'colour' });
    return { summary: `${colour} in ${size}` };
  })
  .addEdge(START, 'ask')
  .compile({ checkpointer });

const second = new StateGraph(State)
  .addNode('ask', () => {
    const colour = interrupt('Which colour?', { key: 'colour' });
    const size = interrupt('Which size?', { key: 'size' });
    return { summary: `${colour} in ${size}` };
  })
  .addEdge(START, 'ask')
  .compile({ checkpointer });

const asked = await first.invoke({}, config);
console.log('asked:', asked.__interrupt__?.[0]?.value);
const next = await first.invoke(new Command({ resume: 'XL' }), config);
console.log('asked:', next.__interrupt__?.[0]?.value);

// A new version is deployed while the thread waits. It asks for the colour first; "XL" stays the size.
console.log('done: ', await second.invoke(new Command({ resume: 'red' }), config));
