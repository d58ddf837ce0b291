/**
 * Time per superstep and per interrupt cycle, against LangGraph.js with its own MemorySaver: in one process, in rounds that take turns, so that
 * both sides see the same machine. Graphs are built outside the timing; every round has a new graph and a new saver.
 */
import * as langgraph from '@langchain/langgraph';
import { compiledCore, type Library } from './compile.ts';
import type { Program } from './program.ts';
import { programs } from './programs.ts';
import { ratioOf, sampleOf } from './stats.ts';
import { type Row, spread, table, verdict } from './table.ts';

const ROUNDS = 15;
const WARM_UP = 3;
/** Each side of a round repeats its program for at least this long. */
const ROUND_MS = 80;
/** The aim: this many times less time than LangGraph.js. */
const AIM = 20;

// The programs use only what both have. LangGraph's types differ in detail, and the programs check what they get at run time.
const peer = langgraph as unknown as Library;

export async function speed(): Promise<string> {
  const holdpoint = await compiledCore();
  const rows: Row[] = [];
  for (const program of programs) rows.push(await compare(program, holdpoint));
  return [
    table(['program', 'LangGraph.js ÷ Holdpoint', `aim ≥ ${AIM}`, 'Holdpoint, µs', 'LangGraph.js, µs', 'per'], rows),
    '',
    `Medians of ${ROUNDS} rounds (10th to 90th percentile in brackets; ratios are taken round by round).`,
  ].join('\n');
}

async function compare(program: Program, holdpoint: Library): Promise<Row> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const sides = [
      { library: holdpoint, times: ours },
      { library: peer, times: theirs },
    ];
    if (round % 2 === 0) sides.reverse();
    for (const { library, times } of sides) {
      const time = await timeOf(program, library);
      if (round >= 0) times.push(time);
    }
  }
  const ratio = ratioOf(theirs, ours);
  return [
    program.name,
    spread(ratio),
    verdict(ratio.median >= AIM),
    spread(sampleOf(ours)),
    spread(sampleOf(theirs)),
    program.unit,
  ];
}

/** Microseconds per unit. */
async function timeOf(program: Program, library: Library): Promise<number> {
  const run = program.prepare(library);
  const start = performance.now();
  let runs = 0;
  do {
    await run();
    runs += 1;
  } while (performance.now() - start < ROUND_MS);
  return ((performance.now() - start) * 1000) / (runs * program.units);
}
