import { groupBy } from '../../tables/group-by.ts';
import type { LowRankRow, ThresholdRow } from './tables.ts';

/** KL below which a prediction counts as exact, nats. */
export const KL_TOLERANCE = 0.01;

/** The thresholds of every deck in the rows, by rank; they are among the dimensions tried. */
export function thresholdsOf(rows: readonly LowRankRow[]): readonly ThresholdRow[] {
  return [...groupBy(rows, ({ attributes, values }) => `${attributes},${values}`).values()]
    .map((deck): ThresholdRow => {
      const sorted = deck.toSorted((a, b) => a.d - b.d);
      const { attributes, values, rank } = sorted[0];
      const thresholds = {
        firstExact: sorted.find(({ bestAccuracy }) => bestAccuracy === 1)?.d,
        alwaysExact: smallestFrom(sorted, ({ accuracy }) => accuracy === 1),
        predicts: smallestFrom(sorted, ({ kl }) => kl < KL_TOLERANCE),
        svdRounds: smallestFrom(sorted, ({ svdRounded }) => svdRounded === 1),
      };
      const present = Object.entries(thresholds).filter(([, d]) => d !== undefined);
      return { attributes, values, rank, ...Object.fromEntries(present) };
    })
    .sort((a, b) => a.rank - b.rank);
}

/** The smallest d such that it and every larger one are exact; undefined if the largest is not. */
function smallestFrom(
  sorted: readonly LowRankRow[],
  isExact: (row: LowRankRow) => boolean,
): number | undefined {
  const lastInexact = sorted.findLastIndex((row) => !isExact(row));
  return sorted[lastInexact + 1]?.d;
}
