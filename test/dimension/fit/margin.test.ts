import { expect, test } from 'vitest';
import { descend } from '../../../src/dimension/fit/descent.ts';
import { startingVectors } from '../../../src/dimension/fit/start.ts';
import {
  judgementsOf,
  membersOf,
  queryCount,
} from '../../../src/dimension/judgements/judgements.ts';
import { subsetsOf } from '../../../src/dimension/problems/problems.ts';

/** The greatest margin that unit vectors can have for all sets of k of m items (arXiv 2601.20844). */
const ceiling = (m: number, k: number) => m / Math.sqrt(k * (m - 1) * (m - k));

/** Least score of a member less greatest score of another item, over all queries; vectors of length 1. */
function leastMargin(
  judgements: ReturnType<typeof judgementsOf>,
  items: Float32Array,
  queries: Float32Array,
  d: number,
): number {
  const unit = (all: Float32Array, at: number) => {
    const own = [...all.subarray(at * d, (at + 1) * d)];
    const length = Math.hypot(...own);
    return own.map((x) => x / length);
  };
  const keys = Array.from({ length: judgements.items }, (_, item) => unit(items, item));
  const margins = Array.from({ length: queryCount(judgements) }, (_, query) => {
    const own = unit(queries, query);
    const members = membersOf(judgements, query);
    const scores = keys.map((key) => key.reduce((sum, x, i) => sum + x * own[i], 0));
    const others = scores.filter((_, item) => !members.includes(item));
    return Math.min(...Array.from(members, (item) => scores[item])) - Math.max(...others);
  });
  return Math.min(...margins);
}

test('a simplex and the means of its corners have the greatest margin that there is', () => {
  for (const [m, k] of [
    [5, 2],
    [7, 3],
    [6, 1],
  ]) {
    const judgements = judgementsOf(m, subsetsOf(m, k));
    // Unit vectors less their mean are a simplex.
    const items = Float32Array.from({ length: m * m }, (_, i) =>
      Math.floor(i / m) === i % m ? 1 - 1 / m : -1 / m,
    );
    const queries = new Float32Array(queryCount(judgements) * m);
    for (let query = 0; query < queryCount(judgements); query++) {
      for (const item of membersOf(judgements, query)) {
        for (let i = 0; i < m; i++) queries[query * m + i] += items[item * m + i];
      }
    }
    expect(leastMargin(judgements, items, queries, m)).toBeCloseTo(ceiling(m, k), 5);
  }
});

test('fitted vectors come close to that margin, and never above it', async () => {
  const [m, k] = [8, 2];
  const judgements = judgementsOf(m, subsetsOf(m, k));
  const start = startingVectors(judgements, [{ d: m - 1, seed: 1 }]);
  const how = { aim: 'margin', moved: 'both', steps: 400, learningRate: 0.05 } as const;
  const { items, queries } = await descend(judgements, start, how);
  const margin = leastMargin(judgements, items, queries, m - 1);
  expect(margin).toBeGreaterThan(0.4 * ceiling(m, k));
  expect(margin).toBeLessThanOrEqual(ceiling(m, k) + 1e-6);
});
