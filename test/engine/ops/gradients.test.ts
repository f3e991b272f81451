import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { registerGradients, tf } from '../../../src/engine/index.ts';
import { gradients, slopes } from '../kernels/slopes.ts';

beforeAll(() => registerGradients());

type Op = (...tensors: Tensor[]) => Tensor;
const m = [2, 3, 4];

/** Boxes moved a little from these: one upside down, one that leaves the image, and none at a pixel's own place. */
const BOXES = [
  [0.11, 0.13, 0.94, 0.83],
  [0.13, 0.21, 0.74, 0.93],
  [0.92, 0.12, 0.37, 0.81],
  [-0.23, 0.42, 0.55, 1.32],
];

function crop(size: [number, number], method: 'bilinear' | 'nearest'): Op {
  return (image, moves) => {
    const boxes = tf.add(BOXES, tf.mul(moves, 0.01)) as Tensor2D;
    return tf.image.cropAndResize(image as Tensor4D, boxes, [0, 1, 1, 0], size, method);
  };
}

/** Gradients that tfjs lacks or gets wrong. */
const CASES: Readonly<Record<string, readonly [readonly (readonly number[])[], Op]>> = {
  'batches that broadcast': [
    [
      [2, 3, 4],
      [4, 2],
    ],
    (a, b) => tf.matMul(a, tf.reshape(b, [1, 4, 2])),
  ],
  'batches that broadcast, transposed': [
    [
      [1, 4, 2],
      [2, 3, 4],
    ],
    (a, b) => tf.matMul(a, b, true, true),
  ],
  einsum: [
    [
      [2, 3],
      [3, 4],
    ],
    (a, b) => tf.einsum('ij,jk->ki', a, b),
  ],
  'einsum of batches': [
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
    (a, b) => tf.einsum('bij,bkj->bik', a, b),
  ],
  'einsum that sums one operand': [[[2, 3]], (a) => tf.einsum('ij->j', tf.square(a))],
  topk: [[m], (x) => tf.topk(x, 2).values],
  gatherND: [
    [[3, 4]],
    (x) =>
      tf.gatherND(tf.square(x), [
        [1, 2],
        [0, 0],
        [1, 2],
      ]),
  ],
  'cropAndResize, of pixels and boxes': [
    [
      [2, 4, 5, 3],
      [4, 4],
    ],
    crop([3, 4], 'bilinear'),
  ],
  'cropAndResize to one pixel': [
    [
      [2, 4, 5, 1],
      [4, 4],
    ],
    crop([1, 1], 'bilinear'),
  ],
  'cropAndResize to the nearest pixels': [
    [[2, 4, 5, 2]],
    (x) => crop([3, 4], 'nearest')(x, tf.zeros([4, 4])),
  ],
  'maximum of a broadcast operand': [[m, [3, 1]], (a, b) => tf.maximum(a, b)],
  'minimum of a broadcast operand': [[m, [4]], (a, b) => tf.minimum(a, b)],
  'squaredDifference of a broadcast operand': [[m, [3, 1]], (a, b) => tf.squaredDifference(a, b)],
  'cumsum in the middle': [[m], (x) => tf.cumsum(tf.square(x), 1)],
  'cumsum in the middle, exclusive and backwards': [
    [m],
    (x) => tf.cumsum(tf.square(x), 0, true, true),
  ],
  'mirrorPad by reflection': [
    [[3, 4]],
    (x) =>
      tf.mirrorPad(
        tf.square(x),
        [
          [1, 2],
          [2, 0],
        ],
        'reflect',
      ),
  ],
  'mirrorPad, symmetric': [
    [[3, 4]],
    (x) =>
      tf.mirrorPad(
        tf.square(x),
        [
          [1, 2],
          [2, 3],
        ],
        'symmetric',
      ),
  ],
  'avgPool, padded': [[[2, 5, 6, 2]], (x) => tf.avgPool(x as Tensor4D, 3, 2, 'same')],
  'avgPool3d, padded': [[[1, 3, 4, 5, 2]], (x) => tf.avgPool3d(x as Tensor5D, 2, 2, 'same')],
  conv3dTranspose: [
    [
      [1, 2, 2, 2, 3],
      [2, 2, 2, 2, 3],
    ],
    (x, w) => tf.conv3dTranspose(x as Tensor5D, w as Tensor5D, [1, 4, 4, 4, 2], 2, 'same'),
  ],
  'a product with a comparison': [[m], (x) => tf.mul(x, tf.cast(tf.greater(x, 0.1), 'float32'))],
  'the slope of tanh': [[m], (x) => tf.grad((y) => tf.tanh(y))(x)],
  'the slope of sigmoid': [[m], (x) => tf.grad((y) => tf.sigmoid(y))(x)],
  'the slope of exp': [[m], (x) => tf.grad((y) => tf.exp(y))(x)],
  'the slope of softmax': [[m], (x) => tf.grad((y) => tf.square(tf.softmax(y)))(x)],
};

test.each(Object.entries(CASES))('the gradient of %s is its slope', async (_name, example) => {
  const [got, want] = [await gradients(example), await slopes(example)];
  expect(want.flat().some((slope) => slope !== 0)).toBe(true);
  for (const [i, list] of want.entries()) {
    for (const [j, slope] of list.entries()) {
      expect(
        Math.abs(got[i][j] - slope),
        `operand ${i}, ${j}: ${got[i][j]} for ${slope}`,
      ).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
    }
  }
});

test('einsum and matMul have the gradients of the same sums, where the cpu backend has other sums', async () => {
  await tf.setBackend('onnxruntime');
  const random = (shape: number[], seed: number) => tf.randomUniform(shape, -1, 1, 'float32', seed);
  const pairs: readonly (readonly [Op, Op, number[], number[]])[] = [
    [
      (a, b) => tf.einsum('ij,jk->j', a, b),
      (a, b) => tf.mul(tf.sum(a, 0), tf.sum(b, 1)),
      [2, 3],
      [3, 4],
    ],
    [
      (a, b) => tf.matMul(a, b),
      (a, b) => tf.sum(tf.mul(tf.expandDims(a, 4), tf.expandDims(b, 1)), 3),
      [3, 1, 2, 4],
      [2, 4, 3],
    ],
  ];
  for (const [op, same, ...shapes] of pairs) {
    const operands = shapes.map((shape, i) => random(shape, i + 1));
    const of = (f: Op) => tf.grads((...x) => tf.square(f(...x)))(operands);
    const want = of(same);
    for (const [i, gradient] of of(op).entries()) {
      expect(tf.max(tf.abs(tf.sub(gradient, want[i]))).dataSync()[0]).toBeLessThan(1e-5);
    }
  }
});

test('divNoNan has no gradient where it divides by zero, floorDiv none at all', async () => {
  await tf.setBackend('onnxruntime');
  const [a, b] = [tf.tensor1d([1, 2, 0]), tf.tensor1d([0, 4, 0])];
  const [da, db] = tf.grads((x, y) => tf.divNoNan(x as Tensor1D, y as Tensor1D))([a, b]);
  expect([...(await da.data())]).toEqual([0, 0.25, 0]);
  expect([...(await db.data())]).toEqual([0, -0.125, 0]);
  const [dc] = tf.grads((x, y) => tf.cast(tf.floorDiv(x, y), 'float32'))([a, tf.scalar(2)]);
  expect([...(await dc.data())]).toEqual([0, 0, 0]);
});
