/** Medians and spreads. A figure without its spread is not a measurement. */

export interface Sample {
  readonly median: number;
  /** The tenth and the ninetieth percentile: what the machine's noise made of it. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export function sampleOf(values: readonly number[]): Sample {
  return {
    median: quantile(values, 0.5),
    low: quantile(values, 0.1),
    high: quantile(values, 0.9),
    count: values.length,
  };
}

/** Round by round, so that what disturbs both sides of a round cancels out. */
export function ratioOf(dividends: readonly number[], divisors: readonly number[]): Sample {
  return sampleOf(dividends.map((dividend, round) => dividend / divisors[round]!));
}

export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new Error('No values to take a quantile of.');
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}
