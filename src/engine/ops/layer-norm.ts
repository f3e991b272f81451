import type { Tensor } from '@tensorflow/tfjs';
import { BACKEND_NAME } from '../recording/register.ts';
import { runKernel } from '../tfjs/internals.ts';
import { tf } from '../tfjs/tf.ts';

export interface LayerNormOptions {
  /** Incoming gradients have mean zero along the last axis, so the mean is not subtracted again. */
  readonly gradientIsCentred?: boolean;
}

/**
 * Layer norm (Ba et al., arXiv 1607.06450) along the last axis, without gain and bias:
 * y = (x - mean(x)) / sqrt(var(x) + epsilon). // [..., w]
 *
 * One operation in a compiled graph; its gradient takes half the passes of the composed one:
 * dx = (dy - mean(dy) - y mean(dy y)) / sqrt(var(x) + epsilon).
 */
export function layerNorm<T extends Tensor>(
  x: T,
  epsilon = 1e-5,
  { gradientIsCentred = false }: LayerNormOptions = {},
): T {
  const op = tf.customGrad((input, save) => {
    const [y, scale] = forward(input as Tensor, epsilon);
    (save as (tensors: Tensor[]) => void)([y, scale]);
    const gradFunc = (dy: Tensor, [normal, inverse]: Tensor[]): Tensor => {
      const along = tf.mean(tf.mul(dy, normal), -1, true);
      const centred = gradientIsCentred ? dy : tf.sub(dy, tf.mean(dy, -1, true));
      return tf.mul(tf.sub(centred, tf.mul(normal, along)), inverse);
    };
    return { value: y, gradFunc: gradFunc as (dy: Tensor, saved: Tensor[]) => Tensor };
  });
  return op(x) as T;
}

/**
 * 1 / sqrt(var(x) + epsilon) of every vector along the last axis: the factor of `layerNorm`, for callers
 * that apply it elsewhere. dx = -r² y / w for r, with y normalised. // [..., w] -> [..., 1]
 */
export function inverseDeviation<T extends Tensor>(x: T, epsilon = 1e-5): T {
  const op = tf.customGrad((input, save) => {
    const [y, scale] = forward(input as Tensor, epsilon);
    (save as (tensors: Tensor[]) => void)([y, scale]);
    const gradFunc = (dr: Tensor, [normal, r]: Tensor[]): Tensor =>
      tf.mul(normal, tf.mul(dr, tf.mul(tf.square(r), -1 / (y.shape[y.rank - 1] ?? 1))));
    return { value: scale, gradFunc: gradFunc as (dy: Tensor, saved: Tensor[]) => Tensor };
  });
  return op(x) as T;
}

/** The normalised vectors and their factors. // [..., w] -> [..., w], [..., 1] */
function forward(x: Tensor, epsilon: number): readonly [Tensor, Tensor] {
  if (tf.getBackend() === BACKEND_NAME) {
    const [normal, scale] = runKernel('LayerNorm', { x }, { epsilon });
    return [normal, scale];
  }
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return [tf.mul(centred, scale), scale];
}
