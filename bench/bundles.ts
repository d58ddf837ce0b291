/** The bundles that are weighed and timed: built as infra/ builds the Lambda function. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { ALIAS, BANNER } from '../infra/bundling.ts';
import { WORK } from './compile.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Clients and commands that the checkpointer uses, and no others. */
const CLIENT =
  'DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand, DeleteItemCommand, QueryCommand, BatchWriteItemCommand';

/** What a file with this text imports: each line of the breakdown. */
const PARTS = {
  nothing: '',
  'client-dynamodb': `export { ${CLIENT} } from '@aws-sdk/client-dynamodb';`,
  'client-dynamodb + lib-dynamodb': `export { ${CLIENT} } from '@aws-sdk/client-dynamodb';
    export { DynamoDBDocumentClient, PutCommand as Put, QueryCommand as Find, BatchWriteCommand as Batch } from '@aws-sdk/lib-dynamodb';`,
  'zod/mini': `import * as z from 'zod/mini'; export const schema = z.strictObject({ a: z.optional(z.string()) });`,
  zod: `import * as z from 'zod'; export const schema = z.strictObject({ a: z.string().optional() });`,
  'Holdpoint core': `export * from './core/index.ts';`,
  'Holdpoint core, as a small program uses it': `export { Annotation, Command, END, interrupt, MemorySaver, Send, START, StateGraph } from './core/index.ts';`,
  'Holdpoint core + DynamoDBSaver + client-dynamodb': `export * from './core/index.ts';
    export { DynamoDBSaver } from './core/checkpoint/dynamodb/index.ts'; export { DynamoDBClient } from '@aws-sdk/client-dynamodb';`,
  'LangGraph.js': `export * from '@langchain/langgraph';`,
  'LangGraph.js, as a small program uses it': `export { Annotation, Command, END, interrupt, MemorySaver, Send, START, StateGraph } from '@langchain/langgraph';`,
} as const;

export const OURS = 'Holdpoint: functions/http.ts';
export const PEER = 'LangGraph.js: bench/peer/handler.ts';
export const CORE = 'Holdpoint core';
export const SMALL_PROGRAM = 'Holdpoint core, as a small program uses it';
export const NOTHING = 'nothing';
export const PEER_PROGRAM = 'LangGraph.js, as a small program uses it';

export interface Bundle {
  readonly name: string;
  /** How its handler answers. Undefined: it is no handler. */
  readonly answers?: 'streaming' | 'plain';
  readonly file: string;
  readonly bytes: number;
  readonly gzipped: number;
  /** Of LangGraph.js alone, without what it depends on. */
  readonly langgraph: number;
}

export async function buildAll(): Promise<Bundle[]> {
  const bundles: Bundle[] = [
    { ...(await bundle(OURS, 'functions/http.ts')), answers: 'streaming' },
    { ...(await bundle(PEER, 'bench/peer/handler.ts', [changedImport])), answers: 'plain' },
  ];
  for (const [name, text] of Object.entries(PARTS)) bundles.push(await bundle(name, { text }));
  return bundles;
}

/** The options are those of NodejsFunction in infra/holdpoint.ts. */
async function bundle(
  name: string,
  entry: string | { readonly text: string },
  plugins: Plugin[] = [],
): Promise<Bundle> {
  const file = `${WORK}${name.replaceAll(/[^\w]+/g, '-')}.mjs`;
  const source =
    typeof entry === 'string'
      ? { entryPoints: [ROOT + entry] }
      : { stdin: { contents: entry.text, resolveDir: ROOT, loader: 'ts' as const } };
  const { metafile } = await build({
    ...source,
    metafile: true,
    absWorkingDir: ROOT,
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    banner: { js: BANNER },
    alias: ALIAS,
    logLevel: 'error',
    plugins,
  });
  const code = await readFile(file);
  const langgraph = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([path]) => /node_modules\/@langchain\/langgraph(-checkpoint)?\//.test(path))
    .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  return { name, file, bytes: code.byteLength, gzipped: gzipSync(code).byteLength, langgraph };
}

/** The same program with a changed import: what it takes from Holdpoint's engine comes from LangGraph.js. */
const changedImport: Plugin = {
  name: 'changed import',
  setup(context) {
    context.onResolve({ filter: /\/core\/index\.ts$/ }, ({ resolveDir }) =>
      context.resolve('@langchain/langgraph', { kind: 'import-statement', resolveDir }),
    );
  },
};
