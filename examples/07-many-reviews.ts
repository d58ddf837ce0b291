/** One review per document, side by side: some are answered at once, the rest later, and each answer finds its own question. */
import { Annotation, Command, interrupt, isInterrupted, MemorySaver, Send, START, StateGraph } from '../core/index.ts';

const State = Annotation.Root({
  documents: Annotation<string[]>,
  verdicts: Annotation<string[]>({ reducer: (list, more) => list.concat(more), default: () => [] }),
});

const graph = new StateGraph(State)
  .addNode('review', ({ document }: { document: string }) => {
    const verdict = interrupt<string, string>(`Publish ${document}?`);
    return { verdicts: [`${document}: ${verdict}`] };
  })
  .addNode('report', ({ verdicts }) => console.log('report:', verdicts.join(', ')))
  .addConditionalEdges(START, ({ documents }) => documents.map((document) => new Send('review', { document })), [
    'review',
  ])
  .addEdge('review', 'report')
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: 'issue-12' } };

/** Answers the pending questions that `decide` has an answer for. */
async function answer(decide: (question: string) => string | undefined): Promise<void> {
  const { tasks } = await graph.getState(config);
  const answers = tasks.flatMap(({ interrupts }) =>
    interrupts.map(({ id, value }) => [id, decide(String(value))] as const),
  );
  const given = answers.filter(([, verdict]) => verdict !== undefined);
  const result = await graph.invoke(new Command({ resume: Object.fromEntries(given) }), config);
  if (isInterrupted<string>(result)) console.log('waiting:', result.__interrupt__.map(({ value }) => value).join(' '));
}

await graph.invoke({ documents: ['one', 'two', 'three'] }, config);
await answer((question) => (question.includes('two') ? 'yes' : undefined));
await answer((question) => (question.includes('one') ? 'no' : 'later'));
