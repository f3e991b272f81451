/** The mean of some values and how far they reach. */
export interface Range {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Mean, lowest and highest of the runs behind one point of a figure; NaN without any. */
export function rangeOf(values: readonly number[]): Range {
  if (values.length === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, low: Math.min(...values), high: Math.max(...values) };
}
