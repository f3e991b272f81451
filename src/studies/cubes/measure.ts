import { meanOverSeeds } from '../../claims/spread.ts';
import { type Parameters, parameterCount } from '../../study/models/parameters.ts';
import { cellsOf, measureBlocks } from './blocks.ts';
import { type CubesTraining, scoreBlocks, trainCubes } from './experiment.ts';
import { cubesParameters } from './model.ts';
import type { Pictures } from './pictures.ts';
import type { AccuracyRow, CellRow, Run, TrainingRow } from './tables.ts';

/** The block whose matrix is drawn: red, green and blue, as published. */
export const DRAWN_BLOCK = '012';

interface MeasuredCubes {
  readonly parameters: Parameters;
  readonly training: TrainingRow;
  readonly accuracy: readonly AccuracyRow[];
  readonly cells: readonly CellRow[];
}

/** Trains a model and measures how well it tells the orders of every block apart. */
export async function measureCubes(
  training: CubesTraining,
  train: Pictures,
  test: Pictures,
  { signal, onStep }: { signal: AbortSignal; onStep?: (step: number, loss: number) => void },
): Promise<MeasuredCubes> {
  const { model, batches, schedule, seed } = training;
  const run: Run = { model: model.model, d: model.d, batches, seed };
  const losses: number[] = [];
  const parameters = await trainCubes(training, train, {
    signal,
    onStep: ({ step, loss }) => {
      losses.push(loss);
      onStep?.(step, loss);
    },
  });
  const scored = await scoreBlocks(model, parameters, test, signal);
  return {
    parameters,
    training: {
      ...run,
      parameters: parameterCount(cubesParameters(model)),
      steps: schedule.steps,
      loss: meanOverSeeds(losses.slice(-Math.ceil(losses.length / 10))),
    },
    accuracy: measureBlocks(scored).map((measures) => ({ ...run, ...measures })),
    cells: cellsOf(scored, DRAWN_BLOCK).map((cell) => ({ ...run, ...cell })),
  };
}
