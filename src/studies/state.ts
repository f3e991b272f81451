import type { NamedValues, StepDefinition } from '../engine/index.ts';
import type { Parameters } from '../study/models/parameters.ts';

/** Parameters as the state of a step. */
export function asState(parameters: Parameters): StepDefinition['state'] {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, values }]) => [
      name,
      { shape, values, dtype: 'float32' as const },
    ]),
  );
}

/** Parameters of the same shapes with the values of a step's state. */
export function withValues(parameters: Parameters, state: NamedValues): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape }]) => [
      name,
      { shape, values: state[name] as Float32Array },
    ]),
  );
}
