import type { Tensor3D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { descend } from '../../../src/dimension/fit/descent.ts';
import { fitVectors } from '../../../src/dimension/fit/fit.ts';
import { pullBack } from '../../../src/dimension/fit/pull-back.ts';
import { rankingOf, scoreItems } from '../../../src/dimension/fit/scores.ts';
import { type Aim, slopes } from '../../../src/dimension/fit/slopes.ts';
import { startingQueries, startingVectors } from '../../../src/dimension/fit/start.ts';
import { judgementsOf, queriesOf } from '../../../src/dimension/judgements/judgements.ts';
import { problemOf } from '../../../src/dimension/problems/problems.ts';
import { compile, tf, valueAndGradients } from '../../../src/engine/index.ts';
import { stream } from '../../../src/random/streams.ts';

const [R, Q, N, D] = [2, 3, 5, 4];
const random = stream(1, 'descent-test');
const normals = (n: number) => Float32Array.from({ length: n }, () => random.normal());
const sets = [[0], [1, 3], [0, 2, 4]];
const targets = Float32Array.from({ length: Q * N }, (_, i) => {
  const set = sets[Math.floor(i / N)];
  return set.includes(i % N) ? 1 / set.length : 0;
});

/** The aim written as its formula, for tfjs to differentiate. */
function formula(aim: Aim, scores: Tensor3D, shares: Tensor3D) {
  if (aim === 'kl') {
    return tf.sum(tf.sub(tf.logSumExp(scores, 2), tf.sum(tf.mul(scores, shares), 2)));
  }
  const own = tf.sign(shares);
  const others = tf.sum(tf.mul(tf.exp(scores), tf.sub(1, own)), 2);
  const inverse = tf.sum(tf.mul(tf.exp(tf.neg(scores)), own), 2);
  return tf.sum(tf.log(tf.add(1, tf.mul(others, inverse))));
}

test.each([
  ['kl', 1],
  ['margin', 1],
  ['kl', 2],
  ['margin', 4],
] as const)(
  'the gradients written out for %s, %i vectors per item, are those of the formula',
  async (aim, m) => {
    const float = (shape: number[]) => ({ shape, dtype: 'float32' as const });
    const program = await compile({
      inputs: { q: float([R, Q, D]), k: float([R, N, D]), shares: float([Q, N]) },
      state: {},
      step: ({ q, k, shares }) => {
        const slope = (scores: Tensor3D) => slopes(aim, scores, shares);
        const { forQuery, forItem } = pullBack(q as Tensor3D, k as Tensor3D, m, slope);
        const scoresOf = (a: Tensor3D, b: Tensor3D) => {
          const cut = (x: Tensor3D) => tf.reshape(x, [R, x.shape[1] * m, D / m]);
          const all = tf.reshape(tf.matMul(cut(a), cut(b), false, true), [R, Q, m, N, m]);
          return tf.sum(tf.max(all, 4), 2) as Tensor3D;
        };
        const { gradients } = valueAndGradients(
          (p) => formula(aim, scoresOf(p.q as Tensor3D, p.k as Tensor3D), shares as Tensor3D),
          { q, k },
        );
        return { outputs: { byHand: forQuery(), byHandItems: forItem(), ...gradients } };
      },
    });
    const found = await program.run({
      q: normals(R * Q * D),
      k: normals(R * N * D),
      shares: targets,
    });
    const close = (a: ArrayLike<number>, b: ArrayLike<number>) => {
      for (let i = 0; i < a.length; i++) expect(Math.abs(a[i] - b[i])).toBeLessThan(1e-4);
    };
    const { byHand, byHandItems, 'output/q': q = found.q, 'output/k': k = found.k } = found;
    close(byHand, q);
    close(byHandItems, k);
    await program.dispose();
  },
);

test('MaxSim of one query by hand', () => {
  const into = new Float32Array(2);
  // Pieces of the query (1, 0), (0, 2); of the items (3, 0), (0, 1) and (1, 1), (-1, -1).
  scoreItems(Float32Array.of(1, 0, 0, 2), Float32Array.of(3, 0, 0, 1, 1, 1, -1, -1), 2, into);
  expect([...into]).toEqual([5, 3]);
});

test('restarts of fewer dimensions stay in them, and end where they end alone', async () => {
  const judgements = problemOf('limit-8');
  const how = { aim: 'kl', moved: 'both', steps: 40, learningRate: 0.1 } as const;
  const alone = await descend(judgements, startingVectors(judgements, [{ d: 2, seed: 5 }]), how);
  const both = [
    { d: 2, seed: 5 },
    { d: 4, seed: 6 },
  ];
  const together = await descend(judgements, startingVectors(judgements, both), how);
  expect(together.width).toBe(4);
  for (let item = 0; item < 8; item++) {
    const padded = together.items.subarray(item * 4, item * 4 + 4);
    expect([...padded.subarray(2)]).toEqual([0, 0]);
    for (let i = 0; i < 2; i++) expect(padded[i]).toBeCloseTo(alone.items[item * 2 + i], 3);
  }
});

test('many slices of the queries move as one', async () => {
  // 900 queries of 120 items for 4 restarts are several slices; of 1 restart, one.
  const judgements = queriesOf(
    problemOf('planted-120-3'),
    Array.from({ length: 900 }, (_, i) => i),
  );
  const how = { aim: 'kl', moved: 'both', steps: 5, learningRate: 0.1 } as const;
  const restarts = [1, 2, 3, 4].map((seed) => ({ d: 3, seed }));
  const together = await descend(judgements, startingVectors(judgements, restarts), how);
  const last = await descend(judgements, startingVectors(judgements, restarts.slice(3)), how);
  const [items, queries] = [together.items.subarray(3 * 360), together.queries.subarray(3 * 2700)];
  for (let i = 0; i < items.length; i++) expect(items[i]).toBeCloseTo(last.items[i], 3);
  for (let i = 0; i < queries.length; i++) expect(queries[i]).toBeCloseTo(last.queries[i], 3);
});

test('the best query for fixed items has the least KL: three items on a line', async () => {
  // {0, 2} of the points -1, 0, 1: by symmetry q = 0 is best, and KL = ln 3 - ln 2.
  const judgements = judgementsOf(3, [[0, 2], [0], [2, 1]]);
  const items = Float32Array.of(-1, 0, 1);
  const start = { width: 1, items, queries: startingQueries(judgements, items, 1) };
  const found = await descend(judgements, start, {
    aim: 'kl',
    moved: 'queries',
    steps: 400,
    learningRate: 0.1,
  });
  expect([...found.items]).toEqual([-1, 0, 1]);
  expect(found.queries[0]).toBeCloseTo(0, 2);
  const only = { ...found, queries: found.queries.subarray(0, 1) };
  expect(rankingOf(only, 0, queriesOf(judgements, [0])).kl).toBeCloseTo(Math.log(3 / 2), 4);
  // {0} is an end of the line: reached in the limit.
  const end = { ...found, queries: found.queries.subarray(1, 2) };
  expect(rankingOf(end, 0, queriesOf(judgements, [1])).recall).toBe(1);
});

test('a planted dimension is enough, on held-out queries too, and one less is not', async () => {
  const judgements = problemOf('planted-60-3');
  const parts = {
    fitted: queriesOf(
      judgements,
      Array.from({ length: 400 }, (_, i) => i),
    ),
    heldOut: queriesOf(
      judgements,
      Array.from({ length: 100 }, (_, i) => 400 + i),
    ),
  };
  const best = async (d: number) => {
    const restarts = [1, 2].map((seed) => ({ d, seed }));
    const { fits } = await fitVectors(parts, restarts, { steps: 300, learningRate: 0.1 });
    return Math.max(...fits.map(({ heldOut }) => heldOut?.recall ?? 0));
  };
  expect(await best(3)).toBeGreaterThan(0.96);
  expect(await best(2)).toBeLessThan(0.85);
});

test('the same search gives the same bytes, and a signal ends it', async () => {
  const judgements = problemOf('limit-8');
  const parts = { fitted: judgements, heldOut: queriesOf(judgements, []) };
  const restarts = [{ d: 3, seed: 1 }];
  const search = { steps: 30, learningRate: 0.1 };
  const first = await fitVectors(parts, restarts, search);
  expect(await fitVectors(parts, restarts, search)).toEqual(first);
  expect(first.fits.every(({ heldOut }) => heldOut === undefined)).toBe(true);
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(fitVectors(parts, restarts, { ...search, signal })).rejects.toThrow('stopped');
});
