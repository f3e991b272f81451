import type { LowRankRow } from './tables.ts';

/** KL below which predictions count as the truth, nats. */
export const KL_TOLERANCE = 0.01;

/** From which dimension on things are right, one deck; absent where they never are. */
export interface LowRankThresholds {
  readonly attributes: number;
  readonly values: number;
  readonly rank: number;
  /** The smallest d at which every query's keys all score above the others, in the best of the seeds. */
  readonly firstExact?: number;
  /** The smallest d from which on that is so at every d tried and for every seed. */
  readonly alwaysExact?: number;
  /** The smallest d from which on the mean KL is below `KL_TOLERANCE`. */
  readonly predicts?: number;
  /** The smallest d from which on the rounded truncated SVD is the matrix. */
  readonly svdRounds?: number;
}

/** @param rows of any decks; dimensions between those tried are not known about */
export function thresholds(rows: readonly LowRankRow[]): readonly LowRankThresholds[] {
  const decks = new Set(rows.map(({ attributes, values }) => `${attributes},${values}`));
  return [...decks]
    .map((deck) => {
      const own = rows
        .filter(({ attributes, values }) => `${attributes},${values}` === deck)
        .sort((a, b) => a.d - b.d);
      const { attributes, values, rank } = own[0];
      const first = own.find(({ bestAccuracy }) => bestAccuracy === 1)?.d;
      const found = {
        firstExact: first,
        alwaysExact: fromWhich(own, ({ accuracy }) => accuracy === 1),
        predicts: fromWhich(own, ({ kl }) => kl < KL_TOLERANCE),
        svdRounds: fromWhich(own, ({ svdRounded }) => svdRounded === 1),
      };
      const known = Object.entries(found).filter(([, d]) => d !== undefined);
      return { attributes, values, rank, ...Object.fromEntries(known) };
    })
    .sort((a, b) => a.rank - b.rank);
}

/** The smallest d such that this row and all after it are right. */
function fromWhich(
  sorted: readonly LowRankRow[],
  isRight: (row: LowRankRow) => boolean,
): number | undefined {
  const lastWrong = sorted.findLastIndex((row) => !isRight(row));
  return sorted[lastWrong + 1]?.d;
}
