import fc from 'fast-check';
import { expect, test } from 'vitest';
import { criticalN } from '../../../src/studies/retrieval/critical-n.ts';
import {
  momentPoint,
  radonPartition,
  realiseExactly,
  realiseInFloat32,
  selectingQuery,
} from '../../../src/studies/retrieval/cyclic.ts';
import { optimise, type StoppingRule } from '../../../src/studies/retrieval/free-embeddings.ts';
import { PUBLISHED_CRITICAL_N, publishedFit } from '../../../src/studies/retrieval/published.ts';
import { recallAtK } from '../../../src/studies/retrieval/recall.ts';
import { limitSmall, relevanceMatrix, subsetsOf } from '../../../src/studies/retrieval/subsets.ts';

test('subsets come in lexicographic order, each once', () => {
  expect(subsetsOf(4, 2)).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ]);
  expect(subsetsOf(6, 3)).toHaveLength(20);
  expect(subsetsOf(3, 0)).toEqual([[]]);
});

test('LIMIT-small has the first 1,000 of the 1,035 pairs of 46 documents', () => {
  const pairs = limitSmall();
  expect(pairs).toHaveLength(1000);
  expect(subsetsOf(46, 2)).toHaveLength(1035);
  // 1,035 pairs end with the 36 of the last nine documents, of which one remains.
  expect(pairs.at(-1)).toEqual([37, 38]);
  expect(
    Array.from(
      relevanceMatrix(
        [
          [0, 2],
          [1, 2],
        ],
        3,
      ),
    ),
  ).toEqual([1, 0, 1, 0, 1, 1]);
});

test('the search finds the edge of any monotonous answer, from wherever it starts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 1, max: 90 }),
      async (edge, start) => {
        const asked: number[] = [];
        const found = await criticalN(start, async (n) => {
          asked.push(n);
          return n <= edge;
        });
        expect(found).toBe(edge);
        expect(new Set(asked).size).toBe(asked.length);
        expect(asked.length).toBeLessThan(3 + 4 * Math.log2(2 + Math.abs(edge - start)));
      },
    ),
  );
});

test('the published fit is within 5 of the published values up to d = 20', () => {
  for (const [d, n] of PUBLISHED_CRITICAL_N)
    expect(Math.abs(publishedFit(d) - n), `d = ${d}`).toBeLessThan(5);
});

test('the score on the moment curve is P(0)² - P(t)²', () => {
  const selected = [2n, 5n];
  const query = selectingQuery(selected, 4);
  // P(t)² = (t - 2)² (t - 5)² = t⁴ - 14 t³ + 69 t² - 140 t + 100
  expect(query).toEqual([140n, -69n, 14n, -1n]);
  for (let t = 0n; t < 9n; t++) {
    const score = momentPoint(t, 4).reduce((sum, x, i) => sum + x * query[i], 0n);
    expect(score).toBe(100n - ((t - 2n) * (t - 5n)) ** 2n);
  }
});

test.each([
  [9, 1, 9],
  [8, 2, 36],
  [7, 3, 63],
  [6, 4, 56],
])(
  'every subset of %i documents of up to %i is realised in twice as many dimensions',
  (m, k, subsets) => {
    expect(realiseExactly(m, k)).toEqual({ subsets, realised: subsets });
  },
);

test('32-bit floating point realises all pairs of few documents and not of many', () => {
  expect(realiseInFloat32(20, 2)).toEqual({ subsets: 210, realised: 210 });
  const { subsets, realised } = realiseInFloat32(150, 2);
  expect(realised).toBeLessThan(subsets);
});

test('one dimension less leaves k points that cannot be put above k + 1 others', () => {
  expect(radonPartition(1)).toEqual({ smaller: [1], larger: [0, 2] });
  expect(radonPartition(2)).toEqual({ smaller: [1, 3], larger: [0, 2, 4] });
  expect(radonPartition(4).smaller).toEqual([1, 3, 5, 7]);
});

test('recall counts the relevant among the k best, ties against them', () => {
  const relevance = [
    [0, 1],
    [1, 2],
  ];
  // Second query: document 2 is second, document 1 last.
  expect(recallAtK(relevance, 3, [3, 2, 1, 9, 0, 5])).toBe(3 / 4);
  expect(recallAtK(relevance, 3, [3, 2, 2, 0, 1, 1])).toBe(3 / 4);
  expect(recallAtK([[0], [1]], 2, [1, 0, 0, 1])).toBe(1);
  expect(recallAtK([[0], [1]], 2, [1, 1, 1, 1])).toBe(0);
});

const RULE: StoppingRule = { maxSteps: 2000, patience: 500, minDelta: 1e-5, interval: 50 };
const TASK = { temperature: 0.1, learningRate: 0.01, seed: 1 };

test('free vectors of four dimensions learn all pairs of six documents, reproducibly', async () => {
  const task = { ...TASK, n: 6, d: 4, relevance: subsetsOf(6, 2) };
  const outcome = await optimise(task, RULE);
  expect(outcome.accuracy).toBe(1);
  expect(outcome.steps).toBeLessThan(RULE.maxSteps);
  expect(await optimise(task, RULE)).toEqual(outcome);
});

test('on a circle no vectors have all pairs of four documents on top', async () => {
  const { accuracy, steps } = await optimise(
    { ...TASK, n: 4, d: 2, relevance: subsetsOf(4, 2) },
    RULE,
  );
  expect(accuracy).toBeLessThan(1);
  expect(accuracy).toBeGreaterThan(0.5);
  expect(steps).toBeGreaterThanOrEqual(RULE.patience);
});

test('the loss starts where the formula says', async () => {
  const d = 2;
  const relevance = [[0], [1]];
  const { loss, steps } = await optimise(
    { ...TASK, n: 2, d, relevance, learningRate: 1e-12, temperature: 1 },
    { ...RULE, maxSteps: 10 },
  );
  expect(steps).toBe(10);
  // Two queries and two documents at the angles that the stream gives.
  const { stream } = await import('../../../src/random/streams.ts');
  const random = stream(1, 'free-embeddings', 2, d);
  const angle = () => {
    const x = random.normal();
    return Math.atan2(random.normal(), x);
  };
  const [q0, q1, d0, d1] = [angle(), angle(), angle(), angle()];
  const row = (q: number, own: number, other: number) =>
    Math.log1p(Math.exp(Math.cos(q - other) - Math.cos(q - own)));
  expect(loss).toBeCloseTo((row(q0, d0, d1) + row(q1, d1, d0)) / 2, 5);
});
