/** Change the import: what compiles against LangGraph.js compiles against Holdpoint. `tsc -p .` compiles the programs as they are. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it.each(['tsconfig.json', 'tsconfig.langchain.json', 'tsconfig.prebuilt.json'])(
  'the programs of %s compile with the import changed',
  async (config) => {
    const tsc = promisify(execFile)('npx', ['tsc', '-p', `test/parity/${config}`]);
    const { stdout } = await tsc.catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  },
  120_000,
);
