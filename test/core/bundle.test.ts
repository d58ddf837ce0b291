/** What a small program's bundle leaves out: kinds that answer for themselves are there only when they are imported. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function bundled(names: string, main: string) {
  return await build({
    stdin: { contents: `export { ${names} } from './core/${main}.ts';`, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
  });
}

async function filesOf(names: string, main = 'index'): Promise<string[]> {
  const { metafile } = await bundled(names, main);
  const [output] = Object.values(metafile.outputs);
  const files = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return files.map(([file]) => file);
}

const KINDS = [
  'core/messages/coerce.ts',
  'core/messages/reducer.ts',
  'core/schema/json-schema.ts',
  'core/schema/state-schema.ts',
  'core/schema/values.ts',
  'core/store/in-memory.ts',
];

it('a graph, an interrupt and a MemorySaver bring none of them, nor the texts of checkpoints', async () => {
  const files = await filesOf('Annotation, Command, END, interrupt, MemorySaver, Send, START, StateGraph');
  expect([...KINDS, 'core/checkpoint/serialize.ts'].filter((file) => files.includes(file))).toEqual([]);
});

it('who imports them gets them', async () => {
  const files = await filesOf('StateGraph, StateSchema, ReducedValue, addMessages, InMemoryStore');
  expect(KINDS.filter((file) => !files.includes(file))).toEqual([]);
});

it("who imports anything from holdpoint/langchain gets LangChain's messages for tokens", async () => {
  expect(await filesOf('StateGraph', 'langchain')).toContain('core/langchain.ts');
});

it('who imports none of it is told where streamEvents is', async () => {
  const { outputFiles } = await bundled('entrypoint', 'index');
  const url = `data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`;
  const { entrypoint } = (await import(url)) as typeof import('../../core/index.ts');
  const flow = entrypoint('flow', async () => 'done');
  expect(() => flow.streamEvents(undefined, { version: 'v2' })).toThrow('holdpoint/langchain');
});
