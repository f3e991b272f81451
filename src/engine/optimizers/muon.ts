import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { NamedTensors } from '../step/step.ts';
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
 * activations, or stacks of them [n, from, to]. All singular directions then move at the same speed,
 * while Adam follows the few that dominate. With M' = b M + G:
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
      const ahead = mapNamed(momentum, (m, name) => tf.add(input.gradients[name], tf.mul(m, beta))); // Nesterov
      const directions = orthogonaliseAll(ahead, ({ shape }, name) =>
        tf.mul(rateOf(input, name), UPDATE_RMS * Math.sqrt(Math.max(...shape.slice(-2)))),
      );
      const parameters = mapNamed(directions, (direction, name) =>
        tf.sub(input.parameters[name], direction),
      );
      return { parameters, state: prefixed('muon', momentum) };
    },
  };
}

/**
 * A matrix with the singular vectors of `matrix` and singular values between 0.7 and 1.2, except
 * those that were less than about a hundredth of the Frobenius norm. // [from, to]
 */
export function orthogonalise(matrix: Tensor2D): Tensor2D {
  return orthogonaliseAll({ matrix }, () => tf.scalar(1)).matrix as Tensor2D;
}

/**
 * The same for matrices and stacks of matrices, each times its factor. Newton and Schulz multiply X by a
 * polynomial of X X' in every iteration, which only depends on the polynomials before it. So the iterations
 * are made on X X' alone, or on X' X where that is smaller, with all matrices whose smaller sides are equal
 * in one product, and X is multiplied once.
 */
function orthogonaliseAll(
  matrices: NamedTensors,
  factorOf: (matrix: Tensor, name: string) => Tensor,
): NamedTensors {
  const all = Object.entries(matrices).map(([name, matrix]) => {
    const [from, to] = matrix.shape.slice(-2);
    const x = tf.reshape(matrix, [-1, from, to]) as Tensor3D;
    const isTall = from > to;
    const square = tf.matMul(x, x, isTall, !isTall) as Tensor3D; // [n, m, m]
    const norm = tf.sqrt(tf.sum(tf.square(x), [1, 2], true)); // [n, 1, 1]
    return { name, matrix, x, isTall, square, norm };
  });
  const results: Record<string, Tensor> = {};
  for (const size of new Set(all.map(({ square }) => square.shape[1]))) {
    const group = all.filter(({ square }) => square.shape[1] === size);
    const squares = tf.concat(group.map(({ square }) => square));
    const inverse = tf.div(1, tf.add(tf.concat(group.map(({ norm }) => norm)), EPSILON));
    const polynomials = tf.mul(polynomialOf(tf.mul(squares, tf.square(inverse))), inverse);
    const parts = tf.split(
      polynomials,
      group.map(({ x }) => x.shape[0]),
    );
    for (const [i, { name, matrix, x, isTall }] of group.entries()) {
      const factor = tf.mul(parts[i], factorOf(matrix, name)) as Tensor3D;
      const product = isTall ? tf.matMul(x, factor) : tf.matMul(factor, x);
      results[name] = tf.reshape(product, matrix.shape);
    }
  }
  return mapNamed(matrices, (_, name) => results[name]);
}

/** What the iterations multiply matrices X by, from their squares X X'. // [n, m, m] */
function polynomialOf(squares: Tensor3D): Tensor3D {
  const identity = tf.eye(squares.shape[1]);
  let square = squares;
  let product: Tensor3D | undefined;
  for (let i = 0; i < ITERATIONS; i++) {
    // a + b s + c s², by its vertex: one pass over the matrices less.
    const shifted = tf.add(square, tf.mul(identity, B / (2 * C))) as Tensor3D;
    const vertex = tf.mul(identity, A - B ** 2 / (4 * C));
    const factor = tf.add(tf.mul(tf.matMul(shifted, shifted), C), vertex) as Tensor3D;
    product = product === undefined ? factor : tf.matMul(factor, product);
    if (i < ITERATIONS - 1) square = tf.matMul(tf.matMul(factor, square), factor);
  }
  return product ?? squares;
}
