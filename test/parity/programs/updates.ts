/** Programs: checkpoints made by hand in corners, and what stays of runs that were stopped. */
import { Annotation, interrupt, MemorySaver, START, StateGraph } from '@langchain/langgraph';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  v: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const saver = () => ({ checkpointer: new MemorySaver() });
const logs = (name: string) => () => ({ log: [name] });
const asks = (name: string) => () => ({ log: [interrupt<string, string>(`${name}?`)] });

function line() {
  return new StateGraph(State)
    .addNode('a', logs('a'))
    .addNode('b', asks('b'))
    .addNode('c', logs('c'))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .addEdge('b', 'c')
    .compile(saver());
}

export async function asInputBesideAQuestion(log: Log) {
  const graph = new StateGraph(State)
    .addNode('done', logs('done'))
    .addNode('asks', asks('asks'))
    .addEdge(START, 'done')
    .addEdge(START, 'asks')
    .compile(saver());
  await graph.invoke({ log: ['in'] }, thread());
  await graph.updateState(thread(), { log: ['new'] }, '__input__');
  log((await graph.getState(thread())).values);
  log(await graph.invoke(null, thread()));
}

export async function whoUpdatesAnInput(log: Log) {
  const graph = line();
  await graph.invoke({ log: ['1'] }, thread());
  await graph.invoke({ log: ['2'] }, thread());
  for (const { config, metadata } of await collect(graph.getStateHistory(thread()))) {
    if (metadata?.source !== 'input') continue;
    const { next, values } = await graph.getState(await graph.updateState(config, { v: 'by hand' }));
    log([next, values]);
  }
}

export async function copiesWithWhatIsNoUpdate(log: Log) {
  const graph = line();
  await graph.invoke({ log: ['1'] }, thread());
  const values = [{ values: { v: 'x' }, asNode: 'a' }] as never;
  await graph.bulkUpdateState(thread(), [{ updates: [{ values, asNode: '__copy__' }] }]);
  const { next, metadata } = await graph.getState(thread());
  log([next, metadata?.source]);
}

export async function stoppedByTheCaller(log: Log) {
  for (const beside of [false, true]) {
    const controller = new AbortController();
    const graph = new StateGraph(State)
      .addNode('slow', async () => {
        setTimeout(() => controller.abort(), 5);
        return new Promise<{ log: string[] }>((resolve) => setTimeout(() => resolve({ log: ['slow'] }), 40));
      })
      .addNode('quick', logs('quick'))
      .addEdge(START, 'slow')
      .addEdge(beside ? START : 'slow', 'quick')
      .compile(saver());
    log(await failure(() => graph.invoke({ log: ['in'] }, { ...thread(), signal: controller.signal })));
    const { next, tasks } = await graph.getState(thread());
    log([next, tasks.map(({ name, error }) => [name, error])]);
  }
}

export async function checkpointsTwoGraphsDeep(log: Log) {
  const low = new StateGraph(State).addNode('low', asks('low')).addEdge(START, 'low').compile();
  const middle = new StateGraph(State).addNode('middle', low).addEdge(START, 'middle').compile();
  const graph = new StateGraph(State).addNode('top', middle).addEdge(START, 'top').compile(saver());
  log(await collect(graph.stream({ log: ['in'] }, { ...thread(), streamMode: ['checkpoints'], subgraphs: true })));
}

export async function deferredBehindAFinishedSibling(log: Log) {
  for (const defer of [false, true]) {
    const graph = new StateGraph(State)
      .addNode('c', asks('c'))
      .addNode('d', logs('d'))
      .addNode('e', logs('e'), { defer })
      .addEdge(START, 'c')
      .addEdge(START, 'd')
      .addEdge('d', 'e')
      .compile(saver());
    await graph.invoke({}, thread());
    await graph.updateState(thread(), { log: ['by hand'] }, 'c');
    log((await graph.getState(thread())).next);
    log(await graph.invoke(null, thread()));
  }
}
