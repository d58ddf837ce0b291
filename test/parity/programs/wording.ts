/** Programs: what the builder takes in its older forms, and the words of errors that people look for. */
import {
  Annotation,
  Command,
  END,
  entrypoint,
  GraphValueError,
  interrupt,
  MemorySaver,
  Overwrite,
  Send,
  START,
  StateGraph,
  task,
} from '@langchain/langgraph';
import { type Log, thread } from '../telling.ts';

const State = Annotation.Root({
  v: Annotation<string>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

/** As a user of JavaScript calls it. */
// oxlint-disable-next-line typescript/no-explicit-any -- mistakes that types refuse
type Loose = any;

const saver = () => ({ checkpointer: new MemorySaver() });
const builder = (): Loose => new StateGraph(State);
const one = (node: unknown): Loose =>
  builder()
    .addNode('a', node, { ends: ['b'] })
    .addNode('b', () => ({}))
    .addEdge(START, 'a');
const two = (write: (name: string) => unknown): Loose =>
  builder()
    .addNode('a', () => write('a'))
    .addNode('b', () => write('b'))
    .addEdge(START, 'a')
    .addEdge(START, 'b');
const routed = (path: unknown, paths?: unknown): Loose =>
  builder()
    .addNode('a', () => ({}))
    .addEdge(START, 'a')
    .addConditionalEdges('a', () => path, paths);

export async function wordsOfMistakes(log: Log) {
  const mistakes: readonly (readonly [words: RegExp, make: () => unknown])[] = [
    [/No nodes provided/, () => builder().addNode({})],
    [/Expected a Runnable, function or object/, () => builder().addNode('a')],
    [/`a` already present/, () => one(() => ({})).addNode('a', () => ({}))],
    [/is already being used as a state attribute/, () => builder().addNode('log', () => ({}))],
    [/"\|" is a reserved character and is not allowed in node names/, () => builder().addNode('a|b', () => ({}))],
    [/":" is a reserved character and is not allowed in node names/, () => builder().addNode('a:b', () => ({}))],
    [/Node `__start__` is reserved/, () => builder().addNode(START, () => ({}))],
    [/END cannot be a start node/, () => builder().addEdge(END, 'a')],
    [/START cannot be an end node/, () => one(() => ({})).addEdge('a', START)],
    [
      /Found edge starting at unknown node `zz`/,
      () =>
        one(() => ({}))
          .addEdge('zz', 'a')
          .compile(),
    ],
    [/Found edge ending at unknown node `zz`/, () => routed(END, ['zz']).compile()],
    [
      /Node `b` is not reachable/,
      () =>
        builder()
          .addNode('a', () => ({}))
          .addNode('b', () => ({}))
          .addEdge(START, 'a')
          .compile(),
    ],
    [/Interrupt node `zz` is not present/, () => one(() => ({})).compile({ interruptBefore: ['zz'] })],
    [/Invalid StateGraph input/, () => new (StateGraph as Loose)({})],
    [/Generators are disallowed as entrypoints/, () => entrypoint('a', async function* () {} as Loose)],
    [/Generators are disallowed as tasks/, () => task('a', function* () {} as Loose)],
    [
      /Expected node "a" to return an object/,
      () =>
        one(() => 3)
          .compile()
          .invoke({}),
    ],
    [/Branch condition returned unknown or null destination/, () => routed(null).compile().invoke({})],
    [/Branch condition returned unknown or null destination/, () => routed('q', { x: END }).compile().invoke({})],
    [/Invalid node name "zz" in Send packet/, () => routed(new Send('zz', {})).compile().invoke({})],
    [
      /Invalid update for channel "v".*can only receive one value per step/,
      () =>
        two((v) => ({ v }))
          .compile()
          .invoke({}),
    ],
    [
      /Can receive only one Overwrite value per step/,
      () =>
        two(() => ({ log: new Overwrite([]) }))
          .compile()
          .invoke({}),
    ],
    [
      /No checkpointer set/,
      () =>
        one(() => interrupt('?'))
          .compile()
          .invoke({}),
    ],
    [
      /No checkpointer set/,
      () =>
        one(() => ({}))
          .compile()
          .getState(thread()),
    ],
    [
      /without checkpointer/,
      () =>
        one(() => ({}))
          .compile()
          .invoke(new Command({ resume: 1 })),
    ],
    [
      /missing a required "thread_id" field/,
      () =>
        one(() => ({}))
          .compile(saver())
          .invoke({}),
    ],
    [
      /Node "zz" does not exist/,
      () =>
        one(() => ({}))
          .compile(saver())
          .updateState(thread(), {}, 'zz'),
    ],
    [
      /Received empty Command input/,
      () =>
        one(() => ({}))
          .compile(saver())
          .invoke(new Command({}), thread()),
    ],
    [
      /There is no parent graph/,
      () =>
        one(() => ({}))
          .compile()
          .invoke(new Command({ graph: Command.PARENT, goto: 'a' })),
    ],
    [
      /Passed "recursionLimit" must be at least 1/,
      () =>
        one(() => ({}))
          .compile()
          .invoke({}, { recursionLimit: 0 }),
    ],
    [
      /Recursion limit of 2 reached without hitting a stop condition/,
      () => routed('a').compile().invoke({}, { recursionLimit: 2 }),
    ],
    [/Called interrupt\(\) outside the context of a graph/, () => interrupt('?')],
    [
      /Ambiguous update, specify "asNode"/,
      async () => {
        const graph = two(() => ({})).compile(saver());
        await graph.invoke({ log: [] }, thread());
        return graph.updateState(thread(), {});
      },
    ],
  ];
  for (const [words, make] of mistakes) {
    const message = await said(make);
    log([String(words), words.test(message) || message]);
  }
}

async function said(make: () => unknown): Promise<string> {
  try {
    return `no error: ${String(await make())}`;
  } catch (error) {
    return (error as Error).message;
  }
}

export async function lastValuesAsTheyWereOnce(log: Log) {
  interface Plan {
    input: string;
    total: number;
  }
  const graph = new StateGraph<Plan>({
    channels: { input: { value: null } as Loose, total: { value: (a: number, b: number) => a + b, default: () => 10 } },
  })
    .addNode('plan', (state: Plan) => ({ input: `${state.input}!`, total: 1 }))
    .addEdge(START, 'plan')
    .compile(saver());
  log(await graph.invoke({ input: 'x' }, thread()));
  log(await graph.invoke({ input: 'y', total: 5 }, thread()));
}

export async function namesWithSuffixes(log: Log) {
  log([
    one(() => ({}))
      .compile()
      .getName('Suffix'),
    one(() => ({}))
      .compile({ name: 'mine' })
      .getName('Suffix'),
  ]);
}

export async function errorsThatUsersThrow(log: Log) {
  const error = new GraphValueError('mine', { lc_error_code: 'MISSING_CHECKPOINTER' });
  log([error.name, error.message.split('\n')[0], error.lc_error_code, error instanceof Error]);
}
