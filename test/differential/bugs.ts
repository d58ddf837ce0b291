/** Ten bugs, each a line of the engine changed. The line must be there exactly once, so that this list does not rot. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Library } from './library.ts';

export interface Bug {
  readonly what: string;
  /** Beneath core/. */
  readonly file: string;
  readonly line: string;
  readonly instead: string;
}

export const bugs: readonly Bug[] = [
  {
    what: 'writes are applied from the last node to the first',
    file: 'engine/plan.ts',
    line: 'byCodeUnit(a.node, b.node)',
    instead: 'byCodeUnit(b.node, a.node)',
  },
  {
    what: 'a join does not wait for all of its sources',
    file: 'engine/plan.ts',
    line: 'if (arrived.length === join.sources.length) {',
    instead: 'if (arrived.length > 0) {',
  },
  {
    what: 'Sends run in another order than they were sent',
    file: 'engine/plan.ts',
    line: 'else sends.push({ ...target, index: sends.length });',
    instead: 'else sends.unshift({ ...target, index: sends.length });',
  },
  {
    what: 'a finished task runs again beside one that asked',
    file: 'engine/loop.ts',
    line: "if (record.result) return { end: 'finished'",
    instead: "if (!record) return { end: 'finished'",
  },
  {
    what: 'the recursion limit allows one superstep less',
    file: 'engine/loop.ts',
    line: 'if (frame.step + 1 > lastStep)',
    instead: 'if (frame.step + 2 > lastStep)',
  },
  {
    what: 'a run stops again at the breakpoint from which it goes on',
    file: 'engine/loop.ts',
    line: '!passing && stopsAt(',
    instead: 'stopsAt(',
  },
  {
    what: 'the second question of a task gets the answer to the first',
    file: 'engine/slots.ts',
    line: 'counts.set(name, nth + 1);',
    instead: 'counts.set(name, nth);',
  },
  {
    what: 'an answer by id goes to another question',
    file: 'engine/accept.ts',
    line: 'answer: given.get(id),',
    instead: 'answer: [...given.values()].at(-1),',
  },
  {
    what: 'a nested graph begins anew when its question is answered',
    file: 'engine/nested.ts',
    line: 'const begun = found ?? accept(',
    instead: 'const begun = accept(',
  },
  {
    what: 'a checkpoint names the one before its parent',
    file: 'engine/journal.ts',
    line: 'revised.parentId : this.#shown?.id,',
    instead: 'revised.parentId : this.#shown?.parentId,',
  },
];

const core = (file: string): string => fileURLToPath(new URL(`../../core/${file}`, import.meta.url));

/** Holdpoint, built with that bug. @throws when the line is not there once */
export async function withBug(bug?: Bug): Promise<Library> {
  const { outputFiles } = await build({
    entryPoints: [core('index.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    plugins: [
      {
        name: 'bug',
        setup(building) {
          building.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const text = await readFile(path, 'utf8');
            if (!bug || path !== core(bug.file)) return { contents: text, loader: 'ts' };
            const found = text.split(bug.line).length - 1;
            if (found !== 1) throw new Error(`${bug.file} has ${found} times: ${bug.line}`);
            return { contents: text.replace(bug.line, () => bug.instead), loader: 'ts' };
          });
        },
      },
    ],
  });
  const source = Buffer.from(outputFiles[0]!.contents).toString('base64');
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${source}`)) as Library;
}
