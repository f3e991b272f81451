import type { Tensor, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import { tf } from '../../../src/engine/index.ts';

type Op = (...tensors: Tensor[]) => Tensor;
type ImageCase = readonly [shapes: readonly (readonly number[])[], op: Op];

const image = [2, 5, 6, 3];
const volume = [2, 3, 4, 5, 2];
/** In the gradients of resizing tfjs's cpu backend swaps height and width, and forgets the batch. */
const square = [1, 4, 4, 3];
type Pad = 'same' | 'valid' | number;

function conv2d(pad: Pad, strides: number, dilations: number): ImageCase {
  return [
    [image, [3, 2, 3, 4]],
    (x, w) => tf.conv2d(x as Tensor4D, w as Tensor4D, strides, pad, 'NHWC', dilations),
  ];
}
function depthwise(pad: Pad, strides: number): ImageCase {
  return [
    [image, [3, 2, 3, 2]],
    (x, w) => tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, strides, pad),
  ];
}
function conv3d(pad: 'same' | 'valid', strides: number): ImageCase {
  return [
    [volume, [2, 3, 2, 2, 3]],
    (x, w) => tf.conv3d(x as Tensor5D, w as Tensor5D, strides, pad),
  ];
}
function pool(kind: 'avgPool' | 'maxPool', size: number, strides: number, pad: Pad): ImageCase {
  return [[image], (x) => tf[kind](x as Tensor4D, size, strides, pad)];
}
function pool3d(kind: 'avgPool3d' | 'maxPool3d', pad: 'same' | 'valid'): ImageCase {
  return [[volume], (x) => tf[kind](x as Tensor5D, 2, 2, pad)];
}

/** Ops on images whose results and gradients are compared with tfjs's cpu backend and with slopes. */
export const IMAGE_CASES: Readonly<Record<string, ImageCase>> = {
  conv2d: conv2d('valid', 1, 1),
  'conv2d, padded': conv2d('same', 1, 1),
  'conv2d, by steps': conv2d('same', 2, 1),
  'conv2d, by steps that leave a rest': conv2d('valid', 3, 1),
  'conv2d, padding of 2': conv2d(2, 2, 1),
  'conv2d of single pixels': [
    [image, [1, 1, 3, 4]],
    (x, w) => tf.conv2d(x as Tensor4D, w as Tensor4D, 1, 'valid'),
  ],
  conv1d: [
    [
      [2, 7, 3],
      [3, 3, 4],
    ],
    (x, w) => tf.conv1d(x as Tensor3D, w as Tensor3D, 2, 'same'),
  ],
  conv2dTranspose: [
    [
      [2, 3, 3, 4],
      [3, 3, 2, 4],
    ],
    (x, w) => tf.conv2dTranspose(x as Tensor4D, w as Tensor4D, [2, 6, 5, 2], 2, 'same'),
  ],
  'fused conv2d': [
    [image, [3, 2, 3, 4], [4]],
    (x, filter, bias) =>
      tf.fused.conv2d({
        x: x as Tensor4D,
        filter: filter as Tensor4D,
        strides: 1,
        pad: 'same',
        bias,
        activation: 'relu',
      }),
  ],
  depthwiseConv2d: depthwise('same', 1),
  'depthwiseConv2d, by steps': depthwise('valid', 2),
  'fused depthwiseConv2d': [
    [image, [3, 2, 3, 2], [6]],
    (x, filter, bias) =>
      tf.fused.depthwiseConv2d({
        x: x as Tensor4D,
        filter: filter as Tensor4D,
        strides: 1,
        pad: 'same',
        bias,
        activation: 'elu',
      }),
  ],
  separableConv2d: [
    [image, [3, 3, 3, 2], [1, 1, 6, 2]],
    (x, w, p) => tf.separableConv2d(x as Tensor4D, w as Tensor4D, p as Tensor4D, 1, 'same'),
  ],
  conv3d: conv3d('valid', 1),
  'conv3d, by steps': conv3d('same', 2),
  avgPool: pool('avgPool', 2, 2, 'valid'),
  'avgPool of overlapping windows': pool('avgPool', 3, 1, 'valid'),
  maxPool: pool('maxPool', 2, 2, 'valid'),
  'maxPool of overlapping windows': pool('maxPool', 3, 1, 'same'),
  'maxPool, padding of 1': pool('maxPool', 3, 2, 1),
  avgPool3d: pool3d('avgPool3d', 'valid'),
  maxPool3d: pool3d('maxPool3d', 'same'),
  resizeBilinear: [[square], (x) => tf.image.resizeBilinear(x as Tensor4D, [7, 7])],
  'resizeBilinear, corners aligned': [
    [square],
    (x) => tf.image.resizeBilinear(x as Tensor4D, [9, 9], true),
  ],
  resizeNearestNeighbor: [[square], (x) => tf.image.resizeNearestNeighbor(x as Tensor4D, [8, 8])],
  localResponseNormalization: [
    [[2, 3, 2, 7]],
    (x) => tf.localResponseNormalization(x as Tensor4D, 2, 1.2, 0.7, 0.6),
  ],
  spaceToBatchND: [
    [image],
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 3],
        [
          [1, 0],
          [0, 0],
        ],
      ),
  ],
  batchToSpaceND: [
    [[8, 2, 3, 2]],
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
  ],
};

/** Ops that have no gradient, or one that tfjs's does not agree with. */
export const FORWARD_ONLY: Readonly<Record<string, ImageCase>> = {
  'conv2d, dilated': conv2d('same', 1, 2),
  'conv2d, channels first': [
    [
      [2, 3, 5, 6],
      [3, 2, 3, 4],
    ],
    (x, w) => tf.conv2d(x as Tensor4D, w as Tensor4D, 1, 'same', 'NCHW'),
  ],
  'depthwiseConv2d, dilated': [
    [image, [3, 2, 3, 2]],
    (x, w) => tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, 1, 'same', 'NHWC', 2),
  ],
  'conv3d, dilated': [
    [volume, [2, 2, 2, 2, 3]],
    (x, w) => tf.conv3d(x as Tensor5D, w as Tensor5D, 1, 'same', 'NDHWC', 2),
  ],
  conv3dTranspose: [
    [
      [1, 2, 2, 2, 3],
      [2, 2, 2, 2, 3],
    ],
    (x, w) => tf.conv3dTranspose(x as Tensor5D, w as Tensor5D, [1, 4, 4, 4, 2], 2, 'same'),
  ],
  'avgPool, padded': pool('avgPool', 3, 2, 'same'),
  'avgPool3d, padded': pool3d('avgPool3d', 'same'),
  depthToSpace: [[[2, 3, 4, 8]], (x) => tf.depthToSpace(x as Tensor4D, 2)],
  'resizeBilinear of a rectangle': [[image], (x) => tf.image.resizeBilinear(x as Tensor4D, [8, 4])],
  'resizeNearestNeighbor of a rectangle': [
    [image],
    (x) => tf.image.resizeNearestNeighbor(x as Tensor4D, [8, 4]),
  ],
  'resizeBilinear, half pixels': [
    [image],
    (x) => tf.image.resizeBilinear(x as Tensor4D, [8, 4], false, true),
  ],
  'resizeNearestNeighbor, half pixels': [
    [image],
    (x) => tf.image.resizeNearestNeighbor(x as Tensor4D, [3, 11], false, true),
  ],
};

/** The gradients of `IMAGE_CASES` as ops, so that kernels of gradients run on their own. */
export const IMAGE_GRADIENTS: Readonly<
  Record<string, readonly [ImageCase[0], (...x: Tensor[]) => Tensor[]]>
> = Object.fromEntries(
  Object.entries(IMAGE_CASES).map(([name, [shapes, op]]) => [
    `gradient of ${name}`,
    [shapes, (...x: Tensor[]) => tf.grads((...given) => tf.square(op(...given)))(x)],
  ]),
);
