/** Stands in for core/index.ts in an example: its stores and graphs are mortal. At the end it writes how many processes died to stderr. */
import { CompiledStateGraph, type MemorySaver as Saver } from '../../core/index.ts';
import { type Mortal, mortal, survive } from './mortal.ts';

survive(CompiledStateGraph.prototype);

const stores: Mortal[] = [];
process.on('exit', () => process.stderr.write(`${stores.reduce((sum, { deaths }) => sum + deaths, 0)} deaths`));

export const MemorySaver = function MemorySaver(): Saver {
  const store = mortal();
  stores.push(store);
  return store as unknown as Saver;
};
