import type { Arithmetic } from './arithmetic.ts';
import { type Training, trainIn } from './experiment.ts';
import type { Knob, SweepRow } from './tables.ts';

/** Trains once for each value of a knob in each arithmetic. */
export async function sweep(
  knob: Knob,
  values: readonly number[],
  arithmetics: readonly Arithmetic[],
  training: Training,
  { signal, onTraining }: { signal?: AbortSignal; onTraining?: (done: number) => void } = {},
): Promise<readonly SweepRow[]> {
  const rows: SweepRow[] = [];
  for (const value of values) {
    const own =
      knob === 'loss weight'
        ? { ...training, lossWeight: value }
        : { ...training, learningRate: value };
    for (const arithmetic of arithmetics) {
      const { curve } = await trainIn(arithmetic, own, signal === undefined ? {} : { signal });
      const [start, end] = [curve[0], curve[curve.length - 1]];
      const { seed } = training;
      rows.push({ knob, value, arithmetic, seed, start: start.loss, loss: end.loss });
      onTraining?.(rows.length);
    }
  }
  return rows;
}
