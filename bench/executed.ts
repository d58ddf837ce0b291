/** How much of a bundle a program runs, by V8's coverage: of each function that is called, but for the branches that are not taken. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface Coverage {
  readonly result: readonly { readonly url: string; readonly functions: readonly { readonly ranges: Range[] }[] }[];
}

/** @returns bytes of the bundle that bench/small-cycle.mjs runs */
export async function executedBytes(bundle: string): Promise<number> {
  const url = pathToFileURL(bundle).href;
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-coverage-'));
  try {
    const program = fileURLToPath(new URL('small-cycle.mjs', import.meta.url));
    const env = { ...process.env, NODE_V8_COVERAGE: folder };
    await promisify(execFile)(process.execPath, [program, url], { env });
    const [name] = await readdir(folder);
    const { result } = JSON.parse(await readFile(join(folder, name!), 'utf8')) as Coverage;
    return countRun(result.find((script) => script.url === url)!.functions.flatMap(({ ranges }) => ranges));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Inner ranges say more precisely what outer ones say. */
function countRun(ranges: readonly Range[]): number {
  const outermostFirst = ranges.toSorted((a, b) => b.endOffset - b.startOffset - (a.endOffset - a.startOffset));
  const run = new Uint8Array(outermostFirst[0]!.endOffset);
  for (const { startOffset, endOffset, count } of outermostFirst) run.fill(Math.min(count, 1), startOffset, endOffset);
  return run.reduce((sum, one) => sum + one, 0);
}
