/** P1: what savers tell whoever asks them for checkpoints. test/parity/programs/persistence.ts compares it with LangGraph's. */
import { describe, expect, it } from 'vitest';
import { DynamoDBSaver } from '../../../core/checkpoint/dynamodb/index.ts';
import {
  Annotation,
  type CheckpointTuple,
  Command,
  interrupt,
  MemorySaver,
  START,
  StateGraph,
} from '../../../core/index.ts';
import { useDatabase } from '../../faults/database.ts';

const thread = { configurable: { thread_id: 'asked' } };
const named = { configurable: { thread_id: 'named' } };
const database = useDatabase();
const savers = { MemorySaver: () => new MemorySaver(), DynamoDBSaver: () => new DynamoDBSaver(database) };

describe.each(Object.entries(savers))('%s', (_name, makeSaver) => {
  it('P1: tells the newest checkpoint, those before it, and the one that a config names', async () => {
    const saver = makeSaver();
    const graph = new StateGraph(Annotation.Root({ answer: Annotation<string>, day: Annotation<Date> }))
      .addNode('ask', () => ({ answer: interrupt<string, string>('q'), day: new Date(0) }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: saver });
    expect(await saver.getTuple(thread)).toBe(undefined);
    await graph.invoke({ answer: 'none' }, thread);
    await graph.invoke(new Command({ resume: 'yes' }), { ...thread, metadata: { who: 'me' } });
    const newest = await saver.getTuple(thread);
    expect(newest).toMatchObject({
      checkpoint: { channel_values: { answer: 'yes', day: new Date(0) } },
      metadata: { source: 'loop', step: 1, parents: {}, who: 'me' },
    });
    const tuples: CheckpointTuple[] = [];
    for await (const tuple of saver.list(thread)) tuples.push(tuple);
    expect(tuples.map(({ checkpoint }) => checkpoint.channel_values)).toEqual([
      { answer: 'yes', day: new Date(0) },
      { answer: 'none' },
      {},
    ]);
    expect(tuples[0]).toEqual(newest);
    expect(await saver.getTuple(newest!.parentConfig!)).toEqual(tuples[1]);
    const { answer, day } = newest!.checkpoint.channel_versions;
    expect([answer! > tuples[1]!.checkpoint.channel_versions['answer']!, answer === day]).toEqual([true, true]);
  });

  it('P1: a list of a config that names a checkpoint is that one, if it is before the other', async () => {
    const saver = makeSaver();
    const graph = new StateGraph(Annotation.Root({ answer: Annotation<string> }))
      .addNode('ask', () => ({ answer: interrupt<string, string>('q') }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: saver });
    await graph.invoke({ answer: 'none' }, named);
    const newest = (await saver.getTuple(named))!;
    const first = newest.parentConfig!;
    const steps = async (...args: Parameters<typeof saver.list>): Promise<number[]> => {
      const all: number[] = [];
      for await (const { metadata } of saver.list(...args)) all.push(metadata.step);
      return all;
    };
    expect(await steps(named)).toEqual([0, -1]);
    expect(await steps(newest.config)).toEqual([0]);
    expect(await steps(first, { before: newest.config, filter: { source: 'input' } })).toEqual([-1]);
    expect(await steps(first, { filter: { source: 'loop' } })).toEqual([]);
    expect(await steps(newest.config, { before: newest.config })).toEqual([]);
    const unnamed = { configurable: { ...named.configurable, checkpoint_id: '' } };
    expect(await saver.getTuple(unnamed)).toEqual(newest);
    expect(await steps(unnamed)).toEqual([0, -1]);
  });

  it('P1: a list without a thread, or of a nested graph, is refused', async () => {
    const saver = makeSaver();
    const nested = { configurable: { ...thread.configurable, checkpoint_ns: 'inner:1' } };
    await expect(saver.list({}).next()).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(saver.list(nested).next()).rejects.toThrow('ask the graph for checkpoint_ns "inner:1"');
    await expect(saver.getTuple(nested)).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});
