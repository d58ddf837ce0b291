/** Small graphs for the tests of the HTTP surface, each made for one thing that can happen. */
import { Annotation, END, interrupt, START, StateGraph } from '../../core/index.ts';

const State = Annotation.Root({
  topic: Annotation<unknown>,
  answer: Annotation<unknown>,
  log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

type NodeState = typeof State.State;
type Config = { readonly configurable?: Readonly<Record<string, unknown>>; readonly context?: unknown };

/** One node that does what it is told. */
export function oneNode(run: (state: NodeState, config: Config) => unknown) {
  return new StateGraph(State)
    .addNode('work', run as () => object)
    .addEdge(START, 'work')
    .addEdge('work', END)
    .compile();
}

/** Asks one question, then another node finishes. */
export function asking(
  question: (state: NodeState) => unknown = ({ topic }) => ({ approve: topic }),
  onFinish: () => unknown = () => undefined,
) {
  return new StateGraph(State)
    .addNode('review', (state) => ({ answer: interrupt(question(state)), log: ['reviewed'] }))
    .addNode('finish', async () => {
      await onFinish();
      return { log: ['finished'] };
    })
    .addEdge(START, 'review')
    .addEdge('review', 'finish')
    .addEdge('finish', END)
    .compile();
}

/** Asks two questions at once. */
export function askingTwice() {
  return new StateGraph(State)
    .addNode('left', () => ({ log: [`left ${String(interrupt('left?'))}`] }))
    .addNode('right', () => ({ log: [`right ${String(interrupt('right?'))}`] }))
    .addEdge(START, 'left')
    .addEdge(START, 'right')
    .addEdge('left', END)
    .addEdge('right', END)
    .compile();
}

/** Asks two questions at once, and takes nothing but a number for the second. */
export function askingStrictly(onLeft: () => unknown = () => undefined) {
  const responseSchema = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value: unknown) =>
        typeof value === 'number' ? { value } : { issues: [{ message: 'expected a number' }] },
    },
  } as const;
  return new StateGraph(State)
    .addNode('left', () => {
      const answer = interrupt('left?');
      onLeft();
      return { log: [`left ${String(answer)}`] };
    })
    .addNode('right', () => ({ log: [`right ${String(interrupt('right?', { responseSchema }))}`] }))
    .addEdge(START, 'left')
    .addEdge(START, 'right')
    .addEdge('left', END)
    .addEdge('right', END)
    .compile();
}

/** Three nodes in a row, each told that it runs. */
export function steps(onNode: (name: string, config: Config) => unknown = () => undefined) {
  const node = (name: string) => async (_state: NodeState, config: Config) => {
    await onNode(name, config);
    return { log: [name] };
  };
  return new StateGraph(State)
    .addNode('one', node('one'))
    .addNode('two', node('two'))
    .addNode('three', node('three'))
    .addEdge(START, 'one')
    .addEdge('one', 'two')
    .addEdge('two', 'three')
    .addEdge('three', END)
    .compile();
}

/** Never ends. */
export function endless() {
  return new StateGraph(State)
    .addNode('again', () => ({ log: ['again'] }))
    .addEdge(START, 'again')
    .addEdge('again', 'again')
    .compile();
}
