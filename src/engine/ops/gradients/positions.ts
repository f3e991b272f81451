import type { GradConfig, Tensor, Tensor1D } from '@tensorflow/tfjs';
import { tf } from '../../tfjs/tf.ts';

type Gradient = Omit<GradConfig, 'kernelName'>;

/** The gradient of each of the largest numbers goes to where it was found. */
const topK: Gradient = {
  inputsToSave: ['x'],
  outputsToSave: [false, true],
  gradFunc: (dy, [x, indices]) => ({
    x: () => {
      const [gradient] = dy as Tensor[];
      const length = x.shape[x.rank - 1];
      const k = indices.shape[indices.rank - 1];
      const rows = x.size / length;
      const row = tf.broadcastTo(tf.range(0, rows, 1, 'int32').reshape([rows, 1]), [rows, k]);
      const positions = tf.stack([row.flatten(), indices.flatten()], 1);
      const scattered = tf.scatterND(positions, gradient.flatten(), [rows, length]);
      return tf.reshape(scattered, x.shape);
    },
  }),
};

const gatherNd: Gradient = {
  inputsToSave: ['params', 'indices'],
  gradFunc: (dy, [params, indices]) => ({
    params: () => tf.scatterND(indices, dy as Tensor, params.shape),
    indices: () => tf.zerosLike(indices),
  }),
};

/** The gradient of a reflected number is added to that of the number it reflects. */
const mirrorPad: Gradient = {
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => ({
    x: () => {
      const { paddings, mode } = attributes as unknown as {
        paddings: [number, number][];
        mode: 'reflect' | 'symmetric';
      };
      const edge = mode === 'reflect' ? 0 : 1;
      return paddings.reduce((gradient, [before, after], axis) => {
        const size = x.shape[axis];
        const sources = [
          ...Array.from({ length: before }, (_, i) => before - i - edge),
          ...Array.from({ length: size }, (_, i) => i),
          ...Array.from({ length: after }, (_, i) => size - 2 - i + edge),
        ];
        return sumRows(gradient, axis, sources, size);
      }, dy as Tensor);
    },
  }),
};

/** Adds up what has the same source along an axis. */
function sumRows(x: Tensor, axis: number, sources: number[], count: number): Tensor {
  const axes = x.shape.map((_, i) => i);
  const toFront = [axis, ...axes.filter((i) => i !== axis)];
  const back = axes.map((i) => toFront.indexOf(i));
  const ids = tf.tensor1d(sources, 'int32') as Tensor1D;
  return tf.transpose(tf.unsortedSegmentSum(tf.transpose(x, toFront), ids, count), back);
}

export const positions: Readonly<Record<string, Gradient>> = {
  TopK: topK,
  GatherNd: gatherNd,
  MirrorPad: mirrorPad,
};
