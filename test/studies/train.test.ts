import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { tf } from '../../src/engine/index.ts';
import { type ModelTraining, trainModel } from '../../src/studies/train.ts';

/** y = 2 a - b + 3 from two numbers, by a layer with a matrix and a bias. */
const LINE: ModelTraining = {
  name: 'a line',
  parameters: {
    'layer0.weight': { shape: [2, 1], values: new Float32Array(2) },
    bias: { shape: [1], values: new Float32Array(1) },
  },
  inputs: {
    x: { shape: [4, 2], dtype: 'float32' },
    y: { shape: [4, 1], dtype: 'float32' },
  },
  loss: (p, { x, y }) => {
    const found = tf.add(tf.matMul(x as Tensor2D, p['layer0.weight'] as Tensor2D), p.bias);
    return tf.losses.meanSquaredError(y, found) as Scalar;
  },
  batch: () => ({
    x: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1),
    y: Float32Array.of(3, 5, 2, 4),
  }),
  schedule: { peak: 0.1, warmUp: 0, steps: 300 },
};

test('a model is trained, and its watcher told of each step', async () => {
  const losses: number[] = [];
  const trained = await trainModel(LINE, { onStep: ({ loss }) => losses.push(loss) });
  expect(losses).toHaveLength(300);
  expect(losses[299]).toBeLessThan(1e-3);
  const [a, b] = trained['layer0.weight'].values;
  const [bias] = trained.bias.values;
  [a - 2, b + 1, bias - 3].forEach((error) => {
    expect(Math.abs(error)).toBeLessThan(0.1);
  });
});

test('a loss that is no number ends the training with its name', async () => {
  const batch = () => ({ ...LINE.batch(0), y: new Float32Array(4).fill(Number.NaN) });
  await expect(trainModel({ ...LINE, batch })).rejects.toThrow(
    'training of a line diverged in step 1',
  );
});

test('an aborted training stops', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(trainModel(LINE, { signal })).rejects.toThrow('enough');
});
