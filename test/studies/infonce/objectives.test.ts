import type { Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { type TableObjective, tableLoss } from '../../../src/studies/infonce/objectives.ts';
import { fc } from '../../properties.ts';

beforeAll(() => tf.setBackend('cpu'));

const lossOf = (objective: TableObjective, m: number[][], w: number[][]): number =>
  Number(
    tableLoss(objective, tf.tensor2d(m) as Tensor2D, tf.tensor2d(w) as Tensor2D).dataSync()[0],
  );

/** CLIP's loss of a batch as it is written in the paper: the n x n scores, both ways. */
const clipLoss = (m: number[][], batch: readonly (readonly [number, number])[]): number => {
  const n = batch.length;
  const crossEntropy = (score: (i: number, j: number) => number) => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      let total = 0;
      for (let j = 0; j < n; j++) total += Math.exp(score(i, j));
      sum += Math.log(total) - score(i, i);
    }
    return sum / n;
  };
  const score = (i: number, j: number) => m[batch[i][0]][batch[j][1]];
  return crossEntropy(score) + crossEntropy((i, j) => score(j, i));
};

describe('the loss of a table', () => {
  const scores = [
    [0.3, -1, 0],
    [2, 0.5, -0.2],
  ];
  const shares = [
    [0.1, 0.2, 0.3],
    [0.1, 0.1, 0.2],
  ];

  test('likelihood is the cross-entropy of the table normalised as a whole', () => {
    const total = scores.flat().reduce((sum, m) => sum + Math.exp(m), 0);
    const expected = -shares
      .flat()
      .reduce((sum, w, i) => sum + w * Math.log(Math.exp(scores.flat()[i]) / total), 0);
    expect(lossOf('likelihood', scores, shares)).toBeCloseTo(expected, 5);
  });

  test('pseudo-likelihood normalises rows and columns', () => {
    let expected = 0;
    for (let x = 0; x < 2; x++) {
      for (let y = 0; y < 3; y++) {
        const row = scores[x].reduce((sum, m) => sum + Math.exp(m), 0);
        const column = scores.reduce((sum, m) => sum + Math.exp(m[y]), 0);
        expected -= shares[x][y] * (2 * scores[x][y] - Math.log(row) - Math.log(column));
      }
    }
    expect(lossOf('pseudo-likelihood', scores, shares)).toBeCloseTo(expected, 5);
  });

  test('infonce is the loss of the batch by batch scores, less 2 log n', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2), fc.nat(3)), { minLength: 2, maxLength: 30 }),
        fc.array(
          fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 }),
          {
            minLength: 3,
            maxLength: 3,
          },
        ),
        (batch, m) => {
          const w = m.map((row) => row.map(() => 0));
          for (const [x, y] of batch) w[x][y] += 1 / batch.length;
          const expected = clipLoss(m, batch) - 2 * Math.log(batch.length);
          expect(lossOf('infonce', m, w)).toBeCloseTo(expected, 4);
        },
      ),
      { numRuns: 50 },
    );
  });
});
