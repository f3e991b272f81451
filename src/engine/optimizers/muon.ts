import type { Tensor2D } from '@tensorflow/tfjs';
import { tf } from '../tfjs/tf.ts';
import { checkRate, mapNamed, type Optimizer, prefixed, rateOf, zerosFor } from './optimizer.ts';

export interface MuonOptions {
  /** Decay of the momentum. */
  readonly beta?: number;
}

/** Newton-Schulz iterations: singular values from 0.01 to 1 end near 1. */
const ITERATIONS = 5;
/** x -> a x + b x^3 + c x^5, steep at 0 and near 1 around 1 (Jordan et al., 2024). */
const [A, B, C] = [3.4445, -4.775, 2.0315];
/** Root mean square of an update at rate 1: about Adam's, so that one learning rate suits both. */
const UPDATE_RMS = 0.2;
/** Avoids a division by zero where the gradient is zero. */
const EPSILON = 1e-7;

/**
 * Muon (Jordan et al., 2024, https://kellerjordan.github.io/posts/muon): momentum whose direction
 * is replaced by the nearest orthogonal matrix, for matrices [from, to] that map activations to
 * activations. All singular directions then move at the same speed, while Adam follows the few that
 * dominate. With M' = b M + G:
 *
 *   p' = p - lr 0.2 √max(from, to) orthogonalise(G + b M')
 *
 * The factor is that of Liu et al. (arXiv 2502.16982).
 */
export function muon({ beta = 0.95 }: MuonOptions = {}): Optimizer {
  return {
    initialState: (parameters) => zerosFor(parameters, ['muon']),
    update: (input) => {
      checkRate(input);
      const momentum = mapNamed(input.gradients, (g, name) =>
        tf.add(tf.mul(input.state[`muon/${name}`], beta), g),
      );
      const parameters = mapNamed(momentum, (m, name) => {
        const ahead = tf.add(input.gradients[name], tf.mul(m, beta)) as Tensor2D; // Nesterov
        const scale = UPDATE_RMS * Math.sqrt(Math.max(...ahead.shape));
        const rate = tf.mul(rateOf(input, name), scale);
        return tf.sub(input.parameters[name], tf.mul(orthogonalise(ahead), rate));
      });
      return { parameters, state: prefixed('muon', momentum) };
    },
  };
}

/**
 * A matrix with the singular vectors of `matrix` and singular values between 0.7 and 1.2, except
 * those that were less than about a hundredth of the Frobenius norm. // [from, to]
 */
export function orthogonalise(matrix: Tensor2D): Tensor2D {
  const [from, to] = matrix.shape;
  const tall = from > to;
  const norm = tf.sqrt(tf.sum(tf.square(matrix)));
  let x = tf.div(matrix, tf.add(norm, EPSILON)) as Tensor2D;
  for (let i = 0; i < ITERATIONS; i++) {
    const square = tf.matMul(x, x, tall, !tall); // x' x or x x', the smaller of the two
    const factor = tf.add(tf.mul(square, B), tf.mul(tf.matMul(square, square), C)) as Tensor2D;
    const product = tall ? tf.matMul(x, factor) : tf.matMul(factor, x);
    x = tf.add(tf.mul(x, A), product) as Tensor2D;
  }
  return x;
}
