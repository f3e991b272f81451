import type { StageCurves } from '../../report/pages/instances.ts';
import type { InstanceState } from './run-state.ts';

/** As a report holds them. */
export function curvesOf(instances: readonly InstanceState[]): StageCurves {
  return Object.fromEntries(
    instances.map(({ id, unit = 'step', steps, values }) => [
      id,
      { unit, steps: [...steps], times: [], values: { ...values } },
    ]),
  );
}
