import { tf } from '../tfjs/tf.ts';
import { checkRate, mapNamed, type Optimizer, rateOf } from './optimizer.ts';

/** Plain gradient descent: p - lr g. */
export function sgd(): Optimizer {
  return {
    initialState: () => ({}),
    update: (input) => {
      checkRate(input);
      const parameters = mapNamed(input.gradients, (g, name) =>
        tf.sub(input.parameters[name], tf.mul(g, rateOf(input, name))),
      );
      return { parameters, state: {} };
    },
  };
}
