import { stream } from '../../random/streams.ts';

/** A parameter's initial distribution. `given` computes it whole, e.g. a table of sums of other vectors. */
export type Initialisation =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'normal'; readonly std: number }
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'given'; readonly values: (normal: () => number) => Float32Array };

/** A parameter tensor of a model, before it has values. */
export interface ParameterSpec {
  readonly shape: readonly number[];
  readonly start: Initialisation;
}

export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** A parameter tensor with its values, row-major. */
interface Parameter {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type Parameters = Readonly<Record<string, Parameter>>;

/**
 * Initial values of all parameters. Each has its own random stream named after it, so that adding
 * or resizing one changes no other's numbers.
 */
export function initialise(specs: ParameterSpecs, seed: number): Parameters {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, start }]) => {
      const random = stream(seed, 'parameters', name);
      const size = shape.reduce((product, length) => product * length, 1);
      const values =
        start.kind === 'given'
          ? start.values(() => random.normal())
          : new Float32Array(size).map(() => {
              if (start.kind === 'normal') return random.normal() * start.std;
              if (start.kind === 'uniform') return (2 * random.float() - 1) * start.limit;
              return 0;
            });
      return [name, { shape, values }];
    }),
  );
}

/** Number of trained numbers in all tensors. */
export function parameterCount(specs: ParameterSpecs): number {
  return Object.values(specs).reduce(
    (sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1),
    0,
  );
}
