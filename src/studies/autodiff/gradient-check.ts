import { stream } from '../../random/streams.ts';
import { crossEntropy, type Differentiable, linear, sigmoid } from './operations.ts';
import type { CheckRow } from './tables.ts';

/** One argument of an operation, with the others fixed: what can be checked. */
interface Checked {
  readonly name: string;
  readonly at: Float64Array;
  /** The operation as a function of that argument, and the gradient that it pulls back to it. */
  readonly apply: (argument: Float64Array) => Differentiable<Float64Array>;
}

/**
 * Compares what every operation pulls back with differences of its values, by step size ε: forward
 * (f(x + ε) - f(x)) / ε, whose error is of order ε, and central (f(x + ε) - f(x - ε)) / 2ε, of order ε²;
 * both are swamped by rounding, of order 10^-16 / ε, when ε is small. Values of several numbers are
 * weighted with a random vector u first, which is the upstream gradient. The error is the largest over
 * the argument's numbers, of the largest gradient.
 */
export function checkGradients(epsilons: readonly number[], seed: number): readonly CheckRow[] {
  return operations(seed).flatMap((checked) => {
    const { name, at, apply } = checked;
    const random = stream(seed, 'autodiff', 'upstream', name);
    const { value, pullBack } = apply(at);
    const upstream = value.map(() => random.normal());
    const gradient = pullBack(upstream);
    const weighted = (argument: Float64Array) =>
      apply(argument).value.reduce((sum, x, i) => sum + x * upstream[i], 0);
    const here = weighted(at);
    const largest = Math.max(...gradient.map(Math.abs));
    return epsilons.flatMap((epsilon) => {
      const errors = { forward: 0, central: 0 };
      at.forEach((_, i) => {
        const above = weighted(moved(at, i, epsilon));
        const below = weighted(moved(at, i, -epsilon));
        const note = (difference: 'forward' | 'central', slope: number) => {
          const error = Math.abs(slope - gradient[i]) / largest;
          errors[difference] = Math.max(errors[difference], error);
        };
        note('forward', (above - here) / epsilon);
        note('central', (above - below) / (2 * epsilon));
      });
      return (['forward', 'central'] as const).map((difference) => ({
        operation: name,
        difference,
        epsilon,
        error: errors[difference],
      }));
    });
  });
}

function moved(at: Float64Array, i: number, by: number): Float64Array {
  const there = at.slice();
  there[i] += by;
  return there;
}

function operations(seed: number): readonly Checked[] {
  const random = stream(seed, 'autodiff', 'operations');
  const normals = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const inputs = normals(12);
  const weights = normals(3);
  const bias = normals(1);
  const z = normals(6);
  const classes = Float64Array.of(0, 1, 1, 0, 1, 0);
  return [
    {
      name: 'linear, weights',
      at: weights,
      apply: (argument) => {
        const { value, pullBack } = linear(inputs, { weights: argument, bias });
        return { value, pullBack: (upstream) => pullBack(upstream).weights };
      },
    },
    {
      name: 'linear, bias',
      at: bias,
      apply: (argument) => {
        const { value, pullBack } = linear(inputs, { weights, bias: argument });
        return { value, pullBack: (upstream) => pullBack(upstream).bias };
      },
    },
    { name: 'sigmoid', at: z, apply: sigmoid },
    { name: 'cross-entropy', at: sigmoid(z).value, apply: (p) => crossEntropy(p, classes) },
    {
      name: 'all together',
      at: Float64Array.of(...weights, ...bias),
      apply: (argument) => {
        const parameters = { weights: argument.slice(0, 3), bias: argument.slice(3) };
        const lines = linear(inputs, parameters);
        const p = sigmoid(lines.value);
        const loss = crossEntropy(p.value, classes.slice(0, 4));
        return {
          value: loss.value,
          pullBack: (upstream) => {
            const gradients = lines.pullBack(p.pullBack(loss.pullBack(upstream)));
            return Float64Array.of(...gradients.weights, ...gradients.bias);
          },
        };
      },
    },
  ];
}
