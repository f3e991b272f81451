import { beforeAll, describe, expect, test } from 'vitest';
import { compile, registerGradients, tf } from '../../../src/engine/index.ts';
import type { StepDefinition } from '../../../src/engine/step/step.ts';
import { failureOf } from '../failure.ts';
import { expectClose, random } from '../recording/both-backends.ts';

beforeAll(() => registerGradients());

// No position lies half between two pixels, where rounding decides.
const BOXES = [
  [0, 0, 1, 1],
  [0.13, 0.21, 0.74, 0.93],
  [0.94, 0.12, 0.33, 0.81],
  [-0.23, 0.44, 0.55, 1.32],
];
const SCORES = [0.9, 0.8, 0.3, 0.85];

type Function = (x: tf.Tensor4D, boxes: tf.Tensor2D, scores: tf.Tensor1D) => tf.Tensor[];

const crop = (size: [number, number], method: 'bilinear' | 'nearest', value?: number): Function => {
  return (x, boxes) => [
    tf.image.cropAndResize(x, boxes, tf.tensor1d([0, 1, 1, 0], 'int32'), size, method, value),
  ];
};
const dilate =
  (strides: number, pad: 'valid' | 'same', dilations: number): Function =>
  (x) => [tf.dilation2d(x, random([3, 2, 3], 9) as tf.Tensor3D, strides, pad, dilations)];
const suppress =
  (size: number, overlap: number, score: number): Function =>
  (_x, boxes, scores) =>
    Object.values(
      tf.image.nonMaxSuppressionPadded(boxes, scores, size, overlap, score, true),
    ) as tf.Tensor[];

/** Gradients by the first two operands, of the sum of squares. */
function slopesOf(f: (...given: tf.Tensor[]) => tf.Tensor, ...operands: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...given) => tf.sum(tf.square(f(...given))))(operands);
}
const cropSlopes =
  (size: [number, number]): Function =>
  (x, boxes, scores) =>
    slopesOf(
      (...[image, box]) => {
        return crop(size, 'bilinear')(image as tf.Tensor4D, box as tf.Tensor2D, scores)[0];
      },
      ...[x, boxes],
    );
const dilationSlopes =
  (strides: number, pad: 'valid' | 'same', dilations: number): Function =>
  (x) =>
    slopesOf(
      (image, filter) =>
        tf.dilation2d(image as tf.Tensor4D, filter as tf.Tensor3D, strides, pad, dilations),
      ...[x, random([3, 2, 3], 9)],
    );

const FUNCTIONS: Readonly<Record<string, Function>> = {
  'crops, bilinear': crop([3, 5], 'bilinear'),
  'crops of the nearest pixels, with a value outside': crop([4, 2], 'nearest', 7),
  'crops of one pixel': crop([1, 1], 'bilinear'),
  'a flip': (x) => [tf.image.flipLeftRight(x)],
  'a dilation': dilate(1, 'same', 1),
  'a dilation with strides': dilate(2, 'valid', 1),
  'a dilation with holes': dilate(1, 'same', 2),
  'the gradients of crops': cropSlopes([3, 5]),
  'the gradients of a crop at places of pixels': cropSlopes([6, 7]),
  'the gradients of a dilation': dilationSlopes(1, 'same', 1),
  'the gradients of a dilation with strides': dilationSlopes(2, 'valid', 1),
  'the gradients of a dilation with holes': dilationSlopes(1, 'same', 2),
  'the gradients of a dilation in wide borders': (x) =>
    tf.grads((image, filter) =>
      tf.dilation2d(image as tf.Tensor4D, filter as tf.Tensor3D, 3, 2 as never),
    )([x, random([3, 2, 3], 9)], tf.range(1, 55).reshape([2, 3, 3, 3])),
  'non-maximum suppression, padded': suppress(4, 0.4, 0),
  'non-maximum suppression with a least score': suppress(3, 0.9, 0.5),
  'non-maximum suppression of fewer': suppress(1, 0.5, 0),
};

function definitionOf(f: Function): StepDefinition {
  return {
    inputs: {
      x: { shape: [2, 6, 7, 3], dtype: 'float32' },
      boxes: { shape: [4, 4], dtype: 'float32' },
      scores: { shape: [4], dtype: 'float32' },
    },
    state: {},
    step: ({ x, boxes, scores }) => {
      const results = f(x as tf.Tensor4D, boxes as tf.Tensor2D, scores as tf.Tensor1D);
      return { outputs: Object.fromEntries(results.map((y, i) => [`y${i}`, y])) };
    },
  };
}

const feeds = {
  x: random([2, 6, 7, 3]).dataSync() as Float32Array,
  boxes: Float32Array.from(BOXES.flat()),
  scores: Float32Array.from(SCORES),
};

describe('a compiled step computes as the cpu backend', () => {
  test.each(Object.keys(FUNCTIONS))('%s', async (name) => {
    const definition = definitionOf(FUNCTIONS[name]);
    const want = await (await compile(definition, { backend: 'cpu' })).run(feeds);
    const program = await compile(definition, { backend: 'onnxruntime' });
    const got = await program.run(feeds);
    expect(Object.keys(got)).toEqual(Object.keys(want));
    // Gradients by boxes are differences of sums over all pixels.
    const tolerance = name.startsWith('the gradients') ? 1e-4 : 1e-5;
    for (const [key, values] of Object.entries(want)) {
      expectClose([...got[key]], [...values], tolerance);
    }
  });
});

test('a result whose size depends on data is refused, with the line and what to do', async () => {
  const functions: readonly Function[] = [
    (_x, boxes, scores) => [tf.image.nonMaxSuppression(boxes, scores, 2)],
    (_x, _boxes, scores) => [tf.unique(scores).values],
  ];
  for (const f of functions) {
    expect(await failureOf(() => compile(definitionOf(f), { backend: 'onnxruntime' }))).toMatch(
      /size of its result depends on data[\s\S]*compiled-only.test.ts:\d+/,
    );
  }
});
