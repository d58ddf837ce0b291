import * as lg from '@langchain/langgraph';
import * as hp from './core/index.ts';
for (const L of [lg as any, hp as any]) {
  const S = L.Annotation.Root({ log: L.Annotation({ reducer: (a: any, b: any) => a.concat(b), default: () => [] }) });
  const ask = (q: string) => () => ({ log: [L.interrupt(q)] });
  const sub = new L.StateGraph(S).addNode('x', ask('x?')).addNode('y', ask('y?')).addEdge('__start__', 'x').addEdge('__start__', 'y').compile();
  const g = new L.StateGraph(S).addNode('s', sub).addNode('p', ask('p?')).addNode('q', () => ({ log: ['q'] })).addEdge('__start__', 's').addEdge('__start__', 'p').addEdge('__start__', 'q').compile({ checkpointer: new L.MemorySaver() });
  for (const subgraphs of [false, true]) {
    const out = [];
    for await (const c of await g.stream({ log: ['i'] }, { configurable: { thread_id: 't' + subgraphs }, streamMode: ['values', 'updates'], subgraphs })) out.push(JSON.stringify(c));
    console.log(out.join('\n'));
  }
  console.log('----');
}
