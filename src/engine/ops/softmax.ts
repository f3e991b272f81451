import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../tfjs/tf.ts';

/** Up to this length a sum by a product with ones takes less time than a broadcast. */
const SHORT = 32;

/**
 * tf.softmax along the last axis, with a gradient that is cheaper for short vectors, such as those of
 * attention over a few tokens: dx = e - y sum(e), e = dy y. ONNX Runtime broadcasts a column over rows
 * one row at a time, which takes several times as long as a product of equal shapes. So a product with
 * a matrix of ones computes the sum once per element. // [..., n]
 */
export function softmax<T extends Tensor>(x: T): T {
  const n = x.shape[x.rank - 1] ?? 1;
  if (n > SHORT) return tf.softmax(x);
  const op = tf.customGrad((input, save) => {
    const y = tf.softmax(input as Tensor);
    (save as (tensors: Tensor[]) => void)([y]);
    const gradFunc = (dy: Tensor, [p]: Tensor[]): Tensor => {
      const e = tf.mul(dy, p);
      const sums = tf.matMul(e, tf.ones([n, n]));
      return tf.sub(e, tf.mul(p, sums));
    };
    return { value: y, gradFunc: gradFunc as (dy: Tensor, saved: Tensor[]) => Tensor };
  });
  return op(x) as T;
}
