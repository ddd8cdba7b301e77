/** Number, percentiles and maximum of a set of values. */
export interface Spread {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Summarises values; all 0 for an empty set. */
export function spreadOf(values: readonly number[]): Spread {
  const [p50 = 0, p95 = 0, p99 = 0, max = 0] = quantilesOf(values, [0.5, 0.95, 0.99, 1]);
  return { count: values.length, p50, p95, p99, max };
}

/** Returns the value at each share, 0 to 1, of the sorted values; 0 for an empty set. */
export function quantilesOf(values: readonly number[], shares: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  return shares.map((share) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
}
