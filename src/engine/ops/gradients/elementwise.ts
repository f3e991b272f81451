import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs';
import { tf } from '../../tfjs/tf.ts';
import { unbroadcast } from './broadcast.ts';

type Gradient = Omit<GradConfig, 'kernelName'>;

/**
 * A function whose slope is computed from its result. tfjs saves the result for the gradient, and so loses
 * the path to the operand: the second derivative is wrong.
 */
function ofOperand(input: string, slope: (x: Tensor, dy: Tensor) => Tensor): Gradient {
  return {
    inputsToSave: [input],
    gradFunc: (dy, [x]) => ({ [input]: () => slope(x, dy as Tensor) }),
  };
}

function binary(
  ofA: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
  ofB: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
): Gradient {
  return {
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => ({
      a: () => unbroadcast(ofA(dy as Tensor, a, b), a.shape),
      b: () => unbroadcast(ofB(dy as Tensor, a, b), b.shape),
    }),
  };
}

function where(condition: Tensor, dy: Tensor): Tensor {
  return tf.mul(dy, tf.cast(condition, 'float32'));
}

function slopeOfSoftmax(x: Tensor, dy: Tensor): Tensor {
  const y = tf.softmax(x);
  return tf.mul(tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true)), y);
}

/** A quotient that is not used has no gradient, even by zero: `divNoNan` chooses between two. */
function quotientUnlessUnused(dy: Tensor, of: Tensor, by: Tensor): Tensor {
  const quotient = tf.div(of, by);
  return tf.where(tf.equal(dy, 0), tf.zerosLike(quotient), quotient);
}

/** Of functions that are flat wherever they have a slope. */
const flat: Gradient = {
  inputsToSave: ['a', 'b'],
  gradFunc: (_dy, [a, b]) => ({ a: () => tf.zeros(a.shape), b: () => tf.zeros(b.shape) }),
};

export const elementwise = {
  Tanh: ofOperand('x', (x, dy) => tf.mul(dy, tf.sub(1, tf.square(tf.tanh(x))))),
  Sigmoid: ofOperand('x', (x, dy) => {
    const y = tf.sigmoid(x);
    return tf.mul(dy, tf.mul(y, tf.sub(1, y)));
  }),
  Exp: ofOperand('x', (x, dy) => tf.mul(dy, tf.exp(x))),
  Softmax: ofOperand('logits', slopeOfSoftmax),
  Maximum: binary(
    (dy, a, b) => where(tf.greaterEqual(a, b), dy),
    (dy, a, b) => where(tf.less(a, b), dy),
  ),
  Minimum: binary(
    (dy, a, b) => where(tf.lessEqual(a, b), dy),
    (dy, a, b) => where(tf.greater(a, b), dy),
  ),
  SquaredDifference: binary(
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))),
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))),
  ),
  FloorDiv: flat,
  Equal: flat,
  NotEqual: flat,
  Greater: flat,
  Less: flat,
  LessEqual: flat,
  RealDiv: binary(
    (dy, _a, b) => quotientUnlessUnused(dy, dy, tf.cast(b, 'float32')),
    (dy, a, b) =>
      quotientUnlessUnused(
        dy,
        tf.neg(tf.mul(dy, tf.cast(a, 'float32'))),
        tf.square(tf.cast(b, 'float32')),
      ),
  ),
  Cumsum: {
    gradFunc: (dy: Tensor | Tensor[], _saved: Tensor[], attributes: NamedAttrMap) => {
      const { axis, exclusive, reverse } = attributes as NamedAttrMap & {
        axis: number;
        exclusive: boolean;
        reverse: boolean;
      };
      return { x: () => tf.cumsum(dy as Tensor, axis, exclusive, !reverse) };
    },
  },
} satisfies Readonly<Record<string, Gradient>>;
