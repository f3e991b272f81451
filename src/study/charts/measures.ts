import type { ScaleOptions } from '@observablehq/plot';
import { studentT } from '../../claims/spread.ts';
import { type Range, rangeOf } from '../../plots/range.ts';
import type { RunMetrics } from '../metrics/runs.ts';

/** KL or overlap, as the study's figures draw it. */
export interface Measure {
  readonly name: 'kl' | 'overlap';
  readonly title: string;
  readonly axis: string;
  readonly scale: ScaleOptions;
  /** Heights of lines across. */
  readonly grid?: readonly number[];
  /** Where a value is drawn on the axis. */
  readonly place: (value: number) => number;
  /** Whether a value is too small for the axis and stands in the row below it. */
  readonly isBelow: (value: number) => boolean;
  /** The measure of a prediction that is uniform over all keys, on the test queries of a run. */
  readonly guess: (run: RunMetrics) => number;
}

/** Smallest KL of the logarithmic axis, nats. Smaller values stand in a row of their own below it. */
export const LEAST_KL = 1e-5;
/** A power of ten: a logarithmic axis labels no others that stand alone. */
const BELOW = 1e-6;
const DECADES = [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1] as const;

export const KL: Measure = {
  name: 'kl',
  title: 'KL divergence from the true keys to the prediction',
  axis: '↑ mean KL, nats (log scale; lower is better)',
  scale: {
    type: 'log',
    domain: [BELOW, 4],
    ticks: [BELOW, ...DECADES],
    tickFormat: (x: number) => (x === BELOW ? `< ${LEAST_KL}` : String(x)),
  },
  grid: DECADES,
  place: (value) => (value < LEAST_KL ? BELOW : value),
  isBelow: (value) => value < LEAST_KL,
  guess: ({ deck, trueEntropy }) => Math.log(deck) - trueEntropy,
};

export const OVERLAP: Measure = {
  name: 'overlap',
  title: 'Top-K overlap of the prediction with the true keys',
  axis: '↑ mean Top-K overlap (higher is better)',
  scale: { type: 'linear', domain: [0, 1] },
  place: (value) => value,
  isBelow: () => false,
  guess: ({ deck, trueKeys }) => trueKeys / deck,
};

/** Runs from which a mean has an interval instead of a range. */
const INTERVAL_FROM = 5;

/** Mean of some runs, and what its bar spans: from five runs on the 95 % interval of the mean, else all runs. */
export function barOf(values: readonly number[]): Range {
  const range = rangeOf(values);
  const n = values.length;
  if (n < INTERVAL_FROM) return range;
  const squares = values.reduce((sum, value) => sum + (value - range.mean) ** 2, 0);
  const half = studentT(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { mean: range.mean, low: range.mean - half, high: range.mean + half };
}

/** What symbols, dots and bars are, for so many seeds. */
export function describeSeeds(seeds: number): string {
  if (seeds === 1) return '1 seed';
  const bars = seeds < INTERVAL_FROM ? 'range' : '95 % interval of the mean';
  return `${seeds} seeds (symbols: means; small dots: runs; bars: ${bars})`;
}

/** The mean of a measure of the uniform guess over runs. */
export function guessOf(runs: readonly RunMetrics[], { guess }: Pick<Measure, 'guess'>): number {
  return rangeOf(runs.map(guess)).mean;
}
