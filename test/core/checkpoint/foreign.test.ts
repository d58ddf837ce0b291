/** LangGraph's savers and ours in each other's graphs: who mixes them up is told what to do. */
import * as langgraph from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import { DynamoDBSaver } from '../../../core/checkpoint/dynamodb/index.ts';
import * as core from '../../../core/index.ts';

const config = { configurable: { thread_id: '1' } };

function graphOf({ Annotation, StateGraph, START }: typeof core, checkpointer: unknown) {
  return new StateGraph(Annotation.Root({ v: Annotation<string> }))
    .addNode('n', () => ({ v: 'n' }))
    .addEdge(START, 'n')
    .compile({ checkpointer: checkpointer as core.Checkpointer });
}

describe('a saver of the other library', () => {
  const theirs = new langgraph.MemorySaver() as unknown as core.Checkpointer;

  it('P1: is refused by compile and by entrypoint: it cannot take a claim', () => {
    expect(() => graphOf(core, theirs)).toThrow('MemorySaver or DynamoDBSaver');
    expect(() => Object.assign(graphOf(core, undefined), { checkpointer: theirs })).toThrow('claims its thread');
    expect(() => core.entrypoint({ name: 'e', checkpointer: theirs }, async () => 1)).toThrow('claims its thread');
  });

  it.each([
    ['MemorySaver', new core.MemorySaver()],
    ['DynamoDBSaver', new DynamoDBSaver({ client: { send: () => Promise.resolve({}) } as never, table: 't' })],
  ])('our %s says so in a graph of LangGraph', async (name, ours) => {
    const graph = graphOf(langgraph as unknown as typeof core, ours);
    await expect(graph.invoke({ v: '' }, config)).rejects.toThrow(`${name} in a graph of LangGraph's`);
  });

  it('none at all is none, however it is said', async () => {
    const graph = graphOf(core, null);
    await expect(graph.invoke({ v: '' })).resolves.toEqual({ v: 'n' });
    await expect(graph.getState(config)).rejects.toThrow('No checkpointer set');
  });
});
