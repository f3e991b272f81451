import type { Tensor } from '@tensorflow/tfjs';
/**
 * tf.softmax along the last axis, with a gradient that is cheaper for short vectors, such as those of
 * attention over a few tokens: dx = e - y sum(e), e = dy y. ONNX Runtime multiplies a column into rows
 * one row at a time, which takes several times as long as a product of equal shapes; so the sum is
 * made once per element, by a product with a matrix of ones. // [..., n]
 */
export declare const softmax: <T extends Tensor>(x: T) => T;
