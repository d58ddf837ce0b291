/** docs/migrating.md names every export of @langchain/langgraph, and says of each what is true of ours. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { AIMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import * as langgraph from '@langchain/langgraph';
import * as prebuilt from '@langchain/langgraph/prebuilt';
import { expect, it } from 'vitest';
import { z } from 'zod';
import * as holdpoint from '../core/index.ts';
import { MemorySaver, MessagesAnnotation, START, StateGraph } from '../core/langchain.ts';
import { ToolNode } from '../core/prebuilt/index.ts';

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

interface Row {
  readonly name: string;
  readonly here: string;
  readonly note: string;
}

async function tables(): Promise<[Row[], Row[]]> {
  const [, text = ''] = (await read('../docs/migrating.md')).split('## Every exported name');
  const [values = '', types = ''] = text.split('Types:');
  return [rowsOf(values), rowsOf(types)];
}

function rowsOf(table: string): Row[] {
  const rows = [...table.matchAll(/^\| `(\w+)` +\| (\w+) +\|(.*)\|$/gm)];
  return rows.map(([, name, here, note]) => ({ name: name!, here: here!, note: note!.trim() }));
}

it('every exported value has a row, and what is said of it is true', async () => {
  const [rows] = await tables();
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(langgraph).sort());
  expect(rows.filter(({ here }) => here !== 'absent').map(({ name }) => name)).toEqual(
    Object.keys(langgraph)
      .filter((name) => name in holdpoint)
      .sort(),
  );
});

it('every exported type has a row, and what is said of it is true', async () => {
  const [, rows] = await tables();
  const declared = await readFile(
    createRequire(import.meta.url)
      .resolve('@langchain/langgraph')
      .replace(/cjs$/, 'd.ts'),
    'utf8',
  );
  const exported = [...declared.matchAll(/export \{([^}]*)\}/g)]
    .flatMap(([, names]) => names!.split(','))
    .map((name) => name.trim().split(' ').at(-1)!);
  const types = exported.filter((name) => !(name in langgraph)).sort();
  expect(rows.map(({ name }) => name)).toEqual(types);
  const ours = new Set((await read('../core/index.ts')).match(/\w+/g));
  expect(rows.filter(({ here }) => here !== 'absent').map(({ name }) => name)).toEqual(
    types.filter((name) => ours.has(name)),
  );
});

it('what is absent or safer says why', async () => {
  const rows = (await tables()).flat();
  expect([...new Set(rows.map(({ here }) => here))].sort()).toEqual(['absent', 'safer', 'same']);
  expect(rows.filter(({ here, note }) => here !== 'same' && note.length < 3)).toEqual([]);
});

const ask = (): string => langgraph.interrupt('sure?');

function graphOf(node: unknown) {
  return new StateGraph(MessagesAnnotation)
    .addNode('node', node as () => object)
    .addEdge(START, 'node')
    .compile({ checkpointer: new MemorySaver() });
}

it('LangGraph’s own interrupt() is refused in a node, and in a tool too unless LangGraph’s ToolNode runs it', async () => {
  const config = { configurable: { thread_id: '1' } };
  await expect(graphOf(ask).invoke({}, config)).rejects.toThrow('No checkpointer set');

  const tools = [tool(ask, { name: 'ask', description: 'Asks.', schema: z.object({}) })];
  const message = new AIMessage({ content: '', tool_calls: [{ id: 'c1', name: 'ask', args: {} }] });
  const input = { messages: [message] };
  await expect(graphOf(new ToolNode(tools)).invoke(input, config)).rejects.toThrow('No checkpointer set');
  const result = await graphOf(new prebuilt.ToolNode(tools)).invoke(input, config);
  expect(result).not.toHaveProperty('__interrupt__');
  expect(result.messages.at(-1)!.text).toContain('No checkpointer set');
});
