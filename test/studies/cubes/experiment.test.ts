import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { measureBlocks } from '../../../src/studies/cubes/blocks.ts';
import { groupLoss, scoreBlocks, trainCubes } from '../../../src/studies/cubes/experiment.ts';
import { sampledInfoNce } from '../../../src/study/training/losses.ts';
import { smallModel, smallPictures } from './small-model.ts';

const { signal } = new AbortController();

test.each(['clip', 'cross'] as const)('%s learns which of two cubes is on top', async (kind) => {
  const model = smallModel(kind, 11);
  const parameters = await trainCubes(
    {
      model,
      batches: 'orders',
      batch: 16,
      group: 4,
      schedule: { peak: 0.02, warmUp: 10, steps: 150 },
      seed: 1,
      backend: 'onnxruntime',
    },
    smallPictures('train', [2], 4),
    { signal },
  );
  const scored = await scoreBlocks(model, parameters, smallPictures('test', [2], 1), signal);
  const [{ pictures, ofPictures }] = measureBlocks(scored);
  expect(pictures).toBe(30);
  expect(ofPictures).toBeGreaterThan(0.75);
});

test('the loss is the mean of symmetric InfoNCE over the groups', () => {
  const scores = tf.tensor3d([3, 1, 0, 2, -1, 0.5, 4, 1], [2, 2, 2]) as Tensor3D;
  const [first, second] = [0, 1].map((g) => {
    const own = tf.reshape(tf.slice(scores, [g, 0, 0], [1, 2, 2]), [2, 2]) as Tensor2D;
    return sampledInfoNce(own).dataSync()[0];
  });
  expect(groupLoss(scores).dataSync()[0]).toBeCloseTo((first + second) / 2, 5);
});
