process.removeAllListeners("warning");
import { brief } from './brief.ts';
import fc from 'fast-check';
import { isDeepStrictEqual, inspect } from 'node:util';
import { cases } from './test/differential/arbitraries.ts';
import { playBoth } from './test/differential/compare.ts';
const seed = Number(process.argv[2] ?? 1), n = Number(process.argv[3] ?? 200), want = process.argv[4];
const t0 = performance.now();
const sample = fc.sample(cases, { seed, numRuns: n });
const counts: Record<string, number> = {};
const keyOf = async (c: any): Promise<string> => {
  try {
    const r = await playBoth(c);
    if (!r.difference) return 'same';
    const d = r.difference as any;
    return d.call.ask.do + ':' + ['outcome','ran','state','history'].filter((k) => !isDeepStrictEqual(d.holdpoint[k], d.langgraph[k]));
  } catch (e) { return 'threw ' + String((e as Error).message).slice(0, 100); }
};
if (want === undefined) {
  for (const c of sample) { const k = await keyOf(c); counts[k] = (counts[k] ?? 0) + 1; }
  console.log(Object.entries(counts).sort((a, b) => b[1] - a[1]), 'ms per case', (performance.now() - t0) / n);
} else {
  const out = await fc.check(fc.asyncProperty(cases, async (c) => { const k = await keyOf(c); return !(want === '' ? k !== 'same' : k === want); }), { seed, numRuns: n });
  { const c: any = out.counterexample?.[0]; if (c) { console.log(brief(c.graph)); for (const k of c.calls) console.log(JSON.stringify(k)); } }
  const c = out.counterexample?.[0]; if (c) { const r = await playBoth(c as any).catch((e) => (console.log(e), { difference: undefined }));
   const d = r.difference as any;
   if (d) for (const k of ['outcome','ran','state','history']) if (!isDeepStrictEqual(d.holdpoint[k], d.langgraph[k])) console.log('\n', k, '\nHP', inspect(d.holdpoint[k], { depth: 20, compact: 5, breakLength: 150 }), '\nLG', inspect(d.langgraph[k], { depth: 20, compact: 5, breakLength: 150 })); }
}
