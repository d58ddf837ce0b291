/** Programs: people in the loop. */
import {
  Annotation,
  Command,
  END,
  INTERRUPT,
  interrupt,
  isGraphInterrupt,
  isInterrupted,
  MemorySaver,
  Send,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { z } from 'zod';
import { collect, failure, type Log, thread } from '../telling.ts';

export async function approveOrReject(log: Log) {
  const State = Annotation.Root({
    action: Annotation<string>,
    status: Annotation<'pending' | 'approved' | 'rejected'>(),
  });
  const graph = new StateGraph(State)
    .addNode(
      'approval',
      async (state: typeof State.State) => {
        const yes = interrupt<{ question: string; details: string }, boolean>({
          question: 'Approve?',
          details: state.action,
        });
        return new Command({ goto: yes ? 'proceed' : 'cancel' });
      },
      { ends: ['proceed', 'cancel'] },
    )
    .addNode('proceed', () => ({ status: 'approved' as const }))
    .addNode('cancel', () => ({ status: 'rejected' as const }))
    .addEdge(START, 'approval')
    .addEdge('proceed', END)
    .addEdge('cancel', END)
    .compile({ checkpointer: new MemorySaver() });
  for (const answer of [true, false]) {
    const config = thread(String(answer));
    const asked = await graph.invoke({ action: 'Transfer $500', status: 'pending' }, config);
    log(asked);
    log(isInterrupted(asked) && asked[INTERRUPT][0]?.value);
    log(await graph.getState(config));
    log(await graph.invoke(new Command({ resume: answer }), config));
    log(await graph.getState(config));
    log(await collect(graph.getStateHistory(config)));
  }
}

export async function reviewAndEdit(log: Log) {
  const State = z.object({ generatedText: z.string() });
  const graph = new StateGraph(State)
    .addNode('review', (state) => {
      const updated: string = interrupt({ instruction: 'Review and edit this content', content: state.generatedText });
      return { generatedText: updated };
    })
    .addEdge(START, 'review')
    .addEdge('review', END)
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ generatedText: 'Initial draft' }, thread()));
  log(
    await collect(
      graph.stream(new Command({ resume: 'Improved draft' }), { ...thread(), streamMode: ['values', 'updates'] }),
    ),
  );
  log(await graph.getState(thread()));
}

export async function validateInALoop(log: Log) {
  const State = Annotation.Root({ age: Annotation<number | null> });
  const graph = new StateGraph(State)
    .addNode('collectAge', () => {
      let prompt = 'What is your age?';
      for (;;) {
        const answer: unknown = interrupt(prompt);
        if (typeof answer === 'number' && answer > 0) return { age: answer };
        prompt = `'${String(answer)}' is not a valid age. Please enter a positive number.`;
      }
    })
    .addEdge(START, 'collectAge')
    .addEdge('collectAge', END)
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ age: null }, thread()));
  for (const answer of ['thirty', -5, 0, '', false, 30]) {
    log(await collect(graph.stream(new Command({ resume: answer }), thread())));
    log(await graph.getState(thread()));
  }
  log(await collect(graph.getStateHistory(thread())));
}

export async function validateAcrossTheGraph(log: Log) {
  const State = Annotation.Root({ age: Annotation<number | undefined>, error: Annotation<string | undefined> });
  const graph = new StateGraph(State)
    .addNode('ask', (state) => ({ age: Number(interrupt(state.error ?? 'Age?')) }))
    .addNode('check', (state) => ({ error: (state.age ?? 0) < 18 ? `${state.age} is too young` : undefined }))
    .addEdge(START, 'ask')
    .addEdge('ask', 'check')
    .addConditionalEdges('check', (state) => (state.error ? 'ask' : END), ['ask', END])
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ age: undefined, error: undefined }, thread()));
  for (const answer of ['3', 17, 21]) log(await graph.invoke(new Command({ resume: answer }), thread()));
  log(await collect(graph.getStateHistory(thread())));
}

export async function threeQuestionsInARow(log: Log) {
  let runs = 0;
  const State = Annotation.Root({
    answers: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  const graph = new StateGraph(State)
    .addNode('form', async () => {
      runs++;
      const name = interrupt<string, string>('name?');
      await Promise.resolve();
      const town = interrupt<string, string>('town?');
      const food = interrupt<string, string>('food?');
      return { answers: [name, town, food] };
    })
    .addEdge(START, 'form')
    .compile({ checkpointer: new MemorySaver() });
  for await (const chunk of await graph.stream({}, { ...thread(), streamMode: 'values' })) log(chunk);
  for (const resume of ['Ann', 'Rome', 'Figs']) {
    for await (const chunk of await graph.stream(new Command({ resume }), { ...thread(), streamMode: 'values' }))
      log(chunk);
    log((await graph.getState(thread())).tasks);
  }
  log(runs);
}

export async function parallelQuestions(log: Log) {
  const State = Annotation.Root({ vals: Annotation<string[]>({ reducer: (a, b) => [...a, ...b], default: () => [] }) });
  const graph = new StateGraph(State)
    .addNode('a', () => ({ vals: [`a:${interrupt<string, string>('question_a')}`] }))
    .addNode('b', () => ({ vals: [`b:${interrupt<string, string>('question_b')}`] }))
    .addNode('quick', () => ({ vals: ['quick'] }))
    .addNode('sum', (state) => ({ vals: [String(state.vals.length)] }))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .addEdge(START, 'quick')
    .addEdge(['a', 'b', 'quick'], 'sum')
    .compile({ checkpointer: new MemorySaver() });
  const asked = await graph.invoke({ vals: [] }, thread());
  log(asked);
  log(await graph.getState(thread()));
  if (!isInterrupted<string>(asked)) throw new Error('not interrupted');
  const [first] = asked[INTERRUPT];
  log(await graph.invoke(new Command({ resume: { [first!.id!]: 'one' } }), thread()));
  log(await graph.getState(thread()));
  const rest = (await graph.getState(thread())).tasks.flatMap((task) => task.interrupts);
  const resume = Object.fromEntries(rest.map(({ id, value }) => [id!, `answer for ${String(value)}`]));
  log(
    await collect(graph.stream(new Command({ resume }), { ...thread(), streamMode: ['updates', 'values', 'tasks'] })),
  );
  log(await collect(graph.getStateHistory(thread())));
}

export async function sendsThatAsk(log: Log) {
  const State = Annotation.Root({
    items: Annotation<string[]>,
    done: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  const graph = new StateGraph(State)
    .addNode('each', (state: { item: string }) => {
      if (state.item === 'skip') return { done: ['skipped'] };
      const decision: string = interrupt({ item: state.item });
      return { done: [`${state.item}=${decision}`] };
    })
    .addConditionalEdges(START, (state) => state.items.map((item) => new Send('each', { item })), ['each'])
    .compile({ checkpointer: new MemorySaver() });
  const asked = await graph.invoke({ items: ['x', 'skip', 'y'] }, thread());
  log(asked);
  log(await graph.getState(thread()));
  const interrupts = (asked as { __interrupt__?: { id?: string }[] }).__interrupt__!;
  const resume = Object.fromEntries(interrupts.map(({ id }, index) => [id!, index]));
  log(await graph.invoke(new Command({ resume }), thread()));
  log(await graph.getState(thread()));
}

export async function aQuestionInAConditionalEdge(log: Log) {
  const State = Annotation.Root({ path: Annotation<string> });
  const graph = new StateGraph(State)
    .addNode('draft', () => ({ path: 'draft' }))
    .addNode('publish', (state) => ({ path: `${state.path},publish` }))
    .addNode('trash', (state) => ({ path: `${state.path},trash` }))
    .addEdge(START, 'draft')
    .addConditionalEdges('draft', (state) => interrupt<string, string>(`where to, after ${state.path}?`), [
      'publish',
      'trash',
    ])
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ path: '' }, thread())));
  log(await graph.getState(thread()));
  log(await collect(graph.stream(new Command({ resume: 'trash' }), thread())));
  log(await graph.getState(thread()));
}

export async function aQuestionInAnEdgeFromStart(log: Log) {
  const State = Annotation.Root({ path: Annotation<string> });
  const graph = new StateGraph(State)
    .addNode('a', () => ({ path: 'a' }))
    .addNode('b', () => ({ path: 'b' }))
    .addConditionalEdges(START, () => interrupt<string, 'a' | 'b'>('a or b?'), ['a', 'b'])
    .compile({ checkpointer: new MemorySaver() });
  await graph.invoke({ path: 'start' }, thread());
  log(await graph.invoke(new Command({ resume: 'b' }), thread()));
  log((await graph.getState(thread())).values);
}

export async function aQuestionInASubgraph(log: Log) {
  const Outer = Annotation.Root({ foo: Annotation<string> });
  const Inner = Annotation.Root({ foo: Annotation<string>, bar: Annotation<string> });
  let [before, outer] = [0, 0];
  const subgraph = new StateGraph(Inner)
    .addNode('first', () => {
      before++;
      return { bar: 'bar' };
    })
    .addNode('ask', (state) => ({ foo: `${state.foo}|${state.bar}|${interrupt<string, string>('Provide value:')}` }))
    .addEdge(START, 'first')
    .addEdge('first', 'ask')
    .compile();
  const graph = new StateGraph(Outer)
    .addNode('hello', (state) => {
      outer++;
      return { foo: `hi! ${state.foo}` };
    })
    .addNode('sub', subgraph)
    .addNode('bye', (state) => ({ foo: `${state.foo}|bye` }))
    .addEdge(START, 'hello')
    .addEdge('hello', 'sub')
    .addEdge('sub', 'bye')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ foo: 'foo' }, { ...thread(), subgraphs: true, streamMode: ['updates', 'values'] })));
  const state = await graph.getState(thread(), { subgraphs: true });
  log(state);
  log(await graph.getState(thread()));
  const inner = state.tasks[0]!.state!;
  await graph.updateState((inner as { config: typeof state.config }).config, { foo: 'edited' });
  log(await graph.getState(thread(), { subgraphs: true }));
  log(await collect(graph.stream(new Command({ resume: 'baz' }), { ...thread(), subgraphs: true })));
  log([before, outer, await graph.getState(thread(), { subgraphs: true })]);
  log(await collect(graph.getStateHistory(thread())));
}

export async function aGraphCalledInANode(log: Log) {
  const State = Annotation.Root({ value: Annotation<string> });
  const seen: string[] = [];
  const subgraph = new StateGraph(State)
    .addNode('ask', (state) => {
      seen.push('ask');
      return { value: `${state.value}-${interrupt<string, string>('inner?')}` };
    })
    .addEdge(START, 'ask')
    .compile();
  const graph = new StateGraph(State)
    .addNode('node', async (state) => {
      seen.push('node');
      const one = await subgraph.invoke({ value: `${state.value}1` });
      const two = await subgraph.invoke({ value: `${one.value}2` });
      return { value: two.value };
    })
    .addEdge(START, 'node')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ value: 'v' }, thread()));
  log(await graph.invoke(new Command({ resume: 'A' }), thread()));
  log(await graph.getState(thread(), { subgraphs: true }));
  log(await graph.invoke(new Command({ resume: 'B' }), thread()));
  log(seen);
}

export async function resumeWithAnUpdateOrAGoto(log: Log) {
  const State = Annotation.Root({
    note: Annotation<string>,
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  const build = () =>
    new StateGraph(State)
      .addNode('ask', (state) => ({ log: [`${state.note}:${interrupt<string, string>('ok?')}`] }))
      .addNode('other', () => ({ log: ['other'] }))
      .addEdge(START, 'ask')
      .addConditionalEdges('ask', () => END, ['other', END])
      .compile({ checkpointer: new MemorySaver() });
  const graph = build();
  await graph.invoke({ note: 'first' }, thread());
  log(await graph.invoke(new Command({ resume: 'yes', update: { note: 'second' } }), thread()));
  log(await collect(graph.getStateHistory(thread())));
  await graph.invoke({ note: 'x' }, thread('2'));
  log(await graph.invoke(new Command({ update: { note: 'y' } }), thread('2')));
  log(await graph.invoke(new Command({ resume: 'fine', goto: 'other' }), thread('2')));
  log(await graph.getState(thread('2')));
  await graph.invoke({ note: 'x' }, thread('3'));
  log(await graph.invoke(new Command({ goto: 'other' }), thread('3')));
}

export async function askAgainAndNewInput(log: Log) {
  const State = Annotation.Root({
    n: Annotation<number>,
    log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  const graph = new StateGraph(State)
    .addNode('one', (state) => ({ log: [`one ${state.n}`] }))
    .addNode('ask', () => ({ log: [interrupt<string, string>('?')] }))
    .addEdge(START, 'one')
    .addEdge('one', 'ask')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ n: 1 }, thread()));
  log(await graph.invoke(null, thread()));
  log(await graph.invoke({ n: 2 }, thread()));
  log(await graph.invoke(new Command({ resume: 'done' }), thread()));
  log(await graph.getState(thread()));
  log(await collect(graph.getStateHistory(thread())));
}

export async function falsyAnswers(log: Log) {
  const State = Annotation.Root({ value: Annotation<unknown> });
  const graph = new StateGraph(State)
    .addNode('ask', () => ({ value: { got: interrupt('?') } }))
    .addEdge(START, 'ask')
    .compile({ checkpointer: new MemorySaver() });
  for (const answer of [false, 0, '', [], {}, [1, 2], { a: 1 }]) {
    await graph.invoke({ value: null }, thread(JSON.stringify(answer)));
    log(await graph.invoke(new Command({ resume: answer }), thread(JSON.stringify(answer))));
  }
}

export async function caughtAndRethrown(log: Log) {
  const State = Annotation.Root({ value: Annotation<string> });
  const graph = new StateGraph(State)
    .addNode('careful', () => {
      try {
        return { value: interrupt<string, string>('?') };
      } catch (error) {
        log([(error as Error).name, isGraphInterrupt(error)]);
        throw error;
      } finally {
        log('finally');
      }
    })
    .addEdge(START, 'careful')
    .compile({ checkpointer: new MemorySaver() });
  log(await graph.invoke({ value: '' }, thread()));
  log(await graph.invoke(new Command({ resume: 'r' }), thread()));
}

export async function withoutACheckpointer(log: Log) {
  const State = Annotation.Root({ value: Annotation<string> });
  const builder = new StateGraph(State)
    .addNode('ask', () => ({ value: interrupt<string, string>('?') }))
    .addEdge(START, 'ask');
  log(await failure(() => builder.compile().invoke({ value: '' })));
  log(await failure(() => builder.compile().invoke(new Command({ resume: 'x' }))));
  log(await failure(() => builder.compile().getState(thread())));
  log(await failure(() => interrupt('outside')));
}

export async function staticBreakpoints(log: Log) {
  const State = Annotation.Root({ input: Annotation<string> });
  const builder = new StateGraph(State)
    .addNode('step1', () => ({ input: 'one' }))
    .addNode('step2', (state) => ({ input: `${state.input} two` }))
    .addNode('step3', (state) => ({ input: `${state.input} three` }))
    .addEdge(START, 'step1')
    .addEdge('step1', 'step2')
    .addEdge('step2', 'step3')
    .addEdge('step3', END);
  const graph = builder.compile({
    checkpointer: new MemorySaver(),
    interruptBefore: ['step3'],
    interruptAfter: ['step1'],
  });
  log(await collect(graph.stream({ input: 'hello world' }, { ...thread(), streamMode: 'values' })));
  log(await graph.getState(thread()));
  await graph.updateState(thread(), { input: 'edited!' });
  log(await collect(graph.stream(null, { ...thread(), streamMode: ['values', 'updates', 'tasks', 'checkpoints'] })));
  log((await graph.getState(thread())).next);
  log(await graph.invoke(null, thread()));
  log(await collect(graph.getStateHistory(thread())));
  const plain = builder.compile({ checkpointer: new MemorySaver() });
  log(await plain.invoke({ input: 'x' }, { ...thread(), interruptBefore: '*' }));
  log(await plain.invoke(null, { ...thread(), interruptAfter: ['step1'] }));
  log(await plain.invoke(null, thread()));
  log(await failure(() => builder.compile({ interruptBefore: ['nope' as 'step1'] })));
}

export async function reviewToolCalls(log: Log) {
  interface Call {
    id: string;
    name: string;
    args: Record<string, unknown>;
  }
  type Review =
    | { action: 'continue' }
    | { action: 'update'; args: Record<string, unknown> }
    | { action: 'feedback'; text: string };
  const State = Annotation.Root({
    calls: Annotation<Call[]>,
    results: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  });
  const graph = new StateGraph(State)
    .addNode('model', (state) =>
      state.results.at(-1)?.startsWith('feedback') || state.results.length === 0
        ? { calls: [{ id: 'c1', name: 'weather', args: { city: 'sf' } }] }
        : { calls: [] },
    )
    .addNode(
      'review',
      (state): Command<unknown, typeof State.Update, 'tool' | 'model'> => {
        const [call] = state.calls;
        const review = interrupt<unknown, Review>({ question: 'Is this correct?', call });
        switch (review.action) {
          case 'continue':
            return new Command({ goto: 'tool' });
          case 'update':
            return new Command({ goto: 'tool', update: { calls: [{ ...call!, args: review.args }] } });
          case 'feedback':
            return new Command({ goto: 'model', update: { results: [`feedback: ${review.text}`] } });
        }
      },
      { ends: ['tool', 'model'] },
    )
    .addNode('tool', (state) => ({ results: state.calls.map((call) => `${call.name}(${JSON.stringify(call.args)})`) }))
    .addEdge(START, 'model')
    .addConditionalEdges('model', (state) => (state.calls.length > 0 ? 'review' : END), ['review', END])
    .addEdge('tool', 'model')
    .compile({ checkpointer: new MemorySaver() });
  log(await collect(graph.stream({ calls: [] }, thread())));
  log(await collect(graph.stream(new Command({ resume: { action: 'feedback', text: 'use state too' } }), thread())));
  log(await collect(graph.stream(new Command({ resume: { action: 'update', args: { city: 'SF, CA' } } }), thread())));
  log(await graph.getState(thread()));
  log((await graph.getGraphAsync()).drawMermaid());
}
