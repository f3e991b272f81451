import type { Tensor } from '@tensorflow/tfjs';
import { inverseDeviation, layerNorm, softmax, tf } from '../../../src/engine/index.ts';
import { FORWARD_ONLY, IMAGE_CASES, IMAGE_GRADIENTS } from './image-cases.ts';

type Op = (...tensors: Tensor[]) => Tensor | Tensor[];
/** Shapes of the float operands, and the op; `int` operands hold 0, 1, 2. */
export type Case = readonly [shapes: readonly (readonly number[] | 'int')[], op: Op];

const m = [2, 3, 4];
function same(op: Op): Case {
  return [[m], op];
}
function pair(op: Op): Case {
  return [[m, [3, 1]], op];
}
function positive(x: Tensor) {
  return tf.add(tf.abs(x), 0.5);
}
function rank2(x: Tensor) {
  return x as tf.Tensor2D;
}
function rank1(x: Tensor) {
  return x as tf.Tensor1D;
}

/** At least one case for every kernel that an op of tfjs uses. */
export const CASES: Readonly<Record<string, Case>> = {
  ...IMAGE_CASES,
  ...FORWARD_ONLY,
  ...IMAGE_GRADIENTS,
  add: pair(tf.add as Op),
  'add of a row': [[m, [4]], (a, b) => tf.add(a, b)],
  sub: pair((a, b) => tf.sub(a, b)),
  mul: pair((a, b) => tf.mul(a, b)),
  div: pair((a, b) => tf.div(a, positive(b))),
  'div by a number': same((a) => tf.div(a, 3)),
  floorDiv: pair((a, b) => tf.floorDiv(tf.mul(a, 7), positive(b))),
  mod: pair((a, b) => tf.mod(tf.mul(a, 7), b)),
  pow: pair((a, b) => tf.pow(positive(a), b)),
  maximum: pair((a, b) => tf.maximum(a, b)),
  minimum: pair((a, b) => tf.minimum(a, b)),
  squaredDifference: pair((a, b) => tf.squaredDifference(a, b)),
  atan2: pair((a, b) => tf.atan2(a, b)),
  equal: pair((a, b) => tf.equal(tf.sign(a), tf.sign(b))),
  notEqual: pair((a, b) => tf.notEqual(tf.sign(a), tf.sign(b))),
  greater: pair((a, b) => tf.greater(a, b)),
  greaterEqual: pair((a, b) => tf.greaterEqual(a, b)),
  less: pair((a, b) => tf.less(a, b)),
  lessEqual: pair((a, b) => tf.lessEqual(a, b)),
  logic: pair((a, b) => {
    const [p, q] = [tf.greater(a, 0), tf.greater(b, 0)];
    return [tf.logicalAnd(p, q), tf.logicalOr(p, q), tf.logicalXor(p, q), tf.logicalNot(p)];
  }),
  where: pair((a, b) => tf.where(tf.greater(a, 0), a, tf.broadcastTo(b, a.shape))),
  addN: [[m, m, m], (...xs) => tf.addN(xs)],
  ...Object.fromEntries(
    (
      [
        ...(['abs', 'neg', 'sign', 'relu', 'square', 'exp', 'expm1', 'sin', 'cos', 'tan'] as const),
        ...(['asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'atanh', 'sigmoid'] as const),
        ...(['softplus', 'erf', 'elu', 'selu', 'relu6', 'step', 'ceil', 'floor', 'round'] as const),
        ...(['isNaN', 'isInf', 'isFinite', 'zerosLike', 'onesLike', 'log1p'] as const),
      ] as const
    ).map((name) => [name, same((x) => (tf[name] as (x: Tensor) => Tensor)(x))]),
  ),
  ...Object.fromEntries(
    (['sqrt', 'rsqrt', 'reciprocal', 'log'] as const).map((name) => [
      name,
      same((x) => tf[name](positive(x))),
    ]),
  ),
  acosh: same((x) => tf.acosh(tf.add(positive(x), 1))),
  leakyRelu: same((x) => tf.leakyRelu(x, 0.3)),
  prelu: pair((x, a) => tf.prelu(x, a)),
  clip: same((x) => tf.clipByValue(x, -0.3, 0.4)),
  cast: same((x) => [tf.cast(tf.mul(x, 9), 'int32'), tf.cast(x, 'bool')]),
  sum: same((x) => [tf.sum(x), tf.sum(x, 1), tf.sum(x, [0, 2], true)]),
  mean: same((x) => [tf.mean(x), tf.mean(x, -1, true)]),
  'max and min': same((x) => [tf.max(x, 1), tf.min(x, [0, 1]), tf.max(x)]),
  prod: same((x) => tf.prod(x, 2)),
  'all and any': same((x) => [tf.all(tf.greater(x, -0.9), 1), tf.any(tf.greater(x, 0.9), 0)]),
  argMax: same((x) => [tf.argMax(x, 1), tf.argMin(x, -1)]),
  'sum of a broadcast': [[[3, 1]], (x) => tf.sum(tf.broadcastTo(x, [2, 3, 4]), [0, 2])],
  'mean of a broadcast': [[[3, 1]], (x) => tf.mean(tf.broadcastTo(x, [2, 3, 4]), [1, 2])],
  cumsum: same((x) => [tf.cumsum(x, 1), tf.cumsum(x, 2, true, true)]),
  cumprod: same((x) => [tf.cumprod(x, 1), tf.cumprod(x, 2, true), tf.cumprod(x, 2, false, true)]),
  softmax: same((x) => tf.softmax(x)),
  logSoftmax: same((x) => tf.logSoftmax(x)),
  topk: same((x) => Object.values(tf.topk(x, 2)) as Tensor[]),
  matMul: [
    [
      [2, 3],
      [3, 4],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  'matMul, transposed': [
    [
      [3, 2],
      [4, 3],
    ],
    (a, b) => tf.matMul(a, b, true, true),
  ],
  'matMul of batches': [
    [
      [5, 2, 3],
      [5, 4, 3],
    ],
    (a, b) => tf.matMul(a, b, false, true),
  ],
  'matMul with one batch': [
    [
      [5, 2, 3],
      [1, 3, 4],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  'fused matMul': [
    [[2, 3], [3, 4], [4]],
    (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: 'relu' }),
  ],
  einsum: [
    [
      [2, 3, 4],
      [4, 5],
    ],
    (a, b) => tf.einsum('bij,jk->bik', a, b),
  ],
  reshape: same((x) => tf.reshape(x, [4, -1])),
  expandDims: same((x) => [tf.expandDims(x, 1), tf.expandDims(x, -1), tf.squeeze(x)]),
  transpose: same((x) => [tf.transpose(x), tf.transpose(x, [1, 0, 2])]),
  concat: [
    [
      [2, 3],
      [2, 1],
    ],
    (a, b) => tf.concat([a, b], 1),
  ],
  slice: same((x) => [
    tf.slice(x, [0, 1, 2], [2, 2, 1]),
    tf.slice(x, 1),
    tf.slice(x, [0, 1], [-1, 1]),
  ]),
  stridedSlice: same((x) => [
    tf.stridedSlice(x, [0, 2, 3], [2, 0, 0], [1, -1, -2]),
    tf.stridedSlice(x, [0, 1], [2, 3], [1, 1], 0, 0, 0, 0, 2),
  ]),
  reverse: same((x) => tf.reverse(x, [0, 2])),
  pad: same((x) =>
    tf.pad(
      x,
      [
        [1, 0],
        [0, 2],
        [1, 1],
      ],
      0.5,
    ),
  ),
  mirrorPad: [
    [[3, 4]],
    (x) => [
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [2, 1],
        ],
        'reflect',
      ),
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [2, 1],
        ],
        'symmetric',
      ),
    ],
  ],
  tile: same((x) => [tf.tile(x, [1, 2, 1]), tf.tile(tf.sum(x, 1, true), [1, 3, 1])]),
  split: same((x) => tf.split(x, [1, 3], 2)),
  stack: [
    [
      [2, 3],
      [2, 3],
    ],
    (a, b) => [tf.stack([a, b], 1), ...tf.unstack(a, 1)],
  ],
  gather: [[[3, 4], 'int'], (x, i) => [tf.gather(x, rank1(i)), tf.gather(x, rank1(i), 1)]],
  'gather in batches': [
    [[3, 4, 5], 'int'],
    (x, i) =>
      tf.gather(x, tf.reshape(tf.tile(i, [2]), [3, 4]) as Tensor as tf.Tensor2D as never, 1, 1),
  ],
  oneHot: [['int'], (i) => [tf.oneHot(i, 3), tf.oneHot(i, 2, 5, -1, 'int32')]],
  unsortedSegmentSum: [
    [[6, 2], 'int'],
    (x, i) => tf.unsortedSegmentSum(x, rank1(tf.sub(i, tf.scalar(1, 'int32'))), 2),
  ],
  gatherNd: [[[3, 4], 'int'], (x, i) => tf.gatherND(x, tf.reshape(i, [3, 2]))],
  scatterNd: [[[6, 2], 'int'], (x, i) => tf.scatterND(tf.reshape(i, [6, 1]), x, [4, 2])],
  tensorScatterUpdate: [
    [
      [3, 4],
      [2, 4],
    ],
    (x, updates) => tf.tensorScatterUpdate(x, tf.tensor2d([[2], [0]], [2, 1], 'int32'), updates),
  ],
  sparseToDense: [
    [[2]],
    (x) => tf.sparseToDense(tf.tensor1d([3, 1], 'int32'), rank1(x), [5], tf.scalar(0.5)),
  ],
  bitwiseAnd: [['int'], (i) => tf.bitwiseAnd(i, tf.reverse(i))],
  'gradient of elu': same((x) => tf.grad((y) => tf.sum(tf.elu(y)))(x)),
  batchNorm: [
    [m, [4], [4], [4], [4]],
    (x, mean, variance, offset, scale) =>
      tf.batchNorm(x, rank1(mean), rank1(positive(variance)), rank1(offset), rank1(scale)),
  ],
  'fill and linspace': [
    [[4]],
    (x) => [tf.mul(x, tf.fill([3, 4], 2)), tf.mul(x, tf.linspace(0, 1, 4))],
  ],
  layerNorm: same((x) => layerNorm(x)),
  inverseDeviation: same((x) => inverseDeviation(x)),
  'softmax of short vectors, and its gradient': same((x) => [
    softmax(x),
    tf.grad((y) => tf.sum(tf.mul(softmax(y), tf.sin(y))))(x),
  ]),
  diag: [[[3]], (x) => tf.diag(x)],
  range: [[[4]], (x) => tf.add(x, tf.range(0, 4))],
  eye: [[[3, 3]], (x) => tf.mul(x, tf.eye(3))],
  'zero-size': [
    [
      [0, 3],
      [3, 2],
    ],
    (a, b) => [tf.matMul(rank2(a), rank2(b)), tf.add(a, 1), tf.sum(a, 0)],
  ],
};

/** Kernels that no op of tfjs uses. */
export const UNUSED_KERNELS: Readonly<Record<string, Case>> = {
  LogicalXor: pair((a, b) => {
    const [p, q] = [tf.greater(a, 0), tf.greater(b, 0)];
    return onEngine() ? tf.engine().runKernel('LogicalXor', { a: p, b: q }) : tf.logicalXor(p, q);
  }),
  BroadcastTo: [
    [[3, 1]],
    (x) =>
      onEngine()
        ? tf.engine().runKernel('BroadcastTo', { x }, { shape: m, inputShape: [3, 1] })
        : tf.broadcastTo(x, m),
  ],
  LogSoftmax: same((logits) =>
    onEngine()
      ? tf.engine().runKernel('LogSoftmax', { logits }, { axis: -1 })
      : tf.logSoftmax(logits),
  ),
};

function onEngine() {
  return tf.getBackend() === 'onnxruntime';
}
