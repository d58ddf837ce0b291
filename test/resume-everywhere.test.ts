/**
 * Resume everywhere: every example and fixture graph, and graphs of the differential test, abandoned after every superstep and continued from
 * storage by a fresh engine, with frozen and serialised checkpoints. The result equals the undisturbed run's.
 */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Checkpointer, Command, CompiledStateGraph, isInterrupted, MemorySaver } from '../core/index.ts';
import type { GraphSpec } from '../core/graph/spec.ts';
import { cases } from './differential/cases.ts';
import { type Case, nested } from './differential/description.ts';
import { type CompiledGraph, holdpoint, type Library } from './differential/library.ts';
import { Session } from './differential/session.ts';
import { thread } from './support/engine.ts';
import { asking, askingTwice, oneNode, steps } from './support/http-graphs.ts';
import { mortal, survive } from './support/mortal.ts';
import { transcript, transcriptOf } from './support/transcript.ts';

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const examples = (await readdir(path('../examples'))).filter((name) => /^\d.*\.ts$/.test(name)).toSorted();

/** The example with `mortal-core.ts` for its core, in one text. */
async function torn(example: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path(`../examples/${example}`)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    plugins: [
      {
        name: 'mortal',
        setup(building) {
          building.onResolve({ filter: /core\/(index|langchain)\.ts$/ }, ({ path: file, importer, namespace }) =>
            namespace === 'mortal' || importer.includes('/test/support/')
              ? undefined
              : { path: file.replace(/^.*\//, ''), namespace: 'mortal' },
          );
          building.onLoad({ filter: /.*/, namespace: 'mortal' }, ({ path: file }) => ({
            contents: `export * from './core/${file}';\nexport { MemorySaver } from './test/support/mortal-core.ts';`,
            resolveDir: path('..'),
          }));
        },
      },
    ],
  });
  return outputFiles[0]!.text;
}

/** What 06-task.ts prints as often as its node runs: more often here, but its task runs once. */
const AGAIN = /^the node runs\n/gm;

describe('examples print what they print undisturbed', () => {
  it.each(examples)('%s', async (example) => {
    const { printed, stderr } = await transcriptOf(await torn(example));
    const undisturbed = await transcript(example.replace(/\.ts$/, ''));
    expect(printed.replaceAll(AGAIN, '')).toBe(undisturbed.replaceAll(AGAIN, ''));
    expect(stderr).toMatch(/^[1-9]\d* deaths$/);
  });
});

describe('fixture graphs', () => {
  const fixtures = {
    asking: asking(),
    askingTwice: askingTwice(),
    steps: steps(),
    oneNode: oneNode(() => ({ answer: 7 })),
  };

  it.each(Object.entries(fixtures))('%s', async (_name, { spec }) => {
    const store = mortal();
    const calm = on(spec, new MemorySaver());
    const disturbed = survive(on(spec, store));
    expect(await play(disturbed)).toEqual(await play(calm));
    expect(store.deaths).toBeGreaterThan(0);
  });
});

describe('generated graphs', () => {
  const seeds = [1, 2, 3, 4];
  it.each(seeds)('seed %i', async (seed) => {
    let deaths = 0;
    for (const one of fc.sample(cases.filter(comparable), { seed, numRuns: 100 })) {
      const store = mortal();
      const calm = await observe(one, holdpoint);
      if (JSON.stringify(calm).includes('GraphRecursionError')) continue; // each process counts anew: it would never end
      const disturbed = await observe(one, mortalLibrary, { checkpointer: store });
      expect({ one, told: disturbed }).toEqual({ one, told: calm });
      deaths += store.deaths;
    }
    expect(deaths).toBeGreaterThan(200);
  });
});

const mortalLibrary: Library = {
  ...holdpoint,
  StateGraph: class extends holdpoint.StateGraph {
    override compile(options?: object): CompiledGraph {
      return survive(super.compile(options));
    }
  },
};

/**
 * A failure that comes once may have come to a process that died inside of a nested graph; and who takes over stops again at a breakpoint that was
 * being passed, inside of a nested graph, or where a branch or a Command began.
 */
function comparable({ graph, calls }: Case): boolean {
  const text = JSON.stringify(graph);
  const breaks = JSON.stringify([graph, calls])
    .replaceAll(/"interrupt(Before|After)":\[\]/g, '')
    .includes('"interrupt');
  const inside = nested(graph);
  if (inside && text.includes('"fail"')) return false;
  return (
    !breaks ||
    !calls.some(({ ask, at }) => at !== undefined || ask.do === 'command' || (inside && ask.do === 'continue'))
  );
}

/** What runs beside nested graphs runs again when the process dies inside of them; their saves may be the parents of checkpoints. Whole results only: chunks of what runs again are told again. */
async function observe({ graph, calls }: Case, library: Library, options: object = {}): Promise<unknown[]> {
  const session = new Session(library, graph, {}, options);
  const told: unknown[] = [];
  for (const [nth, { stream: _, ...call }] of calls.entries()) {
    const { outcome, ran, state, history } = await session.play(
      { ...call, durability: 'sync', recursionLimit: 25 },
      nth,
    );
    const inside = nested(graph);
    const shown = [state, ...history].map((one) => (inside ? { ...(one as object), parent: undefined } : one));
    told.push({ outcome: questionsAlone(outcome), shown, ran: inside ? undefined : ran });
  }
  return told;
}

/** A run that goes on tells its state, even when nothing was written since; the state is compared anyway. */
function questionsAlone(outcome: unknown): unknown {
  const { result } = outcome as { result?: object };
  return isInterrupted(result) ? result.__interrupt__ : outcome;
}

/** Answers until nothing is asked any more. */
async function play(graph: Pick<CompiledGraph, 'invoke' | 'getState'>): Promise<unknown> {
  let result: unknown = await graph.invoke({ topic: 'refund' }, thread());
  while (isInterrupted(result)) {
    const resume = Object.fromEntries(
      result.__interrupt__.map(({ id, value }) => [id, `yes to ${JSON.stringify(value)}`]),
    );
    result = await graph.invoke(new Command({ resume }), thread());
  }
  const { values, next } = (await graph.getState(thread())) as { values: unknown; next: unknown };
  return { result, values, next };
}

function on(spec: GraphSpec, checkpointer: Checkpointer): CompiledGraph {
  return new CompiledStateGraph(spec, { checkpointer }, () => '' as never);
}
