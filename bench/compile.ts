/**
 * The engine as JavaScript, as users run it: tsx gives every inner function its name by a call of its own, which would be measured too.
 * LangGraph.js runs as it is installed.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type * as holdpoint from '../core/index.ts';

/** Below node_modules, so that what is written there finds the packages, and no tool looks at it. */
export const WORK = fileURLToPath(new URL('../node_modules/.cache/holdpoint-bench/', import.meta.url));

export type Library = typeof holdpoint;

export async function compiledCore(): Promise<Library> {
  const outfile = `${WORK}core.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL('../core/index.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'es2023',
    format: 'esm',
    sourcemap: true,
  });
  return (await import(pathToFileURL(outfile).href)) as Library;
}
