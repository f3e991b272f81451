import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { compile, tf } from '../../engine/index.ts';
import type { Parameters } from '../../study/models/parameters.ts';
import { asState, withValues } from '../state.ts';

/** From here on a number rounds to infinity as surely as any larger one. */
const HUGE = 2 ** 17;
/** The least number with all eleven digits; below it numbers are multiples of 2^-24. */
const LEAST_NORMAL = 2 ** -14;
/** Makes 2^16 too large for float32. */
const OVERFLOWING = 2 ** 112;

/**
 * The nearest float16 of every number, of two the even one, as float32: subnormal numbers keep multiples of
 * 2^-24, and from 65520 on a number is infinite. Zeros lose their sign.
 *
 * A float32 that is added to 1.5 · 2^23 times a power of two u is rounded to a multiple of u. And (2^24 |x| + |x|) - 2^24 |x|
 * is the next power of two above |x|, as the sum is rounded to multiples of it (after Rump, Ogita and Oishi, Accurate
 * floating-point summation, 2008); 2^-11 of it is the last of eleven digits. It is 0 for a power of two, which is a
 * multiple of the least u too.
 */
export function toHalf<T extends Tensor>(x: T): T {
  const bounded = tf.clipByValue(x, -HUGE, HUGE);
  const size = tf.abs(bounded);
  const large = tf.mul(size, 2 ** 24);
  const power = tf.sub(tf.add(large, size), large);
  const shift = tf.mul(tf.maximum(power, 2 * LEAST_NORMAL), 1.5 * 2 ** 12);
  const rounded = tf.sub(tf.add(bounded, shift), shift);
  // From 65536 on numbers overflow on the way up; NaN stays what it is.
  return tf.div(tf.mul(rounded, OVERFLOWING), OVERFLOWING) as T;
}

/** Sums of a matrix along an axis as a tree, each addition rounded: pairs, pairs of pairs, and so on. */
export function sumOfHalves(x: Tensor2D, axis: number): Tensor1D {
  let terms = axis === 0 ? x : tf.transpose(x);
  while (terms.shape[0] > 1) {
    const [count, width] = terms.shape;
    const half = count >> 1;
    const pairs = toHalf(
      tf.add(tf.slice(terms, [0, 0], [half, width]), tf.slice(terms, [half, 0], [half, width])),
    ) as Tensor2D;
    const odd = tf.slice(terms, [2 * half, 0], [count - 2 * half, width]);
    terms = count % 2 === 0 ? pairs : tf.concat([pairs, odd], 0);
  }
  return tf.reshape(terms, [terms.shape[1]]);
}

/** Parameters of the nearest float16 numbers. */
export async function roundedParameters(parameters: Parameters): Promise<Parameters> {
  const program = await compile({
    inputs: {},
    state: asState(parameters),
    step: (_, p) => ({
      outputs: {},
      state: Object.fromEntries(Object.entries(p).map(([name, x]) => [name, toHalf(x)])),
    }),
  });
  try {
    await program.run({});
    return withValues(parameters, await program.readState());
  } finally {
    await program.dispose();
  }
}
