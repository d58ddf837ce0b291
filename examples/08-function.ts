/** A workflow as one function: tasks in it run once, and it stops for a person in the middle of a loop. */
import { Command, entrypoint, interrupt, isInterrupted, MemorySaver, task } from '../core/index.ts';

const draft = task('draft', (topic: string, wishes: readonly string[]) => {
  console.log(`drafting, ${wishes.length} wishes`);
  return [topic, ...wishes].join(', ');
});

const essay = entrypoint({ name: 'essay', checkpointer: new MemorySaver() }, async (topic: string) => {
  const wishes: string[] = [];
  for (;;) {
    const text = await draft(topic, wishes);
    const wish = interrupt<string, string | null>(`"${text}": any wishes?`);
    if (wish === null) return text;
    wishes.push(wish);
  }
});

const config = { configurable: { thread_id: 'essay-1' } };
for (const input of ['Rivers', new Command({ resume: 'shorter' }), new Command({ resume: 'with maps' })]) {
  const result: unknown = await essay.invoke(input, config);
  if (isInterrupted<string>(result)) console.log('asked:', result.__interrupt__[0]?.value);
}
console.log('done: ', await essay.invoke(new Command({ resume: null }), config));
