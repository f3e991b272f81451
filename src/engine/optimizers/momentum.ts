import { tf } from '../tfjs/tf.ts';
import { checkRate, mapNamed, type Optimizer, prefixed, rateOf, zerosFor } from './optimizer.ts';

/** Gradient descent with (heavy-ball) momentum: v' = momentum v + g, p' = p - lr v'. */
export function momentum({ momentum = 0.9 }: { readonly momentum?: number } = {}): Optimizer {
  return {
    initialState: (parameters) => zerosFor(parameters, ['momentum']),
    update: (input) => {
      checkRate(input);
      const velocity = mapNamed(input.gradients, (g, name) =>
        tf.add(tf.mul(input.state[`momentum/${name}`], momentum), g),
      );
      return {
        parameters: mapNamed(velocity, (v, name) =>
          tf.sub(input.parameters[name], tf.mul(v, rateOf(input, name))),
        ),
        state: prefixed('momentum', velocity),
      };
    },
  };
}
