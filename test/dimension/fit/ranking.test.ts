import { expect, test } from 'vitest';
import { emptyRanking, meanRanking, rankQuery } from '../../../src/dimension/fit/ranking.ts';
import { klDivergence } from '../../../src/study/metrics/kl.ts';
import { topKOverlap } from '../../../src/study/metrics/overlap.ts';
import { fc } from '../../properties.ts';

function rank(scores: readonly number[], members: readonly number[]) {
  const measures = emptyRanking(1);
  rankQuery(Float32Array.from(scores), Uint32Array.from(members), measures, 0);
  return { recall: measures.recall[0], ndcg: measures.ndcg[0], kl: measures.kl[0] };
}

test('a query by hand', () => {
  // Ranks from 0: item 3, 1, 0, 2. Items 1 and 2 are relevant: ranks 1 and 3.
  const { recall, ndcg, kl } = rank([1, 2, 0, 3], [1, 2]);
  expect(recall).toBe(0.5);
  const dcg = 1 / Math.log2(3) + 1 / Math.log2(5);
  expect(ndcg).toBeCloseTo(dcg / (1 + 1 / Math.log2(3)), 12);
  const normaliser = Math.log(1 + Math.E + Math.E ** 2 + Math.E ** 3);
  expect(kl).toBeCloseTo(normaliser - 1 - Math.log(2), 6);
});

test('an irrelevant item with the score of a relevant one is ahead of it', () => {
  expect(rank([1, 1, 0], [0]).recall).toBe(0);
  expect(rank([1, 0, 0], [0]).recall).toBe(1);
});

const anyQuery = fc
  .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 25 })
  .chain((scores) =>
    fc
      .uniqueArray(fc.nat({ max: scores.length - 1 }), { minLength: 1, maxLength: scores.length })
      .map((members) => ({
        scores: scores.map((x) => x / 8),
        members: members.sort((a, b) => a - b),
      })),
  );

test('agrees with sorting, and with the metrics of the main study', () => {
  fc.assert(
    fc.property(anyQuery, ({ scores, members }) => {
      const found = rank(scores, members);
      const isTrue = scores.map((_, item) => (members.includes(item) ? 1 : 0));
      expect(found.recall).toBeCloseTo(topKOverlap(scores, isTrue), 12);
      expect(found.kl).toBeCloseTo(Math.max(0, klDivergence(scores, isTrue)), 5);
      const order = scores.map((_, item) => item).sort((a, b) => scores[b] - scores[a]);
      const gains = order.slice(0, 10).map((item, r) => isTrue[item] / Math.log2(r + 2));
      const ideal = members.slice(0, 10).map((_, r) => 1 / Math.log2(r + 2));
      const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
      expect(found.ndcg).toBeCloseTo(sum(gains) / sum(ideal), 12);
    }),
  );
});

test('the standard error is that of a mean', () => {
  const recall = Float64Array.of(0, 1, 1, 0.5);
  const { recall: mean, recallError } = meanRanking({ recall, ndcg: recall, kl: recall });
  expect(mean).toBe(0.625);
  // Sample variance (0.390625 + 2 * 0.140625 + 0.015625) / 3 over 4 queries.
  expect(recallError).toBeCloseTo(Math.sqrt(0.6875 / 3 / 4), 12);
});
