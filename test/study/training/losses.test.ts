import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { compile, tf } from '../../../src/engine/index.ts';
import { stream } from '../../../src/random/streams.ts';
import {
  crossEntropy,
  expectedInfoNce,
  sampledInfoNce,
} from '../../../src/study/training/losses.ts';

type Matrix = readonly (readonly number[])[];
const B = 4;
const K = 6;

function randomMatrix(name: string, rows: number, columns: number, scale: number): Matrix {
  const random = stream(1, 'test losses', name);
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => scale * random.normal()),
  );
}

const logSumExp = (values: readonly number[]) =>
  Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));
const column = (matrix: Matrix, k: number) => matrix.map((row) => row[k]);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** True keys of four queries; key 5 matches none of them. */
const TRUE_KEYS = [[0, 1, 2], [2], [0, 3], [1, 2, 3, 4]];
const SHARES = TRUE_KEYS.map((keys) =>
  Array.from({ length: K }, (_, k) => (keys.includes(k) ? 1 / keys.length : 0)),
);

// The definitions once more, in float64 and one term at a time.
const byHand = {
  sampled: (s: Matrix) =>
    sum(s.map((row, i) => -0.5 * (row[i] - logSumExp(row) + row[i] - logSumExp(column(s, i))))) /
    s.length,
  expected: (s: Matrix) => {
    const counts = Array.from({ length: K }, (_, k) => sum(column(SHARES, k)));
    let loss = 0;
    s.forEach((row, i) => {
      const inBatch = Math.log(sum(row.map((score, k) => counts[k] * Math.exp(score))));
      TRUE_KEYS[i].forEach((k) => {
        const p = 1 / TRUE_KEYS[i].length;
        loss += (p / 2) * (inBatch - row[k] + logSumExp(column(s, k)) - row[k]);
      });
    });
    return loss / s.length;
  },
  crossEntropy: (s: Matrix) =>
    sum(s.map((row, i) => -sum(row.map((score, k) => SHARES[i][k] * (score - logSumExp(row)))))) /
    s.length,
};

/** Loss and gradient by the engine. */
async function onEngine(scores: Matrix, loss: (s: Tensor2D) => Scalar) {
  const shape = [scores.length, scores[0].length];
  const program = await compile({
    inputs: { scores: { shape, dtype: 'float32' } },
    state: {},
    step: ({ scores }) => {
      const { value, grad } = tf.valueAndGrad((x: Tensor) => loss(x as Tensor2D))(scores);
      return { outputs: { value, grad } };
    },
  });
  const { value, grad } = await program.run({ scores: Float32Array.from(scores.flat()) });
  const result = { value: value[0], gradient: [...grad] };
  await program.dispose();
  return result;
}

function finiteDifferences(scores: Matrix, loss: (s: Matrix) => number): number[] {
  const step = 1e-5;
  return scores.flatMap((row, i) =>
    row.map((_, k) => {
      const moved = (by: number) =>
        loss(scores.map((r, j) => r.map((x, l) => (i === j && k === l ? x + by : x))));
      return (moved(step) - moved(-step)) / (2 * step);
    }),
  );
}

const shares = () => tf.tensor2d(SHARES.map((row) => [...row]));
const LOSSES = [
  ['sampled InfoNCE', byHand.sampled, sampledInfoNce, B],
  ['expected InfoNCE', byHand.expected, (s: Tensor2D) => expectedInfoNce(s, shares()), K],
  ['cross-entropy', byHand.crossEntropy, (s: Tensor2D) => crossEntropy(s, shares()), K],
] as const;

describe('losses', () => {
  test.each(LOSSES)(
    '%s equals its definition and has its gradient',
    async (_, hand, loss, columns) => {
      const scores = randomMatrix('scores', B, columns, 2);
      const { value, gradient } = await onEngine(scores, loss);
      expect(value).toBeCloseTo(hand(scores), 5);
      finiteDifferences(scores, hand).forEach((slope, i) => {
        expect(gradient[i]).toBeCloseTo(slope, 5);
      });
    },
  );

  test('gives log B for equal scores of a sampled batch', async () => {
    const { value } = await onEngine(randomMatrix('zeros', B, B, 0), sampledInfoNce);
    expect(value).toBeCloseTo(Math.log(B), 6);
  });

  test('integrates the sampled key out: the mean of the sampled loss over many draws is the expected one', () => {
    // A large batch, where the in-batch key frequencies hardly vary: each query 64 times.
    const scores = randomMatrix('scores', B, K, 1);
    const copies = 64;
    const random = stream(2, 'test draws');
    let total = 0;
    const draws = 30;
    for (let draw = 0; draw < draws; draw++) {
      const pairs = Array.from({ length: copies * B }, (_, i) => {
        const keys = TRUE_KEYS[i % B];
        return { query: i % B, key: keys[random.below(keys.length)] };
      });
      const batch = pairs.map(({ query }) => pairs.map(({ key }) => scores[query][key]));
      total += byHand.sampled(batch);
    }
    // Both sums over a batch that is `copies` times as large: log(copies) more.
    expect(total / draws).toBeCloseTo(byHand.expected(scores) + Math.log(copies), 1);
  });

  test('has a lower bound for cross-entropy: the entropy of the uniform distribution over the true keys', async () => {
    const scores = SHARES.map((row) => row.map((share) => (share > 0 ? 30 : 0)));
    const { value } = await onEngine(scores, (s) => crossEntropy(s, shares()));
    const entropy = sum(TRUE_KEYS.map((keys) => Math.log(keys.length))) / B;
    expect(value).toBeCloseTo(entropy, 5);
  });
});
