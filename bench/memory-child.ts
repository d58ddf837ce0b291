/** The measured process of memory.ts: runs cycles and prints the bytes in use after so many, garbage collected, one number per line. */
import { compiledCore } from './compile.ts';
import { prepareCycle } from './cycle.ts';

const [cycles = 0, samples = 1] = process.argv.slice(2).map(Number);
const { gc } = globalThis;
if (!gc) throw new Error('Run with --expose-gc.');
const cycle = prepareCycle(await compiledCore());
for (let sample = 0; sample < samples; sample++) {
  for (let i = 0; i < cycles / samples; i++) await cycle();
  gc();
  console.log(process.memoryUsage().heapUsed);
}
