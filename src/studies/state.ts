import type { StepDefinition } from '../engine/index.ts';
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
