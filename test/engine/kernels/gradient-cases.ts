import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { inverseDeviation, layerNorm, softmax, tf } from '../../../src/engine/index.ts';
import { FORWARD_ONLY, IMAGE_CASES } from './image-cases.ts';

type Op = (...tensors: Tensor[]) => Tensor;
export type Case = readonly [shapes: readonly (readonly number[])[], op: Op];

const m = [2, 3, 4];
function one(op: Op): Case {
  return [[m], op];
}
function two(op: Op): Case {
  return [[m, [3, 1]], op];
}
function positive(x: Tensor) {
  return tf.add(tf.abs(x), 0.5);
}
function ids(...at: number[]) {
  return tf.tensor1d(at, 'int32');
}

const CHOICE = Array.from({ length: 2 }, (_, i) =>
  Array.from({ length: 3 }, (_, j) => Array.from({ length: 4 }, (_, k) => (i + j * k) % 3 > 0)),
);

/** Ops whose gradients are compared with their slopes. */
export const CASES: Readonly<Record<string, Case>> = {
  ...IMAGE_CASES,
  ...Object.fromEntries(
    Object.entries(FORWARD_ONLY).filter(([name]) => name.endsWith('of a rectangle')),
  ),
  add: two((a, b) => tf.add(a, b)),
  sub: two((a, b) => tf.sub(a, b)),
  mul: two((a, b) => tf.mul(a, b)),
  div: two((a, b) => tf.div(a, positive(b))),
  mod: two((a, b) => tf.mod(a, positive(b))),
  pow: two((a, b) => tf.pow(positive(a), b)),
  'pow of a number': one((a) => tf.pow(a, 3)),
  maximum: [[m, m], (a, b) => tf.maximum(a, b)],
  minimum: [[m, m], (a, b) => tf.minimum(a, b)],
  squaredDifference: [[m, m], (a, b) => tf.squaredDifference(a, b)],
  atan2: two((a, b) => tf.atan2(a, positive(b))),
  addN: [[m, m, m], (...all) => tf.addN(all)],
  where: [[m, m], (a, b) => tf.where(CHOICE, tf.mul(a, 2), b)],
  prelu: two((a, b) => tf.prelu(a, b)),
  clip: one((a) => tf.clipByValue(a, -0.5, 0.5)),
  leakyRelu: one((a) => tf.leakyRelu(a, 0.3)),
  step: one((a) => tf.mul(tf.step(a, 0.2), a)),
  'softmax of short vectors': one((a) => softmax(a)),
  'softmax of long vectors': [[[2, 40]], (a) => softmax(a)],
  layerNorm: one((a) => layerNorm(a)),
  inverseDeviation: one((a) => inverseDeviation(a)),
  cast: one((a) => tf.cast(a, 'float32')),
  clone: one((a) => tf.clone(a)),
  acosh: one((a) => tf.acosh(tf.add(positive(a), 1))),
  ...Object.fromEntries(
    (
      [
        ...([
          'abs',
          'neg',
          'sign',
          'relu',
          'relu6',
          'square',
          'exp',
          'expm1',
          'sin',
          'cos',
        ] as const),
        ...(['tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'atanh'] as const),
        ...(['sigmoid', 'logSigmoid', 'softplus', 'erf', 'elu', 'selu', 'softmax'] as const),
        ...(['logSoftmax', 'ceil', 'floor', 'round', 'log1p', 'zerosLike', 'onesLike'] as const),
      ] as const
    ).map((name) => [name, one((x) => tf.add((tf[name] as Op)(x), tf.mul(x, 0.1)))]),
  ),
  ...Object.fromEntries(
    (['sqrt', 'rsqrt', 'reciprocal', 'log'] as const).map((name) => [
      name,
      one((x) => tf[name](positive(x))),
    ]),
  ),
  sum: one((a) => tf.sum(tf.square(a), 1)),
  'sum, axes kept': one((a) => tf.sum(tf.square(a), [0, 2], true)),
  mean: one((a) => tf.mean(tf.square(a), [0, 1])),
  max: one((a) => tf.max(a, 1)),
  min: one((a) => tf.min(a, [0, 2], true)),
  prod: one((a) => tf.prod(a, 1)),
  logSumExp: one((a) => tf.logSumExp(a, 1)),
  cumsum: one((a) => tf.cumsum(tf.square(a), 2)),
  'cumsum, exclusive and backwards': one((a) => tf.cumsum(tf.square(a), 2, true, true)),
  moments: one((a) => {
    const { mean, variance } = tf.moments(a, 1);
    return tf.mul(mean, variance);
  }),
  norm: one((a) => tf.norm(a)),
  matMul: [
    [
      [2, 3],
      [3, 4],
    ],
    (a, b) => tf.matMul(a as Tensor2D, b as Tensor2D),
  ],
  'matMul, left transposed': [
    [
      [3, 2],
      [3, 4],
    ],
    (a, b) => tf.matMul(a, b, true),
  ],
  'matMul, right transposed': [
    [
      [2, 3],
      [4, 3],
    ],
    (a, b) => tf.matMul(a, b, false, true),
  ],
  'matMul, both transposed': [
    [
      [3, 2],
      [4, 3],
    ],
    (a, b) => tf.matMul(a, b, true, true),
  ],
  'matMul of batches': [
    [
      [2, 2, 3],
      [2, 3, 4],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  'fused matMul': [
    [[2, 3], [3, 4], [4]],
    (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: 'relu' }),
  ],
  reshape: one((a) => tf.reshape(tf.square(a), [4, 6])),
  expandDims: one((a) => tf.expandDims(tf.square(a), 1)),
  transpose: one((a) => tf.transpose(tf.square(a), [2, 0, 1])),
  broadcastTo: [[[3, 1]], (a) => tf.broadcastTo(tf.square(a), m)],
  tile: [[[2, 3]], (a) => tf.tile(tf.square(a), [2, 3])],
  concat: [
    [
      [2, 3],
      [2, 1],
    ],
    (a, b) => tf.concat([tf.square(a), b], 1),
  ],
  slice: one((a) => tf.slice(tf.square(a), [0, 1, 1], [2, 2, 3])),
  split: one((a) => {
    const [first, second] = tf.split(tf.square(a), [1, 3], 2);
    return tf.mul(first, second);
  }),
  stack: [
    [
      [2, 3],
      [2, 3],
    ],
    (a, b) => tf.stack([tf.square(a), b], 1),
  ],
  unstack: one((a) => {
    const [first, second, third] = tf.unstack(a, 1);
    return tf.add(tf.mul(first, second), third);
  }),
  pad: one((a) =>
    tf.pad(
      tf.square(a),
      [
        [1, 0],
        [0, 2],
        [1, 1],
      ],
      0.5,
    ),
  ),
  reverse: one((a) => tf.reverse(tf.square(a), [0, 2])),
  gather: [[[4, 3]], (a) => tf.gather(tf.square(a), ids(2, 0, 2, 2))],
  'gather along another axis': one((a) => tf.gather(tf.square(a), ids(3, 0, 3), 2)),
  unsortedSegmentSum: [[[5, 2]], (a) => tf.unsortedSegmentSum(tf.square(a), ids(1, 0, 1, 2, 0), 3)],
  batchNorm: [
    [m, [4], [4], [4], [4]],
    (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x,
        mean as Tensor1D,
        positive(variance) as Tensor1D,
        offset as Tensor1D,
        scale as Tensor1D,
      ),
  ],
  'softmax cross-entropy': [
    [[4, 5]],
    (a) => tf.losses.softmaxCrossEntropy(tf.oneHot(ids(1, 0, 4, 2), 5), a),
  ],
  'comparisons and tests': two((a, b) =>
    tf.addN([
      tf.cast(tf.greaterEqual(a, tf.broadcastTo(b, m)), 'float32'),
      ...[tf.isNaN(a), tf.isInf(a), tf.isFinite(a)].map((is) => tf.cast(is, 'float32')),
      tf.square(a),
    ]),
  ),
  'positions of extremes': one((a) =>
    tf.addN([
      ...[tf.argMax(a, 1), tf.argMin(a, 1)].map((i) => tf.cast(i, 'float32')),
      tf.sum(a, 1),
    ]),
  ),
  dropout: one((a) => tf.dropout(a, 0.5, undefined, 3)),
};
