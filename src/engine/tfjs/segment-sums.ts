import type { KernelConfig, Tensor, Tensor2D, TensorInfo } from '@tensorflow/tfjs';
import { tf } from './tf.ts';

const KERNEL = 'UnsortedSegmentSum';

/**
 * Sums of segments, which the gradient of a gather is, as a product with a matrix of zeros and ones: on a GPU
 * TensorFlow's own adds in whatever order its threads arrive, and refuses to if `TF_DETERMINISTIC_OPS` is set.
 * Costs that matrix, one number per row and segment.
 *
 * @param x // [N, ...]
 * @param segmentIds of rows; a row whose id is no segment is left out // [N] int32
 * @returns // [segments, ...]
 */
export function segmentSums(x: Tensor, segmentIds: Tensor, segments: number): Tensor {
  return tf.tidy(() => {
    const ids = tf.reshape(segmentIds, [-1]);
    const [rows] = ids.shape;
    const width = x.shape.slice(segmentIds.rank);
    const isIn = tf.cast(tf.oneHot(ids, segments), 'float32') as Tensor2D; // [N, segments]
    const flat = tf.reshape(tf.cast(x, 'float32'), [rows, tf.util.sizeFromShape(width)]);
    const sums = tf.matMul(isIn, flat as Tensor2D, true);
    return tf.cast(tf.reshape(sums, [segments, ...width]), x.dtype);
  });
}

/** Makes the backend's sums of segments with `segmentSums`. */
export function registerSegmentSums(backendName: string): void {
  if (tf.getKernel(KERNEL, backendName) != null) tf.unregisterKernel(KERNEL, backendName);
  const kernel: KernelConfig = {
    kernelName: KERNEL,
    backendName,
    kernelFunc: ({ inputs, attrs }) =>
      segmentSums(
        tensorOf(inputs.x),
        tensorOf(inputs.segmentIds),
        (attrs as { numSegments?: number })?.numSegments ?? 0,
      ),
  };
  tf.registerKernel(kernel);
}

/** tfjs gives kernels its tensors, and calls them infos. */
function tensorOf(info: TensorInfo | undefined): Tensor {
  return info as Tensor;
}
