/** One program, both libraries: what Holdpoint tells must be what LangGraph.js 1.7.3 tells. */
import * as langgraph from '@langchain/langgraph';
import { expect } from 'vitest';
import * as holdpoint from '../../core/index.ts';

export type Library = typeof holdpoint;

/** Runs the program on both, expects the same, and returns it for the values that matter to be written out. */
export async function same<Told>(program: (library: Library) => Told | Promise<Told>): Promise<Told> {
  const told = await program(holdpoint);
  expect(told).toEqual(await program(langgraph as unknown as Library));
  return told;
}

/** The name of the error that a call ends in. */
export async function errorName(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return (error as Error).name;
  }
  return 'none';
}
