/** Whole programs on a large thread: what they see with DynamoDBSaver is what they see with MemorySaver, another process after each call. */
import { describe, expect, it } from 'vitest';
import type { Checkpointer } from '../../../../core/checkpoint/checkpointer.ts';
import { DynamoDBSaver } from '../../../../core/checkpoint/dynamodb/index.ts';
import { Annotation, Command, END, interrupt, MemorySaver, START, StateGraph } from '../../../../core/index.ts';
import { dynaliteTable } from '../../../support/stores.ts';
import { noise } from '../../../support/threads.ts';

const database = dynaliteTable();

const State = Annotation.Root({
  messages: Annotation<string[]>({ reducer: (all, more) => [...all, ...more], default: () => [] }),
  draft: Annotation<string>,
  memo: Annotation<{ seen: number; last: string }>({
    reducer: (_, memo) => memo,
    default: () => ({ seen: 0, last: '' }),
  }),
});

/** A conversation whose replies are drafted by a nested graph that asks, and whose memo a node changes in place. */
function conversation(checkpointer: Checkpointer) {
  const Draft = Annotation.Root({ messages: Annotation<string[]>, draft: Annotation<string> });
  const drafting = new StateGraph(Draft)
    .addNode('write', ({ messages }) => ({ draft: `${messages.length}: ${messages.at(-1)}` }))
    .addNode('ask', ({ draft }) => ({ draft: draft + interrupt<string, string>(`Send ${draft.slice(0, 8)}?`) }))
    .addEdge(START, 'write')
    .addEdge('write', 'ask')
    .addEdge('ask', END)
    .compile();
  return new StateGraph(State)
    .addNode('note', ({ memo, messages }) => {
      memo.seen = messages.length;
      memo.last = messages.at(-1) ?? '';
      return { memo };
    })
    .addNode('reply', drafting)
    .addNode('send', ({ draft }) => ({ messages: [`sent ${draft}`] }))
    .addEdge(START, 'note')
    .addEdge('note', 'reply')
    .addEdge('reply', 'send')
    .addEdge('send', END)
    .compile({ checkpointer });
}

/** @param open another process's checkpointer for the same threads */
async function talk(open: () => Checkpointer, durability: 'exit' | 'sync'): Promise<unknown[]> {
  const thread = { configurable: { thread_id: `t ${durability}` }, durability };
  const seen: unknown[] = [];
  for (let turn = 0; turn < 5; turn++) {
    await conversation(open()).invoke({ messages: [noise(3_000, `turn ${turn}`)] }, thread);
    seen.push((await conversation(open()).getState(thread)).values);
    seen.push(await conversation(open()).invoke(new Command({ resume: noise(2_000, `answer ${turn}`) }), thread));
  }
  await conversation(open()).updateState(thread, { draft: noise(5_000, 'by hand') }, 'reply');
  const old = [];
  for await (const snapshot of conversation(open()).getStateHistory(thread)) {
    old.push(snapshot.config);
    seen.push([
      snapshot.values,
      snapshot.next,
      snapshot.tasks.map(({ name, interrupts }) => [name, interrupts.length]),
    ]);
  }
  const third = old.at(Math.floor(old.length / 2))!;
  seen.push((await conversation(open()).getState(third)).values);
  await conversation(open()).invoke({ messages: ['a fork'] }, { ...third, durability });
  seen.push(await conversation(open()).invoke(new Command({ resume: 'yes' }), thread));
  for await (const { values } of conversation(open()).getStateHistory(thread)) seen.push(values);
  return seen;
}

describe.each(['exit', 'sync'] as const)('a long conversation, %s', (durability) => {
  it('C7: is the same with DynamoDBSaver as with MemorySaver', async () => {
    const memory = new MemorySaver();
    const expected = await talk(() => memory, durability);
    expect(expected.length).toBeGreaterThan(25);
    expect(await talk(() => new DynamoDBSaver({ ...database() }), durability)).toEqual(expected);
  });
});
