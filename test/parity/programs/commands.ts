/** Programs: Commands and Sends, wherever they come from. */
import { Annotation, Command, END, MemorySaver, Send, START, StateGraph, task } from '@langchain/langgraph';
import { collect, failure, type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  v: Annotation<unknown>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
type Input = Command<unknown, Update, 'a' | 'b'>;
type Update = typeof State.Update;
const says = (name: string) => (): Update => ({ log: [name] });

export async function listsOfCommandsAndSends(log: Log) {
  const returning = (output: unknown) =>
    new StateGraph(State)
      .addNode('a', () => output as Update, { ends: ['b', 'c'] })
      .addNode('b', says('b'))
      .addNode('c', (state) => ({ log: [`c ${String(state.v)}`] }))
      .addEdge(START, 'a')
      .compile();
  const outputs = [
    [new Command({ update: { log: ['1'] }, goto: 'b' }), new Send('c', { v: 's' }), { log: ['2'] }],
    [new Send('c', { v: 's' }), new Command({ goto: [new Send('c', { v: 't' }), 'b'] })],
    new Command({ goto: ['b', 'b', new Send('b', { v: 1 }), END] }),
    new Command({
      update: [
        ['log', ['1']],
        ['log', ['2']],
        ['v', 'x'],
      ],
    }),
    new Command({ resume: 'nobody asked', update: { v: 1 } }),
    new Command({ graph: 'another', update: { log: ['x'] } }),
    new Send('c', { v: 'alone' }),
    [new Send('c', { v: 'in a list' })],
  ];
  for (const output of outputs)
    log(await failure(() => collect(returning(output).stream({}, { streamMode: ['updates', 'values'] }))));
}

export async function gotoItself(log: Log) {
  const graph = new StateGraph(State)
    .addNode(
      'a',
      (state) => new Command({ update: { log: ['a'] }, goto: state.log.length < 3 ? 'a' : state.v ? 'b' : END }),
      { ends: ['a', 'b', END] },
    )
    .addNode('b', says('b'))
    .addEdge(START, 'a')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({}, { ...thread(), streamMode: ['updates', 'tasks', 'values'] })));
  log(await graph.invoke({ v: 'on' }, thread('2')));
  log(await collect(graph.getStateHistory(thread())));
}

export async function commandsAsInput(log: Log) {
  const graph = new StateGraph(State)
    .addNode('a', (state) => ({ log: [`a ${String(state.v)}`] }))
    .addNode('b', (state) => ({ log: [`b ${String(state.v)}`] }))
    .addEdge(START, 'a')
    .addEdge('a', 'b')
    .compile({ checkpointer: new MemorySaver() });
  const inputs = [
    new Command({ graph: Command.PARENT, goto: 'a' }),
    new Command({}),
    new Command({ goto: [] }),
    new Command({ update: {} }),
    new Command({ update: [] }),
    new Command({ update: null as never }),
    new Command({ goto: END }),
    new Command({ update: { v: 1 } }),
    new Command({ goto: 'b' }),
    new Command({ goto: [new Send('b', { v: 2 })], update: { v: 3 } }),
  ];
  for (const [i, input] of inputs.entries()) {
    log(await failure(() => graph.invoke(input as Input, thread(String(i)))));
    log((await graph.getState(thread(String(i)))).next);
  }
  const plain = new StateGraph(State)
    .addNode('a', (state) => ({ log: [`a ${String(state.v)}`] }))
    .addEdge(START, 'a')
    .compile();
  log(await plain.invoke(new Command({ goto: 'a', update: { v: 1 } })));
  log(await plain.invoke(new Command({ update: { v: 1 } })));
  log(await failure(() => plain.invoke(null)));
}

export async function commandsAsData(log: Log) {
  const command = new Command({ goto: ['a', new Send('b', { x: 1 })], update: { v: 1 }, resume: 2, graph: 'other' });
  log([command.goto, command.update, command.resume, command.graph, command.lg_name]);
  log(JSON.stringify(command));
  log(JSON.stringify(new Command({})));
  log(JSON.stringify(new Send('b', { x: 1 })));
}

export async function commandsOfTasks(log: Log) {
  const steer = task('steer', async (to: string) => new Command({ update: { log: ['steer'] }, goto: to }));
  const leave = task(
    'leave',
    async () => new Command({ graph: Command.PARENT, goto: 'last', update: { log: ['leave'] } }),
  );
  const child = new StateGraph(State)
    .addNode('one', () => steer('two'), { ends: ['two'] })
    .addNode('two', () => leave())
    .addEdge(START, 'one')
    .compile();
  const graph = new StateGraph(State)
    .addNode('child', child, { ends: ['last'] })
    .addNode('last', says('last'))
    .addEdge(START, 'child')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({}, { ...thread(), subgraphs: true })));
  log(await collect(graph.getStateHistory(thread())));
}

export async function commandsForTheParent(log: Log) {
  const child = (output: unknown) =>
    new StateGraph(State)
      .addNode('i', () => output as Update)
      .addEdge(START, 'i')
      .compile();
  const parent = (node: ReturnType<typeof child>) =>
    new StateGraph(State)
      .addNode('sub', node, { ends: ['b', 'c'] })
      .addNode('b', (state) => ({ log: [`b ${String(state.v)}`] }))
      .addNode('c', says('c'))
      .addNode('static', says('static'))
      .addEdge(START, 'sub')
      .addEdge('sub', 'static')
      .compile();
  const to = (goto: string | Send[], word: string) =>
    new Command({ graph: Command.PARENT, goto, update: { log: [word] } });
  const outputs = [
    to('b', 'one'),
    [new Command({ update: { log: ['own'] } }), to('b', 'first'), to('c', 'second')],
    to([new Send('b', { v: 1 }), new Send('b', { v: 2 })], 'sends'),
  ];
  for (const output of outputs) log(await collect(parent(child(output)).stream({})));
}

export async function commandsOfGraphsThatNodesCall(log: Log) {
  const child = new StateGraph(State)
    .addNode('i', () => new Command({ graph: Command.PARENT, goto: 'b', update: { log: ['child'] } }))
    .addEdge(START, 'i')
    .compile();
  const graph = new StateGraph(State)
    .addNode(
      'calls',
      async (state) => {
        const result = await child.invoke(state);
        return { log: ['never', ...result.log] };
      },
      { ends: ['b'] },
    )
    .addNode('b', says('b'))
    .addEdge(START, 'calls')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ log: ['in'] }, thread())));
  log(await collect(graph.getStateHistory(thread())));
}

export async function grandchildrenHandOver(log: Log) {
  const grandchild = new StateGraph(State)
    .addNode('deep', () => new Command({ graph: Command.PARENT, goto: 'c2', update: { log: ['deep'] } }))
    .addEdge(START, 'deep')
    .compile();
  const child = new StateGraph(State)
    .addNode('c1', grandchild, { ends: ['c2'] })
    .addNode('c2', () => new Command({ graph: Command.PARENT, goto: 'p2', update: { log: ['c2'] } }))
    .addEdge(START, 'c1')
    .compile();
  const graph = new StateGraph(State)
    .addNode('p1', child, { ends: ['p2'] })
    .addNode('p2', says('p2'))
    .addEdge(START, 'p1')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({}, { ...thread(), subgraphs: true, streamMode: ['updates', 'values'] })));
}

export async function aSupervisor(log: Log) {
  let turn = 0;
  const graph = new StateGraph(State)
    .addNode(
      'supervisor',
      () => {
        const goto = ['research', 'math', END][turn++]!;
        return new Command({ goto, update: { log: [`to ${goto}`] } });
      },
      { ends: ['research', 'math', END] },
    )
    .addNode('research', () => new Command({ goto: 'supervisor', update: { log: ['r'] } }), { ends: ['supervisor'] })
    .addNode('math', () => new Command({ goto: 'supervisor', update: { log: ['m'] } }), { ends: ['supervisor'] })
    .addEdge(START, 'supervisor')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({}, { ...thread(), streamMode: ['updates', 'tasks'] })));
}
